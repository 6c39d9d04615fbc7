"""Models and `tf.function` steps, no Session."""
