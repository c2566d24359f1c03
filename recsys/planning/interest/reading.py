"""Everything asked for in the latest terms, row by row, ready to be counted by any cell."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import polars as pl

from data.city import City
from features.asof import known
from recsys.planning.interest.areas import Areas
from recsys.planning.interest.asks import read_asks
from recsys.planning.interest.offer import Terms, by_slot, offered
from recsys.planning.interest.wishes import LOST, fates

TERMS: Final = 2
"""Terms over their windows that are looked at: a year. What is still open comes besides."""

SERVED: Final = ("admitted", "gave_back")
"""Fates of who was given a seat."""


@dataclass(frozen=True, slots=True)
class Interest:
    """What was asked for.

    Attributes:
        areas: towns and districts.
        terms: the terms looked at.
        wishes: a row per application and slot of its section: learner_id, section_id, fate,
            ``lost``, ``share`` (the slot's part of the application), ``want`` (the row's part of
            the seat that the learner still lacks), age_band, the learner's town_code and
            district_code, programme, category, term, slot, weekday, part.
        offer: a row per section and slot: the columns of ``offer.offered`` and ``share``, with
            ``applications`` and ``applicants_lost`` of the whole section; places are the venue's.
        learners: learner_id, age_band, town_code, district_code of everybody registered.
        asks: of ``asks.read_asks``; None where no ledger was given.
    """

    areas: Areas
    terms: Terms
    wishes: pl.DataFrame
    offer: pl.DataFrame
    learners: pl.DataFrame
    asks: pl.DataFrame | None

    def over(self) -> "Interest":
        """The same of the terms whose windows are over; of all where none is."""
        names = self.terms.names[: self.terms.over] or self.terms.names
        terms = Terms(names, self.terms.begins[: len(names)], self.terms.over)
        chosen = pl.col("term").is_in(names)
        wishes, offer = self.wishes.filter(chosen), self.offer.filter(chosen)
        return replace(self, terms=terms, wishes=wishes, offer=offer)


def read_interest(
    city: City, moment: datetime, unmet: pl.DataFrame | None = None, *, terms: int = TERMS
) -> Interest:
    """What was asked for in the latest terms, as far as it was known at a moment.

    Args:
        city: any snapshot.
        moment: the cut-off, with an offset from UTC.
        unmet: rows of the unmet-demand ledger; None where nobody kept one.
        terms: terms over their windows to look at, at most.

    Raises:
        CutOffError: the moment has no offset from UTC.
        ContractError: a column of the ledger is missing.
    """
    areas = Areas.of_city(city, moment)
    sections, looked_at = offered(city, moment, areas, terms)
    learners = _learners(city, moment, areas)
    made = fates(city, moment, sections)
    kept = pl.col("fate") != "withdrawn"
    counts = made.group_by("section_id").agg(
        applications=kept.sum().cast(pl.Int64),
        applicants_lost=pl.col("fate").is_in(LOST).sum().cast(pl.Int64),
    )
    numbers = pl.col("applications", "applicants_lost").fill_null(0)
    counted = sections.join(counts, on="section_id", how="left").with_columns(numbers)
    asks = None if unmet is None else read_asks(unmet, moment, areas, looked_at)
    return Interest(
        areas, looked_at, _wishes(made, sections, learners), by_slot(counted), learners, asks
    )


def _learners(city: City, moment: datetime, areas: Areas) -> pl.DataFrame:
    """Where everybody registered lives, as far as they told."""
    told = known(city, "learners", moment).select(
        "learner_id", pl.col("age_band").cast(pl.String), "home_division_code"
    )
    placed = areas.placed(told.collect(), "home_division_code")
    return placed.drop("home_division_code").sort("learner_id")


def _wishes(made: pl.DataFrame, sections: pl.DataFrame, learners: pl.DataFrame) -> pl.DataFrame:
    """Applications of the terms looked at, by slot, with what each learner still lacks."""
    what = sections.select("section_id", "programme", "category", "term", "slots")
    rows = made.filter(pl.col("fate") != "withdrawn").join(what, on="section_id")
    # one number a learner, term and category: texts are slow to group by
    wish = pl.struct("learner_id", "term", "category").rank("dense")
    numbered = rows.with_columns(wish=wish, lost=pl.col("fate").is_in(LOST))
    served = pl.col("fate").is_in(SERVED).any().over("wish")
    shared = 1.0 / pl.col("lost").sum().over("wish")
    wanting = numbered.with_columns(
        want=pl.when(pl.col("lost") & ~served).then(shared).otherwise(0.0)
    )
    placed = by_slot(wanting.drop("wish").join(learners, on="learner_id", how="left"))
    return placed.with_columns(pl.col("want") * pl.col("share"))
