"""Context: the journey, the hours, the price and the age group of a section."""

from typing import ClassVar, Final, Self

import numpy as np
from pydantic import Field

from data.vocab import ONLINE_MODES
from features.slots import EVENINGS
from recsys.columns import Mask, Reals
from recsys.offer import Candidates
from recsys.stages import Arrays, Scorer, StageConfig
from recsys.types import LearnerQuery, TrainingSet

FEN_A_YUAN: Final = 100
YEARS_A_BAND: Final = 10.0
ELDER_FROM: Final = 60

AGE_FROM: Final = (0, 25, 35, 45, 60, 70)
"""Youngest age of the groups that the two tables below are given for."""

MINUTES: Final = (27.0, 27.0, 25.0, 20.0, 20.0, 14.0)
"""By age group: minutes of travel that divide the odds of applying by e. From the distance
scales of the prototype city (5, 5, 4.5 and 3.5 km, elders 1.6 and 1 km on foot)."""

AGE_FIT: Final[dict[str, tuple[float, ...]]] = {
    "night_school": (1.0, 1.0, 0.5, 0.0, -1.2, -1.8),
    "vocational": (0.6, 0.8, 0.6, 0.3, -1.5, -2.5),
    "senior": (-1.5, -1.2, -0.6, 0.5, 2.0, 2.0),
}
"""By programme and age group: log odds of applying, from the prototype city; a programme
that isn't listed is for all ages."""


NEUTRAL: Final = (0.0,) * len(AGE_FROM)
"""The fit of a programme for all ages."""


class ContextConfig(StageConfig):
    """Weight of each term, in log odds of applying: starting points, not tuned here."""

    travel: float = Field(default=1.0, ge=0)
    """Times minutes / MINUTES of the age group: exponential decay of the odds."""

    travel_limit: float = Field(default=5.0, gt=0)
    """Beyond this many MINUTES a longer journey makes no difference."""

    slots: float = Field(default=2.5, ge=0)
    """Times the share of the section's slots that the learner has free."""

    online: float = Field(default=1.5, ge=0)
    """Cost of an online section against a room at an average distance."""

    online_elder: float = Field(default=3.0, ge=0)
    """The same for learners of 60 and over."""

    evening_elder: float = Field(default=1.0, ge=0)
    """Cost, for learners of 60 and over, of a section held only in the evening."""

    price: float = Field(default=0.35, ge=0)
    """Cost of ``price_unit_yuan`` yuan after subsidy."""

    price_unit_yuan: float = Field(default=250.0, gt=0)
    """The price of a typical term, yuan."""

    age: float = Field(default=1.0, ge=0)
    """Times AGE_FIT of programme and age group, less one per ten years outside the course's
    age limits."""


class Context(Scorer):
    """Scores a section by how well it fits the learner's day.

    Direction: higher is better. Range: unbounded, mostly -10 to 5. Unit: log odds of applying,
    up to a constant. Null: nothing is known of the section.

    The sum of six terms: journey, free slots, daytime, online, price, age. A term unknown for a
    section counts as the mean of those known, so that it moves nothing.
    """

    name: ClassVar[str] = "context"
    config_type: ClassVar[type[StageConfig]] = ContextConfig
    config: ContextConfig
    uses_history: ClassVar[bool] = False

    def fit(self, training: TrainingSet) -> Self:
        """Nothing to learn: the weights stand in the configuration."""
        return self

    def score(self, query: LearnerQuery, candidates: Candidates) -> Reals:
        """The sum of the weighted terms."""
        terms = np.stack(list(self.terms(query, candidates).values()))
        known = ~np.isnan(terms)
        counts = known.sum(axis=1, keepdims=True)
        means = np.where(known, terms, 0.0).sum(axis=1, keepdims=True) / np.maximum(counts, 1)
        filled = np.where(known, terms, means).sum(axis=0)
        return np.where(known.any(axis=0), filled, np.nan)

    def terms(self, query: LearnerQuery, candidates: Candidates) -> dict[str, Reals]:
        """Each weighted term by name, NaN where unknown: the factors of an explanation."""
        online = candidates.among("mode", ONLINE_MODES)
        return {
            "travel": self._travel(query, candidates, online),
            "slots": self.config.slots * candidates["slot_fit"],
            "daytime": self._daytime(query, candidates),
            "online": self._online(query, candidates, online),
            "price": self._price(candidates),
            "age": self._age(query, candidates),
        }

    def _travel(self, query: LearnerQuery, candidates: Candidates, online: Mask) -> Reals:
        """Journey to a room; an online section has none and so counts as an average one."""
        minutes = np.where(online, np.nan, candidates["travel_min"])
        lengths = np.clip(minutes / MINUTES[age_group(query)], 0, self.config.travel_limit)
        return -self.config.travel * lengths

    def _daytime(self, query: LearnerQuery, candidates: Candidates) -> Reals:
        """Share of the weekly classes that are in the evening; at any hour costs nothing."""
        cost = self.config.evening_elder if _is_elder(query) else 0.0
        slots = candidates.pick(candidates.offer.slots)
        evenings = np.bitwise_count(slots & np.int32(EVENINGS))
        share = evenings / np.maximum(np.bitwise_count(slots), 1)
        return np.where(candidates.among_known("slots"), -cost * share, np.nan)

    def _online(self, query: LearnerQuery, candidates: Candidates, online: Mask) -> Reals:
        cost = self.config.online_elder if _is_elder(query) else self.config.online
        return np.where(candidates.among_known("mode"), -cost * online, np.nan)

    def _price(self, candidates: Candidates) -> Reals:
        yuan = candidates["price_net_fen"] / FEN_A_YUAN
        return -self.config.price * yuan / self.config.price_unit_yuan

    def _age(self, query: LearnerQuery, candidates: Candidates) -> Reals:
        if query.age_low is None or query.age_high is None:
            return np.full(len(candidates), np.nan)
        programmes = candidates.offer.level("programme")
        group = age_group(query)
        fits = [AGE_FIT.get(programme, NEUTRAL)[group] for programme in programmes.values]
        typical = np.array([*fits, np.nan])[candidates.pick(programmes.of_section)]
        too_young = np.fmax(candidates["age_min"] - query.age_high, 0)
        too_old = np.fmax(query.age_low - candidates["age_max"], 0)
        fit: Reals = self.config.age * (typical - (too_young + too_old) / YEARS_A_BAND)
        return fit

    def arrays(self) -> Arrays:
        """No state."""
        return {}

    def load(self, arrays: Arrays) -> Self:
        """Nothing to restore."""
        return self


def age_group(query: LearnerQuery) -> int:
    """Place of the learner's age in AGE_FROM; the widest-travelling group when unknown."""
    return int(np.searchsorted(AGE_FROM, query.age_low or 0, side="right")) - 1


def _is_elder(query: LearnerQuery) -> bool:
    return query.elder or (query.age_low or 0) >= ELDER_FROM
