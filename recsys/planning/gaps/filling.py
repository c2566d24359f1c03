"""How long vacancies stay open, and which of the skills they name makes them hard to fill.

An advertisement's time is held against all of the city's posted in the same month: newer ones
have had less time to close, and are all cut alike. It names several skills, of which one may keep
it open, so that a plain mean would make its companions look short as well. Within a district

    y_i = days_i / mean days of the month - 1 = sum_k x_ik h_k + noise,    h_k ~ Normal(0, s²)

with x_ik = 1 where advertisement i asks for skill k: Bayesian linear regression, whose posterior
has the mean (X'X / v + 1 / s²)^-1 X'y / v and the covariance before X'y [bishop2006].

Most skills are ordinary and a few are not, which one normal prior can't say: with it, the noise of
thousands of ordinary cells looks like small shortages. So each cell has a probability of being
*marked*, in the two-groups model [efron2008]: what its ads alone say of h (the posterior without
its prior, mean e, variance u) has the density Normal(0, u) where the cell is ordinary and
Normal(0, u + s²) where it is marked; the share of marked cells is fitted by expectation and
maximisation.
"""

from typing import Final, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import cho_factor, cho_solve

from recsys.planning.gaps.seekers import MATCHING, TIGHTNESS

Floats: TypeAlias = NDArray[np.float64]

HARDNESS: Final = MATCHING * TIGHTNESS
"""s: what the spread of ordinary cells' tightness makes of their times."""

LONGEST: Final = 3.0
"""Times of the month's mean beyond which a longer time tells no more: forgotten advertisements."""

SHARE: Final = 0.02
"""Share of marked cells to begin with."""

STEPS: Final = 50
"""Steps of the fit; it settles within a dozen."""

LEAST_CLOSED: Final = 5
"""Advertisements below which no mean time is told."""

HARD: Final = pl.Schema(
    {
        "division_code": pl.String(),
        "skill_id": pl.String(),
        "hard": pl.Float64(),
        "hard_sd": pl.Float64(),
        "marked": pl.Float64(),
        "days_open": pl.Float64(),
    }
)


def hardness(ads: pl.DataFrame) -> pl.DataFrame:
    """What each cell's skill adds to the time its vacancies stay open, relative to the city's.

    Args:
        ads: posting_id, month, division_code, skill_id, days (from posting to closing; null
            where it isn't known to be closed), one row an advertisement and skill.

    Returns:
        ``HARD``: h of a marked cell and its standard deviation; the probability that it is
        marked; the plain mean of days where ``LEAST_CLOSED`` are known.
    """
    closed = ads.filter(pl.col("days") > 0, pl.col("division_code").is_not_null())
    usual = (
        closed.unique("posting_id", maintain_order=True)
        .group_by("month")
        .agg(pl.col("days").mean().alias("usual"))
    )
    held = closed.join(usual, on="month").with_columns(
        (pl.col("days") / pl.col("usual")).clip(upper_bound=LONGEST).sub(1).alias("y")
    )
    noise = held.unique("posting_id")["y"].var()
    variance = float(noise) if isinstance(noise, float) and noise > 0 else 1.0
    parts = [
        _of_district(part, variance)
        for part in held.sort("division_code", "posting_id").partition_by(
            "division_code", maintain_order=True
        )
    ]
    rows = pl.concat([HARD.to_frame(), *parts])
    chance = marked(rows["hard"].to_numpy(), rows["hard_sd"].to_numpy())
    return rows.with_columns(pl.Series("marked", chance, dtype=pl.Float64))


def marked(mean: Floats, sd: Floats) -> Floats:
    """The probability that each cell is unlike the ordinary ones.

    Args:
        mean: posterior mean of h under the prior.
        sd: its standard deviation, less than the prior's.
    """
    own = 1 / np.maximum(sd**-2.0 - HARDNESS**-2, 1e-9)
    said = mean * sd**-2.0 * own
    wide = own + HARDNESS**2
    odds = np.sqrt(own / wide) * np.exp(said**2 / 2 * (1 / own - 1 / wide))
    share, chance = SHARE, np.zeros(len(mean))
    for _ in range(STEPS if len(mean) else 0):
        chance = share * odds / (share * odds + 1 - share)
        share = float(chance.mean())
    return chance


def _of_district(rows: pl.DataFrame, variance: float) -> pl.DataFrame:
    posting, skill = (
        rows[name].rank("dense").to_numpy().astype(np.int64) - 1
        for name in ("posting_id", "skill_id")
    )
    shape = int(posting.max()) + 1, int(skill.max()) + 1
    asked = sparse.csr_array((np.ones(rows.height), (posting, skill)), shape=shape)
    times = np.zeros(shape[0])
    times[posting] = rows["y"].to_numpy()
    mean, sd = regressed(asked, times, variance)
    plain = (
        rows.group_by("skill_id")
        .agg(pl.when(pl.len() >= LEAST_CLOSED).then(pl.col("days").mean()).alias("days_open"))
        .sort("skill_id")
    )
    return plain.select(
        rows["division_code"].head(1).new_from_index(0, plain.height).alias("division_code"),
        "skill_id",
        pl.Series("hard", mean),
        pl.Series("hard_sd", sd),
        pl.lit(None).alias("marked"),
        "days_open",
    ).cast(HARD)


def regressed(asked: sparse.csr_array, times: Floats, variance: float) -> tuple[Floats, Floats]:
    """Posterior mean and standard deviation of h.

    Args:
        asked: X, shape (advertisements, skills).
        times: y, one entry an advertisement.
        variance: v, of the noise.

    With nothing known the prior remains:

    >>> none = sparse.csr_array((1, 1))
    >>> [value.round(6).tolist() for value in regressed(none, np.zeros(1), 1.0)]
    [[0.0], [0.25]]
    """
    precision = (asked.T @ asked).toarray() / variance
    precision[np.diag_indices_from(precision)] += HARDNESS**-2
    covariance = cho_solve(cho_factor(precision), np.eye(len(precision)))
    mean: Floats = covariance @ (asked.T @ times) / variance
    sd: Floats = np.sqrt(np.diag(covariance))
    return mean, sd
