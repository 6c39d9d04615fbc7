"""`make demo`, without make."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_demo_shows_the_diff_and_equal_numbers(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "scripts/demo.py", str(tmp_path / "demo")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "+class Network(tf.keras.Model):" in done.stdout
    assert "equal: 10 training steps" in done.stdout
    assert (tmp_path / "demo" / "after.py").read_bytes() == (ROOT / "fixtures" / "demo" / "after.py").read_bytes()
