"""All contact with the simulator: the tables, the true probabilities, and what only it knows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.cluster import KMeans

from data.city import City
from data.simulate import preset
from data.simulate.build import Built, build
from data.simulate.calendar import cut_off
from data.simulate.files.forms import conformed
from data.simulate.people.people import microseconds
from data.simulate.taste import PERSONAS
from data.simulate.terms.choice import World, pair_taste, utilities
from data.simulate.terms.exposure import OLD_PAGE
from data.simulate.truth.probabilities import apply_probabilities, open_sections
from recsys.scorers.matrices import one_thread

OLD_PAGE_POLICY: Final = OLD_PAGE
"""What the old page's impressions carry as their policy."""

Scores = NDArray[np.float64]
"""Shape (judged learners, open sections); higher is better."""
Allowed = NDArray[np.bool_]
"""Shape (judged learners, open sections); whether the hard rules let the pair be shown."""


@dataclass(frozen=True, slots=True)
class Arena:
    """A simulated city with its answer key.

    Attributes:
        city: the contract tables.
        as_of: the cut-off at which lists are made.
        learner_ids: judged learners, the rows of all matrices.
        section_ids: sections open at the cut-off, the columns of all matrices.
        probability: true probability of applying, 0 where a rule bars the pair.
        allowed: pairs that the rules allow at the cut-off.
        allowed_at_opening: the same when enrolment opened: nobody had applied, no seat was taken.
        allowed_without_access: the same at the cut-off with the access rule switched off.
        informed: scores that read the answer key, by policy.
    """

    city: City
    as_of: datetime
    learner_ids: pl.Series
    section_ids: pl.Series
    probability: Scores
    allowed: Allowed
    allowed_at_opening: Allowed
    allowed_without_access: Allowed
    informed: Mapping[str, Scores]


def make_arena(
    preset_name: str, settings: Sequence[str], seed: int, step: Callable[[str], None]
) -> Arena:
    """Simulate a city and read its answer key.

    Args:
        preset_name: a preset of the simulator.
        settings: ``name=value`` texts that change it.
        seed: of the city and of the draw of judged learners.
        step: told what begins.
    """
    built = build(preset(preset_name, settings), seed, step)
    step("truth")
    as_of = cut_off(built.world.params)
    until = microseconds(as_of)
    truth = _truth(built, until, seed)
    learners = truth["learner_id"].unique(maintain_order=True)
    sections = truth["section_id"].unique(maintain_order=True)
    shape = (len(learners), len(sections))
    probability = _matrix(truth, shape)
    return Arena(
        city=City({name: conformed(name, rows).lazy() for name, rows in built.tables.items()}),
        as_of=as_of,
        learner_ids=learners,
        section_ids=sections,
        probability=probability,
        allowed=probability > 0,
        allowed_at_opening=_matrix(_truth(_at_opening(built), until, seed), shape) > 0,
        allowed_without_access=_matrix(_truth(_without_needs(built), until, seed), shape) > 0,
        informed=_informed(built, learners, open_sections(built, until)),
    )


def _truth(built: Built, until: int, seed: int) -> pl.DataFrame:
    """True probabilities; the seed draws the same judged learners each time."""
    return apply_probabilities(built, until, np.random.default_rng(seed))


def _matrix(truth: pl.DataFrame, shape: tuple[int, int]) -> Scores:
    return truth["apply_probability"].to_numpy().reshape(shape)


def _at_opening(built: Built) -> Built:
    """The same city in the hour in which enrolment for the open term began."""
    result = built.results[-1]
    fresh = replace(
        result,
        state=np.full_like(result.state, "applying"),
        enrolled=np.zeros_like(result.enrolled),
        applications=_emptied(result.applications),
        seats=_emptied(result.seats),
        left=result.left[:0],
    )
    return replace(built, results=[*built.results[:-1], fresh])


def _emptied(arrays: Any) -> Any:
    """A dataclass of arrays with no entries left."""
    return replace(arrays, **{name: getattr(arrays, name)[:0] for name in arrays.__slots__})


def _without_needs(built: Built) -> Built:
    """The same city if nobody had an access need: what remains barred, other rules bar."""
    people = built.world.people
    return replace(
        built,
        world=replace(built.world, people=replace(people, needs=np.zeros_like(people.needs))),
    )


def _informed(
    built: Built, judged: pl.Series, opened: NDArray[np.int64]
) -> Mapping[str, NDArray[np.float64]]:
    """Scores of the oracle, of the two ceilings, and of true taste alone."""
    everyone = built.tables["learners"]["learner_id"]
    learner = np.repeat(np.flatnonzero(everyone.is_in(judged.to_list())), len(opened))
    section = np.tile(opened, len(judged))
    planned, world = built.terms[-1], built.world
    scores = {
        "oracle": utilities(world, planned, learner, section),
        "all_but_taste": utilities(_of_weight(world, 0.0), planned, learner, section),
        "persona_taste": utilities(_of_personas(world), planned, learner, section),
        "true_taste": pair_taste(world, planned, learner, section),
    }
    return {name: values.reshape(len(judged), -1) for name, values in scores.items()}


def _of_weight(world: World, taste_weight: float) -> World:
    """The same world if taste weighed this much."""
    return replace(world, params=world.params.model_copy(update={"taste_weight": taste_weight}))


def _of_personas(world: World) -> World:
    """The same world if every learner had the mean taste of the own persona.

    The personas are told apart by clusters of the true tastes, of which there are as many.
    """
    taste = world.people.taste
    with one_thread():
        personas = KMeans(len(PERSONAS), n_init=10, random_state=0).fit(taste)
    means = personas.cluster_centers_[personas.labels_].astype(taste.dtype)
    return replace(world, people=replace(world.people, taste=means))
