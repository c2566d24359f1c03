"""The tables of a city's terms, ready to be shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import polars as pl

from data.city import City
from data.privacy.suppression import ALL, Report, Tabulation, bands, divisions, suppress
from data.privacy.suppression.dimensions import Dimension
from features.terms import acts, held_sections, terms
from recsys.planning.terms.counts import WHO, Keys, acts_by, both_ways, sections_by

DIVISION: Final = "division_code"

RATES: Final = {
    "fill_rate": ("enrolled", "seats"),
    "applications_per_seat": ("applied", "seats"),
    "completion_rate": ("completed", "given"),
}
"""Ratios of a row, numerator and denominator."""

COUNTS: Final = ("applied", "enrolled", "given", "completed")

UNKNOWN_AGE: Final = "unknown"

PARTS: Final = {"applied": [], "enrolled": [], "given": ["completed"]}
"""What is counted, and the counts of some of it."""


@dataclass(frozen=True, slots=True)
class TermTables:
    """What came of each term; rows of all districts and of the whole city, sorted by their keys.

    A null count or rate is held back where ``suppressed`` says so, else unknown.

    Attributes:
        terms: term, starts_on, ends_on, over, sections; oldest first.
        programmes: division_code, term, programme (``all`` for every one), sections, seats,
            applied, enrolled, given, completed, fill_rate, applications_per_seat,
            completion_rate, suppressed; of sections held in the division.
        categories: the same by category.
        ages: the same by age_band, without sections and seats and what is divided by them.
        residents: division_code (of the learners' homes), term, programme, enrolled, suppressed.
        unplaced: sections whose district nobody tells; they are in no table.
        report: what was held back.
    """

    terms: pl.DataFrame
    programmes: pl.DataFrame
    categories: pl.DataFrame
    ages: pl.DataFrame
    residents: pl.DataFrame
    unplaced: int
    report: Report


def term_tables(city: City, moment: datetime) -> TermTables:
    """Counts of every term that was known at a moment, with what can't be told held back.

    Args:
        city: any snapshot.
        moment: the cut-off, with an offset from UTC.

    Raises:
        CutOffError: the moment has no offset from UTC.
    """
    held = held_sections(city, moment)
    placed = held.filter(pl.col("district_code").is_not_null())
    about = placed.drop("enrolled", "division_code")
    done = acts(city, moment).join(about, on="section_id").with_columns(_age())
    frames = {
        "programmes": _use(placed, done, [*_here("district_code"), both_ways("programme")]),
        "categories": _use(placed, done, [*_here("district_code"), [_text("category")]]),
        "ages": _with_rates(acts_by(done, [*_here("district_code"), [_text("age_band")]])),
        "residents": _at_home(done),
    }
    tabulations = [table for name, frame in frames.items() for table in _tabulations(name, frame)]
    released = suppress(tabulations)
    found = {table.name: table.frame for table in released.tables}
    told = {name: _told(name, frame, found) for name, frame in frames.items()}
    unplaced = held.height - placed.height
    return TermTables(terms(city, moment), **told, unplaced=unplaced, report=released.report)


def _here(column: str) -> Keys:
    """A district and the city around it, by term."""
    city = pl.col(column).str.slice(0, 4).str.pad_end(12, "0")
    return [[pl.col(column).alias(DIVISION), city.alias(DIVISION)], [pl.col("term")]]


def _text(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.String)


def _age() -> pl.Expr:
    return pl.col("age_band").cast(pl.String).fill_null(UNKNOWN_AGE)


def _use(sections: pl.DataFrame, done: pl.DataFrame, keys: Keys) -> pl.DataFrame:
    """Supply and use side by side; a section that nobody asked for keeps its row."""
    supply, use = sections_by(sections, keys), acts_by(done, keys)
    names = use.columns[: len(keys)]
    joined = supply.join(use, on=names, how="left")
    return _with_rates(joined.with_columns(pl.exclude(names, "sections", "seats").fill_null(0)))


def _at_home(done: pl.DataFrame) -> pl.DataFrame:
    """Seats taken by the residents of each district, wherever the section is."""
    living = done.filter(pl.col("home_district_code").is_not_null())
    keys = [*_here("home_district_code"), both_ways("programme")]
    return acts_by(living, keys).select(DIVISION, "term", "programme", "enrolled", "learners")


def _with_rates(frame: pl.DataFrame) -> pl.DataFrame:
    """The ratios whose two counts are there; null where nothing is divided by."""
    rates = [
        pl.when(pl.col(under) > 0).then(pl.col(over) / pl.col(under)).alias(name)
        for name, (over, under) in RATES.items()
        if {over, under} <= set(frame.columns)
    ]
    return frame.with_columns(rates)


def _tabulations(name: str, frame: pl.DataFrame) -> list[Tabulation]:
    """One tabulation for each kind of act a table counts; the same acts share a population."""
    dims = _dimensions(frame)
    home = "resident " if name == "residents" else ""
    return [
        Tabulation(
            f"{name} {act}",
            _of_act(frame, act),
            dims,
            count=act,
            parts={part: act for part in PARTS[act] if part in frame.columns},
            derived=_derived(act, frame),
            contributors=who,
            population=home + act,
        )
        for act, who in WHO.items()
        if act in frame.columns
    ]


def _dimensions(frame: pl.DataFrame) -> tuple[Dimension, ...]:
    broken = [name for name in ("programme", "category", "age_band") if name in frame.columns]
    return (divisions(DIVISION), Dimension("term", kind="apart"), *(bands(name) for name in broken))


def _of_act(frame: pl.DataFrame, act: str) -> pl.DataFrame:
    """The columns of one kind of act; what others count is none of its business."""
    derived = _derived(act, frame)
    named = [*_keys(frame), act, WHO[act], *PARTS[act], *derived]
    return frame.select(name for name in named if name in frame.columns)


def _derived(act: str, frame: pl.DataFrame) -> dict[str, Sequence[str]]:
    counted = {act, *PARTS[act]}
    return {
        name: [part for part in both if part in counted]
        for name, both in RATES.items()
        if name in frame.columns and both[0] in counted
    }


def _keys(frame: pl.DataFrame) -> list[str]:
    keys = (DIVISION, "term", "programme", "category", "age_band")
    return [name for name in keys if name in frame.columns]


def _told(name: str, frame: pl.DataFrame, found: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """The released columns of one table side by side again."""
    keys = _keys(frame)
    parts = [found[f"{name} {act}"] for act in WHO if act in frame.columns]
    table = frame.select(*keys, *(c for c in ("sections", "seats") if c in frame.columns))
    for number, part in enumerate(parts):
        marked = part.rename({"suppressed": f"suppressed_{number}"})
        table = table.join(marked, on=keys, how="left")
    flags = [pl.col(f"suppressed_{number}") for number in range(len(parts))]
    order = [*table.columns[: len(keys)], "sections", "seats", *COUNTS, *RATES]
    columns = [column for column in order if column in table.columns]
    return table.select(*columns, suppressed=pl.any_horizontal(flags)).sort(keys)


__all__ = ["ALL", "TermTables", "term_tables"]
