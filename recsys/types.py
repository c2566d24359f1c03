"""The central types of a decision: who asks, what is on offer, what is answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import polars as pl


@dataclass(frozen=True, slots=True)
class Commitment:
    """A section the learner is enrolled in: its weekly slots from starts_on to ends_on."""

    section_id: str
    slots: frozenset[str]
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class LearnerQuery:
    """Everything a decision may know about one learner at one moment.

    An absent fact is None: unknown, never zero or false. ``circle_min`` and ``free_slots``
    are limits that refuse; ``usual_circle_min`` and ``usual_slots`` are what the learner told
    once, context that the ranker weighs.

    Attributes:
        as_of: the moment of the decision (aware); nothing later is known.
        programme: the policy to answer under; None asks across programmes.
        n: how many sections to return.
        learner_id: pseudonym, None for an anonymous session.
        personalised: whether history, goals and commitments may be used at all.
        age_low: youngest age of the learner's band, full years.
        age_high: oldest age of the learner's band, full years.
        district_code: 12-digit code of the home district.
        home_division_code: deepest known home division.
        home: longitude and latitude (WGS84 degrees) of the home cell, or of the deepest known
            home division's centre.
        home_known: how closely the home is known: cell, village, town or district.
        travel_mode: walk, bike, transit or drive.
        circle_min: longest journey accepted, minutes one way.
        usual_circle_min: longest journey that the learner likes; context, no limit.
        free_slots: the only weekly slots accepted, such as ``3E``.
        usual_slots: weekly slots in which the learner is usually free; context, no limit.
        needs: access needs that a section must meet.
        history: course ids by time, oldest first; the learner's current taste evidence.
        history_weights: strength of each entry of ``history`` (> 0), same length.
        completed: courses completed.
        shown: sections the learner was shown, on offer or over.
        outcomes: what became of each of ``shown``, see ``features.shown``; same length.
        commitments: sections the learner is enrolled in that have not ended.
        enrolled_sections: sections applied to, waitlisted or enrolled in.
        goal_skills: skills the learner wants.
        goal_occupation_code: occupation the learner wants.
        education: highest level completed.
        work_status: employed, retired and so on.
        scope_institution_id: the institution a call is scoped to, for sections shared as "own".
        include_ids: when given, only these sections are candidates.
        exclude_ids: sections never returned.
        on_other_shelves: sections that other shelves of the same page show.
        elder: answer in elder mode (at most five items, plain words).
    """

    as_of: datetime
    programme: str | None = None
    n: int = 10
    learner_id: str | None = None
    personalised: bool = False
    age_low: int | None = None
    age_high: int | None = None
    district_code: str | None = None
    home_division_code: str | None = None
    home: tuple[float, float] | None = None
    home_known: str | None = None
    travel_mode: str | None = None
    circle_min: float | None = None
    usual_circle_min: float | None = None
    free_slots: frozenset[str] | None = None
    usual_slots: frozenset[str] | None = None
    needs: frozenset[str] = frozenset()
    history: tuple[str, ...] = ()
    history_weights: tuple[float, ...] = ()
    completed: frozenset[str] = frozenset()
    shown: tuple[str, ...] = ()
    outcomes: tuple[int, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    enrolled_sections: frozenset[str] = frozenset()
    goal_skills: frozenset[str] = frozenset()
    goal_occupation_code: str | None = None
    education: str | None = None
    work_status: str | None = None
    scope_institution_id: str | None = None
    include_ids: frozenset[str] | None = None
    exclude_ids: frozenset[str] = frozenset()
    on_other_shelves: frozenset[str] = frozenset()
    elder: bool = False


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """What scorers are fitted on; nothing in it is later than ``as_of``.

    Attributes:
        interactions: learner_id, course_id (text), weight (Float64 > 0), age_days
            (Float64 >= 0, days before as_of); one row per pair.
        learners: ``features.learner.learner_features``, possibly empty.
        courses: ``features.course.course_features``: every course of the pool with its
            document, including courses nobody has taken.
        as_of: the cut-off.
        seed: of every random choice made while fitting.
        occupation_skills: rows of the ``occupation_skills`` contract, or None when unknown.
        demand: areas, skills and the lower bound of what is lacking, see
            ``recsys.scorers.shortages.shortages``; None where nobody has measured it.
        skill_parents: the wider skill of each skill that has one: its group, a group's trade.
    """

    interactions: pl.DataFrame
    learners: pl.DataFrame
    courses: pl.DataFrame
    as_of: datetime
    seed: int = 0
    occupation_skills: pl.DataFrame | None = None
    demand: pl.DataFrame | None = None
    skill_parents: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a section was recommended.

    Attributes:
        kind: the factor's name, stable for programs (``near``, ``taste``, ``popular_here``).
        text_zh: the sentence shown in Chinese.
        text_en: the same in English.
        evidence: the figures the sentence rests on.
        weight: the factor's part of the score, from 0 to 1.
    """

    kind: str
    text_zh: str
    text_en: str
    evidence: Mapping[str, str | float | int]
    weight: float


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One section of the answer.

    Attributes:
        section_id: the section.
        course_id: what it teaches.
        rank: 1 is first.
        score: the ranker's score, comparable within one list only.
        source: the scorer that contributed most.
        propensity: probability that this policy shows the section in this list.
        reasons: strongest first.
    """

    section_id: str
    course_id: str
    rank: int
    score: float
    source: str
    propensity: float
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Dropped:
    """A section refused by a hard rule, with the first rule that refused it."""

    section_id: str
    rule: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What the caller should know besides the list, in both languages.

    Attributes:
        kind: stable for programs (``fewer_than_asked``, ``scorer_absent``).
        text_zh: in Chinese.
        text_en: in English.
    """

    kind: str
    text_zh: str
    text_en: str


@dataclass(frozen=True, slots=True)
class RecommendationList:
    """The answer to one query.

    Attributes:
        items: best first; fewer than asked when the rules leave fewer.
        excluded: number of sections dropped, by rule.
        fallback: None, or why the list is not personal (``unknown_learner``,
            ``personalisation_off``, ``anonymous``, ``no_history``).
        policy: name and version of the policy that answered.
        warnings: what the caller should know.
        costs: by reranker, the mean score of the list that it gave up.
    """

    items: tuple[Recommendation, ...]
    excluded: Mapping[str, int]
    fallback: str | None
    policy: str
    warnings: Sequence[Notice] = field(default_factory=tuple)
    costs: Mapping[str, float] = field(default_factory=dict[str, float])
