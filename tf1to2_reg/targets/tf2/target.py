"""The `tf2` target: trace, plan, rewrite. Nothing is written here."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import libcst as cst

from tf1to2_reg.diagnostics import Diagnostic
from tf1to2_reg.diagnostics.reasons import Reason, Reasons, Refused, refusal
from tf1to2_reg.editing.file import File
from tf1to2_reg.files.source import SourceError, SourceFile, encode
from tf1to2_reg.program.findings import findings
from tf1to2_reg.program.trace import Facts
from tf1to2_reg.program.units import Group, groups, is_too_large
from tf1to2_reg.results import Status, TargetName, UnitResult
from tf1to2_reg.syntax.modules import Module, Project
from tf1to2_reg.syntax.unbound import unbound
from tf1to2_reg.targets.tf2.assembly import Assembly
from tf1to2_reg.targets.tf2.awaited import kept_back
from tf1to2_reg.targets.tf2.beside import written
from tf1to2_reg.targets.tf2.data import UnitPlan
from tf1to2_reg.targets.tf2.pitfalls import keras_penalties
from tf1to2_reg.targets.tf2.plain import Plain, plain
from tf1to2_reg.targets.tf2.planner import UnitPlanner


def migrate(files: Sequence[SourceFile], bystanders: Sequence[Path] = ()) -> list[UnitResult]:
    """Every unit found among the files: migrated, with the new bytes of its files, or refused, with the reasons.

    `bystanders` are files that are not analysed and may use what is in these.
    """
    if is_too_large(Project(files)):  # none will migrate: no form is tried
        return _migrated(Plain(list(files)), files, bystanders)
    forms = plain(files)
    units = _migrated(forms, files, bystanders)
    further = forms.further({path for unit in units if unit.status is Status.REFUSED for path in unit.paths})
    if further is None:
        return units
    better = [unit for unit in _migrated(further, files, bystanders) if unit.status is Status.MIGRATED]
    return [next((new for new in better if new.paths == unit.paths), unit) for unit in units]


def _migrated(forms: Plain, files: Sequence[SourceFile], bystanders: Sequence[Path]) -> list[UnitResult]:
    project = Project(forms.sources)
    facts = Facts()
    own = {file.path: file for file in files}
    found = [(group, _migrate_group(group, facts, project, own)) for group in groups(project, facts)]
    return [forms.placed(unit) for _, unit in kept_back(found, project, bystanders)]


def _migrate_group(group: Group, facts: Facts, project: Project, own: Mapping[Path, SourceFile]) -> UnitResult:
    """One program; its files are in plain form, `own` are they as they stand there."""
    group.notes.extend(keras_penalties(group, facts))
    if group.obstacles:
        return _refused(group, group.obstacles)
    try:
        plan = UnitPlanner(group.name, group.traces, facts, group.modules).plan()
        files, texts = _rewrite(plan, group, facts, project)
    except Refused as refused:
        return _refused(group, refused.reasons)
    except Exception as error:  # a defect of the tool must not touch the user's files
        message = f"a defect of tf1to2-reg, please report it: {type(error).__name__}: {error}"
        return _refused(group, [Reason("TFR910", message, group.modules[0].path)])
    late = [found for module, text in texts.items() for found in unbound(module.source, ast.parse(text))]
    if late:
        return _left_as_it_was(group, late)
    changed = {path: text for path, text in _by_path(texts).items() if text != own[path].text}
    try:
        sources = {path: encode(own[path], text) for path, text in changed.items()}
    except SourceError as error:
        return _left_as_it_was(group, [error.diagnostic])
    sources |= written(group.modules, plan.savers)
    notes = _diagnostics(group, [*group.notes, *plan.notes])
    for module, file in files.items():
        notes += [Diagnostic(note.code, module.path, note.line, note.column, note.message) for note in file.notes]
    paths = tuple(sorted({module.path for module in group.modules}))
    return UnitResult(
        name=group.name,
        status=Status.MIGRATED,
        paths=paths,
        layers=group.layers,
        findings=findings(group),
        diagnostics=tuple(_unique(notes)),
        new_sources=sources,
        target=TargetName.TF2,
        left=frozenset(name for file in files.values() for name in file.left),
    )


def _by_path(texts: Mapping[Module, str]) -> dict[Path, str]:
    return {module.path: text for module, text in texts.items()}


def _rewrite(
    plan: UnitPlan, group: Group, facts: Facts, project: Project
) -> tuple[dict[Module, File], dict[Module, str]]:
    files: dict[Module, File] = {module: File(module, facts, project) for module in group.modules}
    texts: dict[Module, str] = {}
    reasons = Reasons()
    for module, file in files.items():
        with reasons.collected():
            texts[module] = _text(file, plan)
    reasons.check()
    _check_imports(texts)
    return files, texts


def _text(file: File, plan: UnitPlan) -> str:
    text = ""
    try:
        with file.reasons.collected():
            text = Assembly(file, plan).text()
    except Exception:  # what a refused call left behind may be in the way of what stands around it
        if not file.reasons.found:
            raise
    if file.reasons.found:
        raise Refused(*dict.fromkeys(_placed(reason, file) for reason in file.reasons.found))
    return text


def _check_imports(texts: dict[Module, str]) -> None:
    """Every name that a file of the unit imports from another is still there."""
    trees = {module: ast.parse(text) for module, text in texts.items()}
    by_name = {module.parts[-1]: module for module in texts}
    for importer, tree in trees.items():
        for node in ast.walk(tree):
            module = by_name.get((node.module or "").split(".")[-1]) if isinstance(node, ast.ImportFrom) else None
            if not isinstance(node, ast.ImportFrom) or module is None or module is importer:
                continue
            before = _bound_names(module.tree)
            for alias in node.names:
                if alias.name in before and alias.name not in _bound_names(trees[module]):
                    message = f"{importer.path.name} needs {alias.name} of {module.path.name}, which has no TF2 form"
                    raise refusal("TFR230", message, module.tree.body[0])


def _bound_names(tree: ast.Module) -> set[str]:
    found = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).split(".")[0])
    return found


def _placed(reason: Reason, file: File) -> Reason:
    """The reason with a node of the `ast`, so that it can be placed without the tree it was found in."""
    if not isinstance(reason.node, cst.CSTNode):
        return reason if reason.path is not None else reason.at(reason.node, file.module.path)
    found = file.expression(reason.node) or file.statement(reason.node)
    place = file.place(reason.node)
    if found is None and place is not None:
        found = ast.Pass(lineno=place[0], col_offset=place[1] - 1)
    return reason.at(found, file.module.path)


def _refused(group: Group, reasons: Sequence[Reason]) -> UnitResult:
    return _left_as_it_was(group, _diagnostics(group, reasons))


def _left_as_it_was(group: Group, reasons: Sequence[Diagnostic]) -> UnitResult:
    paths = tuple(sorted({module.path for module in group.modules}))
    notes = _diagnostics(group, [note for note in group.notes if note.code.startswith("TFR3")])
    diagnostics = tuple(_unique([*reasons, *notes]))
    return UnitResult(group.name, Status.REFUSED, paths, group.layers, findings(group), diagnostics)


def _diagnostics(group: Group, reasons: Iterable[Reason]) -> list[Diagnostic]:
    by_path = {module.path: module for module in group.modules}
    found = []
    for reason in reasons:
        module = by_path.get(reason.path) if reason.path is not None else _module_of(reason.node, group)
        line, column = _place(reason.node, module) if module is not None else (1, 1)
        path = module.path if module is not None else reason.path or group.modules[0].path
        found.append(Diagnostic(reason.code, path, line, column, reason.message, reason.help))
    return found


def _module_of(node: object, group: Group) -> Module:
    """The file that a node belongs to, the first of the group for a node of none."""
    for module in group.modules:
        if any(part is node for part in ast.walk(module.tree)):
            return module
    return group.modules[0]


def _place(node: object, module: Module) -> tuple[int, int]:
    line, offset = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
    text = module.source.text.split("\n")[line - 1]
    return line, len(text.encode()[:offset].decode(errors="ignore")) + 1


def _unique(diagnostics: Sequence[Diagnostic]) -> list[Diagnostic]:
    return sorted(
        dict.fromkeys(diagnostics), key=lambda item: (item.code[3] != "2", str(item.path), item.line, item.code)
    )
