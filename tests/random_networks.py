"""Random networks: layers, regularizers, helpers, loops, conditions and scopes as text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from random_draw import Draw, always, block

Lines = list[str]


@dataclass(frozen=True)
class Spelling:
    """How a program imports what it uses, and what that makes of names."""

    imports: tuple[str, ...] = ()
    layers: str = "tf.layers"
    contrib: str = "tf.contrib.layers"
    dense: str = ""

    def layer(self, name: str) -> str:
        return self.dense if name == "dense" and self.dense else f"{self.layers}.{name}"


PLAIN = Spelling()
SPELLINGS = (
    Spelling(("", "layers = tf.layers"), layers="layers"),
    Spelling(("from tensorflow import layers",), layers="layers"),
    Spelling(("", "dense = tf.layers.dense"), dense="dense"),
    Spelling(("from tensorflow.contrib import layers as contrib",), contrib="contrib"),
    Spelling(("from tensorflow.contrib import slim",), contrib="slim"),
    Spelling(("import tensorflow.contrib.layers as tcl",), contrib="tcl"),
    Spelling(("from tensorflow.layers import dense",), dense="dense"),
)
STRENGTHS = ("0.01", "0.02", "1e-3", "0.1", "0.05")
ACTIVATIONS = ("tf.nn.relu", "tf.nn.tanh", "tf.nn.sigmoid", "tf.nn.elu", "None", "tf.tanh", "tf.nn.softplus")
RARE_ACTIVATIONS = (
    '"relu"', '"tanh"', "lambda z: tf.maximum(0.1 * z, z)", "tf.identity", "tf.nn.leaky_relu", "tf.nn.relu6",
)  # fmt: skip
INITIALIZERS = (
    "tf.truncated_normal_initializer(stddev=0.1)", "tf.random_normal_initializer(0.0, 0.2)",
    "tf.glorot_uniform_initializer()", "tf.random_uniform_initializer(-0.1, 0.1)", "tf.constant_initializer(0.1)",
    "tf.keras.initializers.he_normal()",
)  # fmt: skip
OPERATIONS = (
    "tf.nn.relu(h)",
    "h * 0.5",
    "tf.square(h)",
    "tf.identity(h)",
    "h + 1.0",
    "tf.reduce_mean(h, 1, keepdims=True)",
)


@dataclass
class Network:
    """A network that is being made: settings of the module, helper functions, and its own statements.

    What is `repeated` has no names: TF1 would not make the variables again.
    """

    draw: Draw
    spelling: Spelling
    settings: Lines = field(default_factory=list)
    helpers: list[Lines] = field(default_factory=list)
    repeated: bool = False

    def setting(self, name: str, value: str) -> str:
        """A name of the module for a value."""
        name = self.draw.fresh(name)
        self.settings.append(f"{name} = {value}")
        return name

    # Values

    def strength(self) -> str:
        value = self.draw.one(*STRENGTHS)
        return self.draw.weighted(
            (14, always(value)),
            (2, lambda: self.setting("DECAY", value)),
            (1, always(f"2 * {value}")),
            (1, lambda: f'{self.setting("config", f"{{{chr(34)}decay{chr(34)}: {value}}}")}["decay"]'),
            (1, always(f"float({value})")),
            (1, always(f"np.float32({value})")),
            (1, always("0.0")),
        )

    def regularizer(self) -> str:
        contrib, strength = self.spelling.contrib, self.strength()
        l1, l2 = f"{contrib}.l1_regularizer({strength})", f"{contrib}.l2_regularizer({strength})"
        return self.draw.weighted(
            (8, always(l2)),
            (2, always("None")),
            (2, always(l1)),
            (1, lambda: f"{contrib}.l1_l2_regularizer({strength}, {self.strength()})"),
            (1, always(f"{contrib}.l1_l2_regularizer(scale_l2={strength}, scale_l1=0.5)")),
            (1, lambda: f"tf.keras.regularizers.l2({self.draw.one(*STRENGTHS)})"),
            (1, always(f"{contrib}.l2_regularizer(scale={strength})")),
            (1, always(f"lambda w: {strength} * tf.nn.l2_loss(w)")),
            (1, always(f"{contrib}.sum_regularizer([{l1}, {contrib}.l2_regularizer(0.3)])")),
            (2, lambda: self.setting("reg", l2)),
            (1, lambda: f"{self.setting('regs', f'[None, {l2}]')}[{self.draw.one('1', '-1', '0')}]"),
            (1, lambda: f'{self.setting("table", f"dict(a={l1}, b=None)")}["{self.draw.one("a", "a", "b")}"]'),
        )

    def activation(self) -> str:
        return self.draw.one(*(RARE_ACTIVATIONS if self.draw.rarely(0.2) else ACTIVATIONS))

    def units(self) -> str:
        value = str(self.draw.random.randint(3, 8))
        return self.draw.weighted(
            (14, always(value)),
            (2, lambda: self.setting("UNITS", value)),
            (1, always(f"2 * {value}")),
            (1, always(f"int({value}.0)")),
            (1, always(f"max({value}, 4)")),
        )

    def options(self, *, regularized: bool) -> list[tuple[str, str]]:
        """Arguments of a dense layer, beside those that it needs."""
        chances: list[tuple[float, str, Callable[[], str]]] = [
            (0.6, "activation", self.activation),
            (1.0 if regularized else 0.5, "kernel_regularizer", self.regularizer),
            (0.15, "bias_regularizer", self.regularizer),
            (0.1, "use_bias", lambda: self.draw.one("False", "True")),
            (0.15, "kernel_initializer", lambda: self.draw.one(*INITIALIZERS)),
            (
                0.0 if self.repeated else 0.15,
                "name",
                lambda: f'"{self.draw.fresh("fc", "hidden", "layer", "out", "model")}"',
            ),
        ]
        return [(name, value()) for chance, name, value in chances if self.draw.rarely(chance)]

    # Statements

    def dense(self, inputs: str, units: str | None = None, *, regularized: bool = False) -> str:
        required = [("inputs", inputs), ("units", units or self.units())]
        return self.draw.call(self.spelling.layer("dense"), required, self.options(regularized=regularized))

    def output(self) -> str:
        """The last layer, which always has a penalty: TF1 adds up no empty list."""
        options = [("activation", self.activation())] if self.draw.rarely(0.3) else []
        decayed = ("kernel_regularizer", f"{self.spelling.contrib}.l2_regularizer({self.draw.one(*STRENGTHS)})")
        return self.draw.call(self.spelling.layer("dense"), [("inputs", "h"), ("units", "1")], [*options, decayed])

    def body(self, *, images: bool) -> Lines:
        """Statements that turn x into h."""
        blocks = [self.block(2) for _ in range(self.draw.random.randint(1, 3))]
        convolutions = self.convolutions() if images else []
        return ["h = x", *convolutions, *(line for lines in blocks for line in lines)]

    def convolutions(self) -> Lines:
        """Statements that turn images into rows."""
        layers = self.spelling.layers
        lines = [f"h = {self.convolution()}"]
        if self.draw.rarely(0.3):
            lines += self.normalization()
        if self.draw.rarely(0.3):
            lines.append(f"h = {layers}.{self.draw.one('max_pooling2d', 'average_pooling2d')}(h, 2, 2)")
        if self.draw.rarely(0.3):
            lines.append(f"h = {self.convolution()}")
        return [*lines, f"h = {layers}.flatten(h)"]

    def convolution(self) -> str:
        required = [("inputs", "h"), ("filters", self.units()), ("kernel_size", self.draw.one("3", "[3, 3]", "(2, 2)"))]
        same = [("padding", self.draw.one('"same"', '"SAME"', '"valid"'))] if self.draw.rarely(0.4) else []
        strides = [("strides", self.draw.one("2", "(1, 1)"))] if self.draw.rarely(0.2) else []
        options = [*same, *strides, *self.options(regularized=True)]
        return self.draw.call(f"{self.spelling.layers}.conv2d", required, options)

    def block(self, depth: int) -> Lines:
        """Statements that turn h into h."""
        nested = 1 if depth else 0
        return self.draw.weighted(
            (7, lambda: [f"h = {self.dense('h', regularized=True)}"]),
            (2, lambda: [f"h = {self.helper_call()}"]),
            (2, lambda: [f"h = {self.helper_call()}", f"h = {self.helper_call()}"]),
            (1, self.dropout),
            (1, self.normalization),
            (1, lambda: [f"h = {self.draw.one(*OPERATIONS)}"]),
            (1, lambda: [f"left = {self.dense('h')}", f"right = {self.dense('h')}", "h = tf.concat([left, right], 1)"]),
            (1, lambda: [f"skip = {self.dense('h', '6')}", f"h = {self.dense('skip', '6')} + skip"]),
            (1, lambda: [f'print("building", {self.draw.one("1", "h.shape.as_list()", "len(h.shape)")})']),
            (1, self.container),
            (2 * nested, lambda: self.loop(depth)),
            (2 * nested, lambda: self.condition(depth)),
            (0 if self.repeated else 2 * nested, lambda: self.scope(depth)),
        )

    def dropout(self) -> Lines:
        rate = self.draw.one("0.5", "rate=0.2", "0.3")
        return [f"h = {self.spelling.layers}.dropout(h, {rate}, training=training)"]

    def normalization(self) -> Lines:
        momentum = self.draw.one("", "", ", momentum=0.9")
        return [f"h = {self.spelling.layers}.batch_normalization(h{momentum}, training=training)"]

    def container(self) -> Lines:
        return [f"outputs = [{self.dense('h')}]", f"outputs.append({self.dense('outputs[-1]')})", "h = outputs[-1]"]

    def scope(self, depth: int) -> Lines:
        name = self.draw.fresh("scope", "block", "enc", "net")
        return block(f'with tf.variable_scope("{name}"):', self.block(depth - 1))

    def loop(self, depth: int) -> Lines:
        dense = self.spelling.layer("dense")
        return self.draw.weighted(
            (2, lambda: self.repetition("for units in [7, 6]:")),
            (
                0 if self.repeated else 1,
                lambda: block("for i in range(2):", [f"h = {dense}(h, {self.units()}, {self.numbered()})"]),
            ),
            (1, lambda: self.repetition("for i, units in enumerate((6, 5)):")),
            (1, lambda: block("for units, act in [(6, tf.nn.relu), (5, tf.nn.tanh)]:", [self.activated(dense)])),
            (1, lambda: self.repetition("for _ in range(2):", depth)),
        )

    def repetition(self, head: str, depth: int = 0) -> Lines:
        outside, self.repeated = self.repeated, True
        body = self.block(depth - 1) if depth else [f"h = {self.dense('h', 'units')}"]
        self.repeated = outside
        return block(head, body)

    def numbered(self) -> str:
        return f'activation={self.activation()}, name="fc%d" % i, kernel_regularizer={self.regularizer()}'

    def activated(self, dense: str) -> str:
        return f"h = {dense}(h, units, activation=act, kernel_regularizer={self.regularizer()})"

    def condition(self, depth: int) -> Lines:
        test = self.draw.one("training", "DEEP", "not DEEP", "len(h.shape) == 2", "1 > 2")
        if "DEEP" in test and "DEEP" not in self.draw.used:
            self.setting("DEEP", self.draw.one("True", "False"))
        lines = block(f"if {test}:", self.block(depth - 1))
        return [*lines, *block("else:", self.block(depth - 1))] if self.draw.rarely(0.4) else lines

    # Helpers

    def helper_call(self) -> str:
        """A call of the function that makes a layer, in one of its ways."""
        if not self.helpers:
            self.helpers.append(self.helper())
        chances = [(0.6, "act", self.activation), (0.5, "decay", self.strength)]
        optional = [(name, value()) for chance, name, value in chances if self.draw.rarely(chance)]
        return self.draw.call("block", [("x", "h"), ("units", self.units())], optional)

    def helper(self) -> Lines:
        dense, reg = self.spelling.layer("dense"), f"{self.spelling.contrib}.l2_regularizer(decay)"
        made = f"{dense}(x, units, activation=act, kernel_regularizer={reg})"
        plain = f"{dense}(x, units, kernel_regularizer={reg})"
        again = [f"x = {made}", f"return {dense}(x, units, kernel_regularizer={self.regularizer()})"]
        body = self.draw.weighted(
            (6, always([f"return {made}"])),
            (1, always([f"out = {plain}", "return act(out) if act else out"])),
            (1, always(block('with tf.variable_scope(None, default_name="block"):', [f"return {made}"]))),
            (1, always(["print('units', units)", f"return {made}"])),
            (1, lambda: [f"{self.setting('seen', '[]')}.append(units)", f"return {made}"]),
            (1, always([*block("if act is not None:", [f"x = {plain}", "x = act(x)"]), "return x"])),
            (1, always(again)),
        )
        return block("def block(x, units, act=tf.nn.relu, decay=0.01):", body)
