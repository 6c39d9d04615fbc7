"""Imports of TensorFlow, and where the switch and the written module's import stand."""

from __future__ import annotations

import pytest
from graph_programs import HEAD, after, reasons, run, texts

V1 = "tensorflow.compat.v1"
USE = "print(tf.layers.dense(x, n, unknown))\n"


def head(text: str, use: str = USE) -> str:
    """A script's lines before its last statement, blank lines left out."""
    found = after(text + use)["main.py"]
    return "".join(f"{line}\n" for line in found.split("\n")[:-2] if line)


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("import tensorflow as tf\n", f"import {V1} as tf\n"),
        ("import os, tensorflow as tf, sys\n", f"import os, {V1} as tf, sys\n"),
        ("import tensorflow.compat.v1 as tf\n", f"import {V1} as tf\n"),
        ("from tensorflow.compat import v1 as tf\n", "from tensorflow.compat import v1 as tf\n"),
        (
            "try:\n    import tensorflow.compat.v1 as tf\nexcept ImportError:\n    import tensorflow as tf\n",
            f"try:\n    import {V1} as tf\nexcept ImportError:\n    import tensorflow as tf\n",
        ),
        (
            "import tensorflow as tf\nfrom tensorflow import nn, losses as l\nprint(nn.relu, l.log_loss)\n",
            f"import {V1} as tf\nfrom {V1} import nn, losses as l\n",
        ),
        (
            "import tensorflow as tf\nimport tensorflow.nn as nn\nprint(nn.relu)\n",
            f"import {V1} as tf\nfrom {V1} import nn\n",
        ),
        (
            "import tensorflow as tf\nfrom tensorflow import layers, nn\nprint(layers.dropout(x))\n",
            f"import {V1} as tf\nfrom {V1} import nn\nfrom graph_layers import dense, dropout\n",
        ),
        (
            "import tensorflow as tf\nfrom tensorflow.contrib import slim  # not used\n",
            f"import {V1} as tf\npass  # not used\n",
        ),
        (
            """\
import tensorflow as tf
import tf_slim as slim
from tensorflow.contrib.rnn import GRUCell as Cell
Cell(slim.flatten(x))
""",
            f"""\
import {V1} as tf
from graph_layers import GRUCell as Cell
from graph_layers import contrib_flatten, dense
""",
        ),
        (
            """\
import tensorflow as tf
from tensorflow.contrib.slim import arg_scope
slim = tf.contrib.slim
with slim.arg_scope([slim.conv2d], stride=2), arg_scope([]):
    pass
""",
            f"""\
import {V1} as tf
from graph_layers import arg_scope
from graph_layers import convolution2d, dense
""",
        ),
        (
            "import tensorflow as tf\nfrom tensorflow.contrib.data import map_and_batch\nprint(map_and_batch)\n",
            f"import {V1} as tf\nfrom {V1}.data.experimental import map_and_batch\n",
        ),
        (
            "import tensorflow as tf\nfrom tensorflow.python.ops import math_ops\nprint(math_ops.matmul)\n",
            f"import {V1} as tf\nfrom tensorflow.python.ops import math_ops\n",
        ),
        (
            "import tensorflow as tf\nfrom tensorflow.keras.regularizers import l2\nprint(l2(0.1))\n",
            f"import {V1} as tf\nfrom tensorflow.keras.regularizers import l2\n",
        ),
    ],
)
def test_imports(before: str, expected: str) -> None:
    expected += "" if "graph_layers" in expected else "from graph_layers import dense\n"
    assert head(before).startswith(expected)


def test_unaliased_import() -> None:
    text = after("import tensorflow\n\nprint(tensorflow.layers.dense(x, 3))\n")["main.py"]
    assert text == (
        f"import {V1} as tensorflow\n\nfrom graph_layers import graph_model\n\ntensorflow.disable_v2_behavior()\n\n"
        "print(graph_model().add(tensorflow.keras.layers.Dense(3))(x))\n"
    )


def test_a_file_that_spells_the_version_keeps_its_import() -> None:
    program = "import tensorflow as tf\n\nprint(tf.compat.v1.layers.dense(x, 3), tf.nn.relu(x))\n"
    assert after(program)["main.py"] == (
        "import tensorflow as tf\n\nfrom graph_layers import graph_model\n\ntf.compat.v1.disable_v2_behavior()\n\n"
        "print(graph_model().add(tf.keras.layers.Dense(3))(x), tf.nn.relu(x))\n"
    )


def test_a_file_of_both_spellings_is_tf1() -> None:
    program = "import tensorflow as tf\nprint(tf.compat.v1.layers.flatten(x), tf.placeholder(tf.float32))\n"
    assert after(program)["main.py"].startswith(HEAD)


def test_the_module_of_layers_as_a_name() -> None:
    text = after("from tensorflow import layers as L\n\nprint(getattr(L, name)(x), L.dense(x, 3))\n")["main.py"]
    assert "import graph_layers as L\n" in text
    assert "print(getattr(L, name)(x), dense(x, 3))" in text


def test_a_name_that_becomes_the_old_version_of_itself() -> None:
    text = after("import tensorflow as tf\n\ntf = tf.compat.v1\ntf.layers.dropout(x)\n")["main.py"]
    assert text.endswith("\ntf = tf.compat.v1\ndropout(x)\n")


def test_comments_in_an_import_stay() -> None:
    program = "from tensorflow import (\n    layers,  # the layers\n    nn,\n)\n\nprint(layers.flatten(x), nn.relu)\n"
    assert after(program)["main.py"].startswith(f"# the layers\nfrom {V1} import nn\n")


@pytest.mark.parametrize(
    ("before", "code"),
    [
        ("from tensorflow import *\n", "TFR403"),
        ("from tensorflow.python.layers import base\nprint(base.Layer)\n", "TFR402"),
        ("from tensorflow.contrib.tpu import TPUEstimator\nTPUEstimator('d')\n", "TFR401"),
        ("import tensorflow.contrib.slim as slim\nslim.evaluation.evaluate_once()\n", "TFR401"),
        ("from tensorflow.contrib.rnn import Conv1DLSTMCell\nConv1DLSTMCell(3)\n", "TFR401"),
        ("tf2 = importlib.import_module('tensorflow')\n", "TFR403"),
        ("import tflearn\n", "TFR408"),
        ("import keras\n", "TFR408"),
    ],
)
def test_imports_that_stop_a_program(before: str, code: str) -> None:
    assert [reason[0] for reason in reasons("import tensorflow as tf\n" + before + USE)] == [code]


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (
            "import tensorflow as tf\nimport net\n",
            f"import {V1} as tf\nimport net\nfrom graph_layers import dense\nSWITCH",
        ),
        (
            "import tensorflow as tf\ntf.set_random_seed(1)\nimport os\n",
            f"import {V1} as tf\nSWITCHtf.set_random_seed(1)\nimport os\nfrom graph_layers import dense\n",
        ),
        (
            "import tensorflow as tf\nimport builds\n",
            f"import {V1} as tf\nSWITCHimport builds\nfrom graph_layers import dense\n",
        ),
        (
            "import builds\nimport tensorflow as tf\n",
            f"import {V1} as tf\nSWITCHimport builds\nimport {V1} as tf\nfrom graph_layers import dense\n",
        ),
        (
            "import tensorflow as tf\ntf.disable_v2_behavior()\n",
            f"import {V1} as tf\nfrom graph_layers import dense\nSWITCH",
        ),
        (
            '"""Doc."""\nfrom __future__ import division\nimport tensorflow as tf\n',
            f'"""Doc."""\nfrom __future__ import division\nimport {V1} as tf\nfrom graph_layers import dense\nSWITCH',
        ),
    ],
)  # fmt: skip
def test_the_switch_comes_before_all_use_of_tensorflow(before: str, expected: str) -> None:
    files = {
        "main.py": before + USE,
        "net.py": "import tensorflow as tf\n\n\ndef build(x):\n    return tf.nn.relu(x)\n",
        "builds.py": "import tensorflow as tf\nx = tf.zeros([2])\n",
    }
    lines = after(files)["main.py"].replace(USE.replace("tf.layers.", ""), "").split("\n")
    found = "".join(f"{line}\n" for line in lines if line).replace("tf.disable_v2_behavior()\n", "SWITCH")
    assert found == expected


def test_a_program_that_starts_without_tensorflow() -> None:
    files = {
        "main.py": "import net\n\nif __name__ == '__main__':\n    net.build(3)\n",
        "net.py": "import tensorflow as tf\n\n\ndef build(x):\n    return tf.layers.flatten(x)\n",
    }
    assert after(files)["main.py"] == (
        f"import net\nimport {V1} as tf\n\ntf.disable_v2_behavior()\n\nif __name__ == '__main__':\n    net.build(3)\n"
    )


def test_a_library_gets_no_switch() -> None:
    text = after({"net.py": "import tensorflow as tf\n\n\ndef build(x):\n    return tf.layers.flatten(x)\n"})["net.py"]
    assert "disable_v2_behavior" not in text


def test_names_of_every_scope_are_told_apart() -> None:
    program = "import tensorflow as tf\n\n\ndef f(tf):\n    return tf.layers.dense(1)\n\n\ntf.layers.flatten(x)\n"
    assert "return tf.layers.dense(1)" in after(program)["main.py"]


def test_reexports_are_followed() -> None:
    files = {
        "main.py": "from common import *\nfrom common import tf as t\ntf.layers.dropout(t.layers.dense(x, 3))\n",
        "common.py": "import tensorflow as tf\n",
    }
    found = after(files)
    assert found["common.py"] == HEAD
    assert "graph_model().add(t.keras.layers.Dense(3))(x)" in found["main.py"]


NET = "import tensorflow as tf\nimport tensorflow.contrib as tc\nREG = tc.layers.l1_regularizer(x)\n"


@pytest.mark.parametrize(
    ("files", "is_needed"),
    [
        ({"main.py": "from net import *\nprint(tf.layers.dense(x, 3), REG)\n"}, False),
        ({"main.py": "from net import *\ntc = 1\nprint(tf.layers.dense(x, 3), tc)\n"}, False),
        ({"main.py": "from net import *\nprint(tf.layers.dense(x, 3), tc)\n"}, True),
        ({"main.py": "from net import *\nprint(tf.layers.dense(x, 3), globals())\n"}, True),
        ({"main.py": "from all import *\nprint(tf.zeros(3), tc)\n", "all.py": "from net import *\n"}, True),
        ({"main.py": "import all\nprint(all.tf.zeros(3), all.tc)\n", "all.py": "from net import *\n"}, True),
        ({"main.py": "import all\nprint(all.tf.zeros(3))\n", "all.py": "from net import *\n"}, False),
    ],
)
def test_an_import_stays_where_a_star_may_take_it(files: dict[str, str], is_needed: bool) -> None:
    results = run({**files, "net.py": NET})
    text = texts({**files, "net.py": NET}, results)["net.py"]
    assert ("as tc" in text) == is_needed


def test_a_file_imported_by_star_gets_no_new_names() -> None:
    files = {
        "main.py": "from net import *\n\nprint(build(3))\n",
        "net.py": "import tensorflow as tf\n\n\ndef build(x):\n    return tf.layers.dropout(x)\n",
    }
    found = after(files)["net.py"]
    assert "import graph_layers\n" in found
    assert "return graph_layers.dropout(x)" in found


@pytest.mark.parametrize(
    ("main", "tail"),
    [
        ("from common import flatten", ""),
        ("from common import *\nprint(flatten)", ""),
        ("from common import *", '__all__ = ["flatten"]'),
        ("from common import *", '__all__ = ["flatten"] + rest'),
        ("import common\nprint(common.flatten)", ""),
        ("import common as c\nprint(getattr(c, 'flatten'))", ""),
        ("import common as c\nprint(getattr(c, name))", ""),
        ("import common\nprint(vars(common))", ""),
    ],
)
def test_a_lost_name_that_another_file_takes_stays_importable(main: str, tail: str) -> None:
    use = "import tensorflow as tf\ntf.layers.dense(x, 3)\n"
    found = after(
        {"main.py": f"{use}{main}\n", "common.py": f"from tensorflow.contrib.layers import flatten\n{tail}\n"}
    )
    assert "from graph_layers import contrib_flatten as flatten" in found["common.py"]


@pytest.mark.parametrize("main", ["import common", "import common\nprint(getattr(x, name), common.other)"])
@pytest.mark.parametrize("tail", ["", '__all__ = ["other"]'])
def test_a_lost_name_that_nothing_takes_goes(main: str, tail: str) -> None:
    use = "import tensorflow as tf\ntf.layers.dense(x, 3)\n"
    found = after(
        {"main.py": f"{use}{main}\n", "common.py": f"from tensorflow.contrib.layers import flatten\n{tail}\n"}
    )
    assert "flatten" not in found["common.py"]


@pytest.mark.parametrize(
    "main",
    ["from common import slim", "from common import *\nprint(slim)", "import common as c\nprint(getattr(c, name))"],
)
def test_a_lost_module_that_another_file_takes_is_refused(main: str) -> None:
    use = "import tensorflow as tf\ntf.layers.dense(x, 3)\n"
    common = "import tensorflow as tf\nslim = tf.contrib.slim\nslim.flatten(x)\n"
    assert {code for code, *_ in reasons({"main.py": f"{use}{main}\n", "common.py": common})} == {"TFR403"}
    assert reasons({"main.py": f"{use}import common\n", "common.py": common}) == []


def test_nothing_else_is_a_program() -> None:
    for text in (
        "import tensorflow as tf\nprint(tf.zeros([1]))\n",
        "import tensorflow as tf\nprint(tf.keras.layers.Dense(3, kernel_regularizer=tf.keras.regularizers.l2(0.1)))\n",
        "print(tf.layers.dense(x, 3))\n",
    ):
        assert run({"main.py": text}) == []


def test_files_that_import_each_other() -> None:
    start = "import tensorflow as tf\n"
    files = {
        "main.py": start + "import first\ntf.layers.flatten(first.x)\n",
        "first.py": start + "import second\nx = 1\ndef f():\n    return tf.layers.flatten(x)\n",
        "second.py": start + "import first\ndef f():\n    return tf.layers.flatten(first.x)\n",
    }
    assert set(after(files)) == {*files, "graph_layers.py"}


def test_a_program_without_layers_or_penalties_is_none() -> None:
    assert run({"main.py": "import tensorflow as tf\nx = tf.placeholder(tf.float32)\n"}) == []


@pytest.mark.parametrize("function", ["def f(*modules):", "def f(*, module=None):", "def f():"])
def test_tensorflow_that_no_parameter_takes_is_not_followed(function: str) -> None:
    text = f"import tensorflow as tf\n{function}\n    pass\ntf.layers.dense(x, 3)\nf(tf)\n"
    assert [code for code, *_ in reasons(text)] == ["TFR403"]


@pytest.mark.parametrize(
    ("main", "written"),
    [
        ("from net import build\nbuild(x, 3)\n", "Dense(units)"),
        ("from net import build\nbuild(x, n)\n", "Dense(int(units))"),
        ("from net import build as make\nmake(x, 3)\n", "Dense(int(units))"),
    ],
)
def test_a_function_under_another_name_may_be_given_anything(main: str, written: str) -> None:
    net = "import tensorflow as tf\n\n\ndef build(x, units):\n    return tf.layers.dense(x, units)\n\n\nbuild(1, 2)\n"
    assert written in after({"main.py": main, "net.py": net})["net.py"]


@pytest.mark.parametrize(("store", "written"), [("net.units = n", "Dense(int(units))"), ("n = 3", "Dense(units)")])
def test_a_name_that_another_file_stores_may_be_anything(store: str, written: str) -> None:
    net = "import tensorflow as tf\nunits = 3\n\n\ndef build(x):\n    return tf.layers.dense(x, units)\n"
    files = {"main.py": f"import net\n{store}\nnet.build(x)\n", "net.py": net}
    assert written in after(files)["net.py"].replace("tf.layers.", "")
    local = net.replace("    return", "    units = 4\n    return")
    assert "Dense(units)" in after({**files, "net.py": local})["net.py"]
