"""A seat given back before the start goes down the waiting list."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from data.simulate.pool.sections import DAY_US, FIRST_COME
from data.vocab import EVENT_TYPES
from tests.data.simulate.facts.conftest import Lived

HOURS_US = 3_600_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """One first-come section's line: the instants of each learner's events, null for none."""

    waiting: pl.DataFrame
    given_back: pl.Series
    starts: int


def lines(city: Lived) -> list[Line]:
    """Lines of finished first-come sections that somebody waited for."""
    found: list[Line] = []
    for log, done in zip(city.logs[:-1], city.state.done[:-1], strict=True):
        sections = done.sections
        kept = np.flatnonzero((done.result.state == "finished") & (sections.rule == FIRST_COME))
        ends = log.filter(
            pl.col("section").is_in((sections.first + kept).tolist())
            & pl.col("kind").is_in(
                [EVENT_TYPES.index(kind) for kind in ("apply", "waitlist", "enrol", "drop")]
            )
        )
        for (number,), rows in ends.group_by("section", maintain_order=True):
            told = {kind: _of(rows, kind) for kind in ("apply", "waitlist", "enrol", "drop")}
            if told["waitlist"].height:
                waiting = told["waitlist"].join(told["apply"], on="learner")
                waiting = waiting.join(told["enrol"], on="learner", how="left").sort("apply")
                start = sections.starts[int(str(number)) - sections.first] * DAY_US - 8 * HOURS_US
                found.append(Line(waiting, told["drop"]["drop"], int(start)))
    return found


def _of(rows: pl.DataFrame, kind: str) -> pl.DataFrame:
    chosen = rows.filter(pl.col("kind") == EVENT_TYPES.index(kind))
    return chosen.select("learner", pl.col("at").alias(kind))


def test_the_first_in_line_take_the_seats_given_back_and_the_others_go_on_waiting(
    pilot: Lived,
) -> None:
    promoted = 0
    for line in lines(pilot):
        seats = min(len(line.given_back), line.waiting.height)
        took = line.waiting["enrol"].is_not_null()
        assert took.to_list() == [place < seats for place in range(line.waiting.height)]
        promoted += seats
    assert promoted > 50


def test_a_seat_is_taken_over_after_it_was_given_back(pilot: Lived) -> None:
    for line in lines(pilot):
        seats = line.waiting["enrol"].drop_nulls().sort()
        back = line.given_back.sort().head(len(seats))
        assert (seats > back).all()


def test_a_seat_is_taken_over_before_the_start(pilot: Lived) -> None:
    for line in lines(pilot):
        assert (line.waiting["enrol"].drop_nulls() < line.starts).all()


def test_without_promotion_seats_would_stay_empty_while_people_wait(pilot: Lived) -> None:
    empty = [line for line in lines(pilot) if len(line.given_back)]
    assert len(empty) > 0.3 * len(lines(pilot))
