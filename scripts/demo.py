"""The demo of `make demo`: show the diff of a small TF1 program, rewrite a copy, run both and compare.

Usage: python scripts/demo.py [FOLDER]

The program is fixtures/demo/before.py; its copies go to FOLDER (default: demo-out), which is emptied first.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def main(folder: Path) -> int:
    """Run the demo; 0 where the program was migrated and trains to the same numbers."""
    before, after = folder / "before.py", folder / "after.py"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for copy in (before, after):
        shutil.copy(ROOT / "fixtures" / "demo" / "before.py", copy)

    _say(f"{before} is a TF1 program; {after} is a copy of it. What would the tool change?")
    _run("diff", str(after), expected=1)
    _say("Rewrite the copy.")
    _run("rewrite", "--quiet", str(after))
    _say("Run both, the before on TensorFlow's TF1 emulation, the after on Keras 3, and compare.")
    _run("verify", str(before), str(after))
    _say(f"Read both programs in {folder}{os.sep}; `.venv/bin/tf1to2-reg --help` tells what else there is.")
    return 0


def _say(text: str) -> None:
    sys.stdout.write(f"\n{text}\n")
    sys.stdout.flush()


def _run(*arguments: str, expected: int = 0) -> None:
    sys.stdout.write(f"$ tf1to2-reg {' '.join(arguments)}\n\n")
    sys.stdout.flush()
    done = subprocess.run([sys.executable, "-m", "tf1to2_reg", *arguments], check=False)
    if done.returncode != expected:
        sys.exit(f"tf1to2-reg {arguments[0]} ended with exit code {done.returncode}, not {expected}")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "demo-out")))
