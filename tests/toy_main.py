"""`tf1to2-reg` as a process of its own with the toy engine: python toy_main.py ARGUMENTS."""

import os
import signal
import time
from pathlib import Path
from unittest.mock import patch

import toy_engine

from tf1to2_reg import pipeline
from tf1to2_reg.command import cli

if __name__ == "__main__":
    pipeline.migrate_with_libcst = toy_engine.migrate
    replace = os.replace

    def slow(source: Path, target: Path) -> None:
        """As on a slow disk; TOY_SLOW says how slow, in seconds a file."""
        replace(source, target)
        time.sleep(float(os.environ.get("TOY_SLOW", "0")))

    # As in a shell, whatever the tests were started with (`nohup` and `&` have these ignored).
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    with patch("os.replace", slow):
        cli.main()
