"""Names that TensorFlow 1.15 has no more, and what they have been called since.

A program that uses one was written for an older TensorFlow and fails under 1.15. Sources: in TF 0.12.1 the class
`SummaryWriter` derives from `FileWriter` and says of itself that it "is just a rename"; in TF 1.13.2 `tf.map_fn` is the
function of `functional_ops`, with the text that it has in 1.15.5.
"""

from __future__ import annotations

OLD_NAMES = {
    "tf.python.ops.functional_ops.map_fn": "tf.map_fn",
    "tf.train.SummaryWriter": "tf.summary.FileWriter",
}
"""The public name of TensorFlow 1.15 and 2.21 for each."""
