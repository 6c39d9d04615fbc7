"""Functions that nothing in the files can call."""

import ast

import pytest
from graph_programs import after, reasons, run

from tf1to2_reg.results import Status
from tf1to2_reg.syntax.unused import unused_code

USE = "import tensorflow as tf\ntf.layers.dense(x, 3)\n"


def unused(*texts: str) -> list[str]:
    """The calls in bodies of functions that nothing calls."""
    found = unused_code([ast.parse(text) for text in texts])
    return sorted(ast.unparse(node.func) for node in found if isinstance(node, ast.Call))


FUNCTION = "def f():\n    a()\n"
METHOD = "class A:\n    def f(self):\n        a()\n    def g(self):\n        b()\n"


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([FUNCTION], ["a"]),
        ([FUNCTION, "f()\n"], []),
        ([FUNCTION, "from m import f\n"], []),
        ([FUNCTION, "from m import f as g\n"], []),
        ([FUNCTION, "m.f\n"], []),
        ([FUNCTION, "use('f')\n"], []),
        ([FUNCTION, "use('m.f')\n"], []),
        ([FUNCTION, "getattr(m, 'g')\n"], ["a"]),
        ([FUNCTION, "getattr(m, name)\n"], []),
        ([FUNCTION, "globals()[name]\n"], []),
        ([FUNCTION, "find = getattr\n"], []),
        (["@register\n" + FUNCTION], []),
        (["def f(n):\n    a()\n    f(n - 1)\n"], ["a", "f"]),
        (["def f(n=b()):\n    a()\n"], ["a"]),
        (["def f():\n    def g():\n        a()\n    g()\n"], ["a", "g"]),
        (["async def f():\n    a()\n"], ["a"]),
        (["def main():\n    a()\n"], []),
        (["def test_this():\n    a()\n"], []),
        ([METHOD], ["a", "b"]),
        ([METHOD, "A()\n"], ["a", "b"]),
        ([METHOD, "A().g()\n"], ["a"]),
        ([METHOD.replace("A:", "A(object):")], ["a", "b"]),
        ([METHOD.replace("A:", "A(Base):")], []),
        (["@register\n" + METHOD], []),
        (["class A:\n    def __call__(self):\n        a()\n", "A()()\n"], []),
        (["class A:\n    def __init__(self):\n        a()\n"], ["a"]),
        (["class A:\n    b()\n    def __init__(self):\n        a()\n", "A()\n"], []),
    ],
)
def test_unused(texts: list[str], expected: list[str]) -> None:
    assert unused(*texts) == expected


def test_a_lost_name_that_nothing_calls_stays_in_a_graph_program() -> None:
    unused_part = "def export():\n    tf.contrib.tpu.TPUEstimator('m')\n"
    assert "tf.contrib.tpu.TPUEstimator('m')" in after(USE + unused_part)["main.py"]
    assert [note.code for note in run({"main.py": USE + unused_part})[0].notes] == ["TFR121"]
    assert [code for code, *_ in reasons(USE + unused_part + "export()\n")] == ["TFR401"]
    assert [code for code, *_ in reasons(USE + unused_part.replace("def export():", "if later:"))] == ["TFR401"]


def test_a_lost_name_in_a_library_may_be_called_by_others() -> None:
    library = "import tensorflow as tf\ndef net(x):\n    return tf.layers.dense(x, 3)\n"
    library += "def export():\n    tf.contrib.tpu.TPUEstimator('m')\n"
    (found,) = run({"net.py": library})
    assert found.outcome is Status.REFUSED
