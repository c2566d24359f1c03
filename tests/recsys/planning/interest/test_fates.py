"""What became of an application is told by seats, draws and states, and by nothing later."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import polars as pl

from data.city import City
from data.simulate.build import Built
from data.simulate.terms.tables import section_ids
from recsys.planning.interest.wishes import fates

Ask = Callable[..., dict[str, Any]]
NOW = datetime(2025, 9, 1, 4, 0, tzinfo=UTC)


def fate_of(city: City, learner: str = "a", moment: datetime = NOW) -> str:
    return str(fates(city, moment).filter(pl.col("learner_id") == learner)["fate"].item())


CASES = [
    ("first_come", "finished", ("apply", "enrol"), "admitted"),
    ("first_come", "finished", ("apply", "waitlist"), "waitlisted"),
    ("first_come", "applying", ("apply", "waitlist"), "waitlisted"),
    ("first_come", "finished", ("waitlist",), "waitlisted"),
    ("first_come", "finished", ("apply", "waitlist", "enrol"), "admitted"),
    ("first_come", "finished", ("apply", "enrol", "drop"), "gave_back"),
    ("first_come", "finished", ("apply", "drop"), "withdrawn"),
    ("first_come", "cancelled", ("apply", "enrol", "drop"), "cancelled"),
    ("first_come", "cancelled", ("apply",), "cancelled"),
    ("lottery", "drawn", ("apply",), "lottery_lost"),
    ("lottery", "finished", ("apply", "waitlist"), "lottery_lost"),
    ("lottery", "applying", ("apply",), "pending"),
    ("lottery", "drawn", ("apply", "enrol"), "admitted"),
    ("review", "closed", ("apply",), "not_admitted"),
    ("review", "applying", ("apply",), "pending"),
]
"""Rule, state, what the learner did, what became of it; somebody else has a seat in each class."""


def test_the_fate_of_an_application(place: Callable[..., City], ask: Ask) -> None:
    sections, events = [], []
    for number, (rule, state, kinds, _) in enumerate(CASES):
        section = f"s{number:02d}"
        sections.append({"section_id": section, "rule": rule, "state": state})
        events += [ask("a", section, kind) for kind in kinds] + [ask("b", section, "enrol")]
    told = fates(place(sections, {}, events), NOW).filter(pl.col("learner_id") == "a")
    told = told.sort("section_id")
    assert told["fate"].to_list() == [fate for *_, fate in CASES]


def test_an_application_form_counts_once_with_its_event(
    place: Callable[..., City], ask: Ask
) -> None:
    form = {"learner_id": "a", "section_id": "s"}
    events = [ask("a", "s"), ask("b", "s", "enrol")]
    city = place([{"section_id": "s"}], {}, events, applications=[form])
    assert sorted(fates(city, NOW).rows()) == [("a", "s", "not_admitted"), ("b", "s", "admitted")]


def test_a_school_that_tells_no_enrolments_refuses_nobody(place: Callable[..., City]) -> None:
    forms = [{"learner_id": name, "section_id": "s"} for name in "ab"]
    city = place([{"section_id": "s", "enrolled": 2}], {}, [], applications=forms)
    assert set(fates(city, NOW)["fate"]) == {"untold"}


def test_what_happens_after_the_moment_is_not_known(place: Callable[..., City], ask: Ask) -> None:
    late = datetime(2025, 9, 1, 4, 0, tzinfo=UTC)
    events = [ask("a", "s", "waitlist"), ask("a", "s", "enrol", occurred_at=late)]
    city = place([{"section_id": "s"}], {}, [*events, ask("b", "s", "enrol")])
    assert fate_of(city) == "waitlisted"
    assert fate_of(city, moment=datetime(2025, 9, 1, 5, 0, tzinfo=UTC)) == "admitted"


def test_the_simulated_draws_are_told_seat_by_seat(
    built: Built, simulated: City, moment: datetime
) -> None:
    """Against the simulation's own book of applications and seats, term by term."""
    told = fates(simulated, moment)
    for sections, result in zip(built.terms[:-1], built.results[:-1], strict=True):
        ids = section_ids(sections)
        own = told.filter(pl.col("section_id").is_in(ids.implode()))
        assert own.height == len(result.applications.learner)
        seated = pl.col("fate").is_in(["admitted", "gave_back"])
        closed = ids.filter(pl.Series(result.state == "cancelled"))
        kept = ~pl.col("section_id").is_in(closed.implode())
        seats = pl.Series(ids.gather(result.seats.section)).is_in(closed.implode())
        assert own.filter(seated).height == (~seats).sum()
        assert own.filter(~kept)["fate"].unique().to_list() in ([], ["cancelled"])
        assert not own.filter(kept)["fate"].is_in(["pending", "untold", "withdrawn"]).any()
