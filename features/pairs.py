"""One learner and all sections on offer: minutes, slots, age."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.vocab import ONLINE_MODES
from features.travel import ELDER_FROM, great_circle_km, measured_minutes, model_minutes

SCHEMA = pl.Schema(
    {
        "section_id": pl.String(),
        "travel_min": pl.Float64(),
        "slot_fit": pl.Float64(),
        "age_overlap": pl.Boolean(),
    }
)


def pair_features(
    sections: pl.DataFrame,
    *,
    home: tuple[float, float] | None,
    home_division_code: str | None,
    travel_mode: str | None,
    free_slots: frozenset[str] | None,
    age_low: int | None,
    age_high: int | None,
    travel_times: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """How each section suits one learner; columns in docs/features.md.

    Args:
        sections: ``features.section.section_features``, or any of its rows.
        home: longitude and latitude (WGS84 degrees) of the home cell.
        home_division_code: deepest known home division, for measured times.
        travel_mode: one of ``data.vocab.TRAVEL_MODES``; unknown is taken as transit.
        free_slots: weekly slots in which the learner is free; None unknown.
        age_low: youngest age of the learner's band, full years.
        age_high: oldest age of the learner's band, full years.
        travel_times: rows of the ``travel_times`` contract; they override the model.

    Returns:
        One row per section, in the order given.
    """
    elder = age_low is not None and age_low >= ELDER_FROM
    minutes = _modelled(sections, home, travel_mode, elder=elder)
    if travel_times is not None and home_division_code is not None and travel_times.height:
        measured = measured_minutes(travel_times, home_division_code, travel_mode)
        minutes = np.where(np.isnan(found := _at_venues(sections, measured)), minutes, found)
    minutes[_online(sections)] = 0.0
    columns = [
        sections["section_id"],
        pl.Series("travel_min", minutes).fill_nan(None),
        slot_fit(sections["slots"], free_slots),
        _age_overlap(sections, age_low, age_high),
    ]
    return pl.DataFrame(columns, schema=SCHEMA)


def slot_fit(slots: pl.Series, free_slots: frozenset[str] | None) -> pl.Series:
    """Share of each section's weekly slots that are free.

    Args:
        slots: List[String], one list per section.
        free_slots: slots in which the learner is free; None unknown.

    Returns:
        Float64 from 0 to 1; 1.0 for a section without slots, null where nothing is known.
    """
    if free_slots is None:
        return pl.Series("slot_fit", [None] * len(slots), dtype=pl.Float64)
    counts = slots.list.len().to_numpy().astype(np.int64)
    hits = slots.explode(empty_as_null=False).is_in(list(free_slots)).to_numpy()
    running = np.concatenate([[0], np.cumsum(hits)])
    ends = np.cumsum(counts)
    free = running[ends] - running[ends - counts]
    return pl.Series("slot_fit", np.where(counts > 0, free / np.maximum(counts, 1), 1.0))


def _modelled(
    sections: pl.DataFrame, home: tuple[float, float] | None, mode: str | None, *, elder: bool
) -> NDArray[np.float64]:
    """Minutes by the speed model; NaN without a home or a place."""
    if home is None:
        return np.full(sections.height, np.nan)
    km = great_circle_km(home, sections["lon"].to_numpy(), sections["lat"].to_numpy())
    return model_minutes(km, mode, elder=elder)


def _at_venues(sections: pl.DataFrame, measured: pl.DataFrame) -> NDArray[np.float64]:
    """Measured minutes of each section's venue; NaN where there are none."""
    placed = sections.select("venue_id").join(
        measured, on="venue_id", how="left", maintain_order="left"
    )
    return placed["minutes"].fill_null(np.nan).to_numpy()


def _online(sections: pl.DataFrame) -> NDArray[np.bool_]:
    return sections["mode"].is_in(list(ONLINE_MODES)).to_numpy()


def _age_overlap(sections: pl.DataFrame, low: int | None, high: int | None) -> pl.Series:
    """Whether the learner's band and the section's limits share an age; null when unknown."""
    if low is None or high is None:
        return pl.Series("age_overlap", [None] * sections.height, dtype=pl.Boolean)
    youngest, oldest = sections["age_min"].fill_null(0), sections["age_max"].fill_null(high)
    return ((youngest <= high) & (oldest >= low)).alias("age_overlap")
