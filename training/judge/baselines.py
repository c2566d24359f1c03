"""Simple lists to be better than: blind, popular, near; all of them keep the hard rules."""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from features.travel import great_circle_km
from training.judge.pairs import Pairs, aligned
from training.judge.truth import Known
from training.judge.values import Values, allowed_lists, list_values, random_values
from training.metrics.lists import Scores

RANDOM: Final = "random"
POPULAR: Final = "popular"
NEAREST: Final = "nearest"
BUILT_IN: Final = (RANDOM, POPULAR, NEAREST)

FAR_KM: Final = 1e6
"""Further than any room: where online sections and unknown homes stand."""
PLACE: Final = ("lon", "lat")


def built_in_values(pairs: Pairs, known: Known, k: int) -> dict[str, Values]:
    """Value@k of each learner under the baselines that the truth allows, by name.

    Args:
        pairs: the truth.
        known: its learners and sections; gains a note for each baseline that can't be made.
        k: length judged.
    """
    found = {RANDOM: random_values(pairs, k)}
    if known.tells(f"baseline {POPULAR}", sections=("past_enrolments",)):
        found[POPULAR] = _popular(pairs, known["sections"], k)
    if known.tells(f"baseline {NEAREST}", learners=PLACE, sections=PLACE):
        found[NEAREST] = _nearest(pairs, known["learners"], known["sections"], k)
    return found


def _popular(pairs: Pairs, sections: pl.DataFrame, k: int) -> Values:
    """Sections by what their course enrolled in past terms."""
    counts = aligned(sections, pairs.sections)["past_enrolments"].fill_null(0).to_numpy()
    line = counts.astype(np.float32)[None, :]
    return list_values(pairs, allowed_lists(pairs, lambda _: line, k))


def _nearest(pairs: Pairs, learners: pl.DataFrame, sections: pl.DataFrame, k: int) -> Values:
    """Straight kilometres from home to room, online last."""
    homes = _places(aligned(learners, pairs.learners))
    lon, lat = _places(aligned(sections, pairs.sections)).T

    def nearness(rows: slice) -> Scores:
        far = [great_circle_km((home[0], home[1]), lon, lat) for home in homes[rows]]
        return -np.nan_to_num(np.stack(far), nan=FAR_KM).astype(np.float32)

    return list_values(pairs, allowed_lists(pairs, nearness, k))


def _places(table: pl.DataFrame) -> NDArray[np.float64]:
    """Longitude and latitude, NaN where unknown; shape (rows, 2)."""
    return table.select(pl.col(PLACE).fill_null(float("nan"))).to_numpy()
