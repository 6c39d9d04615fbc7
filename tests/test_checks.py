import ast
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import toy_engine

from tf1to2_reg.checks import checked, leftover_tf1_names
from tf1to2_reg.facts.tf1_only import NEEDS_A_GRAPH, is_left_over, tf1_only
from tf1to2_reg.files.source import SourceFile, source_from_bytes
from tf1to2_reg.results import Status, UnitResult

ROOT = Path(__file__).parent.parent


def source(text: str, name: str = "a.py") -> SourceFile:
    return source_from_bytes(Path(name), text.encode())


def unit(new: str | bytes, name: str = "a.py") -> UnitResult:
    data = new if isinstance(new, bytes) else new.encode()
    return UnitResult("one", Status.MIGRATED, (Path(name),), 1, new_sources={Path(name): data})


def migrated_nothing(_: Sequence[SourceFile]) -> list[UnitResult]:
    return []


def checked_alone(new: str | bytes) -> UnitResult:
    (result,) = checked([source("old = 1\n")], [unit(new)], migrated_nothing)
    return result


def reason(result: UnitResult) -> str:
    assert (result.status, result.new_sources) == (Status.REFUSED, {})
    assert [diagnostic.code for diagnostic in result.diagnostics] == ["TFR910"]
    return result.diagnostics[0].message


def test_good_text_passes() -> None:
    result = checked_alone("import tensorflow as tf\nnet = tf.keras.layers.Dense(1)\n")
    assert result.status is Status.MIGRATED
    assert result.new_sources


@pytest.mark.parametrize(
    ("new", "why"),
    [
        ("x = (\n", "line 1: file does not parse"),
        ("x = 1\nreturn 2\n", "'return' outside function"),
        ("def f(a, a): pass\n", "duplicate argument"),
        (b"x = '\xe9'\n", "cannot be decoded"),
        ("import tensorflow as tf\nsess = tf.Session()\n", "line 2 still uses tf.Session"),
    ],
)
def test_bad_text_is_refused(new: str | bytes, why: str) -> None:
    assert why in reason(checked_alone(new))


def test_one_bad_file_refuses_the_whole_unit() -> None:
    two = UnitResult("two", Status.MIGRATED, (), 2, new_sources={Path("a.py"): b"x = 1\n", Path("b.py"): b"x = (\n"})
    (result,) = checked([source("a"), source("b", "b.py")], [two], migrated_nothing)
    assert "does not parse" in reason(result)


def test_other_units_are_not_affected() -> None:
    results = checked([source("a"), source("b", "b.py")], [unit("x = (\n"), unit("x = 1\n", "b.py")], migrated_nothing)
    assert [result.status for result in results] == [Status.REFUSED, Status.MIGRATED]


def test_refused_units_pass_through() -> None:
    refused = UnitResult("two", Status.REFUSED, (Path("a.py"),), 1)
    assert checked([source("a")], [refused], migrated_nothing) == [refused]


def test_second_run_that_would_change_something() -> None:
    assert "second run" in reason(_with_engine(lambda _: [unit("x = 3\n")]))


def test_second_run_that_refuses_a_migrated_file() -> None:
    assert "second run" in reason(_with_engine(lambda _: [UnitResult("x", Status.REFUSED, (Path("a.py"),), 1)]))


def test_second_run_sees_the_new_text_and_the_other_files() -> None:
    seen: list[str] = []

    def engine(files: Sequence[SourceFile]) -> list[UnitResult]:
        seen.extend(file.text for file in files)
        return []

    checked([source("old = 1\n"), source("other = 1\n", "b.py")], [unit("new = 1\n")], engine)
    assert seen == ["new = 1\n", "other = 1\n"]


def test_what_was_refused_before_may_be_refused_again() -> None:
    files = [source(toy_engine.PROGRAM + "# toy: refuse TFR204 two\n")]
    results = checked(files, toy_engine.migrate(files), toy_engine.migrate)
    assert [result.status for result in results] == [Status.MIGRATED, Status.REFUSED]


def _with_engine(engine: object) -> UnitResult:
    (result,) = checked([source("old = 1\n")], [unit("x = 2\n")], engine)  # type: ignore[arg-type]
    return result


LEFT_OVER = {
    "import tensorflow as tf\ntf.layers.dense(x, 1)": ["tf.layers.dense"],
    "import tensorflow as tf\ny = [tf.Session().run(tf.placeholder(tf.float32))]": ["tf.Session", "tf.placeholder"],
    "import tensorflow\ntensorflow.get_collection('a')": ["tf.get_collection"],
    "import tensorflow as other\nother.losses.mean_squared_error(a, b)": ["tf.losses.mean_squared_error"],
    "from tensorflow import layers\nlayers.dense(x, 1)": ["tf.layers", "tf.layers.dense"],
    "from tensorflow.layers import dense": ["tf.layers.dense"],
    "from tensorflow import losses as lo\nlo.get_total_loss()": ["tf.losses.get_total_loss"],
    "import tensorflow.contrib.layers as c": ["tf.contrib.layers"],
    "import tensorflow.compat.v1 as tf\ntf.placeholder(x)": ["tf.compat.v1.placeholder"],
    "import tensorflow as tf\ntf.compat.v1.losses.get_regularization_loss()": [
        "tf.compat.v1.losses.get_regularization_loss"
    ],
    "import tensorflow as tf\ntf.train.AdamOptimizer(1)": ["tf.train.AdamOptimizer"],
}


@pytest.mark.parametrize(("text", "names"), LEFT_OVER.items())
def test_left_over_names(text: str, names: list[str]) -> None:
    assert sorted(name for name, _, _ in leftover_tf1_names(ast.parse(text))) == names


@pytest.mark.parametrize(
    "text",
    [
        "import tensorflow as tf\ntf.keras.layers.Dense(1)(tf.add_n([x]))",
        "import tensorflow as tf\ntf.compat.v1.train.RMSPropOptimizer(1)",
        "import tensorflow as tf\ntf.compat.v1.losses.mean_squared_error(a, b)",
        "import tensorflow as tf\ntf.losses.MeanSquaredError()",
        "import mesh_tensorflow as mtf\nmtf.layers.dense(x)",
        "from project import tf_utils as tf\ntf.layers.dense(x)",
        "from .tensorflow import layers",
        "# tf.Session\nx = 'tf.layers.dense'",
        "class tf:\n    Session = 1\ny = tf.Session",
    ],
)
def test_names_that_are_not_left_over(text: str) -> None:
    assert leftover_tf1_names(ast.parse(text)) == []


def test_deep_trees() -> None:
    chain = "import tensorflow as tf\nif x: pass\n" + "elif x == 1: pass\n" * 2000 + "else: tf.Session()\n"
    assert leftover_tf1_names(ast.parse(chain)) == [("tf.Session", 2003, 7)]


def test_left_over_names_are_located() -> None:
    assert leftover_tf1_names(ast.parse("import tensorflow as tf\nx = tf.Session()")) == [("tf.Session", 2, 5)]


def test_graph_names_are_those_of_tensorflow() -> None:
    assert {name for name in NEEDS_A_GRAPH if not is_left_over(name)} == set()


def test_table_is_that_of_the_installed_tensorflow() -> None:
    script = ROOT / "scripts/tf1_only_names.py"
    done = subprocess.run([sys.executable, script], check=True, capture_output=True, text=True)
    assert done.stdout.split() == sorted(tf1_only())


UNBOUND = [
    ("class Model(tf.keras.Model):\n    pass\nif True:\n    import tensorflow as tf\n", "tf"),
    ("def step(x):\n    loss += x\n    return loss\n", "loss"),
    ("print(late)\nlate = 1\n", "late"),
    ("def step(x):\n    return scale * x\n", "scale"),
]


@pytest.mark.parametrize(("new", "name"), UNBOUND)
def test_name_without_a_value_is_refused(new: str, name: str) -> None:
    result = checked_alone(new)
    assert (result.status, result.new_sources) == (Status.REFUSED, {})
    assert [(found.code, name in found.message) for found in result.diagnostics] == [("TFR236", True)]


def test_name_that_the_program_itself_does_not_bind() -> None:
    (result,) = checked([source("print(known)\n")], [unit("print(known, 1)\n")], migrated_nothing)
    assert result.status is Status.MIGRATED


def test_place_of_a_name_without_a_value() -> None:
    (result,) = checked([source("x = 1\nold = 1\n")], [unit("print(old)\n")], migrated_nothing)
    assert [(found.code, found.line) for found in result.diagnostics] == [("TFR236", 2)]
