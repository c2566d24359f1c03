"""Courses like one course, each with its best open section and a true reason."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count, islice
from types import MappingProxyType
from typing import Final

import numpy as np

from recsys.errors import QueryError
from recsys.explainers.impersonal import Figures, impersonal
from recsys.offer import Candidates
from recsys.pipeline.likeness import SAME_SKILLS, SAME_TEXT, TAKEN_TOGETHER, Likeness
from recsys.pipeline.queries import as_permitted
from recsys.pipeline.recommender import Recommender
from recsys.rerankers.one_per_course import OnePerCourse, OnePerCourseConfig
from recsys.types import LearnerQuery, Reason

WEIGHTS: Final[Mapping[str, float]] = MappingProxyType(
    {
        TAKEN_TOGETHER: 0.4,  # what people do, where there are people
        SAME_SKILLS: 0.4,  # what is taught; all that is known of a new course, with its text
        SAME_TEXT: 0.2,  # says partly the same as the skills, which stand in it
    }
)
"""Weights of the views of likeness, by judgement, fitted to nothing; they sum to 1."""

SCORE: Final = "score"
CONTEXT: Final = "context"
"""The scorer that tells a course's sections apart: taste is the same for all of them."""

SKILLS_NAMED: Final = 3
"""Most skills of one sentence."""

ALIKE: Final = 0.15
"""Cosine from which texts are said to be alike: in two simulated cities 19 of 20 pairs of courses
without a common skill lie below it."""


@dataclass(frozen=True, slots=True)
class Similar:
    """One course like the one asked about.

    Attributes:
        course_id: the course.
        section_id: its best section that is open to who asks.
        rank: 1 is first.
        score: from 0 to 1, higher is more alike; a course that nobody took yet can reach 0.6.
        reasons: what makes it alike, strongest first; never empty.
    """

    course_id: str
    section_id: str
    rank: int
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class SimilarCourses:
    """The answer to one question.

    Attributes:
        course_id: the course asked about.
        title: its title.
        items: most alike first; fewer than asked where fewer are alike for a reason.
        excluded: number of sections dropped, by rule.
    """

    course_id: str
    title: str
    items: tuple[Similar, ...]
    excluded: Mapping[str, int]


class Finder:
    """Finds similar courses for one recommender; prepares the courses once."""

    def __init__(self, recommender: Recommender) -> None:
        """Take the recommender whose rules and model answer."""
        self._recommender = recommender

    def similar(self, wanted: str, query: LearnerQuery) -> SimilarCourses:
        """Courses like the one asked about, most alike first, each with its best open section.

        Every hard rule holds for who asks; beyond that nothing personal is read. A course about
        which no true reason can be said isn't listed.

        Args:
            wanted: a section or a course.
            query: who asks, how many courses are wanted, under which programme; the query of
                nobody in particular reads nothing of anybody.

        Raises:
            QueryError: neither a section nor a course of this id is known.
        """
        course_id = self.course_of(wanted)
        kept, refusals = self._recommender.eligible(query)
        each = _best_of_each(self._recommender, query, _without(kept, course_id))
        views = self._likeness.to(course_id, each.offer)
        parts = {view: weight * each.of_course(views[view]) for view, weight in WEIGHTS.items()}
        ranked = each.with_columns({**parts, SCORE: np.sum(list(parts.values()), axis=0)})
        ranked = ranked.take(np.argsort(-ranked[SCORE], kind="stable"))
        found = tuple(islice(self._told(course_id, query, ranked), query.n))
        return SimilarCourses(course_id, self._likeness.title(course_id), found, refusals.counts())

    def course_of(self, wanted: str) -> str:
        """The course of a section, or the course itself.

        Raises:
            QueryError: neither is known.
        """
        section = self._recommender.pool.alone(wanted)
        course_id = section.values("course_id")[0] if len(section) else wanted
        if course_id not in self._likeness:
            message = "no section or course of this id is known"
            raise QueryError(message)
        return str(course_id)

    def _told(self, course_id: str, query: LearnerQuery, ranked: Candidates) -> Iterator[Similar]:
        """The ranked courses that are alike for a reason."""
        both = self._likeness.took_both(course_id)
        ids = zip(ranked.texts("course_id"), ranked.texts("section_id"), strict=True)
        figures = zip(*(ranked[name].tolist() for name in (SCORE, *WEIGHTS)), strict=True)
        rank = count(1)
        for (other, section_id), (score, *values) in zip(ids, figures, strict=True):
            parts = dict(zip(WEIGHTS, values, strict=True))
            if claims := self._claims(course_id, other, parts, both):
                reasons = _reasons(parts, claims, query)
                yield Similar(other, section_id, next(rank), score, reasons)

    def _claims(
        self, course_id: str, other: str, parts: Mapping[str, float], both: Mapping[str, int]
    ) -> Mapping[str, Figures]:
        """What can truthfully be said, by view: only views that raised the score are asked."""
        claims: dict[str, Figures] = {}
        if parts[SAME_SKILLS] > 0 and (names := self._names(course_id, other)):
            claims[SAME_SKILLS] = {"skills": "、".join(names)}
        if parts[TAKEN_TOGETHER] > 0:
            claims[TAKEN_TOGETHER] = {"people": both[other]}
        if parts[SAME_TEXT] >= ALIKE * WEIGHTS[SAME_TEXT]:
            claims[SAME_TEXT] = {}
        return claims

    def _names(self, one: str, other: str) -> Sequence[str]:
        known = self._recommender.facts.skills
        shared = sorted(self._likeness.shared_skills(one, other))
        return [known[skill] for skill in shared if skill in known][:SKILLS_NAMED]

    @cached_property
    def _likeness(self) -> Likeness:
        profiles = self._recommender.profiles
        return Likeness(profiles.city, profiles.as_of, self._recommender.scorers)


def _without(kept: Candidates, course_id: str) -> Candidates:
    own = np.zeros(len(kept.offer), dtype=np.bool_)
    own[kept.offer.rows_of("course_id", [course_id])] = True
    return kept.take(~kept.pick(own))


def _best_of_each(recommender: Recommender, query: LearnerQuery, kept: Candidates) -> Candidates:
    """Each course's section that suits the day best; the first by id where nothing tells."""
    context = recommender.scorers.get(CONTEXT)
    if context is not None:
        scores = np.nan_to_num(context.score(as_permitted(query), kept), nan=-np.inf)
        kept = kept.take(np.argsort(-scores, kind="stable"))
    return OnePerCourse(OnePerCourseConfig(further="drop")).rerank(query, kept)


def _reasons(
    parts: Mapping[str, float], claims: Mapping[str, Figures], query: LearnerQuery
) -> tuple[Reason, ...]:
    """The claims as reasons, strongest first; a weight is the share of all that raised it."""
    raised = sum(part for part in parts.values() if part > 0)
    strongest = sorted(claims, key=lambda view: (-parts[view], view))
    return tuple(
        impersonal(view, claims[view], parts[view] / raised, elder=query.elder)
        for view in strongest
    )
