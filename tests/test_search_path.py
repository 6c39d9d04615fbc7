"""Files that a program finds by what it puts on Python's search path."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from graph_programs import after, run

from tf1to2_reg.files.search_path import added_folders, last_addition
from tf1to2_reg.files.source import source_from_bytes
from tf1to2_reg.files.taking_part import taking_part
from tf1to2_reg.results import Status
from tf1to2_reg.syntax.modules import Project
from tf1to2_reg.targets.graph.results import GraphResult


@pytest.mark.parametrize(
    ("statement", "folders"),
    [
        ("sys.path.append('./utility')", {("utility",)}),
        ("sys.path.insert(0, '../nets/cnn/')", {("nets", "cnn")}),
        ("sys.path.append(os.path.join(HERE, 'utils'))", {("utils",)}),
        ("sys.path.append(HERE + '/tf_ops/sampling')", {("tf_ops", "sampling")}),
        ("sys.path += ['lib']", {("lib",)}),
        ("sys.path.append(HERE)", set()),
        ("sys.path.append('..')", set()),
        ("sys.path.append('/content/models')", set()),
        ("path.append('lib')", set()),
        ("sys.modules.append('lib')", set()),
    ],
)
def test_folders_that_a_file_adds(statement: str, folders: set[tuple[str, ...]]) -> None:
    assert added_folders(ast.parse(statement)) == folders


def test_the_line_of_the_last_addition() -> None:
    assert last_addition(ast.parse("import sys\nsys.path.append('a')\nsys.path.append(\n    'b')\nimport c\n")) == 4
    assert last_addition(ast.parse("import sys\n")) == 0


def found(files: dict[str, str], importer: str, dotted: str) -> str | None:
    """The file that another one gets for an import."""
    project = Project(source_from_bytes(Path("/p") / name, text.encode()) for name, text in files.items())
    module = project.find(next(m for m in project.modules if m.path == Path("/p", importer)), dotted)
    return module.path.relative_to("/p").as_posix() if module is not None else None


FILES = {
    "cnn/train.py": "import sys\nsys.path.append('./nets')\nfrom net import build\n",
    "nets/net.py": "from opt import Adam\n",
    "util/opt.py": "",
    "util/go.py": "import sys\nsys.path.append('util')\n",
}


def test_a_module_is_found_in_a_folder_that_any_file_adds() -> None:
    assert found(FILES, "cnn/train.py", "net") == "nets/net.py"
    assert found(FILES, "nets/net.py", "opt") == "util/opt.py"
    assert found(FILES, "cnn/train.py", "absent") is None


def test_a_neighbour_comes_first_then_the_importer_s_own_folders() -> None:
    assert found(FILES | {"cnn/opt.py": ""}, "cnn/train.py", "opt") == "cnn/opt.py"
    assert found(FILES | {"nets/opt.py": ""}, "cnn/train.py", "opt") == "nets/opt.py"


def test_a_name_that_two_added_folders_have_is_not_known() -> None:
    files = FILES | {"nets/same.py": "", "util/same.py": "", "other/main.py": ""}
    assert found(files, "other/main.py", "same") is None
    assert found(files, "cnn/train.py", "same") == "nets/same.py"


def test_a_module_of_a_package_takes_part_where_its_folder_is_added() -> None:
    contents = {
        Path(
            "/p/train.py"
        ): b"import sys\nsys.path.append('./util')\nfrom opt import Adam\nimport tensorflow\nlayers\n",
        Path("/p/util/__init__.py"): b"",
        Path("/p/util/opt.py"): b"",
    }
    assert Path("/p/util/opt.py") in taking_part(contents)
    contents[Path("/p/train.py")] = b"from opt import Adam\nimport tensorflow\nlayers\n"
    assert Path("/p/util/opt.py") not in taking_part(contents)


LAYER = "    return tf.layers.dense(x, 3, kernel_regularizer=tf.contrib.layers.l2_regularizer(0.1))\n"
NET = f"import tensorflow as tf\ndef net(x):\n{LAYER}"
TRAIN = "import tensorflow as tf\nfrom net import net\nnet(tf.zeros([1, 2]))\n"
SEARCH = "import sys\nsys.path.append('./nets')\n"


def test_scripts_of_several_folders_share_a_module_in_a_folder_that_all_of_them_add() -> None:
    files = {"nets/net.py": NET, "a/train.py": SEARCH + TRAIN, "b/train.py": SEARCH + TRAIN}
    text = after(files)
    assert "nets/graph_layers.py" in text
    assert "\nfrom graph_layers import " in text["nets/net.py"]


def test_the_module_stands_beside_a_script_above_the_folders_it_adds() -> None:
    own = "tf.layers.dense(tf.zeros([1, 2]), 2)\n"
    text = after({"nets/net.py": NET, "train.py": "import tensorflow as tf\n" + SEARCH + TRAIN + own})
    assert "graph_layers.py" in text
    assert "nets/graph_layers.py" not in text


def outcomes(results: list[GraphResult]) -> list[tuple[Status, list[str]]]:
    return [(result.outcome, [reason.code for reason in result.reasons]) for result in results]


LIBRARY = {"lib/__init__.py": "", "lib/net.py": NET}
SCRIPT = (
    "import tensorflow as tf\nfrom lib import net\nimport reader\ny = tf.layers.dense(tf.zeros([1, 2]), 2)\nnet.f(y)\n"
)


def test_scripts_of_many_folders_import_the_module_from_their_library() -> None:
    readers = {f"{folder}/reader.py": "x = 1\n" for folder in ("a", "b")}
    text = after({**LIBRARY, **readers, "a/train.py": SCRIPT, "b/train.py": SCRIPT})
    assert "lib/graph_layers.py" in text
    assert [name for name in text if name.endswith("graph_layers.py")] == ["lib/graph_layers.py"]
    for name in ("a/train.py", "b/train.py", "lib/net.py"):
        assert "\nfrom lib.graph_layers import " in text[name]


def test_a_script_that_adds_folders_late_is_refused_beside_a_library() -> None:
    late = SCRIPT.replace("from lib", "import sys\nsys.path.append('../else')\nfrom lib")
    files = {**LIBRARY, "a/reader.py": "", "b/reader.py": "", "a/train.py": late, "b/train.py": SCRIPT}
    assert outcomes(run(files)) == [(Status.REFUSED, ["TFR404"])] * 2


def test_a_script_that_would_import_the_module_before_it_adds_the_folder_is_refused() -> None:
    own = "tf.layers.dense(tf.zeros([1, 2]), 2)\n"
    late = "import tensorflow as tf\n" + SEARCH + TRAIN + own
    files = {"nets/net.py": NET, "a/train.py": late, "b/train.py": SEARCH + TRAIN + own}
    assert outcomes(run(files)) == [(Status.REFUSED, ["TFR404"])] * 2
