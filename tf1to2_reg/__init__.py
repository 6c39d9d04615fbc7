"""Move TensorFlow 1 programs with regularized layers to TensorFlow 2, exactly."""

__version__ = "0.1.0"
