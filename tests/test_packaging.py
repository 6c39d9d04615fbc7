"""What is installed: the package with transforms/ inside, and no top-level `transforms`."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

import tf1to2_reg

ROOT = Path(__file__).parent.parent
PIP: list[str | Path] = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
SOURCES = ["LICENSE", "pyproject.toml", "tf1to2_reg", "transforms"]


def modules() -> set[str]:
    """Every Python file as it must be installed."""
    tool = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tf1to2_reg").rglob("*.py")}
    transforms = {f"tf1to2_reg/transforms/{path.name}" for path in (ROOT / "transforms").glob("*.py")}
    return tool | transforms


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is built, so that nothing is left in the work tree."""
    copy = tmp_path_factory.mktemp("tree")
    for name in SOURCES:
        subprocess.run(["cp", "-r", ROOT / name, copy / name], check=True)
    return copy


@pytest.fixture(scope="module")
def wheel(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [*PIP, "wheel", "--quiet", "--no-build-isolation", "--no-deps", "--wheel-dir", folder, tree]
    subprocess.run(build, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module", params=["wheel", "editable"])
def python(request: pytest.FixtureRequest, tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has the tool installed, and what the tool needs from this one."""
    environment = tmp_path_factory.mktemp(request.param)
    venv.create(environment, symlinks=True)
    interpreter = environment / "bin/python"
    what: list[str | Path] = (
        [request.getfixturevalue("wheel")] if request.param == "wheel" else ["--no-build-isolation", "--editable", tree]
    )
    pip = [*PIP, "--python", interpreter, "install", "--quiet", "--no-deps", *what]
    build_tools = os.pathsep.join(path for path in sys.path if path.endswith("site-packages"))
    environ = {**os.environ, "PYTHONPATH": build_tools} if request.param == "editable" else None
    subprocess.run(pip, check=True, capture_output=True, env=environ)
    return interpreter


def ask(python: Path, code: str) -> str:
    done = subprocess.run([python, "-c", code], check=True, capture_output=True, text=True, cwd="/")
    return done.stdout.strip()


def test_wheel_has_every_module_and_nothing_else(wheel: Path) -> None:
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert {name for name in names if name.endswith(".py")} == modules()
    assert {name.partition("/")[0] for name in names} == {"tf1to2_reg"}
    assert {"tf1to2_reg/py.typed", "tf1to2_reg/facts/tf1_only.txt"} <= names


def test_wheel_has_the_one_version_and_the_licence(wheel: Path) -> None:
    contents = zipfile.ZipFile(wheel)
    info = f"tf1to2_reg-{tf1to2_reg.__version__}.dist-info"
    assert f"Version: {tf1to2_reg.__version__}\n" in contents.read(f"{info}/METADATA").decode()
    assert "Apache License" in contents.read(f"{info}/licenses/LICENSE").decode()


def test_transforms_are_a_subpackage(python: Path) -> None:
    assert ask(python, "import tf1to2_reg.transforms as t; print(t.__name__)") == "tf1to2_reg.transforms"
    assert ask(python, "import tf1to2_reg.report, tf1to2_reg.verify, tf1to2_reg.transforms") == ""


def test_no_top_level_transforms(python: Path) -> None:
    assert ask(python, "from importlib.util import find_spec; print(find_spec('transforms'))") == "None"


def test_command_is_installed(python: Path) -> None:
    site_packages = os.pathsep.join(path for path in sys.path if path.endswith("site-packages"))
    for command in ([python.parent / "tf1to2-reg"], [python, "-m", "tf1to2_reg"]):
        done = subprocess.run(
            [*command, "--version"],
            check=True,
            capture_output=True,
            text=True,
            cwd="/",
            env={**os.environ, "PYTHONPATH": site_packages},
        )
        assert done.stdout == f"tf1to2-reg {tf1to2_reg.__version__}\n"
