"""Who would benefit from a section: learners to invite, and for planners counts only."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from recsys.columns import Reals
from recsys.errors import QueryError
from recsys.explainers.counts import K_ANONYMOUS
from recsys.offer import Candidates, Offer
from recsys.pairing import paired
from recsys.pipeline.benefit import Done, Measure, Pair, benefit
from recsys.pipeline.eligibility import Rulebook, eligible
from recsys.pipeline.limits import check_size
from recsys.pipeline.policy import Policy
from recsys.pipeline.queries import with_usual_circle
from recsys.pipeline.recommender import Recommender
from recsys.rules import Rule
from recsys.types import LearnerQuery

TOWN_DIGITS: Final = 9
CODE_DIGITS: Final = 12
GROUP: Final = ("age_low", "age_high", "district_code")
"""Fields of the register by which learners are judged together, beside their needs."""
SHARED: Final = ("as_of", "personalised", "needs", "scope_institution_id")
"""Fields of a query that all of a group have in common."""


@dataclass(frozen=True, slots=True)
class Invited:
    """One learner who would benefit.

    Attributes:
        learner_id: pseudonym, for the institution's own invitation.
        rank: 1 is first.
        benefit: see ``Audience.measure``; higher is better.
    """

    learner_id: str
    rank: int
    benefit: float


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom to invite to one section.

    Attributes:
        section_id: the section.
        course_id: what it teaches.
        title: the course's title.
        learners: most benefit first.
        measure: what the benefit is, see ``recsys.pipeline.benefit``.
        asked: learners who allow personalisation.
        eligible: those of them whom no hard rule keeps out.
        excluded: learners kept out, by one rule each, those about groups first; rules that keep out
            fewer than ten are left out.
    """

    section_id: str
    course_id: str
    title: str
    learners: tuple[Invited, ...]
    measure: Measure
    asked: int
    eligible: int
    excluded: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Cell:
    """Eligible learners of one age band and town: ten or more.

    Attributes:
        age_band: one of ``data.vocab.AGE_BANDS``.
        town_code: 12-digit code of the town or street; None where it isn't known.
        town: its name; None where it isn't known.
        learners: how many.
        benefit: their mean benefit.
    """

    age_band: str
    town_code: str | None
    town: str | None
    learners: int
    benefit: float


@dataclass(frozen=True, slots=True)
class Reach:
    """How many learners a section could reach, for planners: no cell of fewer than ten people.

    Attributes:
        section_id: the section.
        course_id: what it teaches.
        title: the course's title.
        cells: the largest first.
        others: learners of all other cells together; None where there are none or fewer than ten.
        measure: what the benefit is, see ``recsys.pipeline.benefit``.
    """

    section_id: str
    course_id: str
    title: str
    cells: tuple[Cell, ...]
    others: int | None
    measure: Measure


@dataclass(frozen=True, slots=True)
class _Judged:
    """All eligible learners of a section, in the order of their ids."""

    section: Offer
    learner_ids: tuple[str, ...]
    benefit: Reals
    measure: Measure
    asked: int
    refused: Mapping[str, int]

    @property
    def told(self) -> tuple[str, str, str]:
        """The section's id, course and title."""
        ids = [self.section.values(name)[0] for name in ("section_id", "course_id", "title")]
        return ids[0], ids[1], ids[2]


def audience(
    recommender: Recommender, section_id: str, *, n: int = 50, done: Done | None = None
) -> Audience:
    """The learners who would benefit most from a section.

    Only learners who allow personalisation, under 14 with their guardian's consent, are asked
    about, and every hard rule holds for each of them. Nothing but the id and the benefit is
    told of anybody.

    Args:
        recommender: whose rules and model answer.
        section_id: the section.
        n: learners wanted.
        done: told how far it is.

    Raises:
        QueryError: no such section, n out of range, or a city without a register of consent.
    """
    check_size(n)
    judged = _judged(recommender, section_id, done)
    best: list[int] = np.argsort(-judged.benefit, kind="stable")[:n].tolist()
    invited = (
        Invited(judged.learner_ids[place], rank, float(judged.benefit[place]))
        for rank, place in enumerate(best, start=1)
    )
    refused = {rule: n for rule, n in judged.refused.items() if n >= K_ANONYMOUS}
    found, eligible_learners = tuple(invited), len(judged.learner_ids)
    return Audience(*judged.told, found, judged.measure, judged.asked, eligible_learners, refused)


def reach(recommender: Recommender, section_id: str, *, done: Done | None = None) -> Reach:
    """Counts of the learners who may take a section, by age band and town.

    Cells of fewer than ten are joined to ``others``; where those are fewer than ten together,
    the smallest other cell joins them, so that no difference gives them away.

    Args:
        recommender: whose rules and model answer.
        section_id: the section.
        done: told how far it is.

    Raises:
        QueryError: no such section, or a city without a register of consent.
    """
    judged = _judged(recommender, section_id, done)
    cells, others = suppressed(_cells(recommender, judged))
    return Reach(*judged.told, cells, others, judged.measure)


def suppressed(cells: Sequence[Cell]) -> tuple[tuple[Cell, ...], int | None]:
    """The cells that may be told, the largest first, and how many learners the others hold.

    Args:
        cells: of any size.
    """
    ordered = sorted(cells, key=lambda c: (-c.learners, c.age_band, c.town_code or ""))
    told = [cell for cell in ordered if cell.learners >= K_ANONYMOUS]
    others = sum(cell.learners for cell in ordered[len(told) :])
    while told and 0 < others < K_ANONYMOUS:
        others += told.pop().learners
    return tuple(told), others if others >= K_ANONYMOUS else None


def _judged(recommender: Recommender, section_id: str, done: Done | None) -> _Judged:
    section = recommender.pool.alone(section_id)
    if not len(section):
        message = "no section of this id is known; ids are those of the sections table"
        raise QueryError(message)
    register = recommender.profiles.register
    if not register.height:
        message = "the snapshot has no learners table, so nobody is known to have consented"
        raise QueryError(message)
    policy = recommender.policy_of(section.values("programme")[0])
    consenting = register.filter("personalised")
    refused: Counter[str] = Counter()
    pairs: list[Pair] = []
    possible = _possible(recommender, section, policy, consenting, refused)
    for rule, pair in _pairs(recommender, section, policy, possible):
        if rule is None:
            pairs.append(pair)
        else:
            refused[rule] += 1
    if done is not None:
        done(consenting.height - len(pairs))
    values, measure = benefit(recommender, policy, pairs, done)
    learners = tuple(str(pair.query.learner_id) for pair in pairs)
    ordered = {name: refused[name] for name in policy.rules if refused[name]}
    return _Judged(section, learners, values, measure, consenting.height, ordered)


def _possible(
    recommender: Recommender,
    section: Offer,
    policy: Policy,
    consenting: pl.DataFrame,
    refused: Counter[str],
) -> list[str]:
    """Learners whom the rules about groups leave, judged once for all who share the fields.

    Args:
        recommender: for its moment.
        section: the one section.
        policy: whose rules hold.
        consenting: rows of the register.
        refused: counts by rule, to which those left out are added.
    """
    book = Rulebook(rule for rule in policy.chosen_rules if _of_groups(rule))
    columns = (*GROUP, "needs", "learner_id")
    groups: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for *same, needs, learner_id in consenting.select(columns).iter_rows():
        groups[(*same, frozenset[str](needs))].append(learner_id)
    possible: list[str] = []
    for key, learner_ids in groups.items():
        fields: dict[str, Any] = dict(zip((*GROUP, "needs"), key, strict=True))
        query = LearnerQuery(as_of=recommender.as_of, personalised=True, **fields)
        kept, refusals = eligible(query, Candidates(section), book)
        if len(kept):
            possible += learner_ids
        else:
            refused[next(iter(refusals.counts()))] += len(learner_ids)
    return sorted(possible)


def _of_groups(rule: Rule) -> bool:
    """Whether a rule reads only what whole groups of learners share."""
    return rule.reads is not None and {*rule.reads} <= {*GROUP, *SHARED}


def _pairs(
    recommender: Recommender, section: Offer, policy: Policy, learner_ids: Sequence[str]
) -> Iterator[tuple[str | None, Pair]]:
    """Each learner paired with the section, and the first remaining rule that refuses it."""
    book = Rulebook(rule for rule in policy.chosen_rules if not _of_groups(rule))
    programme = section.values("programme")[0]
    facts = recommender.profiles.facts_of_all(learner_ids)
    for learner_id, fields in zip(learner_ids, facts, strict=True):
        told = LearnerQuery(
            as_of=recommender.as_of, programme=programme, learner_id=learner_id, **fields
        )
        query = with_usual_circle(told, policy)
        candidates = paired(query, section)
        _, refusals = eligible(query, candidates, book)
        yield next(iter(refusals.counts()), None), Pair(query, candidates)


def _cells(recommender: Recommender, judged: _Judged) -> list[Cell]:
    """Eligible learners by age band and town, of whatever number."""
    code = pl.col("home_division_code")
    town = code.str.slice(0, TOWN_DIGITS)
    is_town = town.str.slice(6, 3) != "000"
    homes = recommender.profiles.register.select(
        "learner_id",
        pl.col("age_band").cast(pl.String),
        town_code=pl.when(is_town).then(town.str.pad_end(CODE_DIGITS, "0")),
    )
    of_learner = pl.DataFrame(
        {"learner_id": judged.learner_ids, "benefit": judged.benefit},
        schema={"learner_id": pl.String, "benefit": pl.Float64},
    )
    names = dict(
        recommender.profiles.city.scan("divisions")
        .select("division_code", "name")
        .collect()
        .iter_rows()
    )
    counted = (
        of_learner.join(homes, on="learner_id", maintain_order="left")
        .group_by("age_band", "town_code", maintain_order=True)
        .agg(pl.len().alias("learners"), pl.col("benefit").mean())
    )
    return [
        Cell(band, town_code, names.get(town_code), learners, mean)
        for band, town_code, learners, mean in counted.iter_rows()
    ]
