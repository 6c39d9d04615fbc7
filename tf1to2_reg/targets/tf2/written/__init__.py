"""Modules that are written beside migrated programs. Here they are text: they import TensorFlow, the tool does not."""
