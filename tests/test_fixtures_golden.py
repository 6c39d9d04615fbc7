"""Every fixture: what the command makes of it, byte for byte, and that a second run finds nothing to do.

`scripts/update_fixtures.py` writes the afters anew.
"""

from __future__ import annotations

import pytest
from fixture_cases import Case, Expect, all_cases, files_of, outcome

CASES = all_cases()

KNOWN_REFUSED: dict[str, set[str]] = {
    "class_functional_methods": {"TFR230"},
    "class_graph_in_train": {"TFR231"},
    "opt_clip_norm": {"TFR230"},
    "package_relative": {"TFR217"},
    "session_argument": {"TFR230"},
}
"""Cases that expect `migrated` and are not yet, with the codes that are reported instead."""

KNOWN_UNREPORTED: dict[str, set[str]] = {
    "refuse_graph_in_container": {"TFR230"},
    "refuse_second_instance": {"TFR211"},
    "refuse_strength_placeholder": {"TFR221"},
    "refuse_train_in_loop": {"TFR211"},
    "refuse_wildcard_import": {"TFR208"},
}
"""Codes that a case expects and that are not reported yet."""

MIGRATED = [case for case in CASES if case.expect is Expect.MIGRATED and case.name not in KNOWN_REFUSED]
NOT_MIGRATED = [case for case in CASES if case not in MIGRATED]


def named(case: Case) -> str:
    return case.name


@pytest.mark.parametrize("case", MIGRATED, ids=named)
def test_migrated_byte_for_byte(case: Case) -> None:
    found = outcome(case.before)

    assert found.expect is Expect.MIGRATED, found.refusals
    assert found.changed
    assert found.files == files_of(case.after)
    assert case.codes - found.codes == KNOWN_UNREPORTED.get(case.name, set())


@pytest.mark.parametrize("case", MIGRATED, ids=named)
def test_second_run_finds_nothing(case: Case) -> None:
    assert outcome(case.after).expect is Expect.UNTOUCHED


@pytest.mark.parametrize("case", NOT_MIGRATED, ids=named)
def test_left_byte_for_byte(case: Case) -> None:
    found = outcome(case.before)

    assert found.expect is (Expect.UNTOUCHED if case.expect is Expect.UNTOUCHED else Expect.REFUSED)
    assert found.files == files_of(case.before)
    assert not found.changed


@pytest.mark.parametrize("case", [case for case in CASES if case.expect is Expect.REFUSED], ids=named)
def test_refusal_has_the_code(case: Case) -> None:
    assert case.codes - outcome(case.before).codes == KNOWN_UNREPORTED.get(case.name, set())


@pytest.mark.parametrize("case", [case for case in CASES if case.expect is Expect.UNTOUCHED], ids=named)
def test_untouched_reports_nothing(case: Case) -> None:
    assert outcome(case.before).codes == set()


@pytest.mark.parametrize("name", KNOWN_REFUSED)
def test_known_refusal(name: str) -> None:
    found = outcome(next(case for case in CASES if case.name == name).before)

    assert found.expect is Expect.REFUSED, "it migrates now: take it from the list and write its after"
    assert found.refusals == KNOWN_REFUSED[name]


def test_lists_hold_what_they_say() -> None:
    expect = {case.name: case.expect for case in CASES}

    assert {expect[name] for name in KNOWN_REFUSED} <= {Expect.MIGRATED}
    assert KNOWN_UNREPORTED.keys().isdisjoint(KNOWN_REFUSED)
    assert KNOWN_UNREPORTED.keys() <= expect.keys()


def test_afters_belong_to_cases_that_migrate() -> None:
    assert [case.name for case in CASES if case.after.exists()] == [case.name for case in MIGRATED]
