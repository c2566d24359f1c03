"""The tables of a city's terms, ready to be shown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import polars as pl

from data.city import City
from data.privacy.suppression import (
    SUPPRESSED,
    Suppressed,
    Tabulation,
    bands,
    divisions,
    suppress,
)
from features.terms import acts, held_sections, terms
from recsys.planning.terms.counts import WHO, Keys, acts_by, both_ways, sections_by

DIVISION: Final = "division_code"

RATES: Final = {
    "fill_rate": ("enrolled", "seats"),
    "applications_per_seat": ("applied", "seats"),
    "completion_rate": ("completed", "given"),
}
"""Ratios of a row, numerator and denominator."""

SUPPLY: Final = ("sections", "seats")
COUNTS: Final = ("applied", "enrolled", "given", "completed")

UNKNOWN_AGE: Final = "unknown"

RECORDED: Final = "online_recorded"

PARTS: Final = {"given": "completed"}
"""What is counted, and the count of some of it."""


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
        releases: what was released together, by term.
    """

    terms: pl.DataFrame
    programmes: pl.DataFrame
    categories: pl.DataFrame
    ages: pl.DataFrame
    residents: pl.DataFrame
    unplaced: int
    releases: tuple[Suppressed, ...]


def term_tables(
    city: City, moment: datetime, step: Callable[[str], None] = lambda _: None
) -> TermTables:
    """Counts of every term that was known at a moment, with what can't be told held back.

    Recorded sections are left out: their seats are no limit, and nobody meets in them.

    Args:
        city: any snapshot.
        moment: the cut-off, with an offset from UTC.
        step: told the term that is worked on.

    Raises:
        CutOffError: the moment has no offset from UTC.
    """
    held = held_sections(city, moment).filter(pl.col("mode").cast(pl.String) != RECORDED)
    placed = held.filter(pl.col("district_code").is_not_null())
    about = placed.drop("enrolled", "division_code")
    age = _text("age_band").fill_null(UNKNOWN_AGE)
    done = acts(city, moment).join(about, on="section_id").with_columns(age)
    found, releases = dict[str, list[pl.DataFrame]](), list[Suppressed]()
    listed = terms(city, moment)
    for term in listed["term"]:
        step(term)
        in_term = pl.col("term") == term
        tables, release = _released(placed.filter(in_term), done.filter(in_term))
        releases.append(release)
        for name, frame in tables.items():
            found.setdefault(name, []).append(frame.insert_column(1, pl.lit(term).alias("term")))
    whole = {name: _in_order(pl.concat(parts)) for name, parts in found.items()}
    return TermTables(
        listed, **whole, unplaced=held.height - placed.height, releases=tuple(releases)
    )


def _released(
    sections: pl.DataFrame, done: pl.DataFrame
) -> tuple[dict[str, pl.DataFrame], Suppressed]:
    """The tables of one term, released together.

    Term by term, because what came of one says nothing of another; so a term's figures are held
    back alike however many other terms are shown beside it.
    """
    here = _around("district_code")
    living = done.filter(pl.col("home_district_code").is_not_null())
    at_home = [_around("home_district_code"), both_ways("programme")]
    frames = {
        "programmes": _use(sections, done, [here, both_ways("programme")]),
        "categories": _use(sections, done, [here, [_text("category")]]),
        "ages": _with_rates(acts_by(done, [here, [_text("age_band")]])),
        "residents": acts_by(living, at_home).select(DIVISION, "programme", "enrolled", "learners"),
    }
    tabulations = [table for name, frame in frames.items() for table in _tabulations(name, frame)]
    released = suppress(tabulations)
    found = {table.name: table.frame for table in released.tables}
    told = {name: _told(name, frame, found) for name, frame in frames.items()}
    return told, released


def _around(column: str) -> tuple[pl.Expr, pl.Expr]:
    """A district, and the city around it."""
    city = pl.col(column).str.slice(0, 4).str.pad_end(12, "0")
    return pl.col(column).alias(DIVISION), city.alias(DIVISION)


def _text(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.String)


def _use(sections: pl.DataFrame, done: pl.DataFrame, keys: Keys) -> pl.DataFrame:
    """Supply and use side by side; a section that nobody asked for keeps its row."""
    supply, use = sections_by(sections, keys), acts_by(done, keys)
    counts = use.columns[len(keys) :]
    joined = supply.join(use, on=use.columns[: len(keys)], how="left")
    return _with_rates(joined.with_columns(pl.col(counts).fill_null(0)))


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
    keys = _keys(frame)
    dims = [divisions(DIVISION), *(bands(key) for key in keys if key != DIVISION)]
    home = "resident " if name == "residents" else ""
    found: list[Tabulation] = []
    for act, who in WHO.items():
        if act not in frame.columns:
            continue
        parts = {PARTS[act]: act} if act in PARTS else {}
        derived = _derived([act, *parts], frame)
        columns = [*keys, act, who, *parts, *derived]
        found.append(
            Tabulation(
                f"{name} {act}",
                frame.select(columns),
                tuple(dims),
                count=act,
                parts=parts,
                derived=derived,
                contributors=who,
                population=home + act,
            )
        )
    return found


def _derived(counted: Sequence[str], frame: pl.DataFrame) -> dict[str, Sequence[str]]:
    """The ratios of these counts, each with the counts it is worked out from."""
    return {
        name: [count for count in both if count in counted]
        for name, both in RATES.items()
        if name in frame.columns and both[0] in counted
    }


def _keys(frame: pl.DataFrame) -> list[str]:
    return [key for key in (DIVISION, "programme", "category", "age_band") if key in frame.columns]


def _told(name: str, frame: pl.DataFrame, found: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The released columns of one table side by side again."""
    keys = _keys(frame)
    parts = [found[f"{name} {act}"] for act in WHO if act in frame.columns]
    table = frame.select(*keys, *(each for each in SUPPLY if each in frame.columns))
    for number, part in enumerate(parts):
        table = table.join(part.rename({SUPPRESSED: f"{SUPPRESSED} {number}"}), on=keys)
    flags = [f"{SUPPRESSED} {number}" for number in range(len(parts))]
    columns = [each for each in (*keys, *SUPPLY, *COUNTS, *RATES) if each in table.columns]
    return table.select(*columns, pl.any_horizontal(flags).alias(SUPPRESSED))


def _in_order(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.sort([*_keys(frame), "term"])
