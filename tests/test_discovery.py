import os
import subprocess
from pathlib import Path

import pytest

from tf1to2_reg.files.discovery import Discovery, Globs, Selection, discover


def make(*names: str) -> None:
    for name in names:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")


def found(*paths: str, selection: Selection | None = None) -> list[str]:
    return [path.as_posix() for path in discover([Path(path) for path in paths], selection).files]


def problems(discovery: Discovery) -> list[tuple[str, str]]:
    return [(problem.code, problem.path.as_posix()) for problem in discovery.problems]


def globs(*patterns: str) -> Globs:
    return Globs(patterns)


@pytest.mark.usefixtures("folder")
class TestFolders:
    def test_python_files_at_every_depth_in_order(self) -> None:
        make("p/b.py", "p/a.py", "p/q/c.py", "p/notes.txt", "p/script", "other.py")
        assert found("p") == ["p/a.py", "p/b.py", "p/q/c.py"]

    def test_a_folder_named_like_a_file(self) -> None:
        make("p/a.py/b.py")
        assert found("p") == ["p/a.py/b.py"]

    @pytest.mark.parametrize("name", [".git", ".tox", "__pycache__"])
    def test_hidden_and_cache_folders_are_skipped(self, name: str) -> None:
        make("p/a.py", f"p/{name}/b.py")
        assert found("p") == ["p/a.py"]

    @pytest.mark.parametrize("mark", ["pyvenv.cfg", "conda-meta/history"])
    def test_environments_are_skipped(self, mark: str) -> None:
        make("p/a.py", f"p/env/{mark}", "p/env/lib/b.py")
        assert found("p") == ["p/a.py"]

    def test_hidden_folder_that_is_named(self) -> None:
        make(".hidden/a.py")
        assert found(".hidden") == [".hidden/a.py"]

    def test_each_file_once(self) -> None:
        make("p/a.py", "p/q/b.py")
        assert found("p", "p/q", "p/a.py") == ["p/a.py", "p/q/b.py"]

    def test_pipes_are_left_alone(self) -> None:
        make("p/a.py")
        os.mkfifo("p/b.py")
        assert found("p") == ["p/a.py"]


def test_folder_that_the_system_does_not_list(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make("p/a.py", "p/q/b.py")
    scandir = os.scandir

    def denied(path: Path) -> object:
        if Path(path).name == "q":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", denied)
    discovery = discover([folder / "p"])
    assert problems(discovery) == [("TFR904", (folder / "p/q").as_posix())]
    assert discovery.files == (folder / "p/a.py",)


@pytest.mark.usefixtures("folder")
class TestGlobs:
    def test_include_replaces_the_default(self) -> None:
        make("p/a.py", "p/train", "p/q/train")
        assert found("p", selection=Selection(include=globs("train"))) == ["p/q/train", "p/train"]

    def test_include_with_a_slash_is_anchored(self) -> None:
        make("p/a.py", "p/q/a.py")
        assert found("p", selection=Selection(include=globs("p/*.py"))) == ["p/a.py"]

    def test_exclude_files_and_folders(self) -> None:
        make("p/a.py", "p/a_test.py", "p/q/b.py", "p/r/q/c.py")
        selection = Selection(exclude=globs("*_test.py", "q/"))
        assert found("p", selection=selection) == ["p/a.py"]

    def test_exclude_holds_for_named_files(self) -> None:
        make("a.py", "b.py")
        assert found("a.py", "b.py", selection=Selection(exclude=globs("a.py"))) == ["b.py"]

    def test_include_does_not_hold_for_named_files(self) -> None:
        make("script")
        assert found("script") == ["script"]

    def test_globs_are_relative_to_their_base(self) -> None:
        make("p/q/a.py", "q/a.py")
        selection = Selection(exclude=Globs(("/q",), Path("p").absolute()))
        assert found("p", "q", selection=selection) == ["q/a.py"]


@pytest.mark.usefixtures("folder")
class TestGitignore:
    def test_at_each_level(self) -> None:
        make("p/a.py", "p/build/b.py", "p/q/gen.py", "p/q/c.py", "p/gen.py")
        Path("p/.gitignore").write_text("build/\n")
        Path("p/q/.gitignore").write_text("gen.py\n")
        assert found("p") == ["p/a.py", "p/gen.py", "p/q/c.py"]

    def test_deeper_rules_win(self) -> None:
        make("p/gen.py", "p/q/gen.py")
        Path("p/.gitignore").write_text("gen.py\n")
        Path("p/q/.gitignore").write_text("!gen.py\n")
        assert found("p") == ["p/q/gen.py"]

    def test_rules_above_the_given_folder_hold_within_a_work_tree(self) -> None:
        make("top/.git/HEAD", "top/p/a.py", "top/p/gen.py")
        Path("top/.gitignore").write_text("gen.py\n")
        assert found("top/p") == ["top/p/a.py"]

    def test_rules_above_the_work_tree_do_not(self) -> None:
        make("top/.git/HEAD", "top/p/gen.py")
        Path(".gitignore").write_text("gen.py\n")
        assert found("top/p") == ["top/p/gen.py"]

    def test_info_exclude(self) -> None:
        make("top/.git/info/exclude", "top/a.py", "top/private.py")
        Path("top/.git/info/exclude").write_text("private.py\n")
        assert found("top") == ["top/a.py"]

    def test_named_files_and_folders_are_taken(self) -> None:
        make("top/.git/HEAD", "top/build/gen.py", "top/a.py")
        Path("top/.gitignore").write_text("build/\na.py\n")
        assert found("top/build", "top/a.py") == ["top/a.py", "top/build/gen.py"]

    def test_same_decisions_as_git(self) -> None:
        rules = "*.gen.py\n!keep.gen.py\n/only_top.py\nsub/deep/\n**/any/x.py\n#c.py\n\\!b.py\n"
        names = ["a.gen.py", "keep.gen.py", "only_top.py", "s/only_top.py", "sub/deep/x.py", "t/sub/deep/x.py"]
        names += ["q/any/x.py", "any/y.py", "#c.py", "!b.py", "plain.py"]
        make(*(f"top/{name}" for name in names))
        Path("top/.gitignore").write_text(rules)
        subprocess.run(["git", "init", "-q", "top"], check=True)
        untracked = ["git", "-C", "top", "ls-files", "--others", "--exclude-standard", "-z", "*.py"]
        expected = subprocess.run(untracked, check=True, capture_output=True, text=True).stdout.split("\0")
        assert found("top") == sorted(f"top/{name}" for name in expected if name)


@pytest.mark.usefixtures("folder")
class TestLinks:
    def test_link_to_a_file_inside_is_the_file(self) -> None:
        make("p/z.py")
        Path("p/a.py").symlink_to("z.py")
        assert found("p") == ["p/z.py"]

    def test_link_to_a_file_inside_that_is_not_found_itself(self) -> None:
        make("p/.store/z.py")
        Path("p/a.py").symlink_to(".store/z.py")
        assert found("p") == ["p/a.py"]

    def test_link_outside(self) -> None:
        make("p/a.py", "elsewhere/z.py")
        Path("p/b.py").symlink_to("../elsewhere/z.py")
        discovery = discover([Path("p")])
        assert problems(discovery) == [("TFR909", "p/b.py")]
        assert discovery.files == (Path("p/a.py"),)

    def test_link_into_another_given_folder(self) -> None:
        make("p/a.py", "elsewhere/z.py")
        Path("p/b.py").symlink_to("../elsewhere/z.py")
        assert found("p", "elsewhere") == ["elsewhere/z.py", "p/a.py"]

    def test_broken_link(self) -> None:
        make("p/a.py")
        Path("p/b.py").symlink_to("nothing.py")
        Path("p/loop.py").symlink_to("loop.py")
        discovery = discover([Path("p")])
        assert problems(discovery) == []
        assert [str(note.path) for note in discovery.left_out] == ["p/b.py", "p/loop.py"]

    def test_named_loop(self) -> None:
        Path("loop.py").symlink_to("loop.py")
        assert problems(discover([Path("loop.py")])) == [("TFR909", "loop.py")]

    def test_broken_link_of_no_interest(self) -> None:
        make("p/a.py")
        Path("p/data").symlink_to("nothing")
        assert problems(discover([Path("p")])) == []

    def test_named_link_may_lead_anywhere(self) -> None:
        make("elsewhere/z.py")
        Path("a.py").symlink_to("elsewhere/z.py")
        discovery = discover([Path("a.py")])
        assert (discovery.files, discovery.problems) == ((Path("a.py"),), ())

    def test_named_broken_link(self) -> None:
        Path("a.py").symlink_to("nothing.py")
        assert problems(discover([Path("a.py")])) == [("TFR909", "a.py")]

    def test_folder_links_are_not_followed(self) -> None:
        make("p/q/a.py")
        Path("p/again").symlink_to("q")
        Path("p/up").symlink_to(".")
        discovery = discover([Path("p")])
        assert (discovery.files, discovery.problems) == ((Path("p/q/a.py"),), ())

    def test_folder_link_outside_is_told_if_it_has_python_files(self) -> None:
        make("p/a.py", "nets/b.py", "data/images.bin")
        Path("p/nets").symlink_to("../nets")
        Path("p/data").symlink_to("../data")
        assert problems(discover([Path("p")])) == [("TFR909", "p/nets")]

    def test_given_folder_may_be_a_link(self) -> None:
        make("elsewhere/a.py")
        Path("p").symlink_to("elsewhere")
        assert found("p") == ["p/a.py"]


@pytest.mark.usefixtures("folder")
def test_named_files_are_known() -> None:
    make("p/a.py", "b.py")
    assert discover([Path("p"), Path("b.py")]).named == {Path("b.py")}


@pytest.mark.usefixtures("folder")
def test_missing_file() -> None:
    assert problems(discover([Path("missing.py")])) == [("TFR904", "missing.py")]
