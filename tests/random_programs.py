"""Random TF1 programs as text: `generate(Random(seed))` draws one.

Most choices are the plain ones, so that a good part of the programs migrates; each of the rarer ones is there because
something like it was once migrated wrongly.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from random_draw import Draw, always, block
from random_networks import PLAIN, SPELLINGS, Lines, Network

SHAPE = "5"
IMAGES = "8, 8, 2"
NAMES = ("network", "build", "model", "make_net", "Net", "inference")
DATA = """\
rng = np.random.RandomState(1)
data = rng.rand(6, SHAPE).astype(np.float32)
target = (data.reshape([6, -1])[:, :3].sum(axis=1, keepdims=True) > 1.5).astype(np.float32)
"""
LOSSES = (
    "tf.reduce_mean(tf.square(pred - y))", "tf.losses.mean_squared_error(y, pred)", "tf.nn.l2_loss(pred - y)",
    "tf.losses.mean_squared_error(labels=y, predictions=pred)", "tf.losses.absolute_difference(y, pred)",
    "tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=pred))", "tf.losses.huber_loss(y, pred)",
    "tf.losses.sigmoid_cross_entropy(y, pred)", "tf.reduce_sum(tf.squared_difference(pred, y)) / 6.0",
)  # fmt: skip
OPTIMIZERS = (
    "tf.train.GradientDescentOptimizer(0.05)", "tf.train.AdamOptimizer(0.01)", "tf.train.RMSPropOptimizer(0.01)",
    "tf.train.AdamOptimizer(learning_rate=0.02, beta1=0.8)", "tf.train.MomentumOptimizer(0.02, 0.9)",
    "tf.train.MomentumOptimizer(0.01, momentum=0.8, use_nesterov=True)", "tf.train.AdagradOptimizer(0.05)",
    "tf.train.AdadeltaOptimizer(0.5)",
)  # fmt: skip
_COLLECTION = "tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)"
PENALTIES: tuple[tuple[int, Lines], ...] = (
    (6, ["penalty = tf.losses.get_regularization_loss()"]),
    (1, ["penalty = tf.add_n(tf.losses.get_regularization_losses())"]),
    (2, [f"penalty = tf.add_n({_COLLECTION})"]),
    (1, [f"penalty = sum({_COLLECTION})"]),
    (1, [f"reg_losses = {_COLLECTION}", "penalty = tf.reduce_sum(reg_losses)"]),
    (1, ["penalty = 0.0", "for term in tf.losses.get_regularization_losses():", "    penalty += term"]),
    (1, ["penalty = 0.5 * tf.losses.get_regularization_loss()"]),
    (1, [f"found = {_COLLECTION}", "penalty = tf.add_n(found) if found else tf.constant(0.0)"]),
    (1, [f"penalty = tf.add_n([0.5 * term for term in {_COLLECTION}])"]),
    (1, [f"found = {_COLLECTION}", 'print("penalties", len(found))', "penalty = tf.add_n(found)"]),
    (1, ['penalty = tf.losses.get_regularization_loss(name="reg")']),
    (1, [f"penalty = tf.reduce_mean({_COLLECTION} + [tf.constant(0.5)])"]),
)
"""How the penalties are read, with weights."""


def generate(random: Random) -> str:
    """One program."""
    draw = Draw(random, {"h", "x", "y", "loss", "pred", "training", "units", "act", "block"})
    network = Network(draw, draw.random.choice(SPELLINGS) if draw.rarely(0.4) else PLAIN)
    shape = IMAGES if draw.rarely(0.2) else SHAPE
    body, last = network.body(images=shape == IMAGES), network.output()
    needs_flag = "training" in "\n".join(body)
    decides = "if training" in "\n".join(body)
    driver = _Driver(draw, shape, flag=needs_flag and not decides and draw.rarely(0.4))
    value = "training" if driver.flag else draw.one("True", "False")
    definitions = network.helpers
    if draw.rarely(0.7):
        name = draw.fresh(*NAMES)
        parameters = "x, training" if needs_flag else "x"
        definitions = [*definitions, block(f"def {name}({parameters}):", [*body, f"return {last}"])]
        is_named = "name=" in "\n".join([*body, last]) or "variable_scope(" in "\n".join(body)
        built = _calls(draw, f"{name}({parameters.replace('training', value)})", is_named=is_named)
    else:
        constant = [] if driver.flag or not needs_flag else [f"training = {value}"]
        built = [*constant, *body, f"pred = {last}"]
    imports = ["import numpy as np", "import tensorflow as tf", *network.spelling.imports]
    defined = [line for lines in definitions for line in ("", "", *lines)]
    return "\n".join([*imports, "", *network.settings, *defined, "", "", *_whole(driver, driver.graph(built))])


_HEAD = "pred = tf.layers.dense(pred, 1)"


def _calls(draw: Draw, builder: str, *, is_named: bool) -> Lines:
    """The network once, or twice with shared weights, or twice with other weights if none of its layers has a name."""
    twice = [f"first = {builder}", f"pred = first + {builder}"]
    return draw.weighted(
        (8, always([f"pred = {builder}"])),
        (1, always(block('with tf.variable_scope("shared", reuse=tf.AUTO_REUSE):', twice))),
        (1, always([*block('with tf.variable_scope("shared", reuse=tf.AUTO_REUSE):', twice), _HEAD])),
        (1, always(block('with tf.variable_scope("net"):', [f"pred = {builder}"]))),
        (0 if is_named else 1, always(twice)),
    )


def _whole(driver: _Driver, graph: Lines) -> Lines:
    """The driver as a flat script, a function or a class."""
    opened, data = block("with tf.Session() as sess:", driver.session()), driver.data()
    main = [*block("def main():", [*graph, *data.splitlines(), *opened]), "", ""]
    return driver.draw.weighted(
        (5, always([*graph, data, *opened, ""])),
        (2, always([*main, *block('if __name__ == "__main__":', ["main()"]), ""])),
        (2, lambda: _class(driver, graph)),
        (1, always([*graph, data, "sess = tf.InteractiveSession()", *driver.session(), ""])),
    )


def _class(driver: _Driver, graph: Lines) -> Lines:
    kept = ["x", "y", *(["training"] if driver.flag else []), "pred", "loss", "train_op"]
    constructor = block("def __init__(self):", [*graph, *(f"self.{name} = {name}" for name in kept)])
    opened = block("with tf.Session() as sess:", driver.session("self."))
    train = block("def train(self, data, target):", opened)
    return [
        *block("class Trainer:", [*constructor, "", *train]),
        "",
        "",
        driver.data(),
        "Trainer().train(data, target)",
        "",
    ]


@dataclass
class _Driver:
    """Placeholders, losses and the session; `flag` tells whether the mode of training is fed, `shape` that of a row."""

    draw: Draw
    shape: str
    flag: bool

    def graph(self, built: Lines) -> Lines:
        lines = [f"x = tf.placeholder(tf.float32, [None, {self.shape}])", "y = tf.placeholder(tf.float32, [None, 1])"]
        if self.flag:
            lines.append("training = tf.placeholder(tf.bool)")
        return [*lines, *built, *self.loss(), *self.train_op()]

    def data(self) -> str:
        return DATA.replace("SHAPE", self.shape)

    def loss(self) -> Lines:
        weights = [weight for weight, _ in PENALTIES]
        penalty = self.draw.random.choices([lines for _, lines in PENALTIES], weights)[0]
        data = self.draw.one(*LOSSES)
        scaled = self.draw.one("penalty", "penalty", "0.1 * penalty")
        return self.draw.weighted(
            (8, always([*penalty, f"loss = {data} + {scaled}"])),
            (2, always([f"error = {data}", *penalty, f"loss = error + {scaled}"])),
            (1, always([f"loss = {data}"])),
            (1, always([f"loss = {data}", *penalty, "total = loss + penalty"])),
            (1, always([f"loss = {data}", *penalty, "loss += penalty"])),
            (1, always(["error = tf.losses.mean_squared_error(y, pred)", "loss = tf.losses.get_total_loss()"])),
        )

    def train_op(self) -> Lines:
        optimizer = self.draw.one(*OPTIMIZERS)
        train_op = f"train_op = {optimizer}.minimize(loss)"
        return self.draw.weighted(
            (6, always([train_op])),
            (1, always([f"optimizer = {optimizer}", "train_op = optimizer.minimize(loss)"])),
            (1, always([f"train_op = {optimizer}.minimize(loss, global_step=tf.train.get_or_create_global_step())"])),
            (1, always(_clipped(optimizer))),
            (2, always([_UPDATES, *block("with tf.control_dependencies(update_ops):", [train_op])])),
        )

    def session(self, prefix: str = "") -> Lines:
        """Statements that train and print; `prefix` stands before the names of the graph."""
        lines = ["sess.run(tf.global_variables_initializer())"]
        report = self.draw.one("print(step, value)", 'print("step %d: %.4f" % (step, value))', "print(value)")
        lines += block("for step in range(3):", [*self.step(prefix), report])
        if self.draw.rarely(0.5):
            fed = self.feed(prefix, training=False).replace(f", {prefix}y: target", "")
            lines.append(f"print(np.round(sess.run({prefix}pred, feed_dict={fed}), 3).sum())")
        return lines

    def feed(self, prefix: str, *, training: bool) -> str:
        flag = f", {prefix}training: {training}" if self.flag else ""
        return f"{{{prefix}x: data, {prefix}y: target{flag}}}"

    def step(self, p: str) -> Lines:
        """One step of training, which leaves a loss in `value`."""
        feed, tested = self.feed(p, training=True), self.feed(p, training=False)
        named = f'{{"loss": {p}loss, "train": {p}train_op}}'
        return self.draw.weighted(
            (4, always([f"_, value = sess.run([{p}train_op, {p}loss], feed_dict={feed})"])),
            (1, always([f"sess.run({p}train_op, feed_dict={feed})", f"value = sess.run({p}loss, feed_dict={tested})"])),
            (1, always([f"value, _ = sess.run([{p}loss, {p}train_op], {feed})"])),
            (1, always([f"found = sess.run({named}, feed_dict={feed})", 'value = found["loss"]'])),
            (1, always([f"feed = {feed}", f"_, value = sess.run(({p}train_op, {p}loss), feed)"])),
            (1, always([f"{p}train_op.run({feed})", f"value = {p}loss.eval({tested})"])),
            (1, always([f"_, value, twice = sess.run([{p}train_op, {p}loss, {p}loss * 2.0], {feed})"])),
        )


_UPDATES = "update_ops = tf.get_collection(tf.GraphKeys.UPDATE_OPS)"


def _clipped(optimizer: str) -> Lines:
    return [
        f"opt = {optimizer}",
        "gradients = opt.compute_gradients(loss)",
        "clipped = [(tf.clip_by_value(gradient, -0.1, 0.1), variable) for gradient, variable in gradients]",
        "train_op = opt.apply_gradients(clipped)",
    ]
