"""What the city hides in its log, recovered; beside each, the blunt method that is fooled."""

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from data.simulate.terms.choice import apply_probability, pair_km, utilities
from data.simulate.terms.diary import OLD_PAGE_LIST, UNIFORM_LIST
from data.vocab import ACCESS_NEEDS
from tests.data.simulate.facts.conftest import Lived, shown

STEP_FREE = 1 << ACCESS_NEEDS.index("step_free")


@pytest.mark.parametrize(("bands", "six"), [("18-34", 0), ("35-44", 2), ("45-59", 3), ("60-69", 4)])
def test_distance_decay_is_recovered_where_all_else_that_draws_learners_is_known(
    pilot: Lived, bands: str, six: int
) -> None:
    del bands
    world = pilot.laid.world
    group = [0, 1] if six == 0 else [six]
    km, rest, applied = [], [], []
    for term, done in enumerate(pilot.state.done):
        pairs = shown(pilot, term, UNIFORM_LIST)
        here = np.isin(world.people.six[pairs.learner], group)
        here &= done.sections.venue[pairs.section] >= 0
        learner, section = pairs.learner[here], pairs.section[here]
        u = utilities(world, done.sections, learner, section)
        far = pair_km(world, done.sections, learner, section)
        known = np.isfinite(u)
        km.append(far[known])
        rest.append((u + far / world.params.decay_km[six])[known])
        applied.append(pairs.applied[here][known])
    far, all_else, did = (np.concatenate(parts) for parts in (km, rest, applied))
    model = LogisticRegression(C=1e6, max_iter=500)
    known_decay = 1 / -model.fit(np.column_stack([far, all_else]), did).coef_[0, 0]
    blunt_decay = 1 / -model.fit(far[:, None], did).coef_[0, 0]
    planted = world.params.decay_km[six]
    assert known_decay == pytest.approx(planted, rel=0.15)
    assert abs(blunt_decay / planted - 1) > 0.15


def test_random_traffic_knows_what_new_courses_are_worth_and_the_old_pages_counts_do_not(
    pilot: Lived,
) -> None:
    world = pilot.laid.world
    truths, rates, counts = [], [], []
    for term, done in enumerate(pilot.state.done[1:], start=1):
        n = len(done.sections)
        random, old = (shown(pilot, term, lists) for lists in (UNIFORM_LIST, OLD_PAGE_LIST))
        seen = np.bincount(random.section, minlength=n)
        kept = done.sections.listed & (seen > 0)
        new = kept & (world.courses.first_term[done.sections.course] == term)
        rate = np.bincount(random.section[random.applied], minlength=n) / np.maximum(seen, 1)
        count = np.bincount(old.section[old.applied], minlength=n).astype(np.float64)
        for found, values in (
            (truths, mean_chance(pilot, term)),
            (rates, rate),
            (counts, count),
        ):
            found.append(float(values[new].mean() / values[kept & ~new].mean()))
    true, random_says, counts_say = (float(np.mean(found)) for found in (truths, rates, counts))
    assert random_says == pytest.approx(true, rel=0.15)
    assert counts_say < 0.65 * true


def mean_chance(city: Lived, term: int) -> NDArray[np.float64]:
    """True probability of applying for each section of a term, over every fortieth learner."""
    sections = city.state.done[term].sections
    learner, section = np.meshgrid(
        np.arange(0, len(city.laid.world.people), 40), np.arange(len(sections))
    )
    u = utilities(city.laid.world, sections, learner.ravel(), section.ravel())
    chance = apply_probability(city.laid.world.params, u)
    return np.asarray(chance.reshape(learner.shape).mean(axis=1), dtype=np.float64)


def test_nobody_applies_where_an_access_need_is_unmet_though_the_old_page_shows_it(
    pilot: Lived,
) -> None:
    world = pilot.laid.world
    barred = []
    for term, done in enumerate(pilot.state.done):
        made = done.result.applications
        assert not unmet(pilot, term, made.learner, made.section).any()
        pairs = shown(pilot, term, OLD_PAGE_LIST)
        wheelchair = (world.people.needs[pairs.learner] & STEP_FREE) != 0
        barred.append(unmet(pilot, term, pairs.learner[wheelchair], pairs.section[wheelchair]))
    assert 0.03 < np.concatenate(barred).mean() < 0.60


def unmet(
    city: Lived, term: int, learner: NDArray[np.int64], section: NDArray[np.int64]
) -> NDArray[np.bool_]:
    needs, meets = city.laid.world.people.needs, city.state.done[term].sections.meets
    return (needs[learner] & ~meets[section]) != 0


def test_the_famous_class_has_fifty_six_applicants_for_a_seat_in_every_term(pilot: Lived) -> None:
    famous = pilot.laid.world.courses.famous
    for term, done in enumerate(pilot.state.done):
        here = done.sections.course == famous
        assert here.sum() == 1
        odds = (pilot.applicants(term) / done.sections.capacity)[here][0]
        assert 56 / 1.5 < odds < 56 * 1.5
