"""Replacing a function of TensorFlow wherever it has been imported."""

from __future__ import annotations

import sys
from typing import Any

_PACKAGES = ("tensorflow", "tensorflow_core", "tf_keras", "tf_slim", "keras", "_api")


def replace_everywhere(original: Any, replacement: Any) -> None:
    """Let every module of TensorFlow and its companions that names `original` name `replacement`."""
    for module_name, module in list(sys.modules.items()):
        if module is None or not module_name.startswith(_PACKAGES):
            continue
        namespace = module.__dict__ if hasattr(module, "__dict__") else {}
        for name, value in list(namespace.items()):
            if value is original:
                namespace[name] = replacement
