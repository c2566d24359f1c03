"""How each programme runs its courses: seats, slots, hours, prices, rules."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Programme:
    """Facts of one programme; shares and ranges are guesses around published magnitudes.

    Attributes:
        name: closed vocabulary of programmes.
        share: of all sections.
        slots: weekly slots its sections are held in, the more often listed the likelier.
        second_slot: share of sections with two slots a week.
        hours: class hours of a course, choices.
        capacity: smallest and largest number of seats.
        price_yuan: smallest and largest price of a class hour, before subsidy.
        subsidy: share of the price that is paid for the learner.
        lottery: share of sections whose seats are drawn.
        review: share of sections whose applicants are reviewed.
        ages: youngest and oldest learner, None without a limit.
        age_limit_share: share of courses that state the age limits.
        audience: who the descriptions address.
    """

    name: str
    share: float
    slots: tuple[str, ...]
    second_slot: float
    hours: tuple[int, ...]
    capacity: tuple[int, int]
    price_yuan: tuple[float, float]
    subsidy: float
    lottery: float
    review: float
    ages: tuple[int | None, int | None]
    age_limit_share: float
    audience: str


PROGRAMME_FACTS: Final = (
    Programme(
        "night_school", 0.43, ("1E", "2E", "3E", "4E", "2E", "3E", "4E", "5E", "6E", "7E"), 0.1,
        (8, 12, 16, 16, 20, 24), (18, 30), (8, 22), 0.0, 0.35, 0.0, (18, 45), 0.3,
        "下班后想学点新东西的年轻人",
    ),
    Programme(
        "vocational", 0.22, ("6M", "6A", "7M", "7A", "2E", "4E", "6M", "7M"), 0.5,
        (24, 32, 40, 48, 64, 80), (20, 40), (8, 25), 0.7, 0.0, 0.25, (16, 60), 0.6,
        "准备就业、转岗或考证的劳动者",
    ),
    Programme(
        "senior", 0.15, ("1M", "2M", "3M", "4M", "5M", "1A", "2A", "3A", "4A", "5A"), 0.1,
        (16, 24, 32, 32), (24, 40), (0, 5), 0.0, 0.7, 0.0, (50, None), 0.8,
        "退休前后的长者",
    ),
    Programme(
        "community", 0.13, ("1A", "2M", "3A", "4M", "5A", "6M", "6A", "3E"), 0.0,
        (4, 6, 8, 12), (20, 40), (0, 0), 0.0, 0.1, 0.0, (None, None), 0.0,
        "附近的居民",
    ),
    Programme(
        "family", 0.07, ("6M", "6A", "7M", "7A", "5E"), 0.0,
        (4, 6, 8, 12), (16, 30), (0, 8), 0.0, 0.2, 0.0, (None, None), 0.0,
        "有孩子的家庭",
    ),
)  # fmt: skip
"""In the order of the shares' use; the shares sum to one."""

PROGRAMME_INDEX: Final = {row.name: index for index, row in enumerate(PROGRAMME_FACTS)}
