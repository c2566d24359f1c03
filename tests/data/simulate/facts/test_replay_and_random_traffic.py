"""Pages compared by the old page's log and by random traffic, against what they are worth."""

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import spearmanr

from data.simulate.pool.programmes import PROGRAMME_FACTS, PROGRAMME_INDEX
from data.simulate.terms.choice import SIXTY, apply_probability, pair_km, utilities
from data.simulate.terms.diary import OLD_PAGE_LIST, UNIFORM_LIST
from data.simulate.terms.seats import admissible
from tests.data.simulate.facts.conftest import Lived, Shown, shown

K = 10
FAR_KM = 99.0
ONE_IN = 16
"""Learners of whom one is asked, where all would take long."""

PAGES = ("suits the age and is near", "nearest", "the old page's order", "most enrolled", "chance")
"""What orders the pages compared, best first."""


def scores(city: Lived, term: int, learner: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
    """What each page puts first, shape (learners, sections), higher is better."""
    world, done = city.laid.world, city.state.done[term]
    sections, params = done.sections, world.params
    pair = np.repeat(learner, len(sections)), np.tile(np.arange(len(sections)), len(learner))
    km = np.where(sections.venue[pair[1]] < 0, FAR_KM, pair_km(world, sections, *pair))
    km = km.reshape(len(learner), len(sections))
    six, programme = world.people.six[learner], world.courses.programme[sections.course]
    suits = np.array([getattr(params, f"age_fit_{one.name}") for one in PROGRAMME_FACTS])
    past = _past_enrolments(city, term)[sections.course]
    rank = 1 + np.searchsorted(np.sort(-past), -past)
    home = world.venues.institution_district[world.courses.institution[sections.course]]
    same = home == world.people.district[learner][:, None]
    senior = (programme == PROGRAMME_INDEX["senior"]) & (six >= SIXTY)[:, None]
    chance = np.random.default_rng(term).random(km.shape)
    by_page = (
        params.age_fit_weight * suits[programme][:, six].T
        - km / np.array(params.decay_km)[six][:, None],
        -km,
        -params.rank_exponent * np.log(rank)
        + params.same_district_bonus * same
        + params.senior_page_bonus * senior,
        np.tile(past.astype(np.float64), (len(learner), 1)),
        chance,
    )
    # equals are ordered by chance; what isn't listed comes last
    return {
        name: np.where(sections.listed, score + 1e-6 * chance, -np.inf)
        for name, score in zip(PAGES, by_page, strict=True)
    }


def _past_enrolments(city: Lived, term: int) -> NDArray[np.int64]:
    past = np.zeros(len(city.laid.world.courses.programme), dtype=np.int64)
    for done in city.state.done[:term]:
        np.add.at(past, done.sections.course[done.result.seats.section], 1)
    return past


def first_ten(score: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether each section is among a learner's first ten."""
    first = np.zeros(score.shape, dtype=bool)
    np.put_along_axis(first, np.argpartition(-score, K, axis=1)[:, :K], values=True, axis=1)
    return first


def hits(city: Lived, lists: int) -> Iterator[tuple[str, Shown, NDArray[np.bool_], int]]:
    """Term by term and page by page, which shown pairs are among the page's first ten."""
    for term in range(1, len(city.state.done)):
        pairs = shown(city, term, lists)
        if lists == OLD_PAGE_LIST:
            kept = pairs.learner % ONE_IN == 0
            pairs = Shown(pairs.learner[kept], pairs.section[kept], pairs.applied[kept])
        asked, row = np.unique(pairs.learner, return_inverse=True)
        listed = int(city.state.done[term].sections.listed.sum())
        for name, score in scores(city, term, asked).items():
            yield name, pairs, first_ten(score)[row, pairs.section], listed


def by_replay(city: Lived) -> dict[str, float]:
    """Share of the old page's applications that each page's ten hold."""
    found: dict[str, list[NDArray[np.bool_]]] = {name: [] for name in PAGES}
    for name, pairs, hit, _ in hits(city, OLD_PAGE_LIST):
        found[name].append(hit[pairs.applied])
    return {name: float(np.concatenate(parts).mean()) for name, parts in found.items()}


def by_random_traffic(city: Lived) -> dict[str, float]:
    """Applications per section shown of each page, from random lists and their propensity."""
    made, lists = dict.fromkeys(PAGES, 0.0), dict.fromkeys(PAGES, 0)
    for name, pairs, hit, listed in hits(city, UNIFORM_LIST):
        length = np.bincount(pairs.learner)[pairs.learner]
        made[name] += float((listed / length)[hit & pairs.applied].sum())
        lists[name] += len(np.unique(pairs.learner))
    return {name: made[name] / (K * lists[name]) for name in PAGES}


def in_truth(city: Lived) -> dict[str, float]:
    """Mean true probability of applying over each page's ten, in the open term."""
    world, term = city.laid.world, len(city.state.done) - 1
    sections = city.state.done[term].sections
    asked = np.arange(0, len(world.people), ONE_IN)
    pair = np.repeat(asked, len(sections)), np.tile(np.arange(len(sections)), len(asked))
    chance = apply_probability(world.params, utilities(world, sections, *pair))
    chance *= admissible(world, sections, city.state.record, *pair)
    chance = chance.reshape(len(asked), len(sections))
    return {
        name: float(chance[first_ten(score)].mean())
        for name, score in scores(city, term, asked).items()
    }


def ordered(worth: dict[str, float]) -> list[str]:
    return sorted(worth, key=worth.__getitem__, reverse=True)


def test_random_traffic_orders_pages_as_the_truth_does_and_replay_flatters_the_old_page(
    pilot: Lived,
) -> None:
    assert ordered(in_truth(pilot)) == list(PAGES)
    assert ordered(by_random_traffic(pilot)) == list(PAGES)
    assert ordered(by_replay(pilot))[0] == "the old page's order"


def test_random_traffic_says_what_each_page_is_worth(pilot: Lived) -> None:
    true, told = in_truth(pilot), by_random_traffic(pilot)
    for name in PAGES[:3]:
        assert told[name] == pytest.approx(true[name], rel=0.25)


def test_applications_for_each_showing_order_courses_better_than_applications(
    pilot: Lived,
) -> None:
    courses = pilot.laid.world.courses
    n = len(courses.programme)
    seen, made = np.zeros(n), np.zeros(n)
    for term, done in enumerate(pilot.state.done):
        pairs = shown(pilot, term, OLD_PAGE_LIST)
        course = done.sections.course[pairs.section]
        seen += np.bincount(course, minlength=n)
        made += np.bincount(course, pairs.applied, minlength=n)
    true, known = _true_appeal(pilot)
    known &= seen > 0
    by_count = spearmanr(made[known], true[known]).statistic
    by_rate = spearmanr((made / np.maximum(seen, 1))[known], true[known]).statistic
    assert by_rate > by_count + 0.1


def _true_appeal(city: Lived) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Mean probability of applying by course in the open term, and which courses run there."""
    world, sections = city.laid.world, city.state.done[-1].sections
    asked = np.arange(0, len(world.people), ONE_IN)
    pair = np.repeat(asked, len(sections)), np.tile(np.arange(len(sections)), len(asked))
    chance = apply_probability(world.params, utilities(world, sections, *pair))
    n = len(world.courses.programme)
    runs = np.bincount(sections.course, minlength=n)
    total = np.bincount(sections.course[pair[1]], chance, minlength=n)
    return total / (np.maximum(runs, 1) * len(asked)), runs > 0


@pytest.mark.slow
def test_in_ten_cities_random_traffic_orders_pages_better_than_replay(
    ten_pilots: list[Lived],
) -> None:
    for city in ten_pilots:
        true, replayed, random = in_truth(city), by_replay(city), by_random_traffic(city)
        assert ordered(true)[0] != "the old page's order"
        assert ordered(replayed)[0] == "the old page's order"
        assert agreement(random, true) > agreement(replayed, true)


def agreement(told: dict[str, float], true: dict[str, float]) -> float:
    """Spearman's rank correlation over the pages."""
    return float(spearmanr([told[name] for name in PAGES], [true[name] for name in PAGES])[0])
