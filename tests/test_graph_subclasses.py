"""Classes of the program that derive from a layer of `tf.layers`."""

from __future__ import annotations

import pytest
from graph_programs import after, run

HEAD = "import tensorflow as tf\nx = tf.placeholder(tf.float32, [2, 3])\n"

MEANS_THE_SAME = [
    ("tf.layers.Dense", "pass"),
    ("tf.layers.Dense", "def __init__(self, units):\n        super().__init__(units // 2)\n        self.whole = units"),
    ("tf.layers.Dense", "'''Doc.'''\n    def half(self):\n        return self.other() // 2\n    def other(self): ..."),
    (
        "tf.layers.BatchNormalization",
        "def _moments(self, *args, **kwargs):\n        return super(Own, self)._moments(*args, **kwargs)",
    ),
]

REACHES_INTO_THE_BASE = [
    ("tf.layers.Dense", "def call(self, inputs):\n        return inputs", "overrides call"),
    ("tf.layers.Dense", "def _moments(self):\n        pass", "overrides _moments"),
    ("tf.layers.Dense", "def prepare(self):\n        pass", "overrides prepare"),
    ("tf.layers.Dense", "def own(self):\n        return self.kernel", "uses self.kernel"),
    ("tf.layers.Dense", "def __init__(self):\n        self.units = 3", "uses self.units"),
    ("tf.layers.Dense", "def own(self):\n        return len(self)", "hands itself on"),
    ("tf.layers.Dense", "def own(self):\n        return super().call", "uses more of its base"),
    ("tf.layers.Dense", "def own(self):\n        return super(Other, self).build", "uses more of its base"),
    ("tf.layers.Dense", "units = 3", "has more than methods"),
    ("tf.layers.Dense", "@property\n    def own(self):\n        return 3", "decorates own"),
    ("tf.layers.Dense, Mixin", "pass", "has other bases, keywords or decorators"),
]


@pytest.mark.parametrize(("base", "body"), MEANS_THE_SAME)
def test_the_written_layer_becomes_the_base(base: str, body: str) -> None:
    program = f"{HEAD}class Own({base}):\n    {body}\ny = Own(3)(x)\n"
    name = base.rpartition(".")[2]
    text = after(program)["main.py"]
    assert f"from graph_layers import {name}\n" in text
    assert f"class Own({name}):\n    {body}\n" in text


def test_a_class_of_the_layers_own_name() -> None:
    program = f"{HEAD}class Dense(tf.layers.Dense):\n    pass\ny = Dense(3)(x)\n"
    text = after(program)["main.py"]
    assert "import graph_layers\n" in text
    assert "class Dense(graph_layers.Dense):" in text


@pytest.mark.parametrize(("bases", "body", "message"), REACHES_INTO_THE_BASE)
def test_a_class_that_reaches_into_its_base_is_refused(bases: str, body: str, message: str) -> None:
    program = f"{HEAD}class Own({bases}):\n    {body}\ny = Own(3)(x)\n"
    (result,) = run({"main.py": program})
    assert [(r.code, r.message) for r in result.reasons] == [
        ("TFR407", f"class Own inherits from tf.layers.Dense and {message}")
    ]


def test_a_class_in_between_is_refused() -> None:
    program = f"{HEAD}class Own(tf.layers.Dense):\n    pass\nclass Other(Own):\n    pass\ny = Other(3)(x)\n"
    (result,) = run({"main.py": program})
    assert [r.message for r in result.reasons] == ["class Own inherits from tf.layers.Dense and is the base of Other"]
