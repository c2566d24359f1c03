"""How each programme runs its courses: slots, hours, prices, ages; seats and shares are knobs."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.simulate.pool.params import PoolParams


@dataclass(frozen=True, slots=True)
class Programme:
    """Facts of one programme; shares and ranges are guesses around published magnitudes.

    Attributes:
        name: closed vocabulary of programmes.
        slots: weekly slots its sections are held in, the more often listed the likelier.
        second_slot: share of sections with two slots a week.
        hours: class hours of a course, choices.
        price_yuan: smallest and largest price of a class hour, before subsidy.
        subsidy: share of the price that is paid for the learner.
        review: share of sections whose applicants are reviewed.
        ages: youngest and oldest learner, None without a limit.
        age_limit_share: share of courses that state the age limits.
        audience: who the descriptions address.
    """

    name: str
    slots: tuple[str, ...]
    second_slot: float
    hours: tuple[int, ...]
    price_yuan: tuple[float, float]
    subsidy: float
    review: float
    ages: tuple[int | None, int | None]
    age_limit_share: float
    audience: str


PROGRAMME_FACTS: Final = (
    Programme(
        "night_school", ("1E", "2E", "3E", "4E", "2E", "3E", "4E", "5E", "6E", "7E"), 0.1,
        (8, 12, 16, 16, 20, 24), (8, 22), 0.0, 0.0, (18, 45), 0.3,
        "下班后想学点新东西的年轻人",
    ),
    Programme(
        "vocational", ("6M", "6A", "7M", "7A", "2E", "4E", "6M", "7M"), 0.5,
        (24, 32, 40, 48, 64, 80), (8, 25), 0.7, 0.25, (16, 60), 0.6,
        "准备就业、转岗或考证的劳动者",
    ),
    Programme(
        "senior", ("1M", "2M", "3M", "4M", "5M", "1A", "2A", "3A", "4A", "5A"), 0.1,
        (16, 24, 32, 32), (0, 5), 0.0, 0.0, (50, None), 0.8,
        "退休前后的长者",
    ),
    Programme(
        "community", ("1A", "2M", "3A", "4M", "5A", "6M", "6A", "3E"), 0.0,
        (4, 6, 8, 12), (0, 0), 0.0, 0.0, (None, None), 0.0,
        "附近的居民",
    ),
    Programme(
        "family", ("6M", "6A", "7M", "7A", "5E"), 0.0,
        (4, 6, 8, 12), (0, 8), 0.0, 0.0, (None, None), 0.0,
        "有孩子的家庭",
    ),
)  # fmt: skip
"""The programmes; indices of programmes everywhere in the pool are places in this tuple."""

PROGRAMME_INDEX: Final = {row.name: index for index, row in enumerate(PROGRAMME_FACTS)}


def programme_shares(params: PoolParams) -> NDArray[np.float64]:
    """Share of each programme in the sections, shape (5,), summing to one."""
    weights = np.array(
        [
            params.night_school_share,
            params.vocational_share,
            params.senior_share,
            params.community_share,
            params.family_share,
        ]
    )
    shares: NDArray[np.float64] = weights / weights.sum()
    return shares


def lottery_shares(params: PoolParams) -> NDArray[np.float64]:
    """Share of each programme's sections whose seats are drawn, shape (5,)."""
    return np.array(
        [
            params.night_school_lottery_share,
            params.vocational_lottery_share,
            params.senior_lottery_share,
            params.community_lottery_share,
            params.family_lottery_share,
        ]
    )


def seat_ranges(params: PoolParams) -> NDArray[np.int64]:
    """Fewest and most seats of each programme's sections, shape (5, 2)."""
    return np.array(
        [
            params.night_school_seats,
            params.vocational_seats,
            params.senior_seats,
            params.community_seats,
            params.family_seats,
        ]
    )
