"""What a helper of the graph may do besides giving a tensor: nothing that a second call would do again."""

from __future__ import annotations

import pytest
from programs import HEAD, LOSS, SESSION, cases, marked_line, refusals, unit

from tf1to2_reg.results import Status

PRED = "pred = shown(tf.layers.dense(x, 1, kernel_regularizer=reg))\n"
START = "import elsewhere\nseen = [1.0, 2.0]\n"


def program(body: str) -> str:
    """A helper with a body; above `---` what it needs."""
    before, _, inside = body.rpartition("---\n")
    lines = "".join(f"    {line}\n" for line in inside.splitlines())
    return HEAD + START + before + f"def shown(t):\n{lines}" + PRED + LOSS + SESSION


REFUSED = cases("""
### stored_item
seen[0] = 3.0  # <-
return t
### deleted_item
del seen[0]  # <-
return t
### stored_attribute
shown.k = 3.0  # <-
return t
### popped
return t * seen.pop()  # <-
### appended_to_a_list_outside
seen.append(t)  # <-
return t
### context_that_is_not_known
with elsewhere.lock():  # <-
    return t
### context_that_is_a_file
with open("x") as file:  # <-
    return t
### call_that_is_not_known
elsewhere.touch()  # <-
return t
### method_that_is_not_known
seen.touch()  # <-
return t
### call_of_what_a_call_gives
elsewhere.maker()()  # <-
return t
### numpy_in_place
np.copyto(seen, 1)  # <-
return t
### numpy_with_a_place_for_the_result
return t * np.add(seen, 1, out=seen)[0]  # <-
### numpy_at_random
return t * np.random.normal()  # <-
### module_with_effects
import os
return t * len(os.listdir("."))  # <-
### next_of_an_iterator
return t * next(iter(seen))  # <-
### input
return t * len(input())  # <-
### object_with_effects
class Box:
    def __init__(self):
        seen.append(1)  # <-
---
Box()
return t
### object_of_a_class_of_another_s
class Box(elsewhere.Base):
    pass
---
Box()  # <-
return t
### method_with_effects
class Box:
    def touch(self):
        seen.append(1)  # <-
box = Box()
---
box.touch()
return t
### property_with_effects
class Box:
    @property
    def k(self):
        seen.append(1)  # <-
        return 2.0
box = Box()
---
return t * box.k
### comparison_with_effects
class Box:
    def __eq__(self, other):
        seen.append(1)
        return True
box = Box()
---
return t * (box == 1)  # <-
### sign_with_effects
class Box:
    def __neg__(self):
        seen.append(1)
        return 2.0
box = Box()
---
return t * -box  # <-
### operator_of_a_base
class Base:
    def __getitem__(self, k):
        return 2.0
class Box(Base):
    pass
box = Box()
---
return t * box[0]  # <-
""")


@pytest.mark.parametrize(("_", "body"), REFUSED)
def test_refused(_: str, body: str) -> None:
    text = program(body)
    assert ("TFR230", *marked_line(text)) in refusals(unit(text))


@pytest.mark.parametrize(
    "call",
    [
        'tf.add_to_collection("mine", t)',
        'tf.add_to_collections(["mine"], t)',
        "tf.set_random_seed(1)",
        "tf.random.set_random_seed(1)",
        'tf.logging.info("built")',
        'tf.compat.v1.logging.info("built")',
        'tf.gfile.Exists("x")',
        'tf.io.gfile.exists("x")',
    ],
)
def test_tensorflow_with_effects_is_refused(call: str) -> None:
    text = program(f"{call}  # <-\nreturn t\n")
    found = refusals(unit(text))
    assert found
    assert {(path, line) for _, path, line in found} == {marked_line(text)}


HARMLESS = cases("""
### own_list
parts = [t]
parts.append(2.0 * t)
return tf.add_n(parts)
### python_values
return t * float(len(seen)) * max(seen) * sorted(seen)[0]
### numpy
return t * np.sqrt(2.0)
### math
import math
return t * math.sqrt(2.0)
### error
if len(seen) > 5:
    raise ValueError("too many")
return t
### object_without_effects
class Box:
    k = 2.0
---
return t * Box().k
### name_scope
with tf.name_scope("inner"):
    return 2.0 * t
### object_that_prints_itself
class Box:
    k = 2.0
    def __repr__(self):
        return "box"
box = Box()
---
return t * box.k
""")


@pytest.mark.parametrize(("_", "body"), HARMLESS)
def test_harmless(_: str, body: str) -> None:
    found = unit(program(body))
    assert (found.status, refusals(found)) == (Status.MIGRATED, [])


@pytest.mark.parametrize(
    "code",
    [
        'setattr(seen, "a", 1)', 'delattr(seen, "a")', "globals()", "locals()", "vars(seen)", 'exec("a = 1")',
        'eval("1")', '__import__("os")', "seen.__dict__", 'object.__setattr__(seen, "a", 1)',
    ],
)  # fmt: skip
def test_reflection_is_refused(code: str) -> None:
    text = program("return t\n") + f"{code}  # <-\n"
    assert ("TFR208", *marked_line(text)) in refusals(unit(text))


def test_a_function_that_is_given_the_penalties_moves_as_any_other() -> None:
    reader = "def objective(e):\n    print(e)  # <-\n    return e + tf.losses.get_regularization_loss()\n"
    pred = "pred = tf.layers.dense(x, 1, kernel_regularizer=reg)\n"
    loss = "loss = objective(tf.reduce_mean(tf.square(pred - y)))\n"
    train = "train_op = tf.train.AdamOptimizer(0.01).minimize(loss)\n"
    text = HEAD + reader + pred + loss + train + SESSION
    assert ("TFR230", *marked_line(text)) in refusals(unit(text))
    assert unit(text.replace("print(e)  # <-", "pass")).status is Status.MIGRATED
