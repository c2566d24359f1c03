"""The stage families of a decision, as abstract base classes.

    query -> candidates -> rules (mask) -> scorers (columns) -> ranker -> rerankers -> explainer

Families never import one another; only ``recsys.pipeline`` wires them. A scorer never
drops or reorders rows, and what it can't score is null (NaN in arrays), never zero.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from recsys.columns import Index, Reals
from recsys.errors import NotFittedError
from recsys.offer import Candidates
from recsys.types import LearnerQuery, Reason, TrainingSet

Arrays = dict[str, NDArray[Any]]
"""A fitted component's state: plain numeric, boolean or fixed-width text arrays, never objects."""


ORDER: Final = "order"
"""The column of scores that sections are ordered by, after every adjustment."""


class StageConfig(BaseModel):
    """Base of every component's frozen configuration; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Scorer(ABC):
    """Adds one column of scores to the candidates.

    Subclasses set ``name`` and ``config_type``, take the config as their only constructor
    argument, and state in their docstring the score's direction, range, unit and null.
    """

    name: ClassVar[str]
    config_type: ClassVar[type[StageConfig]]
    uses_history: ClassVar[bool]
    """True when the score reads the learner's own events: off with personalisation."""

    def __init__(self, config: StageConfig | None = None) -> None:
        """Take the configuration, or the defaults."""
        self.config = config if config is not None else self.config_type()

    @abstractmethod
    def fit(self, training: TrainingSet) -> Self:
        """Learn from the training set; returns self.

        Raises:
            ScorerUnavailableError: the scorer's library isn't installed here.
        """

    @abstractmethod
    def score(self, query: LearnerQuery, candidates: Candidates) -> Reals:
        """One value per candidate, in their order.

        Higher is better; NaN where the scorer can't score.
        """

    @abstractmethod
    def arrays(self) -> Arrays:
        """The fitted state, for the model bundle."""

    @abstractmethod
    def load(self, arrays: Arrays) -> Self:
        """Restore the state that ``arrays`` gave; returns self."""


class CourseScorer(Scorer):
    """A scorer of taste: scores courses, and a section has its course's score."""

    course_ids: NDArray[np.str_] | None = None
    """Courses in the order of the score columns, once fitted."""
    compares: ClassVar[Literal["people", "content"]] = "people"
    """What makes two courses alike to it: who takes both, or what they teach."""
    _index: Mapping[str, int]

    @abstractmethod
    def course_scores(self, queries: Sequence[LearnerQuery]) -> NDArray[np.float32]:
        """Scores of all fitted courses for each query; shape (queries, courses), NaN = can't."""

    def take_courses(self, course_ids: NDArray[np.str_]) -> None:
        """Set the courses scored, in column order; every ``fit`` and ``load`` calls it."""
        self.course_ids = course_ids
        self._index = {str(course): column for column, course in enumerate(course_ids)}

    def fitted_courses(self) -> NDArray[np.str_]:
        """The courses scored, in column order.

        Raises:
            NotFittedError: neither fitted nor loaded.
        """
        if self.course_ids is None:
            message = f"scorer {self.name!r} has neither been fitted nor loaded"
            raise NotFittedError(message)
        return self.course_ids

    def course_index(self) -> Mapping[str, int]:
        """Column of each fitted course.

        Raises:
            NotFittedError: neither fitted nor loaded.
        """
        self.fitted_courses()
        return self._index

    def columns_of(self, course_ids: Sequence[str]) -> Index:
        """The score column of each course; one past the last where it wasn't known when fitted."""
        index = self.course_index()
        return np.array([index.get(course, len(index)) for course in course_ids], dtype=np.intp)

    def score(self, query: LearnerQuery, candidates: Candidates) -> Reals:
        """Each section's course score; NaN for courses unknown when fitted."""
        columns = self.columns_of(candidates.offer.courses.values)
        by_course = np.append(self.course_scores([query])[0].astype(np.float64), np.nan)[columns]
        return candidates.of_course(by_course)


class Ranker(ABC):
    """Joins the scorers' columns into one score per candidate."""

    name: ClassVar[str]

    @property
    def reads(self) -> Sequence[str]:
        """The scorers whose columns it reads; none by default."""
        return ()

    @abstractmethod
    def rank(self, query: LearnerQuery, candidates: Candidates) -> Reals:
        """One score per candidate, in their order; higher is better, never NaN."""

    @abstractmethod
    def parts(
        self, query: LearnerQuery, candidates: Candidates, chosen: Index
    ) -> Mapping[str, Reals]:
        """What each factor contributes to the scores of some of the candidates.

        Args:
            query: who asks.
            candidates: all that were ranked.
            chosen: the places among them of those asked about.

        Returns:
            By factor, one signed contribution per chosen section: above 0 where the factor
            makes its score higher than the mean candidate's. The contributions of a section
            sum to its score less the mean score.
        """


class Reranker(ABC):
    """Reorders or thins a ranked list for the sake of the list as a whole."""

    name: ClassVar[str]
    config_type: ClassVar[type[StageConfig]]

    def __init__(self, config: StageConfig | None = None) -> None:
        """Take the configuration, or the defaults."""
        self.config = config if config is not None else self.config_type()

    def adjust(self, query: LearnerQuery, kept: Candidates) -> Reals | None:
        """A change to the score of every eligible section, before the shortlist is cut.

        In units of the score; None changes nothing. What a section's score was before stays
        known, so that the cost can be told.
        """
        return None

    def rerank(self, query: LearnerQuery, ranked: Candidates) -> Candidates:
        """The ranked rows, best first, in the new order; never adds a row.

        Columns: ``score``, and ``ORDER``, the score after every ``adjust``.
        """
        return ranked


class Explainer(ABC):
    """Gives the reasons for the sections of a finished list."""

    name: ClassVar[str]

    @abstractmethod
    def explain(self, query: LearnerQuery, chosen: Candidates) -> Sequence[tuple[Reason, ...]]:
        """For each chosen row, its reasons, strongest first; each names a factor of the score."""
