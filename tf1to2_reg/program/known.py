"""Which TensorFlow symbols the tool can carry over, asked of the fact tables."""

from __future__ import annotations

from tf1to2_reg.facts import losses, optimizers, symbols


def is_data_loss(symbol: str) -> bool:
    """True for a `tf.losses` function that has an exact TF2 form."""
    return symbol in losses.LOSSES


def is_initializer(symbol: str) -> bool:
    """True for the functions and classes that make an initializer."""
    head, _, name = symbol.rpartition(".")
    return name.endswith("_initializer") or head in ("tf.initializers", "tf.keras.initializers")


def is_optimizer(symbol: str) -> bool:
    """True for an optimizer that becomes one of Keras, or that is kept."""
    return symbol in optimizers.OPTIMIZERS or symbol in optimizers.KEPT


def refusal_code(symbol: str) -> str | None:
    """The code under which a call is refused wherever it stands, None where its own rewrite decides."""
    name = symbol.removeprefix("tf.")
    if name in symbols.ADDED or name in symbols.CALLS or name in symbols.CASTS or name in symbols.INITIALIZER_CLASSES:
        return None
    code = symbols.code(name)
    return None if code == symbols.NO_EXACT_FORM else code
