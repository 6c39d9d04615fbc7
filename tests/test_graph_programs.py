"""Programs among many files, and where the module is written that they share."""

from __future__ import annotations

from pathlib import Path

import pytest
from graph_programs import ROOT, after, run, texts, written

from tf1to2_reg.files.source import source_from_bytes
from tf1to2_reg.results import Status
from tf1to2_reg.targets.graph.target import GraphTarget

NET = "import tensorflow as tf\n\n\ndef build(x):\n    return tf.layers.dropout(x)\n"
GUARD = "if __name__ == '__main__':\n    print(1)\n"


def script(imports: str, rest: str = "") -> str:
    return f"import tensorflow as tf\n{imports}\n{rest}{GUARD}"


def homes(files: dict[str, str]) -> dict[str, str]:
    """The written modules, and how each file imports its own."""
    found = after(files)
    lines = {name: [line for line in text.split("\n") if "graph_layers" in line] for name, text in found.items()}
    made = {name: "" for name in found if name not in files}
    return {**made, **{name: line[0] for name, line in lines.items() if line and name in files}}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {"main.py": script("import net\n"), "net.py": NET},
            {"graph_layers.py": "", "net.py": "from graph_layers import dropout"},
        ),
        (
            {"app/main.py": script("import net\n"), "app/net.py": NET},
            {"app/graph_layers.py": "", "app/net.py": "from graph_layers import dropout"},
        ),
        (
            {"main.py": script("from nets import net\n"), "nets/__init__.py": "", "nets/net.py": NET},
            {"nets/graph_layers.py": "", "nets/net.py": "from nets.graph_layers import dropout"},
        ),
        (
            {"main.py": script("from nets import net\n", "tf.layers.dropout(x)\n"), "nets/net.py": NET},
            {
                "graph_layers.py": "",
                "nets/net.py": "from graph_layers import dropout",
                "main.py": "from graph_layers import dropout",
            },
        ),
        (
            {"pkg/__init__.py": "from .nets import net\n", "pkg/nets/__init__.py": "", "pkg/nets/net.py": NET},
            {"pkg/graph_layers.py": "", "pkg/nets/net.py": "from ..graph_layers import dropout"},
        ),
        (
            {"pkg/__init__.py": "", "pkg/main.py": script("from pkg import net\n"), "pkg/net.py": NET},
            {"pkg/graph_layers.py": "", "pkg/net.py": "from pkg.graph_layers import dropout"},
        ),
        ({"net.py": NET}, {"graph_layers.py": "", "net.py": "from graph_layers import dropout"}),
        (
            {"train/main.py": script("import net\n"), "net.py": NET, "main.py": script("import net\n")},
            {"graph_layers.py": "", "net.py": "from graph_layers import dropout"},
        ),
    ],
)
def test_the_module_goes_where_all_find_it(files: dict[str, str], expected: dict[str, str]) -> None:
    assert homes(files) == expected


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("'nets.' + name", {}),
        ("f'nets.{name}'", {}),
        ("'nets.%s' % name", {}),
        ("'{}.{}'.format('nets', name)", {}),
        ("name", {}),
        ("name", {"nets/__init__.py": ""}),
        ("'nets.' + name", {"other/lone.py": NET.replace("dropout", "dense")}),
    ],
)
def test_a_module_of_a_computed_name_finds_what_it_needs(name: str, others: dict[str, str]) -> None:
    main = script("import importlib", f"module = importlib.import_module({name})\n")
    found = homes({"main.py": main, "nets/net.py": NET, **others})
    there = {name.replace("lone", "graph_layers"): "" for name in others if "lone" in name}
    assert found.keys() - others.keys() == {"graph_layers.py": "", "nets/net.py": "", **there}.keys()
    assert found["nets/net.py"] == "from graph_layers import dropout"


def test_a_computed_name_is_of_no_other_module() -> None:
    main = script("import importlib", "module = importlib.import_module('nets.' + name)\ntf.layers.dense(x, n)\n")
    lost = NET + "tf.contrib.rnn.Conv1DLSTMCell(3)\n"
    results = run({"main.py": main, "nets/net.py": NET, "nets/deeper/lost.py": lost, "lost.py": lost})
    assert {result.name: result.outcome for result in results} == {
        "main": Status.REFUSED, "lost": Status.REFUSED
    }  # fmt: skip
    results = run({"main.py": main, "nets/net.py": NET, "lost.py": lost})
    assert {result.name: result.outcome for result in results} == {"main": Status.MIGRATED, "lost": Status.REFUSED}


def test_the_programs_of_one_folder_share_one_module() -> None:
    files = {
        "a.py": script("import net\n"),
        "b.py": script("", "print(tf.layers.dense(x, n, unknown))\n"),
        "c.py": script("import net\n", "print(tf.layers.Dense(3))\n"),
        "net.py": NET,
    }
    found = after(files)
    assert found["graph_layers.py"].endswith("Dense = 0\ndense = 0\ndropout = 0\n")
    assert all("disable_v2_behavior" in found[name] for name in ("a.py", "b.py", "c.py"))


def test_a_refused_program_leaves_the_others() -> None:
    files = {
        "a.py": script("import net\n"),
        "b.py": script("import net\n", "tf.contrib.rnn.Conv1DLSTMCell(3)\n"),
        "net.py": NET,
    }
    results = run(files)
    assert [(result.name, result.outcome) for result in results] == [
        ("a", Status.MIGRATED), ("b", Status.REFUSED)
    ]  # fmt: skip
    assert texts(files, results)["b.py"] == files["b.py"]
    assert "graph_layers" in texts(files, results)["net.py"]


def test_a_script_that_another_program_imports_starts_too() -> None:
    files = {"a.py": script("import b\n", "tf.layers.dropout(x)\n"), "b.py": script("", "tf.layers.dense(x, n)\n")}
    found = after(files)
    assert all("tf.disable_v2_behavior()" in found[name] for name in files)


def test_thirty_scripts_are_thirty_programs() -> None:
    files = {f"train{n}.py": script("import net\n") for n in range(30)}
    assert len(run({**files, "net.py": NET})) == 30


def test_a_file_of_that_name_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "graph_layers.py").write_text("mine = 1\n")
    source = source_from_bytes(tmp_path / "net.py", NET.encode())
    (result,) = GraphTarget(written).migrate([source])
    assert set(result.new_sources) == {tmp_path / "net.py", tmp_path / "tf_graph_layers.py"}
    assert b"from tf_graph_layers import dropout" in result.new_sources[tmp_path / "net.py"]


def test_a_module_of_an_earlier_run_is_extended(tmp_path: Path) -> None:
    old = written(frozenset({"graph_model", "conv2d"}))
    (tmp_path / "graph_layers.py").write_text(old)
    source = source_from_bytes(tmp_path / "net.py", NET.encode())
    (result,) = GraphTarget(written).migrate([source])
    assert result.new_sources[tmp_path / "graph_layers.py"].decode() == written(
        frozenset({"graph_model", "conv2d", "dropout"})
    )


def test_a_layer_that_is_added_later_finds_the_import() -> None:
    program = (
        "import tensorflow as tf\nh = tf.layers.dense(x, 3, kernel_regularizer=tf.keras.regularizers.l2(0.1))\n"
        "print(tf.losses.get_total_loss())\n"
    )
    first = after(program)["main.py"]
    second = after({"main.py": first + "tf.layers.conv2d(h, 4, 3)\n", "graph_layers.py": written(frozenset({"Dense"}))})
    assert second["main.py"] == first + "graph_model().add(tf.keras.layers.Conv2D(4, 3))(h)\n"
    assert second["graph_layers.py"] == written(frozenset({"Conv2D", "Dense", "graph_model"}))


def test_no_place_is_a_reason() -> None:
    files = {
        "a/main.py": script("import net\n"),
        "b/main.py": script("import sys\nsys.path.insert(0, '../a')\nimport net\n", "tf.layers.dropout(x)\n"),
        "a/net.py": NET,
    }
    results = run(files)
    assert {result.outcome for result in results} <= {Status.MIGRATED, Status.REFUSED}
    assert results


def test_newlines_and_encodings_stay() -> None:
    data = "# -*- coding: latin-1 -*-\r\nimport tensorflow as tf\r\nprint('ä', tf.layers.flatten(x))\r\n".encode(
        "latin-1"
    )
    (result,) = GraphTarget(written).migrate([source_from_bytes(ROOT / "main.py", data)])
    assert result.new_sources[ROOT / "main.py"].decode("latin-1") == (
        "# -*- coding: latin-1 -*-\r\nimport tensorflow.compat.v1 as tf\r\n\r\nfrom graph_layers import graph_model\r\n"
        "\r\ntf.disable_v2_behavior()\r\nprint('ä', graph_model().add(tf.keras.layers.Flatten())(x))\r\n"
    )


def test_cost_is_linear() -> None:
    """Names are looked up once: a file of 2,000 layers takes seconds at most."""
    program = "import tensorflow as tf\n" + "h = tf.layers.dense(h, 3)\n" * 2000 + "print(h)\n"
    (result,) = run({"main.py": program})
    assert result.layers == 2000
