"""What a city knew at an instant: the one place that keeps the future out of every feature.

A fact is known strictly before the cut-off: an event at exactly the cut-off is not yet known.
What has only a date is known once its day is over in the city's time zone.

| table | known | later facts of a known row |
|---|---|---|
| events, applications, credits, learners | by their instant | |
| postings | posted on an earlier day | closed_on, refreshed_on become null |
| jobseekers, vacancies | the month is over | |
| divisions | in force on the day | a later valid_to becomes null |
| sections | always, as a plan | state and enrolled are derived, see below |
| all others | always: they carry no time | |

Sections are announced ahead and carry no instant of publication, so a section whose window
opens later is kept, in state ``published``. A cancelled section or a draft stays one: when it
was cancelled isn't recorded, and offering it would be wrong at any time.

A file's own ``state`` and ``enrolled`` are facts of the instant at which the file was made: the
latest time in its events (without events, in its applications; without either, unknown). They
stand for a cut-off at or after that instant. For an earlier cut-off both come from the future,
so the state is derived from the section's times and the enrolled learners are counted again.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Final

import polars as pl

from data.city import City
from data.vocab import CITY_TIME, SECTION_STATES
from features.enrolment import enrolled_pairs
from features.errors import CutOffError

INSTANTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "events": "occurred_at",
        "applications": "submitted_at",
        "credits": "awarded_at",
        "learners": "registered_at",
    }
)
"""Tables whose rows happen at an instant, and the column that says when."""

LASTING_STATES: Final = ("draft", "cancelled")
"""States that times can't tell; they stand at every cut-off."""


def known_at(city: City, as_of: datetime) -> City:
    """The city as it was known just before an instant; doing it twice changes nothing.

    Tables stay lazy; only the latest time of the events is looked up at once, to tell whether
    the file's section states stand.

    Args:
        city: any snapshot.
        as_of: the cut-off, with an offset from UTC.

    Raises:
        CutOffError: the cut-off has no offset.
    """
    return city.with_tables(**{table: known(city, table, as_of) for table in city.tables})


def known(city: City, table: str, as_of: datetime) -> pl.LazyFrame:
    """One table of ``known_at``, without preparing the others.

    Raises:
        CutOffError: the cut-off has no offset.
        ContractError: no contract has this name.
    """
    cut = in_utc(as_of)
    rows = city.scan(table)
    if table in INSTANTS:
        return rows.filter(pl.col(INSTANTS[table]) < cut)
    if table in _DATED:
        return _DATED[table](rows, city_day(cut))
    return _sections(city, cut) if table == "sections" else rows


def in_utc(as_of: datetime) -> datetime:
    """The same instant in UTC.

    Raises:
        CutOffError: the instant has no offset.
    """
    if as_of.utcoffset() is None:
        message = f"the cut-off {as_of.isoformat()} has no offset; expected one like +08:00"
        raise CutOffError(message)
    return as_of.astimezone(UTC)


def city_day(as_of: datetime) -> date:
    """The calendar day in the city's time zone."""
    return as_of.astimezone(CITY_TIME).date()


def snapshot_instant(city: City) -> datetime | None:
    """When the snapshot was made, as far as its events (else its applications) tell."""
    for table in ("events", "applications"):
        latest = city.scan(table).select(pl.col(INSTANTS[table]).max()).collect().item()
        if isinstance(latest, datetime):
            return latest
    return None


def state_at(as_of: datetime) -> pl.Expr:
    """A section's state at an instant, derived from its window (half-open) and its days.

    Before the window published, in it applying, until the first day closed (drawn for a
    lottery), to the last day running, then finished; a cancelled section or a draft stays one.
    """
    cut, day = in_utc(as_of), city_day(as_of)
    states = pl.Enum(SECTION_STATES)
    waiting = pl.when(pl.col("rule") == "lottery").then(pl.lit("drawn")).otherwise(pl.lit("closed"))
    derived = (
        pl.when(pl.col("apply_opens_at") > cut)
        .then(pl.lit("published"))
        .when(pl.col("apply_closes_at") > cut)
        .then(pl.lit("applying"))
        .when(pl.col("starts_on") > day)
        .then(waiting)
        .when(pl.col("ends_on") >= day)
        .then(pl.lit("running"))
        .otherwise(pl.lit("finished"))
    )
    lasting = pl.col("state").cast(pl.String).is_in(LASTING_STATES)
    return pl.when(lasting).then(pl.col("state")).otherwise(derived.cast(states)).alias("state")


def _sections(city: City, cut: datetime) -> pl.LazyFrame:
    """The sections as they stand, or with the state and the seats taken at the cut-off."""
    made_at = snapshot_instant(city)
    sections = city.scan("sections")
    if made_at is None or cut >= made_at:
        return sections
    seats = enrolled_pairs(known(city, "events", cut)).group_by("section_id").agg(taken=pl.len())
    counted = pl.col("taken").fill_null(0).cast(pl.Int64).alias("enrolled")
    return (
        sections.join(seats, on="section_id", how="left", maintain_order="left")
        .with_columns(state_at(cut), counted)
        .drop("taken")
    )


def postings_before(rows: pl.LazyFrame, day: date) -> pl.LazyFrame:
    """Postings of earlier days, without the closings and refreshes of the day or later."""
    later = [_null_from(column, day) for column in ("closed_on", "refreshed_on")]
    return rows.filter(pl.col("posted_on") < day).with_columns(later)


def _months(rows: pl.LazyFrame, day: date) -> pl.LazyFrame:
    return rows.filter(pl.col("month").dt.offset_by("1mo") <= day)


def _divisions(rows: pl.LazyFrame, day: date) -> pl.LazyFrame:
    begun = (pl.col("valid_from") <= day).fill_null(value=True)
    not_over = (pl.col("valid_to") > day).fill_null(value=True)
    return rows.filter(begun & not_over).with_columns(_null_from("valid_to", day))


def _null_from(column: str, day: date) -> pl.Expr:
    """The date where it lies before the day, null from the day on: not yet known."""
    return pl.when(pl.col(column) < day).then(pl.col(column)).alias(column)


_DATED: Final[Mapping[str, Callable[[pl.LazyFrame, date], pl.LazyFrame]]] = MappingProxyType(
    {
        "postings": postings_before,
        "jobseekers": _months,
        "vacancies": _months,
        "divisions": _divisions,
    }
)
