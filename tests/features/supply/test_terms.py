from datetime import date, timedelta

import polars as pl
import pytest

from features.supply.terms import counted_sections

TODAY = date(2025, 9, 1)


def _sections(*rows: tuple[str, str, date, date, str]) -> pl.DataFrame:
    columns = ["section_id", "term", "starts_on", "ends_on", "state"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def _term(
    name: str, start: date, weeks: int = 14, count: int = 1, state: str = "finished"
) -> list[tuple[str, str, date, date, str]]:
    end = start + timedelta(weeks=weeks)
    return [(f"{name}-{number}", name, start, end, state) for number in range(count)]


AUTUMN = _term("2024秋", date(2024, 9, 16))
SPRING = _term("2025春", date(2025, 3, 10))
NEXT = _term("2025秋", date(2025, 9, 15), state="applying")


def _counted(*rows: tuple[str, str, date, date, str]) -> list[str]:
    return counted_sections(_sections(*rows), TODAY)["section_id"].to_list()


def test_the_last_finished_term_counts_alone() -> None:
    assert _counted(*AUTUMN, *SPRING, *NEXT) == ["2025春-0"]


def test_a_short_summer_term_counts_with_the_spring_before_it() -> None:
    summer = _term("2025暑", date(2025, 7, 1), weeks=5)
    assert _counted(*AUTUMN, *SPRING, *summer) == ["2025春-0", "2025暑-0"]


def test_schools_that_write_the_same_term_in_their_own_ways_count_together() -> None:
    assert _counted(*SPRING, *_term("25春季班", date(2025, 3, 24))) == ["2025春-0", "25春季班-0"]


def test_one_late_section_does_not_keep_a_term_from_being_over() -> None:
    late = _term("2025春", date(2025, 5, 20), weeks=20)
    assert len(_counted(*_term("2025春", date(2025, 3, 10), count=10), *late)) == 11


def test_what_was_cancelled_or_never_published_taught_nobody() -> None:
    idle = [(f"{state}", *SPRING[0][1:4], state) for state in ("draft", "cancelled")]
    assert _counted(*SPRING, *idle) == ["2025春-0"]


def test_before_any_term_is_over_those_that_have_begun_count() -> None:
    running = _term("2025夏", date(2025, 8, 1), state="running")
    assert _counted(*running, *NEXT) == ["2025夏-0"]


@pytest.mark.parametrize("rows", [[], _term("2022春", date(2022, 3, 7)), NEXT])
def test_nothing_counts_where_nothing_ran_within_the_year(
    rows: list[tuple[str, str, date, date, str]],
) -> None:
    empty = _sections(*AUTUMN).clear()
    frame = _sections(*rows) if rows else empty
    assert counted_sections(frame, TODAY).is_empty()
