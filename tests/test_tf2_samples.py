"""The programs of fixtures/samples, each hard for an analysis: refused by `tf2` with the true reason, or equal."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from graph_fixtures import SAMPLES, copied

from tf1to2_reg.diagnostics import is_refusal
from tf1to2_reg.files.source import source_from_bytes
from tf1to2_reg.results import Status, UnitResult
from tf1to2_reg.targets.tf2.target import migrate
from tf1to2_reg.verify import Runner, Tolerances, printed, verdict_line, verify

TOLERANCES = Tolerances(rtol=1e-5, atol=0.0, trained=1e-4)
PROGRAMS = sorted(path for path in SAMPLES.iterdir() if path.suffix == ".py" or (path / "main.py").is_file())

REFUSED = {
    "act_string": "TFR220",
    "alternating_ops": "TFR216",
    "auto_loop_unnamed": "TFR213",
    "auto_reuse_counter": "TFR230",
    "bn_helper": "TFR227",
    "builder_prints_shape": "TFR230",
    "class_counter": "TFR230",
    "class_halved_width": "TFR223",
    "class_if_activation": "TFR223",
    "class_if_layer_scope": "TFR219",
    "class_loop_strength": "TFR223",
    "class_try_strength": "TFR223",
    "const_array_inplace": "TFR223",
    "const_array_ravel": "TFR223",
    "const_in_dict": "TFR223",
    "fetch_in_function_arg": "TFR216",
    "fetch_without_second_input": "TFR217",
    "float64": "TFR215",
    "getter_that_prints": "TFR226",
    "helper_prints": "TFR230",
    "if_bn_logged": "TFR219",
    "if_class_scope": "TFR231",
    "if_import_flat": "TFR236",
    "if_print_false": "TFR231",
    "if_update_off": "TFR231",
    "index_in_fetch": "TFR216",
    "initializer_prints": "TFR230",
    "inline_penalty_fetch": "TFR216",
    "int_feed_trunc": "TFR217",
    "library_estimator": "TFR207 TFR218 TFR228",
    "list_of_shapes": "TFR218",
    "list_units_between": "TFR223",
    "logging_builder": "TFR230",
    "map_predict": "TFR208",
    "method_never_called": "TFR208",
    "mutated_list_import": "TFR223",
    "nonlocal_reg_nested": "TFR230",
    "param_count_loop": "TFR218",
    "param_obj_changed": "TFR223",
    "print_in_builder": "TFR230",
    "same_text_names": "TFR213",
    "shared_config_mutated": "TFR223",
    "shared_other_strides": "TFR213",
    "shared_with_other_strength": "TFR213",
    "slots": "TFR232",
    "started_again": "TFR211",
    "strength_between_calls": "TFR223",
    "strength_fed": "TFR214",
    "tensor_named_training": "TFR232",
    "tf_metrics": "TFR218",
    "total_loss_no_layers": "TFR233",
    "tvars_pysum_alone": "TFR218",
    "tvars_two_nets": "TFR218",
    "two_builders": "TFR208",
    "width_from_shape": "TFR214",
    "zero_strength_counted": "TFR224",
}
"""Samples that `tf2` refuses, with the codes of the reasons; "" for one in which it finds no program of its own."""

MIGRATED = [path for path in PROGRAMS if path.stem not in REFUSED]


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner() as started:
        yield started


@cache
def units(path: Path) -> list[UnitResult]:
    """What `tf2` makes of a sample."""
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return migrate([source_from_bytes(file, file.read_bytes()) for file in files])


@pytest.mark.parametrize("path", [path for path in PROGRAMS if path.stem in REFUSED], ids=lambda path: path.stem)
def test_refused_with_the_true_reason(path: Path) -> None:
    found = units(path)
    codes = {reason.code for unit in found for reason in unit.diagnostics if is_refusal(reason.code)}

    assert " ".join(sorted(codes)) == REFUSED[path.stem]
    assert all(unit.status is Status.REFUSED for unit in found)


@pytest.mark.parametrize("path", MIGRATED, ids=lambda path: path.stem)
def test_same_numbers(path: Path, tmp_path: Path, runner: Runner) -> None:
    before, after = copied(path, "main.py", tmp_path / "before"), copied(path, "main.py", tmp_path / "after")
    for unit in units(path):
        assert unit.status is Status.MIGRATED
        for file, data in unit.new_sources.items():
            target = tmp_path / "after" / (file.relative_to(path) if path.is_dir() else file.name)
            target.chmod(0o644)
            target.write_bytes(data)

    verdict = verify(before, after, runner, tolerances=TOLERANCES)

    assert verdict.equal, verdict_line(verdict)
    assert printed.comparable(verdict.before.printed, verdict.after.printed), verdict.after.printed


def test_table_names_samples() -> None:
    assert REFUSED.keys() <= {path.stem for path in PROGRAMS}
