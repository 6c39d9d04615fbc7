"""What the abstract run of a program records."""

import ast
from collections.abc import Sequence

import pytest
from programs import FLAT, HEAD, NETWORK, TAIL, cases, marked_call, marked_line, trace

from tf1to2_reg.facts.knowledge import Constant
from tf1to2_reg.program.tokens import Computed, Numbered
from tf1to2_reg.program.trace import ReadEvent, RunEvent, Trace, TrainEvent, UpdateOpsEvent
from tf1to2_reg.program.values import Mapping, Placeholder, constant_of, leaves

D = "tf.layers.dense(x, 1)\n"


def shown(token: object) -> object:
    """A part of a variable name: text, the kind of a name that is not known, or "?" for one of its own."""
    if isinstance(token, str):
        return token
    return {Computed: "computed", Numbered: "numbered"}.get(type(token), "?")


def layers(found: Trace) -> list[tuple[str, object]]:
    """Variable name and reuse mode of every layer, in order."""
    return [("/".join(str(shown(token)) for token in event.key), event.reuse.value) for event in found.of_layers()]


def block(header: str, *body: str) -> str:
    return header + "\n" + "".join(f"    {line}\n" for text in body for line in text.splitlines())


SCOPE = 'with tf.variable_scope("a"{}):'
NAMES: list[tuple[str, str, list[tuple[str, object]]]] = [
    ("numbered", D + D + D, [("dense", None), ("dense_1", None), ("dense_2", None)]),
    ("own_name_is_not_counted", 'tf.layers.dense(x, 1, name="fc")\n' + D, [("fc", None), ("dense", None)]),
    ("counted_by_kind", D + "tf.layers.flatten(x)\n" + D, [("dense", None), ("flatten", None), ("dense_1", None)]),
    ("positional_name", "tf.layers.dense(x, 1, None, True, None, None, None, None, None, None, None, True, 'fc')\n",
     [("fc", None)]),
    ("constant_name", 'n = "f" + "c"\ntf.layers.dense(x, 1, name=n)\n', [("fc", None)]),
    ("scope", block(SCOPE.format(""), D), [("a/dense", None)]),
    ("nested_scopes", block(SCOPE.format(""), block('with tf.variable_scope("b"):', D)), [("a/b/dense", None)]),
    ("scopes_in_one_with", block('with tf.variable_scope("a"), tf.variable_scope("b"):', D), [("a/b/dense", None)]),
    ("numbers_start_in_each_scope", D + block(SCOPE.format(""), D, D) + D,
     [("dense", None), ("a/dense", None), ("a/dense_1", None), ("dense_1", None)]),
    ("name_scope_names_no_variable", block('with tf.name_scope("a"):', D), [("dense", None)]),
    ("default_name_is_of_its_own", block('with tf.variable_scope(None, "a"):', D), [("a/dense", None)]),
    ("reuse_true", block(SCOPE.format(", reuse=True"), D), [("a/dense", True)]),
    ("reuse_auto", block(SCOPE.format(", reuse=tf.AUTO_REUSE"), D), [("a/dense", "auto")]),
    ("reuse_false", block(SCOPE.format(", reuse=False"), D), [("a/dense", None)]),
    ("reuse_unknown", "import os\n" + block(SCOPE.format(", reuse=os.fork()"), D), [("a/dense", "unknown")]),
    ("reuse_inherited", block(SCOPE.format(", reuse=True"), block('with tf.variable_scope("b"):', D)),
     [("a/b/dense", True)]),
    ("reuse_not_switched_off",
     block(SCOPE.format(", reuse=True"), block('with tf.variable_scope("b", reuse=False):', D)),
     [("a/b/dense", True)]),
    ("reuse_ends_with_the_scope", block(SCOPE.format(", reuse=True"), D) + D, [("a/dense", True), ("dense", None)]),
    ("reuse_variables", block(SCOPE.format(""), D, "tf.get_variable_scope().reuse_variables()", D),
     [("a/dense", None), ("a/dense_1", True)]),
    ("reuse_variables_of_scope", block('with tf.variable_scope("a") as s:', D, "s.reuse_variables()", D),
     [("a/dense", None), ("a/dense_1", True)]),
    ("scope_object", block('with tf.variable_scope("a") as s:', D) + block("with tf.variable_scope(s, reuse=True):", D),
     [("a/dense", None), ("a/dense", True)]),
    ("scope_object_is_absolute",
     block('with tf.variable_scope("a") as s:', D)
     + block('with tf.variable_scope("b"):', block("with tf.variable_scope(s):", D)),
     [("a/dense", None), ("a/dense", None)]),
    ("own_name_counts", 'tf.layers.dense(x, 1, name="dense")\n' + D, [("dense", None), ("dense_1", None)]),
    ("scope_counts", block('with tf.variable_scope("dense"):', D) + D, [("dense/dense", None), ("dense_1", None)]),
    ("default_names_are_numbered",
     block('with tf.variable_scope("m"):', *(block('with tf.variable_scope(None, "a"):', D) for _ in "ab")),
     [("m/a/dense", None), ("m/a_1/dense", None)]),
    ("open_scope_goes_on_numbering", D + block("with tf.variable_scope(tf.get_variable_scope(), reuse=True):", D),
     [("dense", None), ("dense_1", True)]),
    ("open_scope_forgets",
     D + block("with tf.variable_scope(tf.get_variable_scope(), reuse=tf.AUTO_REUSE):", D) + D,
     [("dense", None), ("dense_1", "auto"), ("dense_1", None)]),
    ("scope_object_keeps_its_reuse",
     block('with tf.variable_scope("a", reuse=tf.AUTO_REUSE) as s:', D) + block("with tf.variable_scope(s):", D),
     [("a/dense", "auto"), ("a/dense", "auto")]),
    ("reuse_of_the_layer", 'tf.layers.dense(x, 1, name="fc")\ntf.layers.dense(x, 1, name="fc", reuse=True)\n',
     [("fc", None), ("fc", True)]),
    ("reuse_of_the_layer_auto", 'tf.layers.dense(x, 1, name="fc", reuse=tf.AUTO_REUSE)\n', [("fc", "auto")]),
    ("computed_name", 'for i in range(2):\n    tf.layers.dense(x, 1, name="fc%d" % i)\n', [("computed", None)]),
    ("no_name_in_a_loop", "for i in range(2):\n    tf.layers.dense(x, 1)\n", [("numbered", None)]),
    ("helper_called_twice", block("def f():", D) + "f()\nf()\n", [("dense", None), ("dense_1", None)]),
    ("scope_of_the_caller", block("def f():", D) + block(SCOPE.format(""), "f()"), [("a/dense", None)]),
    ("scope_by_parameter", block("def f(s):", block("with tf.variable_scope(s):", D)) + "f('a')\nf('b')\n",
     [("a/dense", None), ("b/dense", None)]),
    ("reuse_by_parameter",
     block("def f(r=None):", block('with tf.variable_scope("a", reuse=r):', D)) + "f()\nf(True)\n",
     [("a/dense", None), ("a/dense", True)]),
    ("branch_not_taken", "flag = False\n" + block("if flag:", D) + D, [("dense", None)]),
    ("while_is_seen_once", block("while np.any(1):", D), [("numbered", None)]),
]  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), [case[1:] for case in NAMES], ids=[case[0] for case in NAMES])
def test_variables_of_layers(body: str, expected: list[tuple[str, object]]) -> None:
    assert layers(trace(HEAD + body)) == expected


def run_events(body: str) -> list[RunEvent]:
    return trace(HEAD + NETWORK + body).of(RunEvent)


RUNS = cases("""
### plain: pred fed x
s = tf.Session()
s.run(pred, {x: 1})
### keyword: [pred] fed x y
s = tf.Session()
s.run(fetches=[pred], feed_dict={x: 1, y: 2})
### no_feed: pred fed
s = tf.Session()
s.run(pred)
### feed_variable: pred fed x
d = {x: 1}
s = tf.Session()
s.run(pred, d)
### with: pred fed x
with tf.Session() as s:
    s.run(pred, {x: 1})
### eval: pred fed x
with tf.Session():
    pred.eval({x: 1})
### op_run: tf.global_variables_initializer() fed
tf.InteractiveSession()
tf.global_variables_initializer().run()
### session_passed: pred fed x
def f(sess):
    sess.run(pred, {x: 1})
f(tf.Session())
### session_attribute: pred fed x
class A:
    def __init__(self):
        self.s = tf.Session()
    def go(self):
        self.s.run(pred, {x: 1})
A().go()
""")


@pytest.mark.parametrize(("expected", "body"), RUNS)
def test_runs(expected: str, body: str) -> None:
    (event,) = run_events(body)
    fetch = ast.unparse(event.fetch_node)
    assert f"{fetch} fed {' '.join(sorted(feed_names(event)))}".strip() == expected


def feed_names(event: RunEvent) -> set[str]:
    """Which of the placeholders x and y are fed, by the line that made them."""
    pairs = event.feeds.pairs if isinstance(event.feeds, Mapping) else ()
    assert all(isinstance(key, Placeholder) for key, _ in pairs)
    return {"x" if key.call.lineno == 4 else "y" for key, _ in pairs if isinstance(key, Placeholder)}


def test_loop_of_a_run() -> None:
    once, often = run_events("s = tf.Session()\ns.run(pred)\nfor i in range(2):\n    s.run(pred)\n")
    assert (len(once.loops), len(often.loops)) == (0, 1)


def test_training_run_in_order() -> None:
    found = trace(FLAT)
    kinds = [type(event).__name__ for event in found.events]
    order = ["LayerEvent", "ReadEvent", "ConstructorEvent", "TrainEvent", "SessionEvent", "RunEvent", "RunEvent"]
    assert kinds == ["PlaceholderEvent", "PlaceholderEvent", *order]
    assert [event.order for event in found.events] == list(range(len(found.events)))
    assert found.obstacles == []


READS: list[tuple[str, str, Sequence[tuple[bool, bool]]]] = [
    ("sum", "tf.losses.get_regularization_loss()", [(True, False)]),
    ("list", "tf.losses.get_regularization_losses()", [(False, False)]),
    ("collection", "tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)", [(False, False)]),
    ("collection_by_text", 'tf.get_collection("regularization_losses")', [(False, False)]),
    ("total", "tf.losses.get_total_loss()", [(True, True)]),
    ("other_collection", "tf.get_collection(tf.GraphKeys.UPDATE_OPS)", []),
]


@pytest.mark.parametrize(("read", "expected"), [case[1:] for case in READS], ids=[case[0] for case in READS])
def test_reads(read: str, expected: Sequence[tuple[bool, bool]]) -> None:
    found = trace(HEAD + NETWORK + read + "\n")
    assert [(event.scalar, event.total) for event in found.of(ReadEvent)] == expected
    assert len(found.of(UpdateOpsEvent)) == ("UPDATE_OPS" in read)


@pytest.mark.parametrize("controlled", [True, False])
def test_train_op_under_update_ops(controlled: bool) -> None:
    updates = "tf.get_collection(tf.GraphKeys.UPDATE_OPS)" if controlled else "[]"
    body = "opt = tf.train.AdamOptimizer(0.1)\n"
    body += f"with tf.control_dependencies({updates}):\n    opt.minimize(pred)\nopt.minimize(pred)\n"
    first, second = trace(HEAD + NETWORK + body).of(TrainEvent)
    assert (first.controlled, second.controlled) == (controlled, False)
    assert (first.method, first.optimizer.symbol) == ("minimize", "tf.train.AdamOptimizer")


def test_regularized_layers() -> None:
    body = (
        "import os\nchosen = reg if os.fork() else None\nnone = None\n"
        + "".join(f"tf.layers.dense(x, 1, kernel_regularizer={given})\n" for given in ("reg", "chosen", "none"))
        + "tf.layers.dense(x, 1, bias_regularizer=reg)\n"
    )
    events = trace(HEAD + body).of_layers()
    assert [(event.regularized, event.optional) for event in events] == [
        (True, False),
        (True, True),
        (False, False),
        (True, False),
    ]


def test_conditional_layers() -> None:
    events = trace(HEAD + "import os\n" + block("if os.fork():", D) + D).of_layers()
    assert [event.conditional for event in events] == [True, False]


def test_backward_marks_what_comes_from_gradients() -> None:
    program = (
        HEAD
        + NETWORK
        + (
            "opt = tf.train.AdamOptimizer(0.1)\npairs = opt.compute_gradients(pred)\n"
            "clipped = [(tf.clip_by_norm(g, 1.0), v) for g, v in pairs]\nuse(clipped, pred)  # <-\n"
        )
    )
    found = trace(program)
    clipped, pred = marked_call(program, found).args
    assert clipped in found.facts.backward
    assert pred not in found.facts.backward


def test_feed_values_are_leaves_of_the_feed() -> None:
    (event,) = run_events("s = tf.Session()\ns.run(pred, {x: [1.0, 2.0]})\n")
    assert event.feeds is not None
    assert [constant_of(leaf) for leaf in leaves(event.feeds)] == [None, Constant(1.0), Constant(2.0)]


def test_obstacle_is_placed_at_its_statement() -> None:
    program = HEAD + NETWORK + "z = tf.cond(y, lambda: x, lambda: x)  # <-\n" + TAIL
    found = trace(program)
    assert [(item.code, getattr(item.node, "lineno", 0)) for item in found.obstacles] == [
        ("TFR207", marked_line(program)[1])
    ]


@pytest.mark.parametrize("header", ["if os.getpid():", "while os.getpid():", "for i in range(os.getpid()):"])
def test_what_follows_a_condition_is_sure_again(header: str) -> None:
    found = trace("import os\n" + HEAD + block(header, D) + D).of_layers()
    assert [event.conditional for event in found] == [True, False]


def test_both_sides_of_a_condition_are_unsure() -> None:
    found = trace("import os\n" + HEAD + block("if os.getpid():", D) + block("else:", D) + D).of_layers()
    assert [event.conditional for event in found] == [True, True, False]
