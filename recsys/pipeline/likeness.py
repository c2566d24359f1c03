"""How alike two courses are: by who took both, by the skills they teach, by their texts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl

from data.city import City
from features.asof import known
from features.course import course_features
from features.interactions import of_consenting
from recsys.columns import Reals
from recsys.explainers.counts import K_ANONYMOUS, TAKING
from recsys.offer import Offer
from recsys.scorers.histories import HistoryScorer
from recsys.scorers.matrices import Matrix, places, sparse, text_array
from recsys.scorers.terms import of_length_one
from recsys.scorers.text import Text
from recsys.stages import Scorer
from recsys.types import LearnerQuery

TAKEN_TOGETHER: Final = "taken_together"
SAME_SKILLS: Final = "same_skills"
SAME_TEXT: Final = "same_text"

TINY: Final = 1e-12
"""Keeps a share of nothing at nothing."""

MODELS: Final = ("lowpass", "ease")
"""Scorers that know which courses are taken together; those of the model are averaged."""


class Likeness:
    """The courses of a city, to be compared; reads nothing of any one learner."""

    def __init__(self, city: City, as_of: datetime, scorers: Mapping[str, Scorer]) -> None:
        """Read the courses.

        Args:
            city: as known at the instant.
            as_of: the instant.
            scorers: of the model; those of ``MODELS`` and ``text`` are asked where they are there.
        """
        self._city = city
        self._as_of = as_of
        self._scorers = scorers
        self._courses = course_features(city, as_of)
        self._row_of = places(text_array(self._courses["course_id"]))

    def __contains__(self, course_id: str) -> bool:
        """Whether the course is known."""
        return course_id in self._row_of

    def title(self, course_id: str) -> str:
        """The title of a known course."""
        return str(self._courses["title"][self._row_of[course_id]])

    def to(self, course_id: str, offer: Offer) -> Mapping[str, Reals]:
        """How like a course every course of an offer is.

        Args:
            course_id: a known course.
            offer: whose courses are compared.

        Returns:
            By view, a value from 0 to 1 per course of the offer, higher for more alike, 0 where
            nothing is known: the models' closeness as a share of the closest course's, where
            enough people took both; the cosine of the skills taught, a rare skill counting more;
            the cosine of the texts.
        """
        others = offer.courses.values
        told = self.took_both(course_id)
        proved = np.array([other in told for other in others], dtype=np.bool_)
        return {
            TAKEN_TOGETHER: np.where(proved, self._closeness(course_id, others), 0.0),
            SAME_SKILLS: self._shared(course_id, others),
            SAME_TEXT: self._alike(course_id, others),
        }

    def shared_skills(self, one: str, other: str) -> frozenset[str]:
        """The skills that two courses both teach."""
        taught = (self._courses["skill_ids"][self._row_of[course]] for course in (one, other))
        left, right = (frozenset[str](ids) for ids in taught)
        return left & right

    def took_both(self, course_id: str) -> Mapping[str, int]:
        """By other course, how many people took both: where it is more than chance would have.

        Chance is the other's share among all who took anything. Only learners whose history may
        be used are counted, and no number below ``K_ANONYMOUS`` is told.
        """
        theirs = self._takers.filter(pl.col("course_id") == course_id)
        both = self._takers.join(theirs.select("learner_id"), on="learner_id", how="semi")
        everyone, mine = self._takers["learner_id"].n_unique(), theirs.height
        counts = (
            both.group_by("course_id").agg(pl.len().alias("both")).join(self._sizes, "course_id")
        )
        expected = pl.col("takers") * mine / max(everyone, 1)
        told = counts.filter(pl.col("both") >= K_ANONYMOUS, pl.col("both") > expected)
        rows = told.filter(pl.col("course_id") != course_id).select("course_id", "both")
        return MappingProxyType(dict(rows.iter_rows()))

    def _closeness(self, course_id: str, others: Sequence[str]) -> Reals:
        """The models' answers to a history of this one course, each as a share of its highest."""
        closeness = [
            np.maximum(scores, 0.0) / max(float(scores.max(initial=0.0)), TINY)
            for name in MODELS
            if (scores := self._scores(name, course_id, others)) is not None
        ]
        return np.mean(closeness, axis=0) if closeness else np.zeros(len(others))

    def _scores(self, name: str, course_id: str, others: Sequence[str]) -> Reals | None:
        """A model's scores for a history of one course; 0 where unknown, None without a model."""
        scorer = self._scorers.get(name)
        if not isinstance(scorer, HistoryScorer):
            return None
        query = LearnerQuery(as_of=self._as_of, personalised=True, history=(course_id,))
        scores = np.append(scorer.course_scores([query])[0].astype(np.float64), np.nan)
        found: Reals = np.nan_to_num(scores[scorer.columns_of(others)])
        return found

    def _shared(self, course_id: str, others: Sequence[str]) -> Reals:
        cosines = (self._skills @ self._skills[[self._row_of[course_id]]].T).toarray()
        rows = [self._row_of.get(other, -1) for other in others]
        shared: Reals = np.append(cosines, 0.0)[rows]
        return shared

    def _alike(self, course_id: str, others: Sequence[str]) -> Reals:
        """Cosines of texts; a course newer than the model is read in the model's terms."""
        scorer = self._scorers.get(Text.name)
        if not isinstance(scorer, Text):
            return np.zeros(len(others))
        if course_id in scorer.course_index():
            scores = self._scores(Text.name, course_id, others)
            return np.zeros(len(others)) if scores is None else scores
        rows = [self._row_of[course_id], *(self._row_of.get(other, -1) for other in others)]
        documents = [*self._courses["document"].fill_null("").to_list(), ""]
        vectors = scorer.embed([documents[row] for row in rows])
        cosines: Reals = (vectors[1:] @ vectors[[0]].T).toarray()[:, 0].astype(np.float64)
        return cosines

    @cached_property
    def _skills(self) -> Matrix:
        """Weights of the skills taught times their rarity, each course's vector at length 1."""
        taught = self._courses.with_row_index("row").explode("skill_ids", "skill_weights")
        taught = taught.drop_nulls("skill_ids")
        skills = places(text_array(taught["skill_ids"].unique().sort()))
        columns = np.array([skills[skill] for skill in taught["skill_ids"]], dtype=np.int64)
        courses = len(self._row_of)
        rarity = 1 + np.log((1 + courses) / (1 + np.bincount(columns, minlength=len(skills))))
        weights = taught["skill_weights"].to_numpy() * rarity[columns]
        rows = taught["row"].to_numpy().astype(np.int64)
        return of_length_one(
            sparse(rows, columns, weights.astype(np.float32), (courses, len(skills)))
        )

    @cached_property
    def _takers(self) -> pl.DataFrame:
        """One row per consenting learner and course chosen."""
        chosen = known(self._city, "events", self._as_of).filter(pl.col("type").is_in(TAKING))
        pairs = of_consenting(self._city, chosen, self._as_of).select("learner_id", "course_id")
        return pairs.unique().collect(engine="streaming")

    @cached_property
    def _sizes(self) -> pl.DataFrame:
        return self._takers.group_by("course_id").agg(takers=pl.len())
