import subprocess
from pathlib import Path

import pytest

from tf1to2_reg.files.guard import uncommitted


def git(*arguments: str) -> None:
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.invalid"]
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)


def dirty(*names: str) -> list[str]:
    problems = uncommitted([Path(name) for name in names])
    assert {problem.code for problem in problems} <= {"TFR908"}
    return [problem.path.as_posix() for problem in problems]


@pytest.fixture
def repository(folder: Path) -> Path:
    """The current folder, with a.py and sub/b.py committed."""
    (folder / "sub").mkdir()
    (folder / "a.py").write_text("a = 1\n")
    (folder / "sub/b.py").write_text("b = 1\n")
    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    return folder


@pytest.mark.usefixtures("repository")
class TestWorkTree:
    def test_committed_files_are_fine(self) -> None:
        assert dirty("a.py", "sub/b.py") == []

    def test_changed_file(self) -> None:
        Path("a.py").write_text("a = 2\n")
        assert dirty("a.py", "sub/b.py") == ["a.py"]

    def test_staged_file(self) -> None:
        Path("sub/b.py").write_text("b = 2\n")
        git("add", ".")
        assert dirty("a.py", "sub/b.py") == ["sub/b.py"]

    def test_untracked_file(self) -> None:
        Path("sub/c d.py").write_text("c = 1\n")
        Path("new").mkdir()
        Path("new/ü.py").write_text("d = 1\n")
        assert dirty("a.py", "sub/c d.py", "new/ü.py") == ["sub/c d.py", "new/ü.py"]

    def test_renamed_file(self) -> None:
        git("mv", "a.py", "moved.py")
        assert dirty("moved.py", "sub/b.py") == ["moved.py"]

    def test_changes_in_other_files_do_not_matter(self) -> None:
        Path("a.py").write_text("a = 2\n")
        assert dirty("sub/b.py") == []

    def test_ignored_file(self) -> None:
        Path(".gitignore").write_text("gen.py\n")
        Path("gen.py").write_text("a = 2\n")
        assert dirty("gen.py") == []

    def test_names_are_not_patterns(self) -> None:
        Path("[a].py").write_text("a = 1\n")
        git("add", ".")
        git("commit", "-q", "-m", "second")
        Path("a.py").write_text("a = 2\n")
        assert dirty("[a].py") == []

    def test_link_stands_for_its_target(self) -> None:
        Path("link.py").symlink_to("a.py")
        git("add", "link.py")
        git("commit", "-q", "-m", "second")
        assert dirty("link.py") == []
        Path("a.py").write_text("a = 2\n")
        assert dirty("link.py") == ["link.py"]

    def test_work_tree_within_a_work_tree(self) -> None:
        git("init", "-q", "inner")
        Path("inner/c.py").write_text("c = 1\n")
        Path("a.py").write_text("a = 2\n")
        assert dirty("a.py", "inner/c.py") == ["a.py", "inner/c.py"]

    def test_from_another_folder(self, monkeypatch: pytest.MonkeyPatch) -> None:
        Path("a.py").write_text("a = 2\n")
        monkeypatch.chdir("sub")
        assert dirty("../a.py", "b.py") == ["../a.py"]

    def test_git_that_fails_is_no_permission(self) -> None:
        Path(".git/HEAD").write_text("nonsense")
        assert dirty("a.py") == ["a.py"]

    def test_without_git_there_is_no_guard(self, monkeypatch: pytest.MonkeyPatch) -> None:
        Path("a.py").write_text("a = 2\n")
        monkeypatch.setenv("PATH", "")
        assert dirty("a.py") == []


@pytest.mark.usefixtures("folder")
def test_outside_a_work_tree() -> None:
    Path("a.py").write_text("a = 1\n")
    assert dirty("a.py") == []
