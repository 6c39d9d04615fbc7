"""What README.md says is so."""

from __future__ import annotations

import re
from pathlib import Path

from conftest import Command
from fixture_cases import load_case

from tf1to2_reg.diagnostics import PAGES
from tf1to2_reg.facts.layers import LAYERS
from tf1to2_reg.facts.optimizers import KEPT, OPTIMIZERS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
TEXTS = [README, *((ROOT / name).read_text(encoding="utf-8") for name in ("CONTRIBUTING.md", "CHANGELOG.md"))]


def blocks(language: str) -> list[str]:
    found = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    return [text for name, text in found if name == language]


def row(title: str) -> str:
    found: list[str] = re.findall(rf"^\| {re.escape(title)}.* \| (.*) \|$", README, re.MULTILINE)
    return found[0]


def test_after_is_that_of_the_demo() -> None:
    (after,) = blocks("python")

    assert after in load_case("demo").after.read_text(encoding="utf-8")


def test_diff_is_what_the_command_prints(command: Command) -> None:
    (shown,) = blocks("diff")
    printed = command("diff", "--target", "graph", "fixtures/demo/before.py", cwd=ROOT).out.decode()
    program = printed.partition("--- /dev/null")[0].splitlines()

    lines = [line for line in shown.splitlines() if line.strip("+- ")]
    assert [line for line in program if line in lines] == lines


def test_message_is_what_check_prints(command: Command) -> None:
    (message,) = blocks("")

    assert message in command("check", "fixtures/refuse_rnn/before.py", cwd=ROOT).out.decode()


def test_layers_are_those_that_migrate() -> None:
    assert row("layers").split(", ") == [name.removeprefix("tf.layers.") for name in LAYERS]


def test_optimizers_are_those_that_migrate() -> None:
    found = re.findall(r"\w+Optimizer", row("optimizers"))

    assert found == [name.removeprefix("tf.train.") for name in (*OPTIMIZERS, *KEPT)]


def test_codes_exist() -> None:
    assert set(re.findall(r"TFR\d{3}", "".join(TEXTS))) <= PAGES.keys()


def test_links_lead_somewhere() -> None:
    targets = {target for text in TEXTS for target in re.findall(r"\]\(([^)#:]+)\)", text)}

    assert [target for target in sorted(targets) if not (ROOT / target).exists()] == []
