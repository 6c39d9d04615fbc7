"""The layers of TensorFlow 1 in a graph of `tensorflow.compat.v1`, with the numbers and names of TensorFlow 1.15.

The tool tf1to2-reg wrote this file beside programs of TensorFlow 1, which run on TensorFlow 2.16 or later with it. It
has what they use, needs nothing else, and is yours to read and to change.

`graph_model()` is the `tf.keras.Model` of the default graph. `graph_model().add(layer, name)` makes a function of a
Keras layer: called on a tensor it does what the layer of `tf.layers` did. Variable scopes name its weights, `reuse`
shares them, and each penalty joins the graph's collection when its weight is made. `graph_model().losses` is that
collection.

`Estimator` runs the model functions of `tf.estimator.Estimator` on one device: files of a run, names and order of
calls of hooks are those of TensorFlow 1.15, whose runs it continues.

Functions and classes are those of `tf.layers` and `tf.contrib.layers` of their names. Weights are variables of
`tf.compat.v1.get_variable`: checkpoints of TensorFlow 1 fit. Programs call `tf.compat.v1.disable_v2_behavior()` first.

This file can go when the programs do without graphs: when each layer is made once, in a `tf.keras.Model`, and called
there, and their losses add that model's `losses`.
"""
