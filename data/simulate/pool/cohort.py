"""One term's new courses: what each institution begins to teach."""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.simulate.gather import pick
from data.simulate.params import SimulationParams
from data.simulate.place.venues import KINDS, Venues
from data.simulate.pool.programmes import PROGRAMME_FACTS, programme_shares
from data.simulate.pool.texts import DRAWS
from data.simulate.taste import Directions, around
from data.simulate.topics import skills, topics
from data.vocab import LAYERS

MAX_SKILLS: Final = 3
"""Skills of one course, at most."""

SKILL_COUNTS: Final = (0.25, 0.4, 0.35)
"""Of courses with one, two and three skills; a guess."""

LAYER_SHARES: Final = (0.6, 0.3, 0.1)
"""Of intro, advanced and premium courses; a guess."""

PREREQUISITE_SHARE: Final = 0.4
"""Of advanced and premium courses that ask for an intro course, where there is one; a guess."""

NO_AGES: Final = (0, 120)
"""The limits of a course that states none."""


@dataclass(frozen=True, slots=True)
class Cohort:
    """New courses as arrays, one entry each; ``Courses`` explains the shared names.

    Attributes:
        layer: index into ``LAYERS``.
        declared: whether the tie to each skill was declared, shape (n, 3); else extracted.
        form: draws of the wording, shape (n, ``DRAWS``).
        edition: how a reissue changes its title, index into ``texts.EDITIONS``; 0 for none.
    """

    programme: NDArray[np.int64]
    institution: NDArray[np.int64]
    topic: NDArray[np.int64]
    skills: NDArray[np.int64]
    layer: NDArray[np.int64]
    hours: NDArray[np.int64]
    ages: NDArray[np.int64]
    prerequisite: NDArray[np.int64]
    taste: NDArray[np.float32]
    popularity: NDArray[np.float64]
    quality: NDArray[np.float64]
    viral: NDArray[np.bool_]
    staple: NDArray[np.bool_]
    duplicate_of: NDArray[np.int64]
    declared: NDArray[np.bool_]
    form: NDArray[np.int64]
    edition: NDArray[np.int64]

    def __len__(self) -> int:
        """How many courses."""
        return len(self.programme)


@dataclass(frozen=True, slots=True)
class Offer:
    """Who may teach what.

    Attributes:
        params: the city's parameters.
        venues: institutions and venues.
        space: topic directions.
        institutions: chance of each institution, shape (programmes, institutions).
        topics: chance of each topic, shape (programmes, districts, topics).
        teachable: skill indices by district and topic, shape (districts, topics, most), -1 after.
    """

    params: SimulationParams
    venues: Venues
    space: Directions
    institutions: NDArray[np.float64]
    topics: NDArray[np.float64]
    teachable: NDArray[np.int64]


def make_offer(
    params: SimulationParams,
    venues: Venues,
    supply: NDArray[np.float64],
    space: Directions,
    barred: NDArray[np.bool_],
) -> Offer:
    """What may be drawn for a course.

    Args:
        params: the city's parameters.
        venues: institutions that may teach.
        supply: weight of each simulated district in supply.
        space: topic directions.
        barred: skills that a district may not teach, shape (districts, skills).
    """
    teachable = _teachable(barred)
    offered = np.array(
        [
            [
                1 / (1 + topic.programmes.index(row.name)) if row.name in topic.programmes else 0.0
                for topic in topics()
            ]
            for row in PROGRAMME_FACTS
        ]
    )
    chance = offered[:, None, :] * (teachable[None, :, :, 0] >= 0)
    return Offer(
        params=params,
        venues=venues,
        space=space,
        institutions=_institution_chances(venues, supply),
        topics=chance / chance.sum(axis=2, keepdims=True),
        teachable=teachable,
    )


def join_cohorts(parts: list[Cohort]) -> Cohort:
    """The cohorts one after another."""
    return Cohort(
        **{
            field.name: np.concatenate([getattr(part, field.name) for part in parts])
            for field in fields(Cohort)
        }
    )


def draw_cohort(
    offer: Offer,
    programme: NDArray[np.int64],
    institution: NDArray[np.int64],
    main_skill: NDArray[np.int64],
    rng: np.random.Generator,
    words: np.random.Generator,
) -> Cohort:
    """New courses, still without prerequisites.

    Args:
        offer: who may teach what.
        programme: of each course.
        institution: of each course.
        main_skill: skill that a course must teach first, -1 where it is free.
        rng: draws the courses.
        words: draws the wording.
    """
    n, params = len(programme), offer.params
    district = offer.venues.institution_district[institution]
    topic = _draw_topics(offer, programme, district, rng)
    topic = np.where(main_skill >= 0, topic_of_skill()[main_skill], topic)
    viral = rng.random(n) < params.viral_share
    appeal = rng.normal(0, params.popularity_sd, n)
    return Cohort(
        programme=programme,
        institution=institution,
        topic=topic,
        skills=_draw_skills(offer.teachable[district, topic], main_skill, rng),
        layer=rng.choice(len(LAYERS), n, p=LAYER_SHARES),
        hours=_draw_hours(programme, rng),
        ages=_draw_ages(programme, rng),
        prerequisite=np.full(n, -1, dtype=np.int64),
        taste=around(offer.space.topics[topic], params.course_noise, rng),
        popularity=appeal + params.viral_bonus * viral,
        quality=rng.normal(0, params.quality_sd, n),
        viral=viral,
        staple=main_skill >= 0,
        duplicate_of=np.full(n, -1, dtype=np.int64),
        declared=rng.random((n, MAX_SKILLS)) > 0.1,
        form=words.integers(0, 1 << 30, (n, DRAWS)),
        edition=np.zeros(n, dtype=np.int64),
    )


def draw_programmes(
    params: SimulationParams, count: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Each programme by its share, as nearly as whole courses allow."""
    edges = np.cumsum(programme_shares(params))
    even = (np.arange(count) + 0.5) / count
    drawn: NDArray[np.int64] = rng.permutation(np.searchsorted(edges[:-1], even, side="right"))
    return drawn


def draw_institutions(
    offer: Offer, programme: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.int64]:
    """An institution that runs the programme, by its district's supply and its rooms."""
    result = np.empty(len(programme), dtype=np.int64)
    for index, chance in enumerate(offer.institutions):
        here = programme == index
        result[here] = rng.choice(len(chance), int(here.sum()), p=chance)
    return result


def prerequisites(
    cohort: Cohort, older: Cohort | None, rng: np.random.Generator
) -> NDArray[np.int64]:
    """The first intro course of the same programme and main skill that is not newer, or -1.

    Args:
        cohort: the courses that may ask.
        older: all courses before them.
        rng: draws who asks.
    """
    known = cohort if older is None else join_cohorts([older, cohort])
    key = known.programme * len(skills()) + known.skills[:, 0]
    basis = np.flatnonzero((known.layer == 0) & ~known.staple & (known.duplicate_of < 0))
    first = np.full(len(PROGRAMME_FACTS) * len(skills()), -1, dtype=np.int64)
    kinds, at = np.unique(key[basis], return_index=True)
    first[kinds] = basis[at]
    asks = (cohort.layer > 0) & ~cohort.staple & (rng.random(len(cohort)) < PREREQUISITE_SHARE)
    return np.where(asks, first[key[len(known) - len(cohort) :]], -1)


def topic_of_skill() -> NDArray[np.int64]:
    """Index of the topic of each skill."""
    result = np.zeros(len(skills()), dtype=np.int64)
    for index, topic in enumerate(topics()):
        result[list(topic.skills)] = index
    return result


def _teachable(barred: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Skills that may be taught, by district and topic; padded with -1."""
    most = max(len(topic.skills) for topic in topics())
    result = np.full((len(barred), len(topics()), most), -1, dtype=np.int64)
    for district, forbidden in enumerate(barred):
        for index, topic in enumerate(topics()):
            allowed = [skill for skill in topic.skills if not forbidden[skill]]
            result[district, index, : len(allowed)] = allowed
    return result


def _institution_chances(venues: Venues, supply: NDArray[np.float64]) -> NDArray[np.float64]:
    """By programme: a district by its supply, in it an institution by its rooms."""
    rooms = np.bincount(venues.of_institution, weights=venues.venues["rooms"].to_numpy())
    district = venues.institution_district
    rows: list[NDArray[np.float64]] = []
    for programme in PROGRAMME_FACTS:
        runs = np.array([programme.name in kind.programmes for kind in pick(KINDS, venues.kind)])
        weight = rooms * runs * np.where(venues.own, 0.3, 1.0)
        weight *= (supply / np.bincount(district, weights=weight))[district]
        rows.append(weight / weight.sum())
    return np.array(rows)


def _draw_topics(
    offer: Offer,
    programme: NDArray[np.int64],
    district: NDArray[np.int64],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """A topic of the programme; those that name it first are likelier."""
    edges = np.cumsum(offer.topics, axis=2)
    edges[:, :, -1] = 1.0
    draw = rng.random(len(programme))
    drawn: NDArray[np.int64] = (draw[:, None] >= edges[programme, district]).sum(axis=1)
    return drawn


def _draw_skills(
    choices: NDArray[np.int64], main_skill: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.int64]:
    """A main skill and up to two more of the same topic; ``choices`` is padded with -1."""
    order = rng.random(choices.shape)
    order[choices < 0] = 2.0
    order[(choices == main_skill[:, None]) & (choices >= 0)] = -1.0
    ranked = np.take_along_axis(choices, np.argsort(order, axis=1), axis=1)[:, :MAX_SKILLS]
    count = 1 + rng.choice(MAX_SKILLS, len(choices), p=SKILL_COUNTS)
    return np.where(np.arange(MAX_SKILLS) < count[:, None], ranked, -1)


def _draw_hours(programme: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """One of the programme's lengths."""
    draws = rng.random(len(programme))
    result = np.empty(len(programme), dtype=np.int64)
    for index, row in enumerate(PROGRAMME_FACTS):
        here = programme == index
        result[here] = np.array(row.hours)[(draws[here] * len(row.hours)).astype(np.int64)]
    return result


def _draw_ages(programme: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """The programme's limits where the course states them."""
    limits = [
        (NO_AGES[0] if low is None else low, NO_AGES[1] if high is None else high)
        for low, high in (row.ages for row in PROGRAMME_FACTS)
    ]
    share = np.array([row.age_limit_share for row in PROGRAMME_FACTS])
    stated = rng.random(len(programme)) < share[programme]
    return np.where(stated[:, None], np.array(limits)[programme], np.array(NO_AGES))
