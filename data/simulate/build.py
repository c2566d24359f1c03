"""Puts the parts of a city together: the map, the people, the terms, the labour market.

lay_out ─▶ Layout ─▶ run_terms ─▶ one TermDone after the other ─┬─ build: all of it in memory
                                                                └─ run: to disk, term by term
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.simulate.calendar import cut_off, terms
from data.simulate.labour.advertisements import posting_rows
from data.simulate.labour.demand import seats_needed
from data.simulate.labour.market import Labour, jobseeker_rows, make_labour, vacancy_rows
from data.simulate.labour.planted import Planted, plant
from data.simulate.params import SimulationParams
from data.simulate.people.learners import learner_ids, learner_rows
from data.simulate.people.people import make_people, microseconds
from data.simulate.place.journeys import travel_time_rows
from data.simulate.place.places import Map, make_map
from data.simulate.place.staff import Faculty
from data.simulate.place.targets import target_rows
from data.simulate.place.venues import make_venues
from data.simulate.pool.courses import make_courses
from data.simulate.pool.section_tables import section_rows
from data.simulate.pool.sections import Sections, courses_by_term, make_sections
from data.simulate.streams import Streams
from data.simulate.taste import directions
from data.simulate.terms.choice import World
from data.simulate.terms.exposure import OldPage, Page
from data.simulate.terms.log import Log
from data.simulate.terms.record import Record
from data.simulate.terms.tables import application_rows, credit_rows, event_rows
from data.simulate.terms.term import TermResult, run_term
from data.vocabulary import VOCABULARY_TABLES, builtin

Step = Callable[[str], None]
"""Told the name of each step as it begins."""

Driver = Callable[["Layout", "State", Sections], Page]
"""Makes the page of a driven term from all that happened before it."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A city before anything happens in it.

    Attributes:
        streams: the city's random streams.
        city: the map.
        planted: cells of district and skill with a known gap, or a known decoy.
        world: people, courses and venues with what no table tells.
        learners: contract table.
        ids: learner ids by number.
    """

    streams: Streams
    city: Map
    planted: Planted
    world: World
    learners: pl.DataFrame
    ids: pl.Series


@dataclass(frozen=True, slots=True)
class TermDone:
    """One term after it was run.

    Attributes:
        sections: its sections.
        result: what it left behind.
        page: name of the page that made its lists.
        teachers: id of each section's teacher, None where nobody could be found.
    """

    sections: Sections
    result: TermResult
    page: str
    teachers: list[str | None]


@dataclass(slots=True)
class State:
    """What terms leave to the next, and all terms so far.

    Attributes:
        record: completed courses.
        past: past enrolments of each course.
        faculty: everyone who teaches so far.
        log: events of the term that was run last, until somebody takes them.
        done: the terms so far.
        events: rows of the table, kept only where a model drives terms and must know them.
    """

    record: Record
    past: NDArray[np.int64]
    faculty: Faculty
    log: Log = field(default_factory=Log)
    done: list[TermDone] = field(default_factory=list[TermDone])
    events: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])

    @classmethod
    def before(cls, laid: Layout) -> "State":
        """Before the first term."""
        world = laid.world
        n = len(world.courses.programme)
        faculty = Faculty(world.params, world.courses, world.venues, laid.city)
        return cls(Record(n), np.zeros(n, dtype=np.int64), faculty)


@dataclass(frozen=True, slots=True)
class Built:
    """A simulated city after its last term.

    Attributes:
        tables: clean frames by contract name, as far as they are held in memory.
        city: the map.
        planted: planted cells of the labour world.
        world: people, courses and venues with what no table tells.
        record: completed courses at the cut-off.
        terms: sections of every term, the open one last.
        results: what each term left behind.
    """

    tables: Mapping[str, pl.DataFrame]
    city: Map
    planted: Planted
    world: World
    record: Record
    terms: list[Sections]
    results: list[TermResult]


BATCH: Final = 500_000
"""Events made into rows at a time."""

LAYOUT_STEPS: Final = ("places", "people", "courses")
"""The steps ``lay_out`` reports, in order."""


def lay_out(params: SimulationParams, seed: int, step: Step) -> Layout:
    """Draw the city, its people and its courses.

    Args:
        params: the city.
        seed: of every random choice.
        step: told what begins.
    """
    streams = Streams(seed)
    step("places")
    city = make_map(params, streams.of("places"))
    venues = make_venues(params, city, streams.of("venues"))
    planted = plant(params, city, streams.of("planted"))
    step("people")
    space = directions(params, streams.of("taste"))
    people = make_people(params, city, space, streams.of("people"), streams.of("taste", 1))
    learners = learner_rows(params, people, city, streams.of("people", 1))
    step("courses")
    supply = np.array([row.population * row.supply for row in city.districts])
    seats = seats_needed(params, city, planted, streams)
    courses = make_courses(
        params, venues, supply, space, planted, seats, streams, len(terms(params))
    )
    world = World(params, people, courses, venues)
    return Layout(streams, city, planted, world, learners, pl.Series(learner_ids(len(people))))


def run_terms(
    laid: Layout, state: State, driver: Driver | None = None
) -> Iterator[tuple[TermDone, Record]]:
    """Run every term in turn; each leaves completions and counts to the next.

    Args:
        laid: the city.
        state: ``State.before(laid)``; holds each term's events in its log, for the caller to
            take before going on.
        driver: makes the pages of the terms after the open one; without it the old page does.

    Yields:
        The term, and what had been completed when it began.
    """
    world, params = laid.world, laid.world.params
    calendar, until = terms(params), microseconds(cut_off(params))
    chosen = courses_by_term(params, world.courses, laid.streams, len(calendar))
    first = 0
    for number, (term, course) in enumerate(zip(calendar, chosen, strict=True)):
        planned = make_sections(
            params,
            term,
            first,
            course,
            world.courses,
            world.venues,
            laid.streams,
            number,
            is_open=number == len(calendar) - 1,
        )
        first += len(planned)
        teachers = state.faculty.staff(planned, laid.streams, number)
        page, before = _page(laid, state, planned, driver), state.record.copy()
        sections, result = run_term(
            world, planned, page, state.record, state.past, state.log, laid.streams, until
        )
        state.done.append(TermDone(sections, result, page.name, teachers))
        yield state.done[-1], before


def built(laid: Layout, state: State, tables: Mapping[str, pl.DataFrame]) -> Built:
    """The city after its terms, with the tables that are in memory."""
    return Built(
        tables,
        laid.city,
        laid.planted,
        laid.world,
        state.record,
        [done.sections for done in state.done],
        [done.result for done in state.done],
    )


def build(params: SimulationParams, seed: int, step: Step, driver: Driver | None = None) -> Built:
    """Simulate a city in memory.

    Args:
        params: the city.
        seed: of every random choice.
        step: told what begins.
        driver: makes the pages of the terms after the open one.
    """
    laid = lay_out(params, seed, step)
    state = State.before(laid)
    step("terms")
    for done, _ in run_terms(laid, state, driver):
        state.events.extend(event_batches(laid, done, state.log.take()))
    step("labour")
    tables = {
        **standing_tables(laid),
        **behaviour_tables(laid, state),
        "events": pl.concat(state.events),
        **_labour_tables(laid),
    }
    return built(laid, state, tables)


def event_batches(laid: Layout, done: TermDone, numbers: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The events of a term as rows of the table, some at a time.

    Args:
        laid: the city.
        done: the term.
        numbers: its events as ``Log.take`` gives them.
    """
    ids = laid.world.courses.courses["course_id"]
    for count, batch in enumerate(numbers.iter_slices(BATCH)):
        rng = laid.streams.of("identifiers", done.sections.number, count)
        yield event_rows(batch, done.sections, laid.ids, ids, done.page, rng)


def standing_tables(laid: Layout) -> dict[str, pl.DataFrame]:
    """Tables that no term changes."""
    world = laid.world
    return {
        "divisions": laid.city.divisions,
        "institutions": world.venues.institutions,
        "venues": world.venues.venues,
        "courses": world.courses.courses,
        "course_skills": world.courses.course_skills,
        "learners": laid.learners,
        "travel_times": travel_time_rows(laid.city, world.venues, laid.streams.of("places", 1)),
        "targets": target_rows(),
        **{name: builtin(name) for name in VOCABULARY_TABLES},
    }


def tables_before(laid: Layout, state: State, planned: Sections) -> dict[str, pl.DataFrame]:
    """What the city's tables hold when applications for a term have just opened.

    Args:
        laid: the city.
        state: all terms before, with their events.
        planned: the sections of the term that opens.
    """
    opened = np.full(len(planned), "applying")
    seats = np.zeros(len(planned), dtype=np.int64)
    fresh = section_rows(planned, opened, seats, [None] * len(planned))
    tables = {**standing_tables(laid), **behaviour_tables(laid, state)}
    return tables | {
        "sections": pl.concat([tables["sections"], fresh]),
        "events": pl.concat(state.events),
    }


def behaviour_tables(laid: Layout, state: State) -> dict[str, pl.DataFrame]:
    """Sections as they stand at the cut-off, applications and credits; events come apart."""
    world = laid.world
    return {
        "teachers": state.faculty.rows(),
        "sections": pl.concat(
            section_rows(done.sections, done.result.state, done.result.enrolled, done.teachers)
            for done in state.done
        ),
        "applications": pl.concat(
            application_rows(done.result, done.sections, laid.ids) for done in state.done
        ),
        "credits": pl.concat(
            credit_rows(done.result, done.sections, world.courses.hours, laid.ids)
            for done in state.done
        ),
    }


def market_tables(laid: Layout, labour: Labour) -> dict[str, pl.DataFrame]:
    """Jobseekers and official vacancies; postings come apart."""
    return {
        "jobseekers": jobseeker_rows(labour, laid.city, laid.streams),
        "vacancies": vacancy_rows(labour, laid.city),
    }


def _labour_tables(laid: Layout) -> dict[str, pl.DataFrame]:
    params, city, streams = laid.world.params, laid.city, laid.streams
    labour = make_labour(params, city, laid.planted, streams)
    return {
        **market_tables(laid, labour),
        "postings": posting_rows(params, labour, city, streams),
    }


def _page(laid: Layout, state: State, planned: Sections, driver: Driver | None) -> Page:
    if driver is not None and planned.number > laid.world.params.history_terms:
        return driver(laid, state, planned)
    return OldPage(laid.world, planned, state.past)
