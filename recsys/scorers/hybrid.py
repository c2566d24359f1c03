"""Hybrid: facts of learners and courses in one factor model, for the cold of both kinds."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field
from scipy.sparse import coo_matrix, csr_matrix

from recsys.errors import ScorerUnavailableError
from recsys.scorers.facts import Bags, course_facts, fact_matrix, learner_facts, query_facts
from recsys.scorers.matrices import one_thread, places, row_sizes, text_array
from recsys.stages import Arrays, CourseScorer, StageConfig
from recsys.types import LearnerQuery, TrainingSet

if TYPE_CHECKING:
    from lightfm import LightFM


class HybridConfig(StageConfig):
    """Size and length of the training."""

    factors: int = Field(default=32, ge=1)
    """Latent factors per fact."""

    epochs: int = Field(default=10, ge=1)
    """Passes over the interactions."""

    learning_rate: float = Field(default=0.05, gt=0)
    """First step size; Adagrad shrinks it fact by fact."""

    penalty: float = Field(default=1e-6, ge=0)
    """L2 penalty on the embeddings of facts."""


class Hybrid(CourseScorer):
    """Scores a course by the affinity of its facts with the learner's (LightFM, WARP loss).

    Direction: higher is better. Range: unbounded. Unit: none (comparable within one query).
    Null: nothing is known of the learner, or of the course.

    A learner's vector is the sum of the embeddings of what the query tells; a course's is the
    sum of its facts' and, where it has been taken, its own; the score is their inner product
    plus the course's bias [kula2015lightfm, weston2011wsabie]. Learners themselves are never
    stored.
    """

    name: ClassVar[str] = "hybrid"
    config_type: ClassVar[type[StageConfig]] = HybridConfig
    config: HybridConfig
    uses_history: ClassVar[bool] = False
    _facts: NDArray[np.str_]
    _embeddings: NDArray[np.float32]
    _courses: NDArray[np.float32]
    _biases: NDArray[np.float32]
    _fact_columns: Mapping[str, int]

    def fit(self, training: TrainingSet) -> Self:
        """Train on one thread over the learners of whom something is known.

        Raises:
            ScorerUnavailableError: LightFM isn't installed here.
        """
        model_type = _lightfm()
        people_facts = learner_facts(training.learners)
        rows = _of_known(training.interactions, people_facts)
        if not rows.height:
            return self._know_nothing()
        people = Bags.of(people_facts, rows["learner_id"])
        courses = pl.concat([training.courses["course_id"], rows["course_id"]])
        catalogue = Bags.of(course_facts(training.courses, rows["course_id"]), courses)
        model = self._train(model_type, rows, people, catalogue, training.seed)
        biases, vectors = model.get_item_representations(csr_matrix(catalogue.matrix))
        biases[~catalogue.known()] = np.nan
        return self._restore(catalogue.ids, people.facts, model.user_embeddings, vectors, biases)

    def _train(
        self,
        model_type: "type[LightFM]",
        rows: pl.DataFrame,
        people: Bags,
        catalogue: Bags,
        seed: int,
    ) -> "LightFM":
        """Fit the model; ties between a course's and its facts' shares settle by gradient."""
        model = model_type(
            no_components=self.config.factors,
            loss="warp",
            learning_rate=self.config.learning_rate,
            user_alpha=self.config.penalty,
            item_alpha=self.config.penalty,
            random_state=seed,
        )
        places = (people.places(rows["learner_id"]), catalogue.places(rows["course_id"]))
        shape = (len(people.ids), len(catalogue.ids))
        weights = rows["weight"].to_numpy().astype(np.float32)
        with one_thread():
            model.fit(
                coo_matrix((np.ones_like(weights), places), shape=shape),
                user_features=csr_matrix(people.matrix),
                item_features=csr_matrix(catalogue.matrix),
                sample_weight=coo_matrix((weights, places), shape=shape),
                epochs=self.config.epochs,
                num_threads=1,
            )
        return model

    def course_scores(self, queries: Sequence[LearnerQuery]) -> NDArray[np.float32]:
        """Affinity of every course with each query's facts; needs no LightFM."""
        told = fact_matrix([query_facts(query) for query in queries], self._fact_columns)
        scores = (told @ self._embeddings) @ self._courses.T + self._biases
        scores[row_sizes(told) == 0] = np.nan
        return scores

    def arrays(self) -> Arrays:
        """Learner facts and their embeddings, courses with their vectors and biases."""
        return {
            "course_ids": self.fitted_courses(),
            "facts": self._facts,
            "embeddings": self._embeddings,
            "courses": self._courses,
            "biases": self._biases,
        }

    def load(self, arrays: Arrays) -> Self:
        """Restore from ``arrays``."""
        return self._restore(
            arrays["course_ids"],
            arrays["facts"],
            arrays["embeddings"],
            arrays["courses"],
            arrays["biases"],
        )

    def _know_nothing(self) -> Self:
        """Nobody told anything: every score will be null."""
        none = np.zeros((0, self.config.factors), dtype=np.float32)
        nobody = text_array(pl.Series([], dtype=pl.String))
        return self._restore(nobody, nobody, none, none, none[:, 0])

    def _restore(
        self,
        course_ids: NDArray[np.str_],
        facts: NDArray[np.str_],
        embeddings: NDArray[np.float32],
        courses: NDArray[np.float32],
        biases: NDArray[np.float32],
    ) -> Self:
        self.take_courses(course_ids)
        self._facts, self._embeddings = facts, embeddings
        self._courses, self._biases = courses, biases
        self._fact_columns = places(facts)
        return self


def _lightfm() -> "type[LightFM]":
    try:
        from lightfm import LightFM
    except ImportError as missing:
        message = (
            "scorer 'hybrid' needs LightFM, which is built from source with a C compiler: "
            "install with `pip install rectools-lightfm`"
        )
        raise ScorerUnavailableError(message) from missing
    return LightFM


def _of_known(interactions: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Interactions of the learners of whom something is known, always in the same order."""
    known = facts.select(learner_id="id").unique()
    return interactions.join(known, on="learner_id", how="semi").sort("learner_id", "course_id")
