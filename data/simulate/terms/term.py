"""Term by term: lists, choices, seats and what follows, up to the cut-off."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.simulate.pool.sections import DAY_US, LOTTERY, Sections
from data.simulate.terms.aftermath import HOUR_US, Enrolled, Outcome, drop_out, follow
from data.simulate.terms.choice import World
from data.simulate.terms.exposure import Lists, show
from data.simulate.terms.log import COURSE_PAGE, HOME, NOWHERE, Log
from data.simulate.terms.record import Record
from data.simulate.terms.seats import Admission, Applications, Seen, admit, apply, look
from data.vocab import SECTION_STATES

RULE_VERSION = "credit-bank-2024"


@dataclass(frozen=True, slots=True)
class TermResult:
    """What one term leaves behind.

    Attributes:
        state: state of each section at the cut-off.
        enrolled: seats taken, or applicants while a lottery takes applications.
        applications: choice ranks and times.
        seats: who holds a seat.
        outcome: what became of the seats; None in the open term.
        left: seats given back.
    """

    state: NDArray[np.str_]
    enrolled: NDArray[np.int64]
    applications: Applications
    seats: Enrolled
    outcome: Outcome | None
    left: NDArray[np.bool_]


def run_term(
    world: World,
    sections: Sections,
    record: Record,
    past: NDArray[np.int64],
    log: Log,
    streams: dict[str, np.random.Generator],
    until: int,
) -> TermResult:
    """Run one term and log it.

    Args:
        world: people, courses, venues, weights.
        sections: the term's sections.
        record: completed courses; a finished term adds to it.
        past: past enrolments of each course; the term adds its own.
        log: receives the events.
        streams: generators by part (exposure, choice, seats, aftermath).
        until: the cut-off, microseconds since 1970; a term that ends later stays open.
    """
    lists = show(world, sections, past, until, streams["exposure"])
    seen = look(world, sections, lists, record, streams["choice"])
    made = apply(world, sections, lists, seen)
    verdict = admit(sections, made, until, streams["seats"])
    _log_lists(log, sections, lists, seen)
    _log_applications(log, sections, lists, made, verdict, until)
    seats = Enrolled(
        made.learner[verdict.admitted], made.section[verdict.admitted], verdict.at[verdict.admitted]
    )
    np.add.at(past, sections.course[seats.section], 1)
    if sections.closes.max() > until:
        return _open(world, sections, made, seats, log, streams["aftermath"], until)
    return _finished(world, sections, made, seats, record, log, streams["aftermath"])


def credit_rows(
    results: list[TermResult],
    terms: list[Sections],
    hours: NDArray[np.int64],
    learners: pl.Series,
    sections: pl.Series,
) -> pl.DataFrame:
    """The contract table ``credits``: a week after completion, sixteen hours a credit."""
    parts: list[pl.DataFrame] = []
    for result, term in zip(results, terms, strict=True):
        if result.outcome is None:
            continue
        done = result.outcome.completed
        section = result.seats.section[done]
        length = hours[term.course[section]].astype(np.float64)
        awarded = _end_us(term, section) + 7 * DAY_US
        parts.append(
            pl.DataFrame(
                {
                    "learner_id": learners.gather(result.seats.learner[done]),
                    "section_id": sections.gather(term.first + section),
                    "hours": length,
                    "credits": np.round(length / 16, 1),
                    "awarded_at": pl.Series(awarded).cast(pl.Datetime("us", "UTC")),
                }
            )
        )
    return pl.concat(parts).with_columns(pl.lit(RULE_VERSION).alias("rule_version"))


def application_rows(
    results: list[TermResult], terms: list[Sections], learners: pl.Series, sections: pl.Series
) -> pl.DataFrame:
    """The contract table ``applications``, in the order of time."""
    parts = [
        pl.DataFrame(
            {
                "learner_id": learners.gather(result.applications.learner),
                "section_id": sections.gather(term.first + result.applications.section),
                "choice_rank": result.applications.rank,
                "submitted_at": pl.Series(result.applications.at).cast(pl.Datetime("us", "UTC")),
            }
        )
        for result, term in zip(results, terms, strict=True)
    ]
    return pl.concat(parts).sort("submitted_at", "learner_id", "choice_rank")


def _log_lists(log: Log, sections: Sections, lists: Lists, seen: Seen) -> None:
    """Impressions and course pages opened."""
    columns = {
        "list": lists.learner * 100 + _term_number(sections),
        "position": lists.position,
        "propensity": np.where(lists.uniform, lists.length / lists.listed, np.nan),
        "uniform": lists.uniform,
    }
    log.add(
        "impression",
        HOME,
        learner=lists.learner,
        section=sections.first + lists.section,
        at=lists.seen_at,
        **columns,
    )
    opened = np.flatnonzero(seen.viewed)
    log.add(
        "view",
        COURSE_PAGE,
        learner=lists.learner[opened],
        section=sections.first + lists.section[opened],
        at=seen.at[opened],
        **{name: values[opened] for name, values in columns.items()},
    )


def _term_number(sections: Sections) -> int:
    """Half-years since 2000, for list ids."""
    return 2 * (int(sections.term.name[:4]) - 2000) + sections.term.name.endswith("秋")


def _log_applications(
    log: Log, sections: Sections, lists: Lists, made: Applications, verdict: Admission, until: int
) -> None:
    """Applications, and seats or waiting places once decided."""
    number = sections.first + made.section
    log.add(
        "apply",
        COURSE_PAGE,
        learner=made.learner,
        section=number,
        at=made.at,
        list=lists.learner[made.pair] * 100 + _term_number(sections),
        position=lists.position[made.pair],
    )
    for kind, chosen in (
        ("enrol", verdict.admitted),
        ("waitlist", verdict.decided & ~verdict.admitted),
    ):
        log.add(
            kind,
            NOWHERE,
            learner=made.learner[chosen],
            section=number[chosen],
            at=verdict.at[chosen],
        )


def _open(
    world: World,
    sections: Sections,
    made: Applications,
    seats: Enrolled,
    log: Log,
    rng: np.random.Generator,
    until: int,
) -> TermResult:
    """The open term at the cut-off: some have dropped, lotteries count their applicants."""
    left, left_at = drop_out(world, sections, seats, rng)
    left &= left_at <= until
    _log_drops(log, sections, seats, left, left_at)
    holding = np.bincount(seats.section[~left], minlength=len(sections))
    applicants = np.bincount(made.section, minlength=len(sections))
    drawn = sections.rule == LOTTERY
    listed = np.where(rng.random(len(sections)) < 0.95, "applying", "published")
    state = np.where(sections.opens <= until, np.where(drawn, "applying", listed), "published")
    return TermResult(state, np.where(drawn, applicants, holding), made, seats, None, left)


def _finished(
    world: World,
    sections: Sections,
    made: Applications,
    seats: Enrolled,
    record: Record,
    log: Log,
    rng: np.random.Generator,
) -> TermResult:
    """A term that ended: outcomes, and the sections that never ran."""
    outcome, cancelled = follow(world, sections, seats, rng)
    _log_drops(log, sections, seats, outcome.dropped, outcome.dropped_at)
    _log_outcome(log, sections, seats, outcome)
    done = outcome.completed
    record.add(seats.learner[done], sections.course[seats.section[done]])
    staying = np.bincount(seats.section[~outcome.dropped], minlength=len(sections))
    state = np.where(cancelled, SECTION_STATES[-1], "finished")
    return TermResult(state, staying, made, seats, outcome, outcome.dropped)


def _log_drops(
    log: Log,
    sections: Sections,
    seats: Enrolled,
    left: NDArray[np.bool_],
    left_at: NDArray[np.int64],
) -> None:
    log.add(
        "drop",
        NOWHERE,
        learner=seats.learner[left],
        section=sections.first + seats.section[left],
        at=left_at[left],
    )


def _log_outcome(log: Log, sections: Sections, seats: Enrolled, outcome: Outcome) -> None:
    """Attendance of everyone who stayed, completions and ratings."""
    end = _end_us(sections, seats.section)
    number = sections.first + seats.section
    stayed, done, told = ~outcome.dropped, outcome.completed, outcome.rating > 0
    log.add(
        "attend",
        NOWHERE,
        learner=seats.learner[stayed],
        section=number[stayed],
        at=end[stayed],
        value=outcome.attended[stayed],
    )
    log.add(
        "complete", NOWHERE, learner=seats.learner[done], section=number[done], at=end[done] + 1
    )
    log.add(
        "rate",
        COURSE_PAGE,
        learner=seats.learner[told],
        section=number[told],
        at=end[told] + DAY_US,
        value=outcome.rating[told],
    )


def _end_us(sections: Sections, section: NDArray[np.int64]) -> NDArray[np.int64]:
    """Nine in the evening of the last day, city time."""
    return sections.ends[section] * DAY_US + 13 * HOUR_US
