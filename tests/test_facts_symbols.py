"""The tables of symbols: true of the installed TensorFlow, complete, and quick to import."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tf1to2_reg.facts import symbols, symbols_data
from tf1to2_reg.facts.symbol_codes import CODES, NO_EXACT_FORM, code


@pytest.fixture(scope="module")
def faults() -> dict[str, Any]:
    child = Path(__file__).with_name("symbols_child.py")
    run = subprocess.run([sys.executable, "-W", "ignore", str(child)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-3000:]
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def test_data_is_what_the_script_makes(faults: dict[str, Any]) -> None:
    assert faults["generated"]


@pytest.mark.parametrize(
    "table",
    ["calls", "casts", "kept", "kept modules", "moved", "initializers", "keras", "positional", "codes", "spelled"],
)
def test_table_is_true_of_the_installed_tensorflow(faults: dict[str, Any], table: str) -> None:
    assert faults[table] == []


def test_same_objects_that_need_a_graph_are_refused(faults: dict[str, Any]) -> None:
    refused = set(faults["refused"])
    assert {"Graph", "control_dependencies", "train.load_checkpoint", "data.Options", "GradientTape"} <= refused
    assert not refused & {"float32", "nn.relu", "add_n", "clip_by_global_norm", "train.Example", "io.gfile.exists"}


def test_every_table_speaks_of_other_names() -> None:
    names = {*symbols.CALLS, *symbols.CASTS, *symbols.KEPT, *symbols.MOVED, *symbols.INITIALIZER_CLASSES}
    same = {
        f"{module}.{name}" if module else name for module, last in symbols_data.SAME.items() for name in last.split()
    }
    assert not names & same
    assert not names & symbols_data.RENAMED.keys()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("float32", "float32"),
        ("log", "math.log"),
        ("logging.INFO", "compat.v1.logging.INFO"),
        ("app.flags.DEFINE_string", "compat.v1.app.flags.DEFINE_string"),
        ("losses.Reduction.SUM", "compat.v1.losses.Reduction.SUM"),
        ("zeros_initializer", "keras.initializers.Zeros"),
        ("nn.softmax", "nn.softmax"),
        ("reduce_mean", "reduce_mean"),
        ("keras.activations.relu", "keras.activations.relu"),
        ("nn", "nn"),
        ("argmax", None),
        ("data", None),
        ("Session", None),
        ("keras.layers.Dense", None),
        ("contrib.layers.fully_connected", None),
        ("no_such_name", None),
    ],
)
def test_tf2_spelling(name: str, expected: str | None) -> None:
    assert symbols.tf2_spelling(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("summary.FileWriter", "TFR205"),
        ("train.Saver", "TFR204"),
        ("data.Dataset.from_tensor_slices", "TFR206"),
        ("while_loop", "TFR207"),
        ("get_variable", "TFR218"),
        ("estimator.Estimator", "TFR228"),
        ("contrib.slim.conv2d", "TFR233"),
        ("contrib.opt.AdamWOptimizer", "TFR202"),
        ("layers.Dense", "TFR201"),
        ("get_collection", "TFR203"),
        ("metrics.accuracy", NO_EXACT_FORM),
        ("trainable_variables_of_mine", NO_EXACT_FORM),
    ],
)
def test_code_is_that_of_the_longest_entry(name: str, expected: str) -> None:
    assert code(name) == expected


def test_codes_are_refusals() -> None:
    assert all(found.startswith("TFR2") and len(found) == 6 for found in CODES.values())


def test_import_is_quick() -> None:
    program = "import time; t = time.perf_counter(); import tf1to2_reg.facts.symbols; print(time.perf_counter() - t)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert float(run.stdout) < 0.2
