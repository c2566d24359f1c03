"""Peers: recommenders of other libraries, wrapped for the benchmark alone.

    training set -> library's fit -> peer (a course scorer) -> the same ranking as our own

A peer's settings are chosen on the validation part of train that our default is chosen on, from
a short declared list. Peers are never shipped: nothing of theirs goes into a bundle.
"""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, Final, Self
from warnings import catch_warnings, simplefilter

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix

from recsys.errors import ScorerUnavailableError
from recsys.scorers.histories import HistoryScorer, taken_courses
from recsys.scorers.matrices import Matrix, as_matrix, one_thread
from recsys.scorers.popularity import Popularity, PopularityConfig
from recsys.stages import Arrays, CourseScorer, StageConfig
from recsys.types import LearnerQuery, TrainingSet
from training.errors import BenchError
from training.tuning.configs import Options, fitted
from training.tuning.trial import Trial, quality_alone, together

FALLBACK: Final = "popularity"
"""Shown to users of whom a peer knows nothing."""

Factors = NDArray[np.float32]


class PeerConfig(StageConfig):
    """The arguments of a library's constructor."""

    values: Mapping[str, Any]
    """By the library's own names."""


class Peer(CourseScorer):
    """A library's model as a course scorer; it is judged, never kept."""

    config_type: ClassVar[type[StageConfig]] = PeerConfig
    config: PeerConfig

    def arrays(self) -> Arrays:
        """Refused.

        Raises:
            BenchError: always.
        """
        message = f"peer {self.name!r} is a subject of the benchmark; it has no place in a bundle"
        raise BenchError(message)

    def load(self, arrays: Arrays) -> Self:
        """Refused, as ``arrays`` is."""
        self.arrays()
        return self


class FactorPeer(Peer):
    """Scores a course by the inner product of learned factors of user and course.

    Direction: higher is better. Range: unbounded. Unit: none (comparable within one query).
    Null: a user who wasn't there when fitted.
    """

    uses_history: ClassVar[bool] = False
    _rows: Mapping[str, int]
    _users: Factors
    _courses: Factors

    def fit(self, training: TrainingSet) -> Self:
        """Fit on one thread: with more, these libraries give another model each time."""
        courses, taken = taken_courses(training.interactions)
        users = training.interactions["learner_id"].unique().sort()
        with one_thread():
            self._users, self._courses = self.factors_of(csr_matrix(taken), training.seed)
        self._rows = {user: row for row, user in enumerate(users)}
        self.take_courses(courses)
        return self

    @abstractmethod
    def factors_of(self, taken: "csr_matrix[np.float32]", seed: int) -> tuple[Factors, Factors]:
        """Factors of users and of courses whose inner product is the score.

        Args:
            taken: who took what; shape (users, courses).
            seed: of the first factors and of every draw.

        Returns:
            Shapes (users, factors) and (courses, factors).
        """

    def course_scores(self, queries: Sequence[LearnerQuery]) -> NDArray[np.float32]:
        """Scores of each query's user; NaN for a stranger."""
        rows = np.array([self._rows.get(query.learner_id or "", -1) for query in queries])
        scores: Factors = self._users[rows] @ self._courses.T
        scores[rows < 0] = np.nan
        return scores


class ImplicitAls(FactorPeer):
    """Alternating least squares of implicit [hu2008implicit]; a score as in ``FactorPeer``."""

    name: ClassVar[str] = "implicit_als"

    def factors_of(self, taken: "csr_matrix[np.float32]", seed: int) -> tuple[Factors, Factors]:
        """As the library recommends from: its users' factors, not folded in again."""
        from implicit.cpu.als import AlternatingLeastSquares

        model = AlternatingLeastSquares(**self.config.values, num_threads=1, random_state=seed)
        model.fit(taken, show_progress=False)
        return model.user_factors, model.item_factors


class ImplicitBpr(FactorPeer):
    """Bayesian personalised ranking of implicit [rendle2009bpr]; a score as in ``FactorPeer``."""

    name: ClassVar[str] = "implicit_bpr"

    def factors_of(self, taken: "csr_matrix[np.float32]", seed: int) -> tuple[Factors, Factors]:
        """The biases of courses are the last factor, as the library keeps them."""
        from implicit.cpu.bpr import BayesianPersonalizedRanking

        model = BayesianPersonalizedRanking(**self.config.values, num_threads=1, random_state=seed)
        model.fit(taken, show_progress=False)
        return model.user_factors, model.item_factors


class LightfmWarp(FactorPeer):
    """LightFM with WARP loss and no features [kula2015lightfm]; a score as in ``FactorPeer``."""

    name: ClassVar[str] = "lightfm"

    def factors_of(self, taken: "csr_matrix[np.float32]", seed: int) -> tuple[Factors, Factors]:
        """The biases of courses are the last factor; a user's bias moves no order.

        Raises:
            ScorerUnavailableError: LightFM isn't installed here.
        """
        try:
            from lightfm import LightFM
        except ImportError as missing:
            message = "peer 'lightfm' needs LightFM: install with `pip install rectools-lightfm`"
            raise ScorerUnavailableError(message) from missing
        values = dict(self.config.values)
        epochs = values.pop("epochs")
        model = LightFM(**values, loss="warp", random_state=seed)
        model.fit(coo_matrix(taken), epochs=epochs, num_threads=1)
        _, users = model.get_user_representations()
        biases, courses = model.get_item_representations()
        ones = np.ones((len(users), 1), dtype=np.float32)
        return np.hstack([users, ones]), np.hstack([courses, biases[:, None]])


class ImplicitCosine(Peer, HistoryScorer):
    """Item neighbours by cosine, of implicit [sarwar2001item].

    Direction: higher is better. Range: 0 and above. Unit: sum of cosines with the history's
    courses, each among that course's nearest. Null: no known course in the history.
    """

    name: ClassVar[str] = "implicit_cosine"
    _similarity: Matrix

    def fit(self, training: TrainingSet) -> Self:
        """Keep each course's nearest."""
        from implicit.nearest_neighbours import CosineRecommender
        from implicit.utils import ParameterWarning

        courses, taken = taken_courses(training.interactions)
        model = CosineRecommender(**self.config.values, num_threads=1)
        with one_thread(), catch_warnings():
            # the library warns of the form in which it hands its own matrix on
            simplefilter("ignore", ParameterWarning)
            model.fit(csr_matrix(taken), show_progress=False)
        self._similarity = as_matrix(model.similarity)
        self.take_courses(courses)
        return self

    def fold_in(self, taken: Matrix) -> NDArray[np.float32]:
        """The library's product of histories and similarities."""
        return (taken @ self._similarity).toarray().astype(np.float32)


class RecentPopular(Popularity):
    """Popularity whose half-life is chosen for the data; a score as in ``Popularity``."""

    name: ClassVar[str] = "recent_popular"


@dataclass(frozen=True, slots=True)
class Settings:
    """How a peer is made, and what is tried for it.

    Attributes:
        make: a peer from a library's own settings.
        space: settings tried on the validation part; the first stands where it can't tell.
    """

    make: Callable[[Options], CourseScorer]
    space: Sequence[Options]


@dataclass(frozen=True, slots=True)
class PeerChoice:
    """The settings that did best on the validation part.

    Attributes:
        options: of the peer.
        quality: of its lists on the validation part, see ``training.tuning.trial.quality_of``; None
            where nothing was tried.
        tried: how many settings were.
    """

    options: Options
    quality: float | None
    tried: int


def _of(peer: type[Peer]) -> Callable[[Options], CourseScorer]:
    return lambda options: peer(PeerConfig(values=options))


PEERS: Final[Mapping[str, Settings]] = MappingProxyType(
    {
        "recent_popular": Settings(
            lambda options: RecentPopular(PopularityConfig.model_validate(options)),
            [{"half_life_days": days} for days in (30.0, 1.0, 3.0, 7.0, 90.0, 365.0)],
        ),
        "implicit_cosine": Settings(
            _of(ImplicitCosine), [{"K": near} for near in (20, 5, 50, 200)]
        ),
        "implicit_als": Settings(
            _of(ImplicitAls),
            # alpha is about the inverse of alpha0; at 1 what was taken would weigh no more
            [
                {"factors": factors, "alpha": alpha, "regularization": penalty}
                for factors in (64, 128)
                for alpha in (20.0, 5.0)
                for penalty in (50.0, 10.0, 250.0)
            ],
        ),
        "implicit_bpr": Settings(
            _of(ImplicitBpr),
            [
                {"factors": factors, "learning_rate": rate, "regularization": penalty}
                for factors, rate, penalty in ((64, 0.01, 0.01), (64, 0.01, 0.03), (64, 0.05, 0.03))
            ],
        ),
        "lightfm": Settings(
            _of(LightfmWarp),
            [
                {"no_components": factors, "epochs": epochs}
                for factors, epochs in ((64, 10), (64, 30), (128, 30))
            ],
        ),
    }
)
"""Peers in the order of the table, each with the settings that are tried for it."""


def fit_peer(name: str, options: Options, training: TrainingSet) -> CourseScorer:
    """A peer with these settings, fitted.

    Raises:
        ScorerUnavailableError: its library isn't installed here.
    """
    return PEERS[name].make(options).fit(training)


def choose_peer(
    name: str, trials: Sequence[Trial], progress: Callable[[str], None] | None = None
) -> PeerChoice:
    """The settings of a peer that rank the validation parts best; reads nothing of test.

    Args:
        name: one of ``PEERS``.
        trials: what to fit on and what to judge on, the same that the default is chosen on.
        progress: told what is being tried.

    Raises:
        ScorerUnavailableError: its library isn't installed here.
    """
    space = PEERS[name].space
    if not trials:
        return PeerChoice(space[0], None, 0)
    fallbacks = [fitted(FALLBACK, {}, trial.training) for trial in trials]
    qualities: list[float] = []
    for options in space:
        if progress:
            progress(f"{name} {dict(options)}")
        found = [
            quality_alone(trial, fit_peer(name, options, trial.training), fallback)
            for trial, fallback in zip(trials, fallbacks, strict=True)
        ]
        qualities.append(together(trials, found))
    best = max(range(len(space)), key=qualities.__getitem__)
    return PeerChoice(space[best], qualities[best], len(space))
