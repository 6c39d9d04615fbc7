"""What the abstract run makes of stores: a penalty that the program declares is never taken for none."""

from __future__ import annotations

import pytest
from programs import HEAD, NETWORK, SESSION, TAIL, cases, trace, unit

from tf1to2_reg.facts.knowledge import Constant
from tf1to2_reg.program.trace import LayerEvent
from tf1to2_reg.program.values import constant_of, type_of
from tf1to2_reg.results import Status

LAYER = "\ntf.layers.dense(x, 1, kernel_regularizer=used)\n"


def penalty(body: str) -> str:
    """Whether the layer at the end has a penalty."""
    found = trace({"main.py": "import os\n" + HEAD + body + LAYER, "config.py": "REG = None\nDICT = {'reg': None}\n"})
    if any(obstacle.code == "TFR221" for obstacle in found.obstacles):
        return "unknown"
    event = found.of(LayerEvent)[-1]
    if not event.regularized:
        return "none"
    return "perhaps" if event.optional else "surely"


STORES = cases("""
### nothing_stored: none
used = None
### item: surely
d = {"reg": None}
d["reg"] = reg
used = d["reg"]
### item_by_another_name: surely
d = {"reg": None}
e = d
e["reg"] = reg
used = d["reg"]
### item_of_a_copy: none
d = {"reg": None}
e = dict(d)
e["reg"] = reg
used = d["reg"]
### item_of_a_parameter: surely
def set_up(d):
    d["reg"] = reg
d = {"reg": None}
set_up(d)
used = d["reg"]
### item_by_a_function_that_names_no_tensorflow: none
def set_up(d):
    d["reg"] = None
d = {"reg": reg}
set_up(d)
used = d["reg"]
### item_in_a_branch: perhaps
d = {"reg": None}
if os.getpid():
    d["reg"] = reg
used = d["reg"]
### item_in_a_loop: perhaps
d = {"reg": None}
for i in range(3):
    d["reg"] = reg
used = d["reg"]
### item_by_an_unknown_key: perhaps
d = {"reg": None}
d[os.name] = reg
used = d["reg"]
### item_of_one_of_two_dicts: perhaps
d, e = {"reg": None}, {"reg": None}
f = d if os.getpid() else e
f["reg"] = reg
used = d["reg"]
### item_seen_by_one_of_two_dicts: perhaps
d, e = {"reg": None}, {"reg": None}
f = d if os.getpid() else e
d["reg"] = reg
used = f["reg"]
### update: surely
d = {"reg": None}
d.update(reg=reg)
used = d["reg"]
### update_by_a_dict: surely
d = {"reg": None}
d.update({"reg": reg})
used = d["reg"]
### update_by_a_dict_of_unknown_keys: perhaps
d = {"reg": None}
e = {}
e[os.name] = reg
d.update(e)
used = d["reg"]
### update_by_something_unknown: unknown
d = {"reg": None}
d.update(os.environ)
used = d["reg"]
### setdefault_of_a_missing_key: surely
d = {}
used = d.setdefault("reg", reg)
### setdefault_of_a_key_that_is_there: none
d = {"reg": None}
used = d.setdefault("reg", reg)
### get_of_a_missing_key: none
d = {"other": reg}
used = d.get("reg")
### deleted_key: none
d = {"reg": reg}
del d["reg"]
used = d.get("reg")
### unpacked_dict: surely
d = {"reg": None, **{"reg": reg}}
used = d["reg"]
### of_equal_keys_the_last: surely
used = {"reg": None, "reg": reg}["reg"]
### passed_to_code_that_is_not_seen: unknown
import secret
d = {"reg": None}
secret.fill(d)
used = d["reg"]
### passed_to_json: none
import json
d = {"reg": None}
json.dumps(d)
used = d["reg"]
### list_item: surely
r = [None]
r[0] = reg
used = r[0]
### list_slice: perhaps
r = [None, None]
r[:] = [reg, reg]
used = r[0]
### list_extended_in_place: surely
r = []
s = r
s += [reg]
used = r[0]
### list_that_holds_itself: unknown
r = [reg]
r.append(r)
d = {"r": r}
r[1:] = [d]
r += [r]
used = r[0]
### inserted: surely
r = [None]
r.insert(0, reg)
used = r[0]
### popped: surely
r = [None, reg]
used = r.pop()
### popped_and_gone: none
r = [None, reg]
r.pop()
used = r[-1]
### cleared: surely
r = [1]
r.clear()
used = None if r else reg
### counted: surely
r = []
r.append(1)
used = reg if len(r) > 0 else None
### shuffled: unknown
import random
r = [None, reg]
random.shuffle(r)
used = r[0]
### slice_is_a_copy: none
r = [None]
s = r[:]
s[0] = reg
used = r[0]
### class_attribute: surely
class C:
    reg = None
C.reg = reg
used = C.reg
### class_attribute_seen_by_a_subclass: surely
class C:
    reg = None
class D(C):
    pass
C.reg = reg
used = D.reg
### class_attribute_in_a_branch: perhaps
class C:
    reg = None
if os.getpid():
    C.reg = reg
used = C.reg
### class_attribute_through_type: surely
class C:
    reg = None
    def __init__(self):
        self.g = tf.zeros([])
        type(self).reg = reg
C()
used = C.reg
### counter_on_a_class: surely
class C:
    made = 0
C.made += 1
used = reg if C.made else None
### setattr: surely
class C:
    reg = None
setattr(C, "reg", reg)
used = C.reg
### setattr_of_an_unknown_name: unknown
class C:
    reg = None
setattr(C, os.name, reg)
used = C.reg
### getattr: surely
class C:
    reg = reg
used = getattr(C, "reg")
### module_attribute: surely
import config
config.REG = reg
used = config.REG
### item_of_another_file: surely
import config
config.DICT["reg"] = reg
used = config.DICT["reg"]
### attribute_of_a_function: unknown
def f():
    pass
f.reg = None
f.reg = reg
used = f.reg
### nonlocal_name: surely
def make():
    r = None
    def choose():
        nonlocal r
        r = reg
    choose()
    return r
used = make()
### global_name: surely
used = None
def choose():
    global used
    used = reg
choose()
### global_name_by_a_function_without_tensorflow: none
used = reg
def choose():
    global used
    used = None
choose()
### global_name_in_a_branch: perhaps
used = None
def choose():
    global used
    used = reg
if os.getpid():
    choose()
### namespace: unknown
used = None
globals()["used"] = reg
### walrus: surely
if (used := reg):
    pass
### walrus_in_a_comprehension: perhaps
used = None
[used := reg for i in range(2)]
### walrus_that_is_not_always_reached: perhaps
used = None
os.getpid() and (used := reg)
### unpacked_with_a_star: surely
first, *rest = None, reg, reg
used = rest[0]
### unpacked_deeply: surely
(a, (b, used)), c = (None, (None, reg)), None
### default_of_a_parameter: none
R = None
def f(r=R):
    return r
R = reg
used = f()
### mutable_default: surely
def f(acc=[]):
    acc.append(reg)
    return acc
f()
used = f()[1]
### early_return: perhaps
def choose(d):
    if os.getpid():
        return
    d["reg"] = reg
d = {"reg": None}
choose(d)
used = d["reg"]
### early_return_of_a_method: perhaps
class C:
    def __init__(self):
        self.g = tf.zeros([])
        self.choose()
    def choose(self):
        if os.getpid():
            self.reg = reg
            return
        self.reg = None
used = C().reg
### broken_loop: perhaps
for i in range(2):
    if os.getpid():
        used = reg
        break
    used = None
### loop_that_hands_on: perhaps
used = a = None
b = reg
for i in range(3):
    used = a
    a = b
### while_else: surely
used = None
while os.getpid():
    pass
else:
    used = reg
### handler_finds_what_was_stored: perhaps
used = None
try:
    used = reg
    os.remove("x")
    used = None
except OSError:
    pass
### deleted_name: unknown
used = None
del used
used = used
### object_made_in_a_loop: perhaps
class C:
    def __init__(self):
        self.g = tf.zeros([])
        self.reg = None
objects = [C() for i in range(2)]
objects[0].reg = reg
used = objects[1].reg
### object_that_looks_attributes_up: unknown
class C:
    reg = None
    def __init__(self):
        self.g = tf.zeros([])
    def __getattr__(self, name):
        return None
used = C().reg
### attribute_through_the_dict_of_an_object: unknown
class C:
    def __init__(self):
        self.g = tf.zeros([])
        self.reg = None
c = C()
c.__dict__["reg"] = reg
used = c.reg
""")


@pytest.mark.parametrize(("expected", "body"), STORES)
def test_penalty(expected: str, body: str) -> None:
    assert penalty(body) == expected


NOT_FOLLOWED = cases("""
### match: TFR219
match data:
    case [reg, *_]:
        pass
### async_def: TFR219
async def f():
    return 1
### tensor_kept_by_an_object_that_is_not_seen: TFR231
import elsewhere
elsewhere.Box().held = 2.0 * x
### function_of_tensorflow_replaced: TFR208
tf.layers.flatten = None
### generator_that_runs_the_session: TFR219
def losses(sess):
    yield sess.run(pred)
list(losses(None))
### function_that_touches_the_graph_handed_on: TFR208
import secret
def f():
    return tf.zeros([])
secret.call(f)
""")


@pytest.mark.parametrize(("code", "body"), NOT_FOLLOWED)
def test_not_followed(code: str, body: str) -> None:
    found = unit(HEAD + "data = np.ones((8, 4))\n" + body + NETWORK + TAIL)
    assert found.status is Status.REFUSED
    assert code in {diagnostic.code for diagnostic in found.diagnostics}


UNSEEN = cases("""
### in_a_dict_of_arguments: TFR209
options = {"kernel_regularizer": reg}
options.update(units=1)
pred = tf.layers.dense(x, **options)
### in_a_partial: TFR208
from functools import partial
pred = partial(tf.layers.dense, kernel_regularizer=reg)(x, 1)
### of_a_scope: TFR226
with tf.variable_scope("a", regularizer=reg):
    pred = tf.layers.dense(tf.layers.batch_normalization(x), 1)
### of_a_variable: TFR218
w = tf.get_variable("w", [4, 1], regularizer=reg, trainable=False)
pred = tf.layers.dense(tf.matmul(x, w), 1)
### collection_of_the_graph: TFR224
pred = tf.layers.dense(x, 1, kernel_regularizer=reg)
graph = tf.get_default_graph()
penalty = tf.add_n(graph.get_collection("regularization_losses"))
""")


@pytest.mark.parametrize(("code", "body"), UNSEEN)
def test_declared_unseen(code: str, body: str) -> None:
    loss = "loss = tf.reduce_mean(tf.square(pred - y))\ntrain_op = tf.train.AdamOptimizer(0.01).minimize(loss)\n"
    found = unit(HEAD + body + loss + SESSION)
    assert found.status is Status.REFUSED
    assert code in {diagnostic.code for diagnostic in found.diagnostics}


def test_length_of_a_list() -> None:
    found = trace(HEAD + "sizes = [1]\nsizes.append(2)\ntf.layers.dense(x, len(sizes))\n")
    assert constant_of(found.of(LayerEvent)[0].arguments["units"].value) == Constant(2)


TYPES = cases("""
### int: int
n = 3
### int_of_anything: int
n = int(os.environ["n"])
### sum_of_ints: int
n = 2 * int(os.environ["n"]) + 1
### true_division: float
n = int(os.environ["n"]) / 2
### whole_division_of_a_float: float
n = float(os.environ["n"]) // 2
### length: int
n = len(os.listdir("."))
### number_of_an_iteration: int
for n in range(3):
    pass
### key_of_a_dict: int
for n in {3: 1}.keys():
    pass
### key_of_a_dict_that_may_hold_more: None
d = {3: 1}
d[os.getpid()] = 2
for n in d.keys():
    pass
### what_numpy_gives: None
n = np.arange(3).max() + 1
### read_from_somewhere: None
n = os.environ["n"]
### one_of_two: None
n = int(os.environ["n"]) if os.getpid() else 1.5
### option: int
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--n", type=int, default=3)
n = parser.parse_args().n
### option_without_a_default: None
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--n", type=int)
n = parser.parse_args().n
### option_that_is_set: None
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--n", type=int, default=3)
args = parser.parse_args()
args.n = np.int64(3)
n = args.n
### flag: int
tf.app.flags.DEFINE_integer("n", 3, "")
n = tf.app.flags.FLAGS.n
### boolean_flag_is_not_always_true: bool
tf.app.flags.DEFINE_boolean("n", False, "")
n = tf.app.flags.FLAGS.n
""")


@pytest.mark.parametrize(("expected", "body"), TYPES)
def test_type(expected: str, body: str) -> None:
    found = trace("import os\n" + HEAD + body + "tf.layers.dense(x, n)\n")
    kind = type_of(found.of(LayerEvent)[0].arguments["units"].value)
    assert getattr(kind, "__name__", "None") == expected


def test_flag_decides_nothing() -> None:
    flags = 'tf.app.flags.DEFINE_boolean("l2", False, "")\nFLAGS = tf.app.flags.FLAGS\n'
    assert penalty(flags + "used = reg if FLAGS.l2 else None\n") == "perhaps"
