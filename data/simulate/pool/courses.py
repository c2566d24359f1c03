"""The course pool: what each institution teaches, and from which term on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.simulate.gather import ints
from data.simulate.labour.planted import Planted
from data.simulate.params import SimulationParams
from data.simulate.place.venues import KINDS, Venues
from data.simulate.pool.cohort import (
    NO_AGES,
    Cohort,
    Offer,
    draw_cohort,
    draw_institutions,
    draw_programmes,
    join_cohorts,
    make_offer,
    prerequisites,
)
from data.simulate.pool.course_tables import course_rows, skill_rows
from data.simulate.pool.planted_courses import famous_place, favour
from data.simulate.pool.programmes import PROGRAMME_INDEX
from data.simulate.pool.reissues import with_reissues
from data.simulate.streams import Streams
from data.simulate.taste import Directions


@dataclass(frozen=True, slots=True)
class Courses:
    """The pool: its tables, and one array entry per course.

    Attributes:
        courses: contract table.
        course_skills: contract table.
        first_term: index of the term in which the course is new.
        programme: index into ``PROGRAMME_FACTS``.
        institution: index of the institution.
        topic: index into ``topics.topics()``.
        skills: indices into ``topics.skills()``, shape (n, 3), -1 where fewer.
        hours: class hours.
        taste: unit vectors phi, float32 of shape (n, taste_dimensions).
        popularity: a_c, utility units.
        quality: q_c, utility units.
        viral: whether the appeal has the viral bonus.
        prerequisite: course index that must be completed, -1 for none.
        ages: youngest and oldest age, shape (n, 2).
        staple: whether a section of it runs every term.
        room_only: teaches a skill that some district may not, so it is never held online.
        duplicate_of: the older course it is a near-duplicate of, -1 for none.
        famous: the famous class: one free section in every term, drawn by lot.
    """

    courses: pl.DataFrame
    course_skills: pl.DataFrame
    first_term: NDArray[np.int64]
    programme: NDArray[np.int64]
    institution: NDArray[np.int64]
    topic: NDArray[np.int64]
    skills: NDArray[np.int64]
    hours: NDArray[np.int64]
    taste: NDArray[np.float32]
    popularity: NDArray[np.float64]
    quality: NDArray[np.float64]
    viral: NDArray[np.bool_]
    prerequisite: NDArray[np.int64]
    ages: NDArray[np.int64]
    staple: NDArray[np.bool_]
    room_only: NDArray[np.bool_]
    duplicate_of: NDArray[np.int64]
    famous: int


def make_courses(
    params: SimulationParams,
    venues: Venues,
    supply: NDArray[np.float64],
    space: Directions,
    planted: Planted,
    seats: Sequence[float],
    streams: Streams,
    terms: int,
) -> Courses:
    """Fill the pool: the first term's courses, then new ones each term.

    Every term draws from streams of its own, so a pool of more terms begins with the same courses.

    Args:
        params: the city's parameters.
        venues: institutions that may teach.
        supply: weight of each simulated district in supply.
        space: topic directions.
        planted: skills that districts may not teach, or teach amply.
        seats: completers a month that each amply taught cell needs, as ``planted.favoured()``.
        streams: the city's random streams.
        terms: how many terms of courses.
    """
    barred = planted.barred(len(supply))
    offer = make_offer(params, venues, supply, space, barred)
    famous, pool = _first_cohort(offer, planted, seats, streams)
    starts = [0, len(pool)]
    for term in range(1, terms):
        pool = join_cohorts([pool, _later_cohort(offer, pool, term, streams)])
        starts.append(len(pool))
    first_term = np.repeat(np.arange(terms), np.diff(starts))
    somewhere = np.logical_or.reduce(barred, axis=0)
    return _courses(pool, first_term, somewhere, famous)


def _first_cohort(
    offer: Offer, planted: Planted, seats: Sequence[float], streams: Streams
) -> tuple[int, Cohort]:
    """Nine courses for ten sections; the famous class and the amply taught skills among them."""
    rng, words = streams.of("courses", 0), streams.of("texts", 0)
    programme = draw_programmes(offer.params, round(0.9 * offer.params.sections_per_term), rng)
    famous = famous_place(programme)
    programme[famous] = PROGRAMME_INDEX["community"]
    institution = draw_institutions(offer, programme, rng)
    institution[famous] = offer.venues.of_institution[offer.venues.hall]
    main_skill = favour(offer, planted.favoured(), seats, programme, institution, rng)
    drawn = draw_cohort(offer, programme, institution, main_skill, rng, words)
    cohort = _with_famous(_with_viral_senior(offer, drawn), famous, offer.params)
    return famous, replace(cohort, prerequisite=prerequisites(cohort, None, rng))


def _later_cohort(offer: Offer, older: Cohort, term: int, streams: Streams) -> Cohort:
    """One new course for each section that is to have one, a few of them reissues."""
    rng, words = streams.of("courses", term), streams.of("texts", term)
    count = round(offer.params.new_share * offer.params.sections_per_term)
    programme = draw_programmes(offer.params, count, rng)
    institution = draw_institutions(offer, programme, rng)
    free = np.full(count, -1, dtype=np.int64)
    drawn = draw_cohort(offer, programme, institution, free, rng, words)
    cohort = with_reissues(offer, drawn, older, rng, words)
    asked = np.where(
        cohort.duplicate_of >= 0, cohort.prerequisite, prerequisites(cohort, older, rng)
    )
    return replace(cohort, prerequisite=asked)


def _with_viral_senior(offer: Offer, cohort: Cohort) -> Cohort:
    """The first senior course is viral, runs every term, and is a senior university's."""
    course = int(np.argmax(cohort.programme == PROGRAMME_INDEX["senior"]))
    kinds = [KINDS[kind].kind for kind in ints(offer.venues.kind)]
    institution, staple = cohort.institution.copy(), cohort.staple.copy()
    institution[course], staple[course] = kinds.index("senior_university"), True
    viral = _made_viral(cohort, course, offer.params)
    return replace(viral, institution=institution, staple=staple)


def _with_famous(cohort: Cohort, famous: int, params: SimulationParams) -> Cohort:
    """The famous class is viral, open to everyone and runs every term."""
    ages, layer, staple = cohort.ages.copy(), cohort.layer.copy(), cohort.staple.copy()
    ages[famous], layer[famous], staple[famous] = NO_AGES, 0, True
    viral = _made_viral(cohort, famous, params)
    viral.popularity[famous] += params.famous_bonus
    return replace(viral, ages=ages, layer=layer, staple=staple)


def _made_viral(cohort: Cohort, course: int, params: SimulationParams) -> Cohort:
    popularity, viral = cohort.popularity.copy(), cohort.viral.copy()
    popularity[course] += 0.0 if viral[course] else params.viral_bonus
    viral[course] = True
    return replace(cohort, popularity=popularity, viral=viral)


def _courses(
    pool: Cohort, first_term: NDArray[np.int64], barred: NDArray[np.bool_], famous: int
) -> Courses:
    return Courses(
        courses=course_rows(pool),
        course_skills=skill_rows(pool),
        first_term=first_term,
        programme=pool.programme,
        institution=pool.institution,
        topic=pool.topic,
        skills=pool.skills,
        hours=pool.hours,
        taste=pool.taste,
        popularity=pool.popularity,
        quality=pool.quality,
        viral=pool.viral,
        prerequisite=pool.prerequisite,
        ages=pool.ages,
        staple=pool.staple,
        room_only=np.logical_or.reduce(barred[pool.skills] & (pool.skills >= 0), axis=1),
        duplicate_of=pool.duplicate_of,
        famous=famous,
    )
