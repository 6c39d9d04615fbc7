"""Print the names of what objects of `tf.layers` have, for tf1to2_reg/facts/layer_members.txt.

Run under TensorFlow 1.15.5: `python scripts/layer_members.py > tf1to2_reg/facts/layer_members.txt`
"""

import re
import sys

import tensorflow as tf

REQUIRED = {"units": 2, "filters": 2, "kernel_size": 1, "pool_size": 1, "strides": 1}


def _built(kind):
    """A layer that has been called."""
    code = getattr(kind.__init__, "__wrapped__", kind.__init__).__code__
    arguments = code.co_varnames[1 : code.co_argcount]
    layer = kind(**{name: value for name, value in REQUIRED.items() if name in arguments})
    dimensions = re.search(r"\dD", kind.__name__)
    rank = int(dimensions.group()[0]) + 2 if dimensions else 2
    layer(tf.placeholder(tf.float32, [2] + [4] * (rank - 1)))
    return layer


def main():
    """Write one name a line."""
    kinds = [getattr(tf.layers, name) for name in dir(tf.layers) if name not in ("Layer", "InputSpec")]
    kinds = [kind for kind in kinds if isinstance(kind, type)]
    names = {name for kind in kinds for name in dir(_built(kind))}
    sys.stdout.write("".join(name + "\n" for name in sorted(names)))


if __name__ == "__main__":
    main()
