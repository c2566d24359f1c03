"""The sections of the terms looked at: what was offered, where, when and for how many."""

from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from data.city import City
from data.vocab import ONLINE_MODES
from features.asof import city_day, in_utc
from features.section import section_features
from recsys.planning.interest.areas import Areas
from recsys.planning.interest.wishes import DECIDED


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms looked at.

    Attributes:
        names: oldest first.
        begins: the day on which each one's first window opened.
        over: how many of them have closed all their windows.
    """

    names: tuple[str, ...]
    begins: tuple[date, ...]
    over: int


def latest_terms(sections: pl.DataFrame, moment: datetime, most: int) -> Terms:
    """The last terms whose windows are over, and those that are still open.

    Terms are free text: the contract orders them by their first day of classes.

    Args:
        sections: rows of ``section_features``.
        moment: the cut-off.
        most: terms over their windows, at most.
    """
    cut = in_utc(moment)
    spans = (
        sections.group_by("term")
        .agg(
            first=pl.col("starts_on").min(),
            opens=pl.col("apply_opens_at").min(),
            closes=pl.col("apply_closes_at").max(),
        )
        .filter(pl.col("opens") < cut)
        .sort("first", "term")
    )
    over = pl.col("closes") <= cut
    past = spans.filter(over).tail(most)
    chosen = pl.concat([past, spans.filter(~over)]).sort("first", "term")
    begins = tuple(city_day(opens) for opens in chosen["opens"])
    return Terms(tuple(chosen["term"]), begins, past.height)


def offered(
    city: City, moment: datetime, areas: Areas, most_terms: int
) -> tuple[pl.DataFrame, Terms]:
    """The sections of the latest terms, and these terms; drafts are left out.

    Returns:
        section_id, course_id, title, programme, category, term, rule, state, slots, capacity,
        enrolled, town_code, district_code (of the venue; null online: everywhere), decided
        (whether seats have been given; never of a recording, which has no last seat), called_off;
        and the terms.
    """
    sections = section_features(city, moment).filter(pl.col("state") != "draft")
    terms = latest_terms(sections, moment, most_terms)
    state = pl.col("state").cast(pl.String)
    mode = pl.col("mode").cast(pl.String)
    online = mode.is_in(ONLINE_MODES)
    chosen = (
        areas.placed(
            sections.filter(pl.col("term").is_in(terms.names)).with_columns(
                pl.when(~online).then("division_code").alias("division_code")
            ),
            "division_code",
        )
        .with_columns(pl.col("programme", "category", "rule").cast(pl.String))
        .with_columns(
            decided=state.is_in(DECIDED) & (mode != "online_recorded"),
            called_off=state == "cancelled",
        )
    )
    return chosen.select(
        "section_id",
        "course_id",
        "title",
        "programme",
        "category",
        "term",
        "rule",
        "state",
        "slots",
        "capacity",
        "enrolled",
        "town_code",
        "district_code",
        "decided",
        "called_off",
    ), terms


def by_slot(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with ``slots`` as one row per slot, weighing a share each: ``slot`` and ``share``.

    A section that meets twice a week counts half in each slot; one without slots has a null one.
    """
    met = pl.col("slots").list.unique(maintain_order=True)
    shares = 1.0 / met.list.len().clip(lower_bound=1)
    split = rows.with_columns(slot=met, share=shares.cast(pl.Float64)).drop("slots")
    return with_week(split.explode("slot", empty_as_null=True))


def with_week(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with ``slot`` told by weekday (1 to 7) and part of the day (M, A, E) as well."""
    return rows.with_columns(
        weekday=pl.col("slot").str.slice(0, 1), part=pl.col("slot").str.slice(1, 1)
    )
