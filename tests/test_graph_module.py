"""The text of the written module: whole, and nothing superfluous."""

from __future__ import annotations

import ast
import builtins
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tf1to2_reg.facts.keras_layers import KERAS_PIECES
from tf1to2_reg.facts.lost import PIECES
from tf1to2_reg.targets.graph import module
from tf1to2_reg.targets.graph.module import ChangedModuleError, public_names, written
from tf1to2_reg.targets.graph.words import words_of

NAMES = sorted(public_names())
FUNCTIONS = """average_pooling1d average_pooling2d average_pooling3d batch_normalization conv1d conv2d conv2d_transpose
conv3d conv3d_transpose dense dropout flatten max_pooling1d max_pooling2d max_pooling3d separable_conv1d
separable_conv2d"""
CLASSES = """AveragePooling1D AveragePooling2D AveragePooling3D BatchNormalization Conv1D Conv2D Conv2DTranspose Conv3D
Conv3DTranspose Dense Dropout Flatten Layer MaxPooling1D MaxPooling2D MaxPooling3D SeparableConv1D SeparableConv2D"""
RUN = """
import json, sys, types, warnings
import tensorflow as tf
tf.compat.v1.disable_v2_behavior()
failed = {}
for name, text in json.load(sys.stdin).items():
    made = types.ModuleType("graph_layers")
    try:
        exec(compile(text, name, "exec"), vars(made))
        getattr(made, name.split()[0])
    except Exception as error:
        failed[name] = repr(error)
print(json.dumps(failed))
"""


def _defined(text: str) -> list[str]:
    return [module._name(node) for node in ast.parse(text).body if isinstance(node, (*_DEFINITIONS,))]


_DOTTED = ("apply", ".apply", "tf.apply")
_DEFINITIONS = (ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)


def _imported(text: str) -> set[str]:
    statements = [node for node in ast.parse(text).body if isinstance(node, (ast.Import, ast.ImportFrom))]
    names = [alias for node in statements if getattr(node, "module", "") != "__future__" for alias in node.names]
    return {alias.asname or alias.name.partition(".")[0] for alias in names}


def _names(text: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}


def _names_and_members(node: ast.stmt) -> set[str]:
    """All names, and all attributes: a layer of Keras needs the layer of ours that stands for it."""
    return _names(ast.unparse(node)) | {inner.attr for inner in ast.walk(node) if isinstance(inner, ast.Attribute)}


KERAS = {piece.name for piece in KERAS_PIECES.values()}


def test_public_names_are_those_of_tf1() -> None:
    own = {"graph_model", "GraphModel", "keras_l1_l2", "Datasets", "SavedModelPredictor"}
    assert public_names() == own | {*FUNCTIONS.split(), *CLASSES.split(), *PIECES, *KERAS}


@pytest.mark.parametrize("name", NAMES)
def test_no_name_is_missing(name: str) -> None:
    text = written([name])
    local = {node.arg for node in ast.walk(ast.parse(text)) if isinstance(node, ast.arg)}
    stored = {n.id for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    named = (ast.FunctionDef, ast.ClassDef, ast.ExceptHandler)
    inner = {n.name for n in ast.walk(ast.parse(text)) if isinstance(n, named) and n.name}
    assert _names(text) <= local | stored | inner | _imported(text) | set(dir(builtins))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_superfluous(name: str) -> None:
    """Every import and every definition but the one asked for is used by another definition."""
    text = written([name], keras_layers=[])
    tree = ast.parse(text)
    uses = {module._name(node): _names_and_members(node) for node in tree.body if isinstance(node, _DEFINITIONS)}
    for defined in _defined(text):
        others = set().union(*(names for other, names in uses.items() if other != defined))
        assert defined == name or defined in others, defined
    assert _imported(text) <= set().union(*uses.values())


def test_each_name_alone_is_a_module_that_runs() -> None:
    texts = {name: written([name]) for name in NAMES}
    texts |= {f"{name} alone": written([name], [], frozenset()) for name in NAMES}
    command = [sys.executable, "-W", "ignore", "-c", RUN]
    done = subprocess.run(command, input=json.dumps(texts), capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout.splitlines()[-1]) == {}


def test_the_formatter_and_the_linter_leave_it(tmp_path: Path) -> None:
    for name in NAMES:
        (tmp_path / f"{name}.py").write_text(written([name]))
    (tmp_path / "all.py").write_text(written(NAMES))
    (tmp_path / "two.py").write_text(written(["graph_model", "l2_regularizer"], ["Dense", "Conv2D"]))
    (tmp_path / "lean.py").write_text(written(["graph_model", "dropout"], ["Dense", "Conv2D"], frozenset()))
    (tmp_path / "least.py").write_text(written(["graph_model"], ["Dense"], frozenset()))
    options = ["--config", str(Path(__file__).parents[1] / "pyproject.toml"), "--no-cache"]
    for command in (["format", "--check"], ["check", "--select", "I,F,E501"]):
        ruff = [sys.executable, "-m", "ruff", *command, *options, str(tmp_path)]
        done = subprocess.run(ruff, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_types_are_strict(tmp_path: Path) -> None:
    """The user's own mypy finds nothing in it, TensorFlow having no types."""
    (tmp_path / "whole.py").write_text(written(NAMES))
    (tmp_path / "lean.py").write_text(written(["graph_model"], ["Dense"], frozenset()))
    options = ["--strict", "--ignore-missing-imports", "--allow-subclassing-any", "--follow-imports=skip"]
    command = [sys.executable, "-m", "mypy", *options, f"--cache-dir={tmp_path}", "whole.py", "lean.py"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stdout


DENSE = ["graph_model"], ["Dense"]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ({".share"}, "def share("),
        ({".weights"}, "def variables("),
        ({".trainable_weights"}, "def trainable_variables("),
        ({"L1"}, "def l1_regularizer("),
        ({"l1_l2"}, "def sum_regularizer("),
        ({"regularizer"}, "def _penalized("),
    ],
)
def test_what_few_programs_use_is_written_for_those(words: set[str], text: str) -> None:
    assert text not in written(*DENSE, frozenset({"L2", "share"}))
    assert text in written(*DENSE, frozenset(words))
    assert text in written(*DENSE)


def test_arg_scopes_are_written_for_programs_that_open_them() -> None:
    assert "SCOPED_ARGUMENTS" not in written(["batch_norm"], [], frozenset())
    assert "SCOPED_ARGUMENTS" in written(["batch_norm", "arg_scope"], [], frozenset({"arg_scope"}))


def test_a_program_of_dense_layers_gets_a_short_module() -> None:
    assert written(*DENSE, frozenset({"L2"})).count("\n") < 420


def test_layers_called_as_in_tf1_take_names_of_activations() -> None:
    assert "def _activation(" not in written(*DENSE, frozenset())
    assert "def _activation(" not in written(["graph_model", "dropout"], ["Dense"], frozenset())
    assert "def _activation(" in written(["dense"], [], frozenset())


def test_what_an_earlier_run_wrote_stays() -> None:
    shared = written(*DENSE, frozenset({".share"}))
    assert written(*DENSE, frozenset(), shared) == shared
    both = written(["graph_model"], ["Flatten"], frozenset({"regularizer"}), shared)
    assert all(text in both for text in ("def share(", "class Dense(", "class Flatten(", "def _penalized("))
    assert both == written(["graph_model"], ["Dense", "Flatten"], frozenset({".share", "regularizer"}))
    by_hand = written(["dense"], [], frozenset())
    assert "def _activation(" in written(*DENSE, frozenset(), by_hand)


@pytest.mark.parametrize("name", NAMES)
def test_what_was_written_is_known_as_it_was(name: str) -> None:
    text = written([name], ["Dense"], frozenset())
    assert written([name], ["Dense"], frozenset(), text) == text


CHANGED = written(*DENSE, frozenset({"L2"})).replace("self.built = False", "self.built = 0")


def test_a_changed_text_that_has_all_stays() -> None:
    assert written(*DENSE, frozenset({"L2"}), CHANGED) == CHANGED
    assert written(*DENSE, frozenset(), CHANGED + "if DEBUG:\n    pass\n").endswith("if DEBUG:\n    pass\n")


@pytest.mark.parametrize(
    ("names", "layers", "words", "text", "lacking"),
    [
        (["graph_model", "dropout"], ["Conv2D"], frozenset(), CHANGED, "Conv2D, Dropout, dropout, keras_l1_l2"),
        (*DENSE, frozenset({".share"}), CHANGED, "GraphModel"),
        (*DENSE, None, CHANGED, "Dense, GraphModel, Layer, keras_l1_l2, l1_regularizer, sum_regularizer"),
        (*DENSE, frozenset(), CHANGED.replace("class Dense", "class Thick"), "Dense"),
        (["l2_regularizer"], [], frozenset(), CHANGED + ")", "l2_regularizer, tf1"),
    ],
)
def test_a_changed_text_that_lacks_something(
    names: list[str], layers: list[str], words: frozenset[str] | None, text: str, lacking: str
) -> None:
    with pytest.raises(ChangedModuleError) as raised:
        written(names, layers, words, text)
    assert str(raised.value) == lacking


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("a.b.c", {"a", "b", "c", ".b", ".c", "a.b", "b.c"}),
        ("import tensorflow as tf\ntf.apply", {"tensorflow", ".tensorflow", "tf", "apply"}),
        ("import tensorflow as tf\ntf = x\ntf.apply", {"tensorflow", ".tensorflow", "tf", "x", *_DOTTED}),
        ("f(k='x y')", {"f", "k", "x", "y", ".x", ".y"}),
        ("getattr(a, 'b')", {"getattr", "a", "b", ".b"}),
        ("getattr(a, b)", None),
        ("look = getattr", None),
        ("operator.attrgetter(a)", None),
        ("eval(a)", None),
        ("from a.b import c as d", {"c", ".c", "b.c"}),
        ("def f(g): pass", {"f", "g"}),
    ],
)
def test_words_of_a_program(program: str, words: set[str] | None) -> None:
    assert words_of(program) == words


def test_keras_layers_are_written_with_the_model_that_takes_them() -> None:
    every, some = written(["graph_model"]), written(["graph_model"], ["Dense"])
    assert "class Conv2D(" in every
    assert "class Dense(" in some
    assert "class Conv2D(" not in some
    assert "class Conv2D(" not in written(["dense"])


def test_the_docstring_speaks_of_what_is_there() -> None:
    assert "graph_model" in (ast.get_docstring(ast.parse(written(["graph_model"]))) or "")
    assert "graph_model" not in written(["dense"])


def test_it_is_the_same_whatever_the_order() -> None:
    assert written(["dense", "l2_regularizer"]) == written(["l2_regularizer", "dense"])


def test_unknown_names_are_refused() -> None:
    with pytest.raises(ValueError, match="has no Embedding"):
        written(["Embedding"])


def test_every_file_is_a_part() -> None:
    folder = Path(module.__file__).with_name("graph_layers")
    assert {path.stem for path in folder.glob("*.py")} == {"__init__", *module.PARTS}
