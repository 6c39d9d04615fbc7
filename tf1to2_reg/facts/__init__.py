"""Facts about TensorFlow as tables: plain data, no LibCST, each with its source."""
