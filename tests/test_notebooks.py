"""Notebooks: what is read, what stays byte for byte, where messages point, and what cannot be read."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest
from conftest import Command

from tf1to2_reg.checks import Engine
from tf1to2_reg.files.discovery import discover
from tf1to2_reg.files.source import SourceError, SourceFile, encode, source_from_bytes
from tf1to2_reg.options import TargetChoice
from tf1to2_reg.pipeline import RunResult, analyse, analyse_text, migrate_with_libcst
from tf1to2_reg.verify.programs import Program
from tf1to2_reg.verify.runner import Runner
from tf1to2_reg.verify.verification import verify

FIXTURE = Path(__file__).parent.parent / "fixtures" / "notebooks" / "regression"
NAME = Path("a.ipynb")
NUMPY = "import numpy as np"
HEAD = f"import tensorflow as tf\n{NUMPY}"
NEW_HEAD = f"import tensorflow.compat.v1 as tf\n{NUMPY}"
NET = (
    "x = tf.placeholder(tf.float32, [None, 4])\n"
    "l2 = tf.contrib.layers.l2_regularizer(0.01)\n"
    "net = tf.layers.dense(x, 3, kernel_regularizer=l2)"
)
READ = "loss = tf.reduce_mean(net) + tf.losses.get_regularization_loss()"


def notebook(*cells: str | list[str], indent: int | None = 1, **changed: object) -> bytes:
    """A notebook with these cells of code; one line that begins with # is a cell of text."""
    made = [_cell(cell) for cell in cells]
    return json.dumps(
        {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **changed},
        indent=indent,
        ensure_ascii=False,
    ).encode()


def _cell(cell: str | list[str]) -> dict[str, object]:
    text = "".join(cell)
    if text.startswith("# ") and "\n" not in text:
        return {"cell_type": "markdown", "source": cell, "metadata": {}}
    source: str | list[str] = cell if isinstance(cell, list) else cell.splitlines(keepends=True)
    output = {"output_type": "stream", "name": "stdout", "text": ["1.0\n"]}
    return {"cell_type": "code", "execution_count": 7, "metadata": {"é": 1.50}, "outputs": [output], "source": source}


def read(*cells: str) -> SourceFile:
    return source_from_bytes(NAME, notebook(*cells))


def problem(data: bytes) -> tuple[str, str]:
    with pytest.raises(SourceError) as error:
        source_from_bytes(NAME, data)
    return error.value.diagnostic.code, f"{error.value.diagnostic.place} {error.value.diagnostic.message}"


def migrated(data: bytes, target: TargetChoice = TargetChoice.GRAPH) -> RunResult:
    return analyse_text(NAME, data, engine=engine(target))


def engine(target: TargetChoice) -> Engine:
    return partial(migrate_with_libcst, choice=target)


def sources(data: bytes) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(data)["cells"]]


@pytest.mark.parametrize("indent", [None, 1, 4])
def test_what_does_not_change_keeps_its_bytes(indent: int | None) -> None:
    before = notebook("# text", HEAD, NET, "%%bash\nls", READ, indent=indent).replace(b"NaN", b"1")
    before = before.replace(b"1.5", b"1.50e0").replace(b"\xc3\xa9", b"\\u00e9") + b"\n\n"

    after = migrated(before).new_sources[NAME]

    old, new = json.loads(before), json.loads(after)
    for cell in [*old["cells"], *new["cells"]]:
        del cell["source"]
    assert old == new
    sources_of = re.compile(rb'"source": \[.*?\](?=\s*\})', re.DOTALL)
    assert sources_of.sub(b"", after) == sources_of.sub(b"", before)
    assert len(sources_of.findall(after)) == 4
    assert after.endswith(b"\n\n")
    assert b"1.50e0" in after


def test_cells_get_what_belongs_to_them() -> None:
    new = sources(migrated(notebook(HEAD, "# text", NET, READ)).new_sources[NAME])

    assert new == [
        f"{NEW_HEAD}\n\nfrom graph_layers import graph_model\n\ntf.disable_v2_behavior()",
        "# text",
        NET.replace("tf.contrib.layers.l2_regularizer(0.01)", "tf.keras.regularizers.L2(0.5 * 0.01)").replace(
            "tf.layers.dense(x, 3, kernel_regularizer=l2)",
            "graph_model().add(tf.keras.layers.Dense(3, kernel_regularizer=l2))(x)",
        ),
        READ.replace("tf.losses.get_regularization_loss()", "tf.add_n(graph_model().losses)"),
    ]


def test_a_source_can_be_one_string() -> None:
    data = notebook(HEAD, NET, READ)
    loaded = json.loads(data)
    for cell in loaded["cells"]:
        cell["source"] = "".join(cell["source"])
    one = json.dumps(loaded).encode()

    new = json.loads(migrated(one).new_sources[NAME])

    assert [cell["source"] for cell in new["cells"]] == sources(migrated(data).new_sources[NAME])


@pytest.mark.parametrize("target", [TargetChoice.GRAPH, TargetChoice.TF2])
def test_the_second_run_finds_nothing(target: TargetChoice) -> None:
    first = migrated((FIXTURE / "before.ipynb").read_bytes(), target)
    assert first.new_sources[NAME] == (FIXTURE / f"after_{target.value}.ipynb").read_bytes()
    again = migrated(first.new_sources[NAME], target)
    assert not again.new_sources
    assert again.exit_code() == 0


def test_lines_that_are_no_python_stay() -> None:
    lines = [
        "%matplotlib inline",
        "!pip install \\\n    numpy",
        "if True:\n    !ls {folder} $folder $HOME",
        "files = !ls",
        "%time folder = 'b'",
        "np.dot?",
        "?np",
    ]
    before = notebook(f"{HEAD}\nfolder = 'a'\n" + "\n".join(lines), NET, READ)

    source = source_from_bytes(NAME, before)
    new = sources(migrated(before).new_sources[NAME])[0]

    assert new.endswith("folder = 'a'\n" + "\n".join(lines))
    assert encode(source, source.text) == before
    assert [line.partition("  #")[0] for line in source.text.split("\n")[4:12]] == [
        "pass",
        "print()",
        "pass",
        "if True:",
        "    print((folder))",
        "files = input()",
        "folder = 'b'",
        "pass",
    ]


def test_what_looks_like_a_magic_inside_a_string_or_brackets_is_python() -> None:
    cell = 'text = """\n%matplotlib inline\n!ls\n"""\nrest = (7\n% 2)\nother = 7 \\\n% 2'
    source = read(cell)
    assert source.text == f"pass  # tf1to2-reg cell 1\n{cell}\n"


@pytest.mark.parametrize(
    ("cell", "code", "place"),
    [
        ("a = 1\n%run other.py", "TFR917", "a.ipynb:cell 2:2:1 what %run does"),
        ("%pylab inline", "TFR917", "a.ipynb:cell 2:1:1 what %pylab does"),
        ("%%timeit\na = 1", "TFR917", "a.ipynb:cell 2:1:1 what %%timeit does"),
        ("x = %mine", "TFR917", "a.ipynb:cell 2:1:1 what %mine does"),
        ("a = 1\nawait a", "TFR917", "a.ipynb:cell 2:2:1 await outside of a function"),
        ("async with a:\n    pass", "TFR917", "a.ipynb:cell 2:1:1 await outside of a function"),
        ("a = Out[3]", "TFR917", "a.ipynb:cell 2:1:5 Out depends on what cells showed"),
        ("b = _ + _7", "TFR917", "a.ipynb:cell 2:1:5 _ depends on what cells showed"),
        ("a = (1,", "TFR901", "a.ipynb:cell 2:1:5 cell does not parse"),
        ("if True:", "TFR901", "a.ipynb:cell 2:1:9 cell does not parse"),
        ("return 1", "TFR901", "a.ipynb:cell 2:1:1 cell does not compile"),
        ("print 'a'", "TFR902", "a.ipynb:cell 2:1:1 cell is Python 2"),
        ("a = 1\f", "TFR916", "a.ipynb:1:1 this is no notebook that can be read: cell 2 has a form feed"),
        ("pass  # tf1to2-reg cell 1", "TFR916", "a.ipynb:1:1 this is no notebook that can be read: cell 2 has a"),
    ],
)
def test_cells_that_cannot_be_used(cell: str, code: str, place: str) -> None:
    found, text = problem(notebook(HEAD, cell))
    assert found == code
    assert text.startswith(place)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "it is not JSON"),
        (b"import tensorflow", "it is not JSON"),
        (b"[]", "it has no nbformat"),
        (notebook(HEAD, nbformat=3), "it has format 3, not 4"),
        (b'{"nbformat": 4}', "it has no cells"),
        (notebook(), "it has no cell of Python"),
        (notebook("# only text"), "it has no cell of Python"),
        (notebook(HEAD, metadata={"kernelspec": {"language": "R"}}), "its language is r"),
        (notebook(HEAD, metadata={"language_info": {"name": "julia"}}), "its language is julia"),
        (notebook(HEAD, cells=[{"cell_type": "code", "source": 7}]), "cell 1 has no text"),
    ],
)
def test_notebooks_that_cannot_be_read(data: bytes, message: str) -> None:
    code, text = problem(data)
    assert code == "TFR916"
    assert message in text


def test_a_cell_that_is_not_utf8_has_the_line_of_the_file() -> None:
    code, text = problem(notebook(HEAD).replace(b"numpy", b"nump\xff"))
    assert (code, text[:10]) == ("TFR903", "a.ipynb:20")


def test_what_a_cell_shows_is_used() -> None:
    """The value of a last expression is part of what the program does; `tf2` has no value for an initializer."""
    shown = notebook(HEAD, NET, READ, "train = tf.train.AdamOptimizer().minimize(loss)\nsess = tf.Session()", "loss")
    assert "print(loss)" in source_from_bytes(NAME, shown).text
    result = migrated(shown)
    assert sources(result.new_sources[NAME])[-1] == "loss"
    assert not migrated(shown, TargetChoice.TF2).new_sources


def test_what_a_cell_does_not_show_stays_hidden() -> None:
    source = read("a = 1\nb = 2", "a;", "# text", "%%capture\na")
    new = sources(encode(source, "import a\n" + source.text.replace("b = 2\n", "").replace("a;", "a")))
    assert new[0] == "import a\na = 1"
    assert new[1] == "a;"
    assert new[3] == "%%capture\na"
    hidden = sources(encode(source, source.text.replace("a = 1\nb = 2", "a = 1\nf(a)")))
    assert hidden[0] == "a = 1\nf(a);"


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("pass  # tf1to2-reg cell 2\n", "", "its statements would go to several cells"),
        ("print(a)", "a = 2", "its last expression, which it shows"),
        ("pass  # tf1to2-reg line 0\n", "", "the line '!ls' would not stay"),
        ("print()  # tf1to2-reg line 1", "print(1)  # tf1to2-reg line 1", "the line '!ls' would not stay"),
    ],
)
def test_text_that_does_not_fit_into_the_cells(old: str, new: str, why: str) -> None:
    source = read("%matplotlib inline\n!ls\na = 1", "a")
    assert old in source.text
    with pytest.raises(SourceError) as error:
        encode(source, source.text.replace(old, new))
    assert error.value.diagnostic.code == "TFR918"
    assert why in error.value.diagnostic.message


def test_places_in_every_format(command: Command, folder: Path) -> None:
    bad = "def f():\n    pass\n\ny = tf.contrib.lost_thing(x)"
    (folder / "a.ipynb").write_bytes(notebook("# text", HEAD, NET, READ, bad))

    text = command("check", "a.ipynb", "--target", "graph")
    assert "a.ipynb:cell 5:4:5: TFR401" in text.out.decode()
    assert "     4 | y = tf.contrib.lost_thing(x)" in text.out.decode()

    (said,) = json.loads(command("check", "a.ipynb", "--target", "graph", "--format", "json").out)["units"][0][
        "diagnostics"
    ]
    assert (said["cell"], said["line"], said["column"]) == (5, 4, 5)

    run = json.loads(command("check", "a.ipynb", "--target", "graph", "--format", "sarif").out)["runs"][0]
    (location,) = run["results"][0]["locations"]
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "cell 5:4:5"
    line = location["physicalLocation"]["region"]["startLine"]
    assert "lost_thing" in (folder / "a.ipynb").read_text().split("\n")[line - 1]

    annotation = command("check", "a.ipynb", "--target", "graph", "--format", "github").out.decode()
    assert f"file=a.ipynb,line={line},col=5,title=TFR401::cell 5: " in annotation

    command("check", "a.ipynb", "--target", "graph", "--html", "a.html")
    assert "a.ipynb:cell 5:4:5" in (folder / "a.html").read_text()


def test_diff_cell_by_cell(command: Command, folder: Path) -> None:
    (folder / "a b.ipynb").write_bytes(notebook("# text", HEAD, NET, READ))
    outcome = command("diff", ".", "--target", "graph")
    assert outcome.code == 1
    heads = [line for line in outcome.out.decode().split("\n") if line.startswith(("---", "+++"))]
    assert heads[:6] == [f"{side} b.ipynb:cell {n}" for n in (2, 3, 4) for side in ("--- a/a", "+++ b/a")]
    assert heads[6:] == ["--- /dev/null", "+++ b/graph_layers.py"]


def test_a_folder_of_programs_and_notebooks(command: Command, folder: Path) -> None:
    """A notebook that imports a module of the program, one that cannot be read, and one of something else."""
    nets = f"{HEAD}\n\n\ndef network(x):\n    " + NET.split("\n", 1)[1].replace("\n", "\n    ") + "\n    return net\n"
    (folder / "nets.py").write_text(nets)
    use = (
        "from nets import network\nimport tensorflow as tf\nx = tf.placeholder(tf.float32, [None, 4])\nnet = network(x)"
    )
    (folder / "nets.ipynb").write_bytes(notebook(use, READ))
    (folder / "broken.ipynb").write_bytes(notebook("import tensorflow as tf\ntf.layers.dense("))
    (folder / "other.ipynb").write_bytes(b"{}")

    outcome = command("rewrite", ".", "--target", "graph")

    assert outcome.code == 2
    assert "broken.ipynb:cell 1:2:16: TFR901" in outcome.err
    assert "other.ipynb" not in outcome.err
    assert "graph_model().losses" in sources((folder / "nets.ipynb").read_bytes())[1]
    assert "graph_model().add" in (folder / "nets.py").read_text()
    assert (folder / "graph_layers.py").is_file()

    undone = command("undo")
    assert undone.code == 0
    assert (folder / "nets.py").read_text() == nets
    assert (folder / "nets.ipynb").read_bytes() == notebook(use, READ)
    assert not (folder / "graph_layers.py").exists()


def test_standard_input_can_be_a_notebook(command: Command) -> None:
    before = notebook(HEAD, NET, READ)
    arguments: Sequence[str] = ("rewrite", "-", "--stdin-filename", "a.ipynb", "--target", "graph")
    outcome = command(*arguments, stdin=before)
    assert outcome.code == 0, outcome.err
    assert outcome.out == migrated(before).new_sources[NAME]


def test_numbers_are_the_same(tmp_path: Path) -> None:
    """Each notebook runs as a script; what cells show is printed, and compared as well."""
    with Runner() as runner:
        for target in (TargetChoice.GRAPH, TargetChoice.TF2):
            root = tmp_path / target.value
            shutil.copytree(FIXTURE, root / "before")
            (root / "after").mkdir()
            result = analyse(discover([root / "before" / "before.ipynb"]), engine=engine(target))
            for path, data in result.new_sources.items():
                (root / "after" / path.name).write_bytes(data)
            before, after = (Program.from_path(root / side / "before.ipynb") for side in ("before", "after"))
            verdict = verify(before, after, runner)
            assert verdict.equal, target
            assert verdict.before.printed.splitlines()[-1] == "True"
            assert verdict.before.printed == verdict.after.printed
