"""Programs spelled in other ways are migrated to graph programs all the same, and proven identical."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fixture_cases import FIXTURES
from graph_fixtures import GRAPH, SAMPLES, migration, proven
from graph_mutations import ENTRY, MUTATIONS, Mutation

from tf1to2_reg.verify import Program, Runner

_SAMPLES = (
    "act_conv bn_helper class_attr dict_item_reg embedding float64 fn_in_dict get_reg_var if_bn_logged int_lr"
    " l2_loss_by_hand layers_under_if loop_in_class nonlocal_reg partial_graph_collection positional_reg"
    " print_in_builder rate_decays residual_loop scope_regularizer shared_other_strides strength_fed two_builders"
    " tuple_to_attributes width_from_shape zero_dim_loop auto_loop_unnamed gradient_of_input device several_strengths"
)
_FIXTURES = "conv_batch_norm conv_group_updates towers reuse_auto_flat tuple_result helper_three_deep reg_partial"
_GRAPH = "tensors_by_name scopes_and_names updates_of_scope frozen_by_name builder dispatch reuse"

BASES = (
    *(SAMPLES / f"{name}.py" for name in _SAMPLES.split()),
    *(FIXTURES / name / "before.py" for name in _FIXTURES.split()),
    *(GRAPH / name / "before.py" for name in _GRAPH.split()),
)


@dataclass(frozen=True)
class Mutant:
    """A program, and how it is spelled."""

    base: Path
    mutation: Mutation

    @property
    def name(self) -> str:
        program = self.base.stem if self.base.stem != "before" else self.base.parent.name
        return f"{program}-{self.mutation.__name__}"

    def files(self) -> dict[str, str] | None:
        return self.mutation(ast.parse(self.base.read_text(encoding="utf-8")))

    def written(self, folder: Path) -> Program:
        folder.mkdir()
        for name, text in (self.files() or {}).items():
            (folder / name).write_text(text, encoding="utf-8")
        return Program(folder, ENTRY)


def possible(base: Path) -> list[Mutant]:
    return [mutant for mutation in MUTATIONS if (mutant := Mutant(base, mutation)).files() is not None]


def chosen() -> list[Mutant]:
    """One mutant of each program, each time of the kind that has been chosen least."""
    counts: Counter[Mutation] = Counter()
    found = []
    for base in BASES:
        mutant = min(possible(base), key=lambda mutant: counts[mutant.mutation])
        counts[mutant.mutation] += 1
        found.append(mutant)
    return found


MUTANTS = chosen()


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner() as started:
        yield started


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_identical(mutant: Mutant, tmp_path: Path, runner: Runner) -> None:
    proof = proven(mutant.name, mutant.written(tmp_path / "before"), tmp_path / "after", runner)

    assert proof.identical, proof.told


@pytest.mark.parametrize("base", BASES, ids=lambda base: f"{base.parent.name}-{base.stem}")
def test_no_spelling_is_refused(base: Path, tmp_path: Path) -> None:
    for mutant in possible(base)[BASES.index(base) % 4 :: 4]:
        found = migration(mutant.written(tmp_path / mutant.mutation.__name__))
        assert (found.codes, bool(found.new_files)) == (frozenset(), True), (mutant.name, found.reasons)


def test_every_kind_is_proven() -> None:
    kinds = Counter(mutant.mutation for mutant in MUTANTS)

    assert kinds.keys() == set(MUTATIONS)
    assert len(MUTANTS) >= 40
