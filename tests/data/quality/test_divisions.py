"""Old, short and spoiled division codes: mapped, padded, forgotten or refused, never guessed."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.quality import Reading, read_code
from data.quality.divisions import DISTRICTS
from data.sources.raw import NUMBER_MARK

NOW = datetime(2025, 9, 1, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "code", "change", "padded"),
    [
        ("330106000000", "330106000000", "none", False),
        ("330106", "330106000000", "none", True),
        ("330106002", "330106002000", "none", True),
        ("330100", "330100000000", "none", True),
        ("330183", "330111000000", "mapped", True),
        ("330185104203", "330112104203", "mapped", False),
        ("330103", "330105000000", "mapped", True),
        ("330103001", "330105000000", "coarsened", True),
        ("330109008001", "330114000000", "coarsened", False),
        ("330104", None, "ambiguous", True),
        ("330110005", "330110005000", "none", True),
        ("330110", "330110000000", "none", True),
        ("330101", None, "unknown", True),
        ("310101", None, "unknown", True),
        ("33010", None, "format", False),
        ("３３０１０６", None, "format", False),
        ("330106000000.0", None, "number", False),
        ("3.30106E+11", None, "number", False),
        (f"{NUMBER_MARK}330106", None, "number", False),
    ],
)
def test_a_code_is_read_as_the_one_in_force(
    written: str, code: str | None, change: str, padded: bool
) -> None:
    assert read_code(written) == (code, change, padded)


def test_the_old_yuhang_is_ambiguous_only_in_a_file_known_to_be_old() -> None:
    assert read_code("330110", before_2021=True).change == "ambiguous"
    assert read_code("330106", before_2021=True).change == "none"


@given(st.text(alphabet="0123456789.eE+-x ３", max_size=14))
def test_no_text_is_read_as_a_code_outside_the_city(written: str) -> None:
    code = read_code(written).code
    assert code is None or (len(code) == 12 and code[:6] in (*DISTRICTS, "330100"))


def test_an_ambiguous_code_is_forgotten_where_it_may_be_and_reported(
    judge_rows: Callable[..., Any],
) -> None:
    codes = ["330104", "330104", "330183", "330106"]
    outcome = judge_rows("learners", [{"home_division_code": code} for code in codes])
    assert outcome.values("home_division_code") == [None, None, "330111000000", "330106000000"]
    reported = {(each.code, each.change, each.cells) for each in outcome.judged.codes}
    assert reported == {("330104", "ambiguous", 2), ("330183", "mapped", 1), ("330106", "none", 1)}


@pytest.mark.parametrize("code", ["330104", "330103001"])
def test_a_division_itself_cannot_be_forgotten_or_made_coarser(
    judge_rows: Callable[..., Any], code: str
) -> None:
    rows = [{"division_code": code}, {"parent_code": code}]
    assert judge_rows("divisions", rows).rules() == [
        (1, "division_code", "ambiguous_division"),
        (2, "parent_code", "ambiguous_division"),
    ]


@pytest.mark.parametrize(
    ("code", "rule"),
    [("310101", "unknown_district"), ("33", "division_format"), ("3.3E+11", "number_as_id")],
)
def test_a_code_that_names_no_division_costs_its_row(
    judge_rows: Callable[..., Any], code: str, rule: str
) -> None:
    outcome = judge_rows("targets", [{"division_code": code}, {}])
    assert outcome.rules() == [(1, "division_code", rule)]


def test_the_mapping_can_say_that_codes_are_old(judge_rows: Callable[..., Any]) -> None:
    rows = [{"division_code": "330110"}]
    outcome = judge_rows("targets", rows, Reading(NOW, codes_before_2021=True))
    assert outcome.values("division_code") == [None]
