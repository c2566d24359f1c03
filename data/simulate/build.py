"""Puts the parts of a city together: the map, the people, the terms, the labour market."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.simulate.calendar import cut_off, terms
from data.simulate.labour.advertisements import posting_rows
from data.simulate.labour.market import jobseeker_rows, make_labour, vacancy_rows
from data.simulate.params import SimulationParams
from data.simulate.people.learners import learner_ids, learner_rows
from data.simulate.people.people import make_people, microseconds
from data.simulate.place.places import Map, make_map
from data.simulate.place.staff import teacher_counts, teacher_rows, travel_time_rows
from data.simulate.place.targets import target_rows
from data.simulate.place.venues import make_venues
from data.simulate.pool.courses import make_courses
from data.simulate.pool.sections import (
    Sections,
    courses_by_term,
    make_sections,
    section_ids,
    section_rows,
)
from data.simulate.streams import streams
from data.simulate.taste import directions
from data.simulate.terms.choice import World
from data.simulate.terms.history import TermResult, application_rows, credit_rows, run_term
from data.simulate.terms.log import Log
from data.simulate.terms.record import Record
from data.vocabulary import VOCABULARY_TABLES, builtin

Step = Callable[[str], None]
"""Told the name of each step as it begins."""

STEPS = ("places", "people", "courses", "terms", "events", "labour")
"""The steps ``build`` reports, in order."""


@dataclass(frozen=True, slots=True)
class Built:
    """A simulated city before its files are made.

    Attributes:
        tables: clean frames by contract name.
        world: people, courses and venues with what no table tells.
        record: completed courses at the cut-off.
        terms: sections of every term, the open one last.
        results: what each term left behind.
    """

    tables: Mapping[str, pl.DataFrame]
    world: World
    record: Record
    terms: list[Sections]
    results: list[TermResult]


def build(params: SimulationParams, seed: int, step: Step) -> Built:
    """Simulate a city in memory.

    Args:
        params: the city.
        seed: of every random choice.
        step: told what begins.
    """
    rng = dict(streams(seed))
    step("places")
    city = make_map(params, rng["places"])
    venues = make_venues(params, city, rng["venues"])
    step("people")
    space = directions(params, rng["taste"])
    people = make_people(params, city, space, rng["people"], rng["taste"])
    learners = learner_rows(params, people, city, rng["people"])
    step("courses")
    courses = make_courses(params, venues, _supply(city), space, rng["courses"], rng["texts"])
    staff = teacher_counts(venues, rng["places"])
    world = World(params, people, courses, venues)
    step("terms")
    schedule, results, log, record = _run(world, rng)
    step("events")
    tables = {
        "divisions": city.divisions,
        "institutions": venues.institutions,
        "venues": venues.venues,
        "teachers": teacher_rows(staff, courses, venues, rng["places"]),
        "courses": courses.courses,
        "course_skills": courses.course_skills,
        "learners": learners,
        "travel_times": travel_time_rows(city, venues, rng["places"]),
        "targets": target_rows(),
        **{name: builtin(name) for name in VOCABULARY_TABLES},
        **_behaviour(world, schedule, results, log, staff, rng["identifiers"]),
    }
    step("labour")
    return Built(tables | _labour(params, city, rng), world, record, schedule, results)


def _supply(city: Map) -> NDArray[np.float64]:
    """Weight of each simulated district: residents times supply per head."""
    return np.array([row.population * row.supply for row in city.districts])


def _run(
    world: World, rng: dict[str, np.random.Generator]
) -> tuple[list[Sections], list[TermResult], Log, Record]:
    """Every term in turn; each leaves completions and counts to the next."""
    params, courses = world.params, world.courses
    calendar, until = terms(params), microseconds(cut_off(params))
    log, record = Log(), Record(len(courses.programme))
    past = np.zeros(len(courses.programme), dtype=np.int64)
    schedule: list[Sections] = []
    results: list[TermResult] = []
    chosen = courses_by_term(params, courses, rng["sections"])
    for number, (term, course) in enumerate(zip(calendar, chosen, strict=True)):
        first = number * params.sections_per_term
        last = number == len(calendar) - 1
        planned = make_sections(
            params, term, first, course, courses, world.venues, rng["sections"], is_open=last
        )
        schedule.append(planned)
        results.append(run_term(world, planned, record, past, log, rng, until))
    return schedule, results, log, record


def _behaviour(
    world: World,
    schedule: list[Sections],
    results: list[TermResult],
    log: Log,
    staff: NDArray[np.int64],
    rng: np.random.Generator,
) -> dict[str, pl.DataFrame]:
    """Sections as they stand at the cut-off, and all that learners did."""
    learners = pl.Series(learner_ids(len(world.people)))
    numbers = section_ids(sum(len(planned) for planned in schedule))
    sections = pl.concat(
        section_rows(planned, world.courses, result.state, result.enrolled, staff)
        for planned, result in zip(schedule, results, strict=True)
    )
    return {
        "sections": sections,
        "events": log.rows(learners, numbers, sections["course_id"], rng),
        "applications": application_rows(results, schedule, learners, numbers),
        "credits": credit_rows(results, schedule, world.courses.hours, learners, numbers),
    }


def _labour(
    params: SimulationParams, city: Map, rng: dict[str, np.random.Generator]
) -> dict[str, pl.DataFrame]:
    labour = make_labour(params, city, rng["labour"])
    return {
        "postings": posting_rows(params, labour, city, rng["advertisements"]),
        "jobseekers": jobseeker_rows(labour, city, rng["labour"]),
        "vacancies": vacancy_rows(labour, city),
    }
