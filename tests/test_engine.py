"""Whole programs of several files: what belongs together, what is left alone, and that a second run finds nothing."""

import itertools

import pytest
from programs import FLAT, HEAD, ROOT, TAIL, Files, as_files, cases, migrated, refusals, sources, unit

from tf1to2_reg.results import Status, UnitResult
from tf1to2_reg.targets.tf2.target import migrate

NETS = """\
import tensorflow as tf

def build(t, reg):
    return tf.layers.dense(t, 1, kernel_regularizer=reg)
"""
LOSSES = """\
import tensorflow as tf

def cost(y, pred):
    return tf.reduce_mean(tf.square(pred - y)) + tf.losses.get_regularization_loss()
"""
ENTRY = "from nets import build\n" + HEAD + "pred = build(x, reg)\n" + TAIL
THREE: Files = {
    "main.py": ENTRY.replace("import build\n", "import build\nfrom losses import cost\n").replace(
        "tf.reduce_mean(tf.square(pred - y)) + tf.losses.get_regularization_loss()", "cost(y, pred)"
    ),
    "nets.py": NETS,
    "losses.py": LOSSES,
}
SHARED: Files = {"main.py": ENTRY, "other.py": ENTRY.replace("0.01", "0.5"), "nets.py": NETS}
REFUSED = FLAT + "tf.train.Saver(sharded=True)\n"


def by_name(results: list[UnitResult]) -> dict[str, UnitResult]:
    return {result.name: result for result in results}


def test_three_files_are_one_unit() -> None:
    result = unit(THREE)
    assert (result.status, refusals(result)) == (Status.MIGRATED, [])
    assert [path.name for path in result.paths] == ["losses.py", "main.py", "nets.py"]
    assert {path.name for path in result.new_sources} == {"losses.py", "main.py", "nets.py"}
    assert result.layers == 1


def test_three_files_fit_together() -> None:
    new = migrated(THREE)
    assert "class Build(tf.keras.Model):" in new["nets.py"]
    assert "def cost(y, pred, regularization_losses):" in new["losses.py"]
    assert "from nets import Build\n" in new["main.py"]
    assert "cost(y, pred, build.losses)" in new["main.py"]


def test_tensorflow_that_comes_from_another_file() -> None:
    helper = "def make():\n    return tf.contrib.layers.l2_regularizer(0.1)\nreg = make()\n"
    main = FLAT.replace("import tensorflow as tf", "from common import tf")
    main = main.replace("reg = tf.contrib.layers.l2_regularizer(0.1)\n", helper)
    new = migrated({"main.py": main, "common.py": "import tensorflow.compat.v1 as tf\n"})
    assert "return tf.keras.regularizers.L2(0.5 * 0.1)" in new["main.py"]
    assert new["common.py"] == "import tensorflow as tf\n"


def test_two_entry_programs_that_share_a_builder_are_one_unit() -> None:
    new = migrated(SHARED)
    assert "Adam(0.01" in new["main.py"]
    assert "Adam(0.5" in new["other.py"]
    for entry in ("main.py", "other.py"):
        assert "build = Build(reg)" in new[entry]
    assert new["nets.py"].count("class Build") == 1


def test_two_entry_programs_that_share_a_builder_are_refused_together() -> None:
    result = unit({**SHARED, "other.py": SHARED["other.py"] + "tf.train.Saver(sharded=True)\n"})
    assert (result.status, result.new_sources) == (Status.REFUSED, {})
    assert [path.name for path in result.paths] == ["main.py", "nets.py", "other.py"]


def test_one_unit_migrates_while_another_is_refused() -> None:
    results = by_name(migrate(sources({"good.py": FLAT, "bad.py": REFUSED})))
    good, bad = results[str(ROOT / "good.py")], results[str(ROOT / "bad.py")]
    assert (good.status, [path.name for path in good.new_sources]) == (Status.MIGRATED, ["good.py"])
    assert (bad.status, bad.new_sources) == (Status.REFUSED, {})
    assert [code for code, _, _ in refusals(bad)] == ["TFR204"]
    assert refusals(good) == []


UNTOUCHED = cases("""
### python
print(1)
### keras
import tensorflow as tf
model = tf.keras.Sequential([tf.keras.layers.Dense(1, kernel_regularizer="l2")])
### mesh
import mesh_tensorflow as mtf
mtf.layers.dense(1, 2, kernel_regularizer=3)
### only_text
# tf.layers.dense(x, 1, kernel_regularizer=reg)
a = "tf.layers.dense(x, 1, kernel_regularizer=reg)"
### shadowed
import tensorflow as tf
class tf:
    layers = None
def f(x):
    return tf.layers.dense(x, 1, kernel_regularizer=1)
f(1)
""")


PLAIN = """\
import tensorflow as tf
x = tf.placeholder(tf.float32, [None, 4])
y = tf.layers.dense(x, 1)
tf.Session().run(y, {x: [[1.0] * 4]})
"""


def test_layers_without_a_penalty_are_a_program() -> None:
    assert "self.dense = tf.keras.layers.Dense(1)" in migrated(PLAIN)["main.py"]
    assert [code for code, _, _ in refusals(unit(PLAIN + "tf.train.Saver([])\n"))] == ["TFR204"]


@pytest.mark.parametrize(("_", "text"), UNTOUCHED)
def test_no_unit(_: str, text: str) -> None:
    assert migrate(sources(text)) == []


@pytest.mark.parametrize(("_", "text"), UNTOUCHED)
def test_file_beside_a_unit_is_not_changed(_: str, text: str) -> None:
    (result,) = migrate(sources({"main.py": FLAT, "beside.py": text}))
    assert [path.name for path in result.new_sources] == ["main.py"]


def test_imported_file_without_tensorflow_is_not_changed() -> None:
    result = unit({"main.py": "import helper\n" + FLAT, "helper.py": "def  f( a ):\n\treturn a\n"})
    assert [path.name for path in result.new_sources] == ["main.py"]


@pytest.mark.parametrize("program", [FLAT, THREE, SHARED], ids=["flat", "three", "shared"])
def test_second_run_finds_no_unit(program: str | Files) -> None:
    assert migrate(sources(migrated(program))) == []


@pytest.mark.parametrize("program", [FLAT, THREE, SHARED, REFUSED], ids=["flat", "three", "shared", "refused"])
def test_same_result_twice(program: str | Files) -> None:
    assert migrate(sources(program)) == migrate(sources(program))


@pytest.mark.parametrize("program", [THREE, SHARED], ids=["three", "shared"])
def test_order_of_the_files_does_not_matter(program: Files) -> None:
    expected = unit(program)
    for order in itertools.permutations(as_files(program)):
        found = unit({path: program[path] for path in order})
        assert (found.new_sources, found.paths) == (expected.new_sources, expected.paths)


def test_place_of_a_refusal_counts_characters() -> None:
    line = "é = '日本'; z = tf.cond(y, lambda: x, lambda: x)\n"
    result = unit(HEAD + line + FLAT.removeprefix(HEAD))
    found = result.diagnostics[0]
    assert (found.code, found.line, found.column) == ("TFR207", HEAD.count("\n") + 1, line.index("tf.cond") + 1)


def test_notes_come_after_refusals_and_in_order() -> None:
    result = unit(FLAT)
    places = [(item.code, item.line) for item in result.diagnostics]
    assert {code for code, _ in places} == {"TFR102", "TFR103", "TFR104", "TFR105"}
    assert [line for _, line in places] == sorted(line for _, line in places)


def test_refused_unit_keeps_only_pitfalls_as_notes() -> None:
    codes = {item.code for item in unit(REFUSED).diagnostics}
    assert codes == {"TFR204"}


def test_findings_name_what_the_unit_is_made_of() -> None:
    kinds = {finding.kind for finding in unit(THREE).findings}
    assert {"layer", "read", "optimizer", "run"} <= kinds
