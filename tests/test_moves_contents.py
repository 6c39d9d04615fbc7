"""Ways in which an array of the graph gets another name, and is then changed in place: each refuses the program."""

from __future__ import annotations

import pytest
from programs import HEAD, LOSS, SESSION, cases, marked_line, refusals, unit

from tf1to2_reg.results import Status

ARRAY = "w = np.ones(1, np.float32)\n"
SCALED = "pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * w\n"


def program(body: str) -> str:
    """What stands above `---` comes before the graph, the rest between the graph and the session."""
    before, _, after = body.rpartition("---\n")
    return HEAD + ARRAY + before + SCALED + LOSS + after + SESSION


CHANGED = cases("""
### another_name
v = w
v += 3  # <-
### annotated_name
v: object = w
v += 3  # <-
### two_names_at_once
v = u = w
u += 3  # <-
### part_of_a_tuple
v, k = w, 1
v += 3  # <-
### part_by_a_star
*rest, v = [1, w]
v += 3  # <-
### what_a_star_took
v, *rest = [1, w]
rest[0][:] = 3  # <-
### variable_of_a_loop
for v in [w]:
    v += 3  # <-
### variable_of_a_loop_over_a_dict
for v in {1: w}.values():
    v += 3  # <-
### walrus
print(v := w)
v += 3  # <-
### one_of_two
v = w if len(w) else np.zeros(1)
v += 3  # <-
### one_or_the_other
v = None or w
v += 3  # <-
### returned
def get():
    return w
get()[:] = 3  # <-
### returned_by_a_lambda
get = lambda: w
get()[:] = 3  # <-
### returned_by_a_method
class Box:
    def get(self):
        return w
Box().get()[:] = 3  # <-
### changed_by_a_method_of_a_known_name
class Box:
    def __init__(self, a):
        self.held = a
    def update(self):
        self.held[:] = 3  # <-
def touch(box):
    box.update()
touch(Box(w))
### returned_by_what_is_handed_on
def get():
    return w
def touch(f):
    f()[:] = 3  # <-
touch(get)
### returned_by_what_a_dict_holds
getters = {"w": lambda: w}
getters["w"]()[:] = 3  # <-
### argument_by_name
def bump(k, a):
    a += 3  # <-
bump(a=w, k=1)
### unpacked_arguments
def bump(k, a):
    a += 3  # <-
bump(1, **{"a": w})
### argument_by_name_only
def bump(*, a):
    a += 3  # <-
bump(a=w)
### default
def bump(k, a=w):
    a += 3  # <-
bump(1)
### default_by_name_only
def bump(*, a=w):
    a += 3  # <-
bump()
### default_of_a_lambda
bump = lambda a=w: a.fill(3)  # <-
bump()
### argument_of_a_lambda_that_is_handed_on
list(map(lambda a: a.fill(3), [w]))  # <-
### argument_of_a_method
class Box:
    def bump(self, a):
        a += 3  # <-
Box().bump(w)
### argument_of_a_constructor
class Box:
    def __init__(self, k, a):
        a += 3  # <-
Box(1, w)
### attribute_of_an_object
class Box:
    def __init__(self, a):
        self.held = a
box = Box(w)
box.held += 3  # <-
### attribute_of_a_class
class Box:
    held = w
Box.held += 3  # <-
### attribute_of_a_class_through_an_object
class Box:
    held = w
Box().held[:] = 3  # <-
### attribute_of_a_base
class Base:
    held = w
class Box(Base):
    pass
Box.held[:] = 3  # <-
### item_of_an_item
state = {"a": [1, w]}
state["a"][1][:] = 3  # <-
### item_that_is_augmented
state = [w]
state[0] += 3  # <-
### value_of_a_dict
state = dict(a=w)
state.get("a")[:] = 3  # <-
### stored_in_a_list
state = [0]
state[0] = w  # <-
v = state[0]
v += 3
### appended
state = []
state.append(w)  # <-
v = state[0]
v += 3
### added_to_a_list
state = []
state += [w]  # <-
v = state[0]
v += 3
### sum_of_lists
state = [0] + [w]
state[1][:] = 3  # <-
### list_comprehension
state = [v for v in [w]]
state[0][:] = 3  # <-
### dict_comprehension
state = {k: v for k, v in [(1, w)]}
state[1][:] = 3  # <-
### set_of_objects_in_order
state = sorted([w], key=len)
state[0][:] = 3  # <-
### slice
w[:1][:] = 3  # <-
### transposed
w.T[:] = 3  # <-
### reshaped
w.reshape(1, 1)[:] = 3  # <-
### array_that_is_not_copied
np.asarray(w)[:] = 3  # <-
### array_that_is_told_not_to_copy
np.array(w, copy=False)[:] = 3  # <-
### filled
w.fill(3)  # <-
### given_to_code_that_is_not_known
import elsewhere
elsewhere.touch(w)  # <-
### given_to_code_that_is_not_known_in_a_dict
import elsewhere
elsewhere.touch({"a": w})  # <-
### given_to_code_that_is_not_known_in_an_object
import elsewhere
class Box:
    def __init__(self, a):
        self.held = a
elsewhere.touch(Box(w))  # <-
### method_of_an_object_that_is_not_known
import elsewhere
elsewhere.Box(w).touch()  # <-
### written_to_by_name
np.add(w, 1, out=w)  # <-
### written_to_in_its_place
np.exp(w, w)  # <-
### first_argument_of_numpy
np.put(w, [0], [3])  # <-
### first_argument_of_operator
import operator
operator.iadd(w, 3)  # <-
### context
import elsewhere
with elsewhere.held(w) as v:  # <-
    pass
### in_a_branch
if len(w):
    w[:] = 3  # <-
### in_the_else_of_a_loop
for i in range(2):
    pass
else:
    w[:] = 3  # <-
### in_a_handler
try:
    pass
except ValueError:
    w[:] = 3  # <-
### at_the_end_of_a_try
try:
    pass
finally:
    w[:] = 3  # <-
""")


@pytest.mark.parametrize(("_", "body"), CHANGED)
def test_changed_in_place(_: str, body: str) -> None:
    text = program(body)
    found = refusals(unit(text))
    assert ("TFR223", *marked_line(text)) in found


SETTLED = cases("""
### new_number
v = w + 1
v += 3
### new_array
np.array(w)[:] = 3
### copy
w.copy()[:] = 3
### item_of_a_list_that_is_another_list
state = [w.sum()]
state[0] = 3
### name_that_is_bound_anew
v = w
v = np.zeros(1)
print(v)
### other_attribute
class Box:
    def __init__(self, a):
        self.held = a
        self.size = 1
box = Box(w.copy())
box.size += 3
### looked_at
print(w, len(w), w.shape, w.max(), np.sum(w), sorted(w))
""")


@pytest.mark.parametrize(("_", "body"), SETTLED)
def test_not_changed(_: str, body: str) -> None:
    found = unit(program(body))
    assert (found.status, refusals(found)) == (Status.MIGRATED, [])


FILES = cases("""
### imported
from shared import w
---
from shared import bump
bump()
### imported_by_another_name
from shared import w as w, bump
---
bump()
### all_imported
from shared import *
---
bump()
### imported_as_another_name
from shared import w as v
w = v
---
import shared
shared.bump()
### attribute_of_the_module
import shared
w = shared.w
---
shared.w += 3
### attribute_of_the_module_bound_anew
import shared
w = 1.0
def scaled(t):
    return t * shared.w
w = scaled(tf.ones([1]))
---
shared.w = 3.0
""")


@pytest.mark.parametrize(("_", "body"), FILES)
def test_changed_in_another_file(_: str, body: str) -> None:
    shared = "import numpy as np\nw = np.ones(1, np.float32)\ndef bump():\n    w[:] = 3\n"
    before, _, after = body.partition("---\n")
    main = HEAD + before + SCALED + LOSS + after + SESSION
    assert [code for code, _, _ in refusals(unit({"main.py": main, "shared.py": shared}))] == ["TFR223"]


LOOSE = cases("""
### item_of_a_list
[config][0].scale = 3.0  # <-
### class_of_an_object
config.__class__.scale = 3.0  # <-
### result_of_a_call
def get():
    return config
get().scale = 3.0  # <-
### object_of_the_class
Config.scale = 3.0  # <-
### augmented
config.scale += 3.0  # <-
### deleted
del config.scale  # <-
""")


@pytest.mark.parametrize(("_", "body"), LOOSE)
def test_attribute_set_by_another_way(_: str, body: str) -> None:
    config = "class Config:\n    scale = 2.0\nconfig = Config()\n"
    scaled = "pred = tf.layers.dense(x, 1, kernel_regularizer=reg) * config.scale\n"
    text = HEAD + config + scaled + LOSS + body + SESSION
    assert refusals(unit(text)) == [("TFR223", *marked_line(text))]


@pytest.mark.parametrize(
    "made", ["(v for v in [1.0])", "zip([1.0])", "map(float, [1])", "iter([1.0])", "reversed([1])"]
)
def test_what_is_used_up_is_refused(made: str) -> None:
    scaled = f"items = {made}\npred = tf.layers.dense(x, 1, kernel_regularizer=reg) * len(list(items))\n"
    assert [code for code, _, _ in refusals(unit(HEAD + scaled + LOSS + SESSION))] == ["TFR230"]
