from pathlib import Path

import pytest

from tf1to2_reg.files.taking_part import families, mentions_layers, taking_part

BUILDER = b"import tensorflow as tf\ndef net(x): return tf.layers.dense(x, 1)\n"


def parts(files: dict[str, bytes], always: str = "") -> set[str]:
    """What takes part."""
    contents = {Path(f"{name}.py"): data for name, data in files.items()}
    named = {Path(f"{name}.py") for name in always.split()}
    found = taking_part(contents, named)
    return {path.with_suffix("").as_posix() for path in found}


@pytest.mark.parametrize(
    "data",
    [
        b"import tensorflow\ntensorflow.layers.dense(x, 1)",
        b"from common import tf\nnet = tf.layers.dense(x, 1)",
        b"import tensorflow as t\nloss += t.losses.get_regularization_loss()",
        b"tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)",
        b"import tf_slim as slim\nslim.l2_regularizer(1.0)",
        b"import tensorflow as tf\nloss += tf.add_n([tf.nn.l2_loss(v) for v in tf.trainable_variables()])",
        b"import tensorflow as tf\nloss = tf.losses.get_total_loss()",
    ],
)
def test_files_that_mention_layers(data: bytes) -> None:
    assert mentions_layers(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"import tensorflow as tf\nx = tf.constant(1)",
        b"from torch import nn\nnn.layers = regularization",
        b"x = layers.decode('utf-8')",
    ],
)
def test_files_that_do_not(data: bytes) -> None:
    assert not mentions_layers(data)


def test_nothing_takes_part_where_nothing_mentions_layers() -> None:
    assert parts({"a": b"import b", "b": b"x = 1"}) == set()


@pytest.mark.parametrize(
    "statement",
    [
        b"import nets",
        b"import os, nets as n",
        b"import os; import nets",
        b"if x: import nets",
        b"if x:\n    import nets",
        b"from nets import net",
        b"from nets import *",
        b"from . import nets",
        b"from .nets import net",
        b"from . import (\n    other,\n    nets,\n)",
        b"import os, \\\n    nets",
        b"import os\r\nimport nets\r\n",
        b"n = importlib.import_module('nets')",
        b"n = __import__('nets')",
    ],
)
def test_importers_take_part(statement: bytes) -> None:
    assert parts({"nets": BUILDER, "train": statement, "other": b"x = 1"}) >= {"nets", "train"}


@pytest.mark.parametrize("statement", [b"import os", b"# import nets", b"x = 'import nets'", b"important = nets"])
def test_others_do_not(statement: bytes) -> None:
    assert parts({"nets": BUILDER, "train": statement}) == {"nets"}


def test_importers_of_importers_and_all_they_import() -> None:
    files = {
        "nets": BUILDER,
        "model": b"import nets",
        "train": b"import model, config",
        "config": b"import sizes",
        "sizes": b"n = 1",
        "unrelated": b"import config",
    }
    assert parts(files) == {"nets", "model", "train", "config", "sizes"}


@pytest.mark.parametrize("name", [b"'nets.' + name", b'f"nets.{name}"', b"'nets.%s' % name", b"'nets.{}'.format(name)"])
def test_what_imports_any_module_of_a_package(name: bytes) -> None:
    call = b"module = importlib.import_module(%s)" % name
    assert parts({"nets/a": BUILDER, "train": call, "other/a": b"x = 1", "b": b"x = 1"}) == {"nets/a", "train"}


def test_packages() -> None:
    files = {
        "pkg/__init__": b"from pkg.nets import net",
        "pkg/nets": BUILDER,
        "train": b"import pkg",
        "tools/__init__": b"",
        "tools/nets": b"import pkg_of_others",
    }
    assert parts(files) == {"pkg/__init__", "pkg/nets", "train"}


def test_relative_imports() -> None:
    assert parts({"p/nets": BUILDER, "p/sub/train": b"from ..nets import net"}) == {"p/nets", "p/sub/train"}
    assert parts({"p/nets": BUILDER, "p/sub/train": b"from .nets import net"}) == {"p/nets"}


def test_modules_of_a_folder_put_on_the_path() -> None:
    files = {"lib/nets": BUILDER, "bin/train": b"sys.path.append('../lib')\nimport nets"}
    assert parts(files) == {"lib/nets", "bin/train"}


def test_the_standard_library_is_not_a_file_elsewhere() -> None:
    files = {"bin/nets": BUILDER, "lib/json": b"x = 1", "bin/main": b"import json, nets"}
    assert parts(files) == {"bin/nets", "bin/main"}


def test_named_files_always_take_part() -> None:
    assert parts({"nets": b"x = 1", "other": b"y = 1"}, always="other") == {"other"}
    files = {"nets": BUILDER, "other": b"import sizes", "sizes": b"", "more": b""}
    assert parts(files, always="other") == {"nets", "other", "sizes"}


def test_what_a_text_calls_an_import_counts_as_one() -> None:
    assert parts({"a": b"import nets", "nets": BUILDER, "prose": b"'''\nimport nets\n'''\n"}) == {"a", "nets", "prose"}


def together(files: dict[str, bytes]) -> list[list[str]]:
    contents = {Path(f"{name}.py"): data for name, data in files.items()}
    return [[path.with_suffix("").as_posix() for path in family.paths] for family in families(contents)]


def test_files_that_do_not_import_each_other_are_families_of_their_own() -> None:
    files = {"a/nets": BUILDER, "a/train": b"import nets", "b/nets": BUILDER, "b/train": b"import nets"}
    assert together(files) == [["a/nets", "a/train"], ["b/nets", "b/train"]]


def test_files_that_one_file_imports_are_one_family() -> None:
    files = {"both": b"import a.nets, b.nets", "a/nets": BUILDER, "b/nets": BUILDER}
    assert together(files) == [["a/nets", "b/nets", "both"]]


def test_files_of_one_folder_share_its_written_module() -> None:
    assert together({"p/a": BUILDER, "p/b": BUILDER, "q/c": BUILDER}) == [["p/a", "p/b"], ["q/c"]]


def test_a_file_named_by_itself_is_apart_from_programs() -> None:
    contents = {Path("a/nets.py"): BUILDER, Path("b/other.py"): b"x = 1\n"}
    assert [family.apart for family in families(contents, [Path("b/other.py")])] == [False, True]


def test_long_chains_of_conditions() -> None:
    chain = "if x: pass\n" + "".join(f"elif x == {number}: pass\n" for number in range(2000)) + "else: import nets\n"
    assert parts({"nets": BUILDER, "train": chain.encode()}) == {"nets", "train"}
