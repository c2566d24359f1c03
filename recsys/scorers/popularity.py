"""Popularity among people of the same age and district, the recent past counting most."""

from collections.abc import Sequence
from typing import ClassVar, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field

from data.vocab import AGE_BAND_YEARS, AGE_BANDS
from recsys.scorers.matrices import text_array
from recsys.stages import Arrays, CourseScorer, StageConfig
from recsys.types import LearnerQuery, TrainingSet

ANY = -1
"""The last row of bands and of districts: everyone, for a learner whose own is unknown."""


class PopularityConfig(StageConfig):
    """How fast the past fades, and how much evidence a small group needs."""

    half_life_days: float = Field(default=90.0, gt=0)
    """An interaction counts half after this many days."""

    shrinkage: float = Field(default=200.0, gt=0)
    """Interactions that a group must have before its own taste weighs as much as that of
    the wider group it belongs to."""

    power: float = Field(default=0.0, ge=0, le=1)
    """0 scores the logarithm of the share; above 0, the share to this power. The order is the
    same; in a blend a higher power lets the few most popular courses stand out."""


class Popularity(CourseScorer):
    """Scores a course by its share of recent interactions among people like the learner.

    Direction: higher is better. Range: below 0; 0 to 1 with a ``power``. Unit: natural logarithm
    of a share; with a ``power``, a share to that power. Null: a course nobody took.

    A group's share is shrunk towards its parent's, ``(n_c + m * parent_c) / (N + m)`` with
    decayed counts n and m = ``shrinkage``: an age band's and a district's towards the city's,
    a band within a district towards the mean of its band's and its district's. A learner of
    unknown age or district gets the wider group's.
    """

    name: ClassVar[str] = "popularity"
    config_type: ClassVar[type[StageConfig]] = PopularityConfig
    config: PopularityConfig
    uses_history: ClassVar[bool] = False
    _districts: NDArray[np.str_]
    _log_shares: NDArray[np.float32]
    _scores: NDArray[np.float32]
    _rows: dict[str, int]

    def fit(self, training: TrainingSet) -> Self:
        """Count with decay, then shrink."""
        rows = _with_groups(training)
        courses = text_array(rows["course_id"].unique().sort())
        districts = text_array(rows["district_code"].drop_nulls().unique().sort())
        counts = _counts(rows, courses, districts, self.config.half_life_days)
        return self._restore(courses, districts, _log_shares(counts, self.config.shrinkage))

    def course_scores(self, queries: Sequence[LearnerQuery]) -> NDArray[np.float32]:
        """The shares of each query's group, on the configured scale."""
        bands = [band_of(query.age_low, query.age_high) for query in queries]
        districts = [self._rows.get(query.district_code or "", ANY) for query in queries]
        return self._scores[bands, districts]

    def arrays(self) -> Arrays:
        """Courses, districts, and log shares by band, district and course (last = everyone)."""
        return {
            "course_ids": self.fitted_courses(),
            "districts": self._districts,
            "log_shares": self._log_shares,
        }

    def load(self, arrays: Arrays) -> Self:
        """Restore from ``arrays``."""
        return self._restore(arrays["course_ids"], arrays["districts"], arrays["log_shares"])

    def _restore(
        self,
        course_ids: NDArray[np.str_],
        districts: NDArray[np.str_],
        log_shares: NDArray[np.float32],
    ) -> Self:
        self.take_courses(course_ids)
        self._districts, self._log_shares = districts, log_shares
        power = np.float32(self.config.power)
        self._scores = np.exp(power * log_shares) if power else log_shares
        self._rows = {str(district): row for row, district in enumerate(districts)}
        return self


def band_of(age_low: int | None, age_high: int | None) -> int:
    """Row of the age band that holds the ages; ANY when unknown or across bands."""
    if age_low is None or age_high is None:
        return ANY
    spans = (AGE_BAND_YEARS[band] for band in AGE_BANDS)
    held = [low <= age_low and age_high <= high for low, high in spans]
    return held.index(True) if any(held) else ANY


def _with_groups(training: TrainingSet) -> pl.DataFrame:
    """Interactions with their learner's age_band and district_code, null where unknown."""
    columns = {"learner_id": pl.String, "age_band": pl.String, "district_code": pl.String}
    known = training.learners if training.learners.height else pl.DataFrame(schema=columns)
    groups = known.select(pl.col(name).cast(dtype) for name, dtype in columns.items())
    return training.interactions.join(groups, on="learner_id", how="left", maintain_order="left")


def _counts(
    rows: pl.DataFrame,
    courses: NDArray[np.str_],
    districts: NDArray[np.str_],
    half_life_days: float,
) -> NDArray[np.float64]:
    """Decayed interactions, (bands + 1, districts + 1, courses); the last row is unknown."""
    shape = (len(AGE_BANDS) + 1, len(districts) + 1, len(courses))
    place = (
        _places(rows["age_band"], AGE_BANDS),
        _places(rows["district_code"], districts.tolist()),
        _places(rows["course_id"], courses.tolist()),
    )
    decay = 0.5 ** (rows["age_days"].to_numpy() / half_life_days)
    flat = np.ravel_multi_index(place, shape) if rows.height else np.zeros(0, dtype=np.int64)
    order = np.lexsort((rows["learner_id"].rank("dense").to_numpy(), flat))
    weights = (rows["weight"].to_numpy() * decay)[order]
    counts = np.bincount(flat[order], weights, int(np.prod(shape))).astype(np.float64)
    return counts.reshape(shape)


def _places(values: pl.Series, known: Sequence[str]) -> NDArray[np.int64]:
    """Place of each value among the known ones; one past the last when null."""
    places = pl.Series(range(len(known)), dtype=pl.Int64)
    old = pl.Series(known, dtype=pl.String)
    return values.replace_strict(old, places, default=len(known), return_dtype=pl.Int64).to_numpy()


def _log_shares(counts: NDArray[np.float64], shrinkage: float) -> NDArray[np.float32]:
    """Shrunk log shares, with the group of everyone last on both group axes."""
    everyone: NDArray[np.float64] = counts.sum(axis=(0, 1))
    uniform = np.full_like(everyone, 1 / max(everyone.size, 1))
    city = _shrunk(everyone, uniform, 1.0)
    bands = _shrunk(counts.sum(axis=1), city, shrinkage)
    districts = _shrunk(counts.sum(axis=0), city, shrinkage)
    shares = _shrunk(counts, (bands[:, None] + districts[None, :]) / 2, shrinkage)
    shares[:, ANY] = bands
    shares[ANY, :] = districts
    shares[ANY, ANY] = city
    return np.log(shares).astype(np.float32)


def _shrunk(
    counts: NDArray[np.float64], parent: NDArray[np.float64], shrinkage: float
) -> NDArray[np.float64]:
    """Shares over the last axis, pulled towards the parent's."""
    totals = counts.sum(axis=-1, keepdims=True)
    shares: NDArray[np.float64] = (counts + shrinkage * parent) / (totals + shrinkage)
    return shares
