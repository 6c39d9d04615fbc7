"""What of a builder goes to `__init__` and what to `call`."""

import ast

import pytest
from programs import HEAD, SESSION, TAIL, cases, marked_line, migrated, plan, refusals, unit

from tf1to2_reg.network.data import ModelPlan

NET = HEAD + "import os\nlayer = tf.layers.dense\n"


def model_of(program: str, name: str = "Build") -> ModelPlan:
    """The plan of one model, made from a function or from the statements of the driver."""
    found, _ = plan(program)
    regions = [driver.region for driver in found.drivers if driver.region is not None]
    (model,) = [model for model in (*found.models.values(), *regions) if model.name == name]
    return model


def text(chosen: set[ast.stmt]) -> str:
    return "; ".join(ast.unparse(stmt) for stmt in sorted(chosen, key=lambda stmt: stmt.lineno))


def sides(model: ModelPlan) -> str:
    """Parameters of both sides, and what the model keeps."""
    init = ", ".join(parameter.name for parameter in model.constructed)
    call = ", ".join(parameter.name for parameter in model.called)
    return f"({init}) ({call}) {' '.join(sorted(model.stored))}".strip()


def attributes(model: ModelPlan) -> str:
    """The layers in order, with how they are held; a shared one shows whose object it uses."""
    shown = [f"{site.owner.attribute}{'*' if site.shared else ''}:{site.access.value}" for site in model.sites.values()]
    return " ".join(shown)


SIDES = cases("""
### tensor_only: () (t)
def build(t):
    return layer(t, 1, kernel_regularizer=reg)
pred = build(x)
### sizes_and_strength: (n, r) (t)
def build(t, n, r=None):
    t = layer(t, n, kernel_regularizer=r)
    return layer(t, 1, kernel_regularizer=r)
pred = build(x, 3, reg)
### tensors_come_first: (n) (t, u)
def build(n, t, u):
    return layer(t, n, kernel_regularizer=reg) + u
pred = build(1, x, y)
### python_value_of_call: () (t, k)
def build(t, k):
    return layer(t, 1, kernel_regularizer=reg) * k
pred = build(x, 2.0)
### needed_on_both_sides: (n) (t) n
def build(t, n):
    return layer(t, n, kernel_regularizer=reg) / n
pred = build(x, 1)
### unused: () (t)
def build(t, verbose=False):
    return layer(t, 1, kernel_regularizer=reg)
pred = build(x, True)
### scope_and_reuse_disappear: () (t)
def build(t, scope, reuse=None):
    with tf.variable_scope(scope, reuse=reuse):
        return layer(t, 1, kernel_regularizer=reg)
pred = build(x, "net")
### layer_name: (name) (t)
def build(t, name):
    return layer(t, 1, kernel_regularizer=reg, name=name)
pred = build(x, "net")
### flag: () (t, flag)
flag = tf.placeholder_with_default(False, [])
def build(t, flag):
    t = layer(t, 1, kernel_regularizer=reg)
    return tf.layers.dropout(t, 0.5, training=flag)
pred = build(x, flag)
### condition_on_layers_with_weights: (deep) (t) deep
def build(t, deep):
    if deep:
        t = layer(t, 4, kernel_regularizer=reg)
    return layer(t, 1, kernel_regularizer=reg)
pred = build(x, True)
### condition_on_layers_without_weights: () (t, drop)
def build(t, drop):
    if drop:
        t = tf.layers.dropout(t)
    return layer(t, 1, kernel_regularizer=reg)
pred = build(x, True)
### rate_of_conditional_dropout: (rate) (t) rate
def build(t, rate):
    if rate:
        t = tf.layers.dropout(t, rate)
    return layer(t, 1, kernel_regularizer=reg)
pred = build(x, 0.5)
### computed_size_is_kept: (n) (t) size
def build(t, n):
    size = n * 2
    t = layer(t, size, kernel_regularizer=reg)
    return layer(t / size, 1, kernel_regularizer=reg)
pred = build(x, 3)
### loop_over_sizes: (sizes) (t)
def build(t, sizes):
    for size in sizes:
        t = layer(t, size, kernel_regularizer=reg)
    return t
pred = build(x, [3, 1])
### loop_whose_variable_call_needs: (sizes) (t) sizes
def build(t, sizes):
    for size in sizes:
        t = layer(t, size, kernel_regularizer=reg) / size
    return t
pred = build(x, [3, 1])
### keyword_only: (n) (t)
def build(t, *, n=1):
    return layer(t, n, kernel_regularizer=reg)
pred = build(x, n=1)
### inner_builder_sizes: (n) (t)
def inner(u, n):
    return layer(u, n, kernel_regularizer=reg)
def build(t, n):
    return inner(inner(t, n), 1)
pred = build(x, 3)
### keyword_call: (n) (t)
def build(t, n):
    return layer(t, n, kernel_regularizer=reg)
pred = build(n=1, t=x)
""")


@pytest.mark.parametrize(("expected", "body"), SIDES)
def test_sides(expected: str, body: str) -> None:
    assert sides(model_of(NET + body + TAIL)) == expected


STATEMENTS = cases("""
### layer: t = L(n) | t = L(n); return t
def build(t, n):
    t = layer(t, n)
    return t
pred = build(x, 1)
### only_names_of_init: k = n * 2; t = L(k) | t = L(k); return t
def build(t, n):
    k = n * 2
    t = layer(t, k)
    return t
pred = build(x, 1)
### only_names_of_call: t = L(1) | k = n * 2; t = L(1); return t * k
def build(t, n):
    k = n * 2
    t = layer(t, 1)
    return t * k
pred = build(x, 1)
### ops_are_of_call: t = L(1) | t = tf.nn.relu(t); t = L(1); return t
def build(t):
    t = tf.nn.relu(t)
    t = layer(t, 1)
    return t
pred = build(x)
### unused_names_go: t = L(1) | t = L(1); return t
def build(t, n):
    k = n
    t = layer(t, 1)
    return t
pred = build(x, 1)
""")


@pytest.mark.parametrize(("expected", "body"), STATEMENTS)
def test_statements(expected: str, body: str) -> None:
    model = model_of(NET + body + "pred = layer(pred, 1, kernel_regularizer=reg)\n" + TAIL)
    assert f"{text(model.init)} | {text(model.call)}" == expected.replace("L(", "layer(t, ")


ATTRIBUTES = cases("""
### numbered: dense:one dense_1:one
def build(t):
    return layer(layer(t, 3, kernel_regularizer=reg), 1, kernel_regularizer=reg)
pred = build(x)
### named: fc:one out:one
def build(t):
    t = layer(t, 3, kernel_regularizer=reg, name="fc")
    return layer(t, 1, kernel_regularizer=reg, name="out")
pred = build(x)
### slash: block_fc:one
def build(t):
    return layer(t, 1, kernel_regularizer=reg, name="block/fc")
pred = build(x)
### name_of_a_keras_model: dense_output:one
def build(t):
    return layer(t, 1, kernel_regularizer=reg, name="output")
pred = build(x)
### keyword_as_name: dense:one
def build(t):
    return layer(t, 1, kernel_regularizer=reg, name="class")
pred = build(x)
### computed_name_in_a_loop: fc:zip
def build(t):
    for i in range(2):
        t = layer(t, 1, kernel_regularizer=reg, name="fc%d" % i)
    return t
pred = build(x)
### loop_with_a_condition: dense:next
def build(t):
    for i in range(2):
        if i > 0:
            t = layer(t, 1, kernel_regularizer=reg)
    return t
pred = build(x)
### nested_loops: dense:next
def build(t):
    for i in range(2):
        for j in range(2):
            t = layer(t, 1, kernel_regularizer=reg)
    return t
pred = build(x)
### scope_in_a_loop: dense:zip
def build(t):
    for i in range(2):
        with tf.variable_scope("s%d" % i):
            t = layer(t, 1, kernel_regularizer=reg)
    return t
pred = build(x)
### shared_inside: fc:one fc*:one
def build(t):
    with tf.variable_scope("s", reuse=tf.AUTO_REUSE):
        a = layer(t, 1, kernel_regularizer=reg, name="fc")
        return a + layer(t, 1, kernel_regularizer=reg, name="fc")
pred = build(x)
### inner_model_without_a_name: inner:one
def inner(u):
    return layer(u, 4, kernel_regularizer=reg)
def build(t):
    return tf.reduce_sum(inner(t), 1, keepdims=True)
pred = build(x)
### inner_models: a:one b:one inner:one
def inner(u, name=None):
    return layer(u, 4, kernel_regularizer=reg)
def build(t):
    return tf.reduce_sum(inner(inner(inner(t, "a"), name="b")), 1, keepdims=True)
pred = build(x)
""")


@pytest.mark.parametrize(("expected", "body"), ATTRIBUTES)
def test_attributes(expected: str, body: str) -> None:
    assert attributes(model_of(NET + body + TAIL)) == expected


def test_layers_of_the_driver() -> None:
    body = "h = layer(x, 3, kernel_regularizer=reg)\nh = tf.nn.relu(h)\nk = tf.reduce_sum(y)\npred = layer(h, 1) + k\n"
    model = model_of(NET + body + TAIL, "Model")
    assert (sides(model), model.outputs, attributes(model)) == ("() (x, y)", ["pred"], "dense:one dense_1:one")


def test_model_is_renamed_where_its_name_is_taken() -> None:
    body = "class Build:\n    pass\ndef build(t):\n    return layer(t, 1, kernel_regularizer=reg)\npred = build(x)\n"
    assert model_of(NET + body + TAIL, "BuildModel").node is not None


REFUSED = cases("""
### size_of_a_tensor: TFR214
def build(t):
    n = t.shape[1]
    return layer(t, n, kernel_regularizer=reg)  # <-
pred = build(x)
### size_computed_with_ops: TFR220
def build(t):
    n = tf.shape(t)[1]
    return layer(t, n, kernel_regularizer=reg)  # <-
pred = build(x)
### while: TFR219
def build(t):
    i = 0
    while i < 2:  # <-
        t = layer(t, 1, kernel_regularizer=reg)
        i += 1
    return t
pred = build(x)
### try: TFR219
def build(t):
    t = layer(t, 1, kernel_regularizer=reg)
    try:  # <-
        print(1)
    finally:
        pass
    return t
pred = build(x)
### layer_after_return: TFR219
def build(t):
    if os.getpid() > 1:
        return t  # <-
    return layer(t, 1, kernel_regularizer=reg)
pred = build(x)
### break: TFR219
def build(t):
    for i in range(3):
        t = layer(t, 1, kernel_regularizer=reg)
        if i > 1:
            break  # <-
    return t
pred = build(x)
### loop_with_else: TFR219
def build(t):
    for i in range(3):  # <-
        t = layer(t, 1, kernel_regularizer=reg)
    else:
        print(1)
    return t
pred = build(x)
### other_with: TFR219
def build(t):
    with open("f"):  # <-
        return layer(t, 1, kernel_regularizer=reg)
pred = build(x)
### nested_definition: TFR219
def build(t):
    def act(u):  # <-
        return tf.nn.relu(u)
    return act(layer(t, 1, kernel_regularizer=reg))
pred = build(x)
### comprehension: TFR219
def build(t):
    return tf.add_n([layer(t, 1, kernel_regularizer=reg) for _ in range(2)])  # <-
pred = build(x)
### lambda: TFR219
def build(t):
    f = lambda u: layer(u, 1, kernel_regularizer=reg)  # <-
    return f(t)
pred = build(x)
### no_tensor: TFR219
def build():  # <-
    return tf.layers.dense(x, 1, kernel_regularizer=reg)
pred = build()
### rebound_parameter: TFR223
def build(t, n):  # <-
    if n is None:
        n = os.getpid()
    return layer(t, n, kernel_regularizer=reg) / n
pred = build(x, os.getpid())
### star_arguments: TFR209
def build(t, *rest):  # <-
    return layer(t, 1, kernel_regularizer=reg)
pred = build(x)
### inside_another_function: TFR219
def outer(t):
    def build(u):  # <-
        return layer(u, 1, kernel_regularizer=reg)
    return build(t)
pred = outer(x)
""")


@pytest.mark.parametrize(("code", "body"), REFUSED)
def test_refused(code: str, body: str) -> None:
    program = NET + body + TAIL
    assert refusals(unit(program)) == [(code, *marked_line(program))]


def test_calls_that_share_differently_are_refused() -> None:
    body = """
def build(t, name):
    with tf.variable_scope("net", reuse=tf.AUTO_REUSE):
        a = layer(t, 1, kernel_regularizer=reg, name="a")
        return a + layer(t, 1, kernel_regularizer=reg, name=name)
with tf.variable_scope("s"):
    pred = build(x, "a")
with tf.variable_scope("r"):
    pred = pred + build(x, "b")  # <-
"""
    program = NET + body + TAIL
    assert refusals(unit(program)) == [("TFR213", *marked_line(program))]


@pytest.mark.parametrize("body", ["return layer(t, 1, kernel_regularizer=reg) + y", "return y * layer(t, 1)"])
def test_tensor_read_as_a_global_is_refused(body: str) -> None:
    result = unit(NET + f"def build(t):\n    {body}\npred = layer(build(x), 1, kernel_regularizer=reg)\n" + TAIL)
    assert refusals(result) != []


def test_calls_between_layers_of_the_driver_share_one_object() -> None:
    text = migrated(
        HEAD
        + """\
def net(t):
    with tf.variable_scope("net", reuse=tf.AUTO_REUSE):
        return tf.layers.dense(t, 5, kernel_regularizer=reg)
pred = tf.layers.dense(net(x) - net(x * x), 1)
"""
        + TAIL
    )["main.py"]
    assert "self.net(x) - self.net(x * x)" in text
    assert text.count("= Net()") == 1


@pytest.mark.parametrize(
    "read",
    [
        "tf.add_n(found) if found else tf.constant(0.0)",
        "sum(found)",
        "tf.add_n([0.5 * term for term in found])",
        "tf.add_n(found + [tf.reduce_sum(pred)])",
    ],
)
def test_sum_of_penalties_of_which_one_is_zero(read: str) -> None:
    text = f"""\
h = tf.layers.dense(x, 3, kernel_regularizer=tf.contrib.layers.l2_regularizer(0.0))
pred = tf.layers.dense(h, 1, kernel_regularizer=reg)
found = tf.losses.get_regularization_losses()
loss = tf.reduce_mean(tf.square(pred - y)) + ({read})
train_op = tf.train.AdamOptimizer(0.01).minimize(loss)
"""
    assert "L2(0.5 * 0.0)" in migrated(HEAD + text + SESSION)["main.py"]
