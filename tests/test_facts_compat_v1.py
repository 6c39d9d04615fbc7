"""The table of `tensorflow.compat.v1` against the installed TensorFlow."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tf1to2_reg.facts.compat_v1 import look_up, lost, modules

ROOT = Path(__file__).parent.parent


def test_the_table_is_that_of_the_installed_tensorflow() -> None:
    script = ROOT / "scripts/compat_v1_names.py"
    printed = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True).stdout
    assert printed == (ROOT / "tf1to2_reg/facts/compat_v1.txt").read_text(encoding="utf-8")


def test_lost_names_are_not_found() -> None:
    assert [name for name in lost() if not look_up(name).missing and name not in modules()] == []


def test_names_are_looked_up_from_the_left() -> None:
    assert look_up("tf.nn.relu.__name__").found == "tf.nn.relu"
    assert look_up("tf.contrib.rnn.GRUCell").missing == "tf.contrib"
    assert look_up("tf.nn.rnn_cell.GRUCell").missing == "tf.nn.rnn_cell.GRUCell"
    assert look_up("tf.train").is_module
