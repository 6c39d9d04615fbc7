"""Which TensorFlow symbol a name of a program stands for."""

import ast

import pytest
from programs import Files, cases, marked_call, project, trace

from tf1to2_reg.syntax.imports import canonical, normalize, tensorflow_names

X = "x = 1\n"
DENSE = "tf.layers.dense"


@pytest.mark.parametrize(
    ("dotted", "symbol"),
    [
        ("tensorflow", "tf"),
        ("tensorflow.layers", DENSE.rpartition(".")[0]),
        ("tensorflow.compat.v1", "tf"),
        ("tensorflow.compat.v1.layers.dense", DENSE),
        ("tensorflow.contrib.slim", "tf.contrib.slim"),
        ("tf_slim", "tf.contrib.slim"),
        ("tf_slim.layers", "tf.contrib.slim.layers"),
        ("tensorflow.python.keras.layers", "tf.keras.layers"),
        ("tensorflow.compat.v2.nn", "tf.compat.v2.nn"),
        ("tensorflow.compat.v2.compat.v1.layers", "tf.layers"),
        ("tensorflow_core.layers", "tf.layers"),
        ("tensorflow_probability", None),
        ("tensorflow2.layers", None),
        ("mesh_tensorflow.layers", None),
        ("layers", None),
    ],
)
def test_canonical(dotted: str, symbol: str | None) -> None:
    assert canonical(dotted) == symbol


@pytest.mark.parametrize(
    ("symbol", "plain"),
    [
        ("tf.compat.v1", "tf"),
        ("tf.compat.v1.layers.dense", DENSE),
        ("tf.compat.v1.compat.v2.abs", "tf.compat.v2.abs"),
        ("tf.compat.as_text", "tf.compat.as_text"),
        ("tf.layers.dense", DENSE),
    ],
)
def test_normalize(symbol: str, plain: str) -> None:
    assert normalize(symbol) == plain


SYMBOLS = cases("""
### aliased: tf.layers.dense
import tensorflow as tf
tf.layers.dense(1)  # <-
### other_alias: tf.layers.dense
import tensorflow as T
T.layers.dense(1)  # <-
### unaliased: tf.layers.dense
import tensorflow
tensorflow.layers.dense(1)  # <-
### compat_module: tf.layers.dense
import tensorflow.compat.v1 as tf
tf.layers.dense(1)  # <-
### compat_unaliased: tf.layers.dense
import tensorflow.compat.v1
tensorflow.compat.v1.layers.dense(1)  # <-
### compat_attribute: tf.layers.dense
import tensorflow as tf
tf.compat.v1.layers.dense(1)  # <-
### compat_from: tf.layers.dense
from tensorflow.compat import v1 as tf
tf.layers.dense(1)  # <-
### from_module: tf.layers.dense
from tensorflow import layers
layers.dense(1)  # <-
### from_module_as: tf.layers.dense
from tensorflow import layers as L
L.dense(1)  # <-
### from_function: tf.layers.dense
from tensorflow.layers import dense
dense(1)  # <-
### from_function_as: tf.layers.dense
from tensorflow.compat.v1.layers import dense as fc
fc(1)  # <-
### submodule_as: tf.layers.dense
import tensorflow.layers as L
L.dense(1)  # <-
### alias_of_module: tf.layers.dense
import tensorflow as tf
L = tf.layers
L.dense(1)  # <-
### alias_of_function: tf.layers.dense
import tensorflow as tf
fc = tf.layers.dense
fc(1)  # <-
### alias_of_alias: tf.layers.dense
import tensorflow as tf
a = tf.layers.dense
b = a
b(1)  # <-
### rebound_to_compat: tf.layers.dense
import tensorflow as tf
tf = tf.compat.v1
tf.layers.dense(1)  # <-
### rebound_back: tf.layers.dense
import tensorflow as tf
tf = 1
import tensorflow as tf
tf.layers.dense(1)  # <-
### rebound_after: tf.layers.dense
import tensorflow as tf
tf.layers.dense(1)  # <-
tf = 1
### function_level: tf.layers.dense
def f():
    import tensorflow as tf
    tf.layers.dense(1)  # <-
f()
### closure: tf.layers.dense
import tensorflow as tf
def f():
    def g():
        tf.layers.dense(1)  # <-
    g()
f()
### passed_in: tf.layers.dense
import tensorflow as tf
def f(lib, x):
    lib.layers.dense(x)  # <-
f(tf, tf.placeholder(tf.float32))
### fallback_import: tf.layers.dense
try:
    import tensorflow.compat.v1 as tf
except ImportError:
    import tensorflow as tf
tf.layers.dense(1)  # <-
### tuple_assignment: tf.layers.dense
import tensorflow as tf
a, b = tf.layers.dense, 2
a(1)  # <-
### conditional_expression: tf.layers.dense
import tensorflow as tf
a = tf.layers.dense if True else 2
a(1)  # <-
### global_statement: tf.layers.dense
import tensorflow as tf
def f():
    global tf
    tf.layers.dense(1)  # <-
f()
### slim: tf.contrib.slim.l2_regularizer
import tf_slim as slim
slim.l2_regularizer(1)  # <-
### contrib: tf.contrib.layers.l2_regularizer
import tensorflow as tf
tf.contrib.layers.l2_regularizer(1)  # <-
### keras: tf.keras.layers.Dense
from tensorflow import keras
keras.layers.Dense(1)  # <-
""")


@pytest.mark.parametrize(("symbol", "program"), SYMBOLS)
def test_symbol_within_a_file(symbol: str, program: str) -> None:
    found = trace(program)
    assert found.facts.symbol(marked_call(program, found).func) == symbol


NOT_TENSORFLOW = cases("""
### mesh_tensorflow
import mesh_tensorflow as mtf
mtf.layers.dense(1)  # <-
### mesh_submodule
import mesh_tensorflow.layers as layers
layers.dense(1)  # <-
### other_layers
from lasagne import layers
layers.dense(1)  # <-
### missing_file_called_tf
import tf
tf.layers.dense(1)  # <-
### parameter
import tensorflow as tf
def f(tf):
    tf.layers.dense(1)  # <-
f(1)
### rebound
import tensorflow as tf
import other
tf = other
tf.layers.dense(1)  # <-
### reimported
import tensorflow as tf
import other as tf
tf.layers.dense(1)  # <-
### class_of_that_name
import tensorflow as tf
class tf:
    layers = None
tf.layers.dense(1)  # <-
### own_function
from tensorflow.layers import dense
def dense(a):
    return a
dense(1)  # <-
### own_function_first
def dense(a):
    return a
from_tf = dense
from_tf(1)  # <-
### local_name
import tensorflow as tf
def f():
    tf = 1
    tf.layers.dense(1)  # <-
f()
### loop_target
import tensorflow as tf
for tf in [1]:
    tf.layers.dense(1)  # <-
### with_target
import tensorflow as tf
with open(1) as tf:
    tf.layers.dense(1)  # <-
### one_branch
import sys
import tensorflow as tf
if len(sys.argv) > 1:
    tf = sys
tf.layers.dense(1)  # <-
### attribute_of_object
class A:
    layers = 1
A().layers.dense(1)  # <-
""")


@pytest.mark.parametrize(("_", "program"), NOT_TENSORFLOW)
def test_not_tensorflow(_: str, program: str) -> None:
    found = trace(program)
    assert found.facts.symbol(marked_call(program, found).func) is None
    assert found.of_layers() == []


TF = "import tensorflow as tf\n"
ACROSS: list[tuple[str, Files]] = [
    ("module_from_file", {"main.py": "from common import tf\ntf.layers.dense(1)  # <-", "common.py": TF}),
    ("through_module", {"main.py": "import common\ncommon.tf.layers.dense(1)  # <-", "common.py": TF}),
    ("through_module_as", {"main.py": "import common as c\nc.tf.layers.dense(1)  # <-", "common.py": TF}),
    (
        "reexported",
        {"main.py": "from common import fc\nfc(1)  # <-", "common.py": "from tensorflow.layers import dense as fc"},
    ),
    (
        "reexported_twice",
        {
            "main.py": "from a import fc\nfc(1)  # <-",
            "a.py": "from b import fc",
            "b.py": "import tensorflow as tf\nfc = tf.layers.dense",
        },
    ),
    ("star", {"main.py": "from common import *\ntf.layers.dense(1)  # <-", "common.py": TF}),
    (
        "package_member",
        {"main.py": "from pkg.nets import fc\nfc(1)  # <-", "pkg/nets.py": TF + "fc = tf.layers.dense"},
    ),
    (
        "package_init",
        {
            "main.py": "from pkg import fc\nfc(1)  # <-",
            "pkg/__init__.py": "from .nets import fc",
            "pkg/nets.py": "from tensorflow.layers import dense as fc",
        },
    ),
    (
        "dotted_import",
        {"main.py": "import pkg.sub.nets\npkg.sub.nets.fc(1)  # <-", "pkg/sub/nets.py": TF + "fc = tf.layers.dense"},
    ),
    (
        "dotted_import_as",
        {"main.py": "import pkg.nets as n\nn.fc(1)  # <-", "pkg/nets.py": TF + "fc = tf.layers.dense"},
    ),
    (
        "module_of_package",
        {"main.py": "from pkg import nets\nnets.fc(1)  # <-", "pkg/nets.py": TF + "fc = tf.layers.dense"},
    ),
    (
        "relative",
        {
            "main.py": "import pkg.nets",
            "pkg/nets.py": "from .common import tf\ntf.layers.dense(1)  # <-",
            "pkg/common.py": TF,
        },
    ),
    (
        "relative_module",
        {
            "main.py": "import pkg.nets",
            "pkg/nets.py": "from . import common\ncommon.tf.layers.dense(1)  # <-",
            "pkg/common.py": TF,
        },
    ),
    (
        "relative_up",
        {
            "main.py": "import pkg.sub.nets",
            "pkg/sub/nets.py": "from ..common import tf\ntf.layers.dense(1)  # <-",
            "pkg/common.py": TF,
        },
    ),
    (
        "function_level",
        {
            "main.py": "import tensorflow\ndef f(x):\n    from common import tf\n    tf.layers.dense(x)  # <-\n"
            "f(tensorflow.placeholder(tensorflow.float32))",
            "common.py": TF,
        },
    ),
    (
        "inside_called_function",
        {"main.py": "from nets import build\nbuild()", "nets.py": TF + "def build():\n    tf.layers.dense(1)  # <-"},
    ),
]


@pytest.mark.parametrize("files", [case[1] for case in ACROSS], ids=[case[0] for case in ACROSS])
def test_symbol_across_files(files: Files) -> None:
    found = trace(files)
    assert found.facts.symbol(marked_call(files, found).func) == DENSE


def test_star_import_leaves_private_names() -> None:
    files = {"main.py": "from common import *\n_tf.layers.dense(1)  # <-", "common.py": "import tensorflow as _tf"}
    found = trace(files)
    assert found.facts.symbol(marked_call(files, found).func) is None


def test_file_that_was_not_given_is_not_guessed() -> None:
    found = trace("from common import tf\ntf.layers.dense(1)  # <-")
    assert found.of_layers() == []


def test_callers_name_does_not_leak_into_the_callee() -> None:
    files = {
        "main.py": "import other as tf\nfrom nets import build\nbuild()",
        "nets.py": TF + "def build():\n    tf.layers.dense(1)  # <-",
    }
    found = trace(files)
    assert found.facts.symbol(marked_call(files, found).func) == DENSE


FINDS: list[tuple[str, str, int, str | None]] = [
    ("main.py", "common", 0, "common.py"),
    ("main.py", "pkg", 0, "pkg/__init__.py"),
    ("main.py", "pkg.nets", 0, "pkg/nets.py"),
    ("main.py", "nets", 0, None),
    ("main.py", "pkg.missing", 0, None),
    ("main.py", "main", 0, None),
    ("pkg/nets.py", "common", 0, "pkg/common.py"),
    ("pkg/nets.py", "main", 0, "main.py"),
    ("pkg/nets.py", "pkg.common", 0, "pkg/common.py"),
    ("pkg/nets.py", "common", 1, "pkg/common.py"),
    ("pkg/nets.py", "common", 2, "common.py"),
    ("pkg/nets.py", "", 1, "pkg/__init__.py"),
    ("pkg/nets.py", "missing", 1, None),
]


@pytest.mark.parametrize(("importer", "dotted", "level", "expected"), FINDS)
def test_find(importer: str, dotted: str, level: int, expected: str | None) -> None:
    given = project(dict.fromkeys(("main.py", "common.py", "pkg/__init__.py", "pkg/nets.py", "pkg/common.py"), X))
    by_path = {module.path.relative_to("/project").as_posix(): module for module in given.modules}
    assert given.find(by_path[importer], dotted, level) is (by_path[expected] if expected else None)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("import tensorflow as tf, numpy as np", {"tf"}),
        ("import tensorflow.compat.v1", {"tensorflow"}),
        ("from tensorflow.layers import dense as fc, conv2d", {"fc", "conv2d"}),
        ("import mesh_tensorflow as mtf\nfrom .tensorflow import layers", set()),
        ("def f():\n    import tf_slim", {"tf_slim"}),
    ],
)
def test_tensorflow_names(text: str, names: set[str]) -> None:
    assert tensorflow_names(ast.parse(text)) == names
