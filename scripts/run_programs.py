"""Run programs, each in a fork of one process that has imported TensorFlow, and print what each printed.

Usage: python scripts/run_programs.py < PATHS.json > TEXTS.json

Needs nothing but TensorFlow. A program that fails has its error at the end of its text.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
import tempfile
import traceback
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import tensorflow as tf


def main() -> None:
    """Run the programs at the paths of a JSON object, by their names."""
    json.dump({name: printed(path) for name, path in json.load(sys.stdin).items()}, sys.stdout)


def printed(path: str) -> str:
    """What a program prints."""
    with tempfile.NamedTemporaryFile("r+", encoding="utf-8") as output:
        child = os.fork()
        if not child:
            _become(path, output.fileno())
        os.waitpid(child, 0)
        return Path(output.name).read_text(encoding="utf-8")


def _become(path: str, output: int) -> None:
    """Be that program, and end with it."""
    os.dup2(output, 1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    os.chdir(Path(path).parent)
    sys.argv, sys.path[0] = [path], str(Path(path).parent)
    tf.compat.v1.disable_v2_behavior()
    tf.compat.v1.set_random_seed(1)  # of the default graph, for programs that set none
    try:
        runpy.run_path(path, run_name="__main__")
    except SystemExit as end:  # what `tf.app.run` ends with
        sys.stdout.write(f"exit {end.code}\n" if end.code else "")
    except BaseException:
        sys.stdout.write(traceback.format_exc(limit=-1))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
