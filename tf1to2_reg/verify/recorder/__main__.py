"""Start the server: `python path/to/recorder SIDE REPLY_FD`. The folder is loaded under a name no user module has."""

from __future__ import annotations

import importlib.util
import os
import sys

PACKAGE = "_tf1to2_recorder"


def load_package(folder: str) -> None:
    spec = importlib.util.spec_from_file_location(
        PACKAGE, os.path.join(folder, "__init__.py"), submodule_search_locations=[folder]
    )
    if spec is None or spec.loader is None:
        raise ImportError(folder)
    module = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = module
    spec.loader.exec_module(module)


def main() -> None:
    folder = os.path.dirname(os.path.abspath(__file__))
    load_package(folder)
    sys.path[:] = [path for path in sys.path if os.path.abspath(path or ".") != folder]
    server = importlib.import_module(PACKAGE + ".server")
    server.serve(sys.argv[1], int(sys.argv[2]))


main()
