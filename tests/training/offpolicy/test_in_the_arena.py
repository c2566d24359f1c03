"""Five policies in a city whose truth is known: what the log says of them, and what is so.

The city is built in memory. Each policy makes a list for every visit of four terms, from what
was known before the term. The truth is the mean true chance of applying over the ten shown.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from scipy.stats import kendalltau

from data.city import City, empty
from data.simulate.build import Built, build
from data.simulate.pool.sections import Sections
from data.simulate.presets import preset
from data.simulate.terms.choice import (
    age_allows,
    apply_probability,
    pair_km,
    sharing_allows,
    utilities,
)
from training.offpolicy.estimators import Settings
from training.offpolicy.judge import Judgement, Question, judge_lists
from training.offpolicy.logged import logged_lists
from training.offpolicy.pair_facts import pair_facts

pytestmark = pytest.mark.slow

K = 10
SEEDS = (8, 21, 77)
QUESTION = Question(k=K, settings=Settings(draws=400))

Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Term:
    """One term as its visitors met it.

    Attributes:
        built: the city.
        planned: the term's sections.
        listed: indices of the sections that could be shown.
        visitors: numbers of the learners who came.
        visits: learner_id, list_id of the visitors, in the same order.
        history: 1 where a learner enrolled in a course in an earlier term; (learners, courses).
    """

    built: Built
    planned: Sections
    listed: NDArray[np.int64]
    visitors: NDArray[np.int64]
    visits: pl.DataFrame
    history: NDArray[np.float32]

    def pairs(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Every visitor with every listed section, visitor by visitor."""
        learner = np.repeat(self.visitors, len(self.listed))
        return learner, np.tile(self.listed, len(self.visitors))

    def table(self, values: NDArray[np.generic]) -> NDArray[np.generic]:
        """Values of ``pairs`` as visitors x listed sections."""
        return values.reshape(len(self.visitors), len(self.listed))

    def courses(self) -> NDArray[np.int64]:
        """Course of each listed section."""
        return self.planned.course[self.listed]


def at_random(term: Term, rng: np.random.Generator) -> Scores:
    return rng.random((len(term.visitors), len(term.listed)))


def old_page(term: Term, _: np.random.Generator) -> Scores:
    """Most past enrolments, the same for everybody."""
    taken = term.history.sum(axis=0)[term.courses()]
    return np.tile(taken, (len(term.visitors), 1)).astype(np.float64)


def nearest_when_free(term: Term, _: np.random.Generator) -> Scores:
    """The shortest way, sections in a busy slot after all others."""
    people = term.built.world.people
    learner, section = term.pairs()
    km = pair_km(term.built.world, term.planned, learner, section)
    busy = (term.planned.slots[section] & ~people.free[learner]) != 0
    return -term.table(km + 1000.0 * busy).astype(np.float64)


def similar_courses(term: Term, _: np.random.Generator) -> Scores:
    """Item-kNN on past enrolments, without context; popularity where there is no past."""
    taken = term.history.sum(axis=0)
    alike = term.history.T @ term.history / np.sqrt(np.outer(taken, taken) + 1.0)
    np.fill_diagonal(alike, 0.0)
    scores = term.history[term.visitors] @ alike[:, term.courses()]
    return np.asarray(scores + 1e-6 * taken[term.courses()], dtype=np.float64)


def popular_of_age_in_reach(term: Term, _: np.random.Generator) -> Scores:
    """Popular in the age band, less a unit for every four kilometres and a busy slot."""
    people = term.built.world.people
    bands = np.eye(people.six.max() + 1)[people.six]
    taken = (bands.T @ term.history)[:, term.courses()]
    popular = np.log1p(taken)[people.six[term.visitors]]
    learner, section = term.pairs()
    km = term.table(pair_km(term.built.world, term.planned, learner, section))
    busy = term.table((term.planned.slots[section] & ~people.free[learner]) != 0)
    return np.asarray(popular - km / 4.0 - 2.0 * busy, dtype=np.float64)


POLICIES: Mapping[str, Callable[[Term, np.random.Generator], Scores]] = {
    "at random": at_random,
    "nearest when free": nearest_when_free,
    "old page": old_page,
    "popular of age in reach": popular_of_age_in_reach,
    "similar courses": similar_courses,
}


@dataclass(frozen=True)
class Arena:
    """Truth and judgements in one city.

    Attributes:
        truth: true value at K of each policy.
        judged: judgement of each policy.
        own: judgement of the random traffic's own policy.
        own_rate: applications per section shown in the random traffic, plainly counted.
    """

    truth: dict[str, float]
    judged: dict[str, Judgement]
    own: Judgement
    own_rate: float

    def estimates(self, method: str) -> list[float]:
        """Values by one method, in the order of the policies."""
        return [
            next(e.value for e in self.judged[name].estimates if e.method == method)
            for name in POLICIES
        ]

    def order(self, values: list[float]) -> float:
        """Kendall's tau of values with the truth."""
        return float(kendalltau(values, [self.truth[name] for name in POLICIES]).statistic)


def terms_of(built: Built) -> list[Term]:
    """Every term that has a past."""
    learners, sections = built.tables["learners"], built.tables["sections"]
    events = built.tables["events"].select("learner_id", "section_id", "list_id", "type")
    numbered = events.join(
        learners.select("learner_id").with_row_index("learner"), on="learner_id"
    ).join(sections.select("section_id").with_row_index("section"), on="section_id")
    return [term_of(built, planned, numbered) for planned in built.terms[1:]]


def term_of(built: Built, planned: Sections, events: pl.DataFrame) -> Term:
    courses = np.concatenate([term.course for term in built.terms])
    before = events.filter(pl.col("type") == "enrol", pl.col("section") < planned.first)
    history = np.zeros((len(built.world.people), courses.max() + 1), dtype=np.float32)
    history[before["learner"].to_numpy(), courses[before["section"].to_numpy()]] = 1.0
    last = planned.first + len(planned)
    shown = events.filter(
        pl.col("type") == "impression", pl.col("section").is_between(planned.first, last - 1)
    )
    visits = shown.select("learner", "learner_id", "list_id").unique().sort("learner")
    return Term(
        built,
        planned,
        np.flatnonzero(planned.listed),
        visits["learner"].to_numpy().astype(np.int64),
        visits.select("learner_id", "list_id"),
        history,
    )


def lists_of(term: Term, scores: Scores) -> tuple[pl.DataFrame, Scores]:
    """The K best of each visit as a table, and the true chance of each entry."""
    first = np.argsort(-scores, axis=1, kind="stable")[:, :K]
    section = term.listed[first].ravel()
    learner = np.repeat(term.visitors, K)
    ids = term.built.tables["sections"]["section_id"]
    table = term.visits.select(pl.all().repeat_by(K).explode()).with_columns(
        pl.Series("rank", np.tile(np.arange(1, K + 1), len(first))),
        ids.gather(term.planned.first + section).alias("section_id"),
    )
    return table, chances(term, learner, section)


def chances(term: Term, learner: NDArray[np.int64], section: NDArray[np.int64]) -> Scores:
    """The true P(apply | seen), 0 where the application form refuses."""
    world, planned = term.built.world, term.planned
    chance = apply_probability(world.params, utilities(world, planned, learner, section))
    allowed = age_allows(world, planned, learner, section)
    return np.where(allowed & sharing_allows(world, planned, learner, section), chance, 0.0)


def city_of(built: Built) -> City:
    """The built tables with every column of their contracts."""
    tables = {
        name: pl.concat([empty(name).collect(), frame], how="diagonal_relaxed").lazy()
        for name, frame in built.tables.items()
    }
    return City(tables)


def own_lists(terms: list[Term], random: pl.DataFrame) -> pl.DataFrame:
    """The random traffic as a policy: every listed section of the term with the same chance."""
    parts: list[pl.DataFrame] = []
    for term in terms:
        ids = term.built.tables["sections"]["section_id"].gather(term.planned.first + term.listed)
        visits = term.visits.join(random, on="list_id", how="semi")
        chance = pl.lit(K / len(ids)).alias("propensity")
        parts.append(visits.join(ids.to_frame(), how="cross").with_columns(chance))
    return pl.concat(parts)


@pytest.fixture(scope="module", params=SEEDS)
def arena(request: pytest.FixtureRequest) -> Arena:
    built = build(preset("pilot"), request.param, lambda _step: None)
    city, terms = city_of(built), terms_of(built)
    opened = min(built.tables["sections"]["apply_opens_at"])
    truth: dict[str, float] = {}
    judged: dict[str, Judgement] = {}
    for name, policy in POLICIES.items():
        rng = np.random.default_rng(request.param)
        made = [lists_of(term, policy(term, rng)) for term in terms]
        truth[name] = float(np.concatenate([chance for _, chance in made]).mean())
        lists = pl.concat([table for table, _ in made])
        judged[name] = judge_lists(
            city, lists, QUESTION, lambda pairs: pair_facts(city, opened, pairs)
        )
    random = logged_lists(city, QUESTION.window)
    own = own_lists(terms, random)
    rate = random.join(own, on="list_id", how="semi")["reward"].to_numpy().mean()
    return Arena(truth, judged, judge_lists(city, own, QUESTION), float(rate))


@pytest.mark.parametrize("method", ["doubly_robust", "ips", "snips"])
def test_the_log_orders_five_policies_as_the_truth_does_where_replay_does_not(
    arena: Arena, method: str
) -> None:
    replayed = [arena.judged[name].replay.recall for name in POLICIES]
    assert arena.order(arena.estimates(method)) == pytest.approx(1.0)
    assert arena.order(replayed) < 0.9


def test_replay_sees_too_little_of_what_a_policy_gains_over_the_old_page(arena: Arena) -> None:
    old, near = (arena.judged[name] for name in ("old page", "nearest when free"))
    gain = arena.truth["nearest when free"] / arena.truth["old page"]
    assert gain > 1.5
    assert near.replay.recall / old.replay.recall < 0.75 * gain
    assert near.estimates[0].value / old.estimates[0].value == pytest.approx(gain, rel=0.4)


def test_random_traffic_earns_by_snips_what_was_observed(arena: Arena) -> None:
    """Observed is counted from the log itself, with no weights at all."""
    told = arena.own.estimates[0]
    assert told.method == "snips"
    assert told.low <= arena.own_rate <= told.high
    assert arena.own.observed.value == pytest.approx(arena.own_rate)
    assert arena.own.support.mean_weight == pytest.approx(1.0, abs=0.02)


def test_no_policy_is_promised_more_than_the_truth_allows(arena: Arena) -> None:
    """Applications end at three and don't clash, so the log's rates lie at or below P(apply)."""
    for name in POLICIES:
        for told in arena.judged[name].estimates:
            assert 0.5 * arena.truth[name] < told.high
            assert told.low <= arena.truth[name]
