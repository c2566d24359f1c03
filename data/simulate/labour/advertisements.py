"""Job advertisements for vacancies: originals, reposts and agencies' spam, month by month."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.simulate.calendar import cut_off
from data.simulate.labour.employers import (
    AGENCIES,
    agency_names,
    area_codes,
    area_texts,
    draw_employers,
    employer_names,
)
from data.simulate.labour.market import Labour
from data.simulate.labour.pay import salary_texts
from data.simulate.labour.phrases import BOARDS, TAILS
from data.simulate.labour.planted import GAP, SPAM
from data.simulate.labour.ties import ties
from data.simulate.labour.wording import Subject, write_texts
from data.simulate.params import SimulationParams
from data.simulate.place.places import Map
from data.simulate.streams import Streams
from data.tables import TABLES
from data.vocab import CITY_TIME

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

EXPERIENCES: Final = ("none", "lt1", "1-3", "3-5", "5-10")
EDUCATIONS: Final = (
    "junior_secondary",
    "senior_secondary",
    "secondary_vocational",
    "associate",
    "bachelor",
)
UNSAID: Final = 0.25
"""Share of vacancies silent about experience, education or headcount; a guess."""

REFRESHED: Final = 0.35
"""Share of advertisements that are refreshed while open; a guess."""

NEVER_CLOSED: Final = 0.15
"""Share of advertisements that nobody takes down; a guess."""

AGENCY_TOLD: Final = 0.7
"""Share of agencies' advertisements that say so; the others say nothing; a guess."""

ORIGINAL, SAME, NEAR, REWORDED, SPAMMED = range(5)
"""How an advertisement's text comes from its vacancy's first one."""


@dataclass(frozen=True, slots=True)
class Copies:
    """The advertisements of one month's vacancies, one entry each, originals first.

    Attributes:
        vacancy: index among the month's vacancies.
        form: ``ORIGINAL``, ``SAME``, ``NEAR``, ``REWORDED`` or ``SPAMMED``.
        text: index of its text; copies of one text share it.
        days: days after the original.
    """

    vacancy: Ints
    form: Ints
    text: Ints
    days: Ints


def posting_rows(
    params: SimulationParams, labour: Labour, city: Map, streams: Streams
) -> pl.DataFrame:
    """The contract table ``postings`` in one frame, for cities that fit in memory."""
    return pl.concat(posting_batches(params, labour, city, streams))


def posting_batches(
    params: SimulationParams, labour: Labour, city: Map, streams: Streams
) -> Iterator[pl.DataFrame]:
    """The contract table ``postings``, a frame a month in order of posted_on.

    Ids number the advertisements in that order over all frames. Nothing is posted, refreshed
    or closed after the cut-off; the last frame holds what was reposted in the cut-off's month.

    Args:
        params: the city.
        labour: its market.
        city: its map.
        streams: draws from ``advertisements``, one stream a month.
    """
    for rows in posting_origins(params, labour, city, streams):
        yield rows.select(list(TABLES["postings"].columns()))


def posting_origins(
    params: SimulationParams, labour: Labour, city: Map, streams: Streams
) -> Iterator[pl.DataFrame]:
    """The frames of ``posting_batches`` with where each advertisement comes from.

    Returns:
        The columns of ``postings``, then the truth: opening (index into ``labour.openings``)
        and form (``ORIGINAL`` to ``SPAMMED``).
    """
    today = cut_off(params).astimezone(CITY_TIME).date()
    waiting: list[pl.DataFrame] = []
    number = 0
    for month, first in enumerate(labour.months):
        rows = pl.concat([*waiting, _written(params, labour, city, month, streams)])
        later = pl.col("posted_on") >= _next_month(first)
        ready, waiting = rows.filter(~later), [rows.filter(later)]
        yield _finished(ready, number, today)
        number += ready.height
    reposted = pl.concat(waiting).filter(pl.col("posted_on") <= today)
    yield _finished(reposted, number, today)


def _finished(rows: pl.DataFrame, first: int, today: date) -> pl.DataFrame:
    """Rows with ids from ``first`` on, and without what happens after today."""
    number = (pl.int_range(pl.len()) + first).cast(pl.String).str.zfill(8)
    numbered = rows.sort("posted_on", maintain_order=True).with_columns(
        (pl.lit("posting-") + number).alias("posting_id"),
        *(
            pl.when(pl.col(name) <= today).then(pl.col(name)).alias(name)
            for name in ("refreshed_on", "closed_on")
        ),
    )
    return numbered.select([*TABLES["postings"].columns(), "opening", "form"])


def _written(
    params: SimulationParams, labour: Labour, city: Map, month: int, streams: Streams
) -> pl.DataFrame:
    """Every advertisement of one month's vacancies, shuffled so that order tells nothing."""
    ads, rng = labour.openings, streams.of("advertisements", month)
    own: Ints = np.arange(int(ads.start[month]), int(ads.start[month + 1]))
    kind = labour.kind[ads.district[own], ads.lead[own]]
    copies = _copies(params, kind == SPAM, rng)
    vacancies = _vacancies(params, labour, city, own, rng)
    texts = _texts(params, labour, month, own, copies, rng)
    rows = pl.concat(
        [
            vacancies[copies.vacancy],
            texts[copies.text],
            _dates(labour.months[month], copies, kind == GAP, rng),
            pl.DataFrame({"opening": own[copies.vacancy], "form": copies.form}),
        ],
        how="horizontal",
    ).with_columns(_sources(copies, rng), _near(copies, rng))
    return _by_agencies(params, rows, copies, rng)[rng.permutation(rows.height)]


def _copies(params: SimulationParams, spam: Bools, rng: np.random.Generator) -> Copies:
    """Originals, reposts of some, and many copies of each vacancy in a spam cell."""
    n = len(spam)
    again = np.flatnonzero((rng.random(n) < params.repost_share) & ~spam)
    flood = np.repeat(np.flatnonzero(spam), params.spam_copies - 1)
    draw = rng.random(len(again))
    near, reworded = params.near_copy_share, params.reworded_share
    how = np.where(draw < near, NEAR, np.where(draw < near + reworded, REWORDED, SAME))
    form = np.concatenate([np.full(n, ORIGINAL), how, np.full(len(flood), SPAMMED)])
    vacancy = np.concatenate([np.arange(n), again, flood])
    days = np.concatenate(
        [np.zeros(n, np.int64), rng.integers(1, 10, len(again)), rng.integers(0, 25, len(flood))]
    )
    rewritten = np.isin(form, (REWORDED, SPAMMED))
    text = np.where(rewritten, n + np.cumsum(rewritten) - 1, vacancy)
    return Copies(vacancy, form, text, days)


def _vacancies(
    params: SimulationParams, labour: Labour, city: Map, own: Ints, rng: np.random.Generator
) -> pl.DataFrame:
    """What all advertisements of a vacancy share."""
    ads, n = labour.openings, len(own)
    district, level = ads.district[own], ties().level[ads.occupation[own]]
    unsaid = rng.random(n) < UNSAID
    return pl.DataFrame(
        {
            "company": employer_names(district, draw_employers(n, rng)),
            "division_code": area_codes(city, district, rng.random(n) < params.missing_code_share),
            "area_text": area_texts(city, district, rng),
            "headcount": pl.Series(ads.headcount[own]).zip_with(
                pl.Series(~unsaid), pl.Series([None], dtype=pl.Int64)
            ),
            "experience": _leveled(EXPERIENCES, level, rng),
            "education": _leveled(EDUCATIONS, level, rng),
        }
    )


def _texts(
    params: SimulationParams,
    labour: Labour,
    month: int,
    own: Ints,
    copies: Copies,
    rng: np.random.Generator,
) -> pl.DataFrame:
    """Title, description, tags and pay of each text: the originals' and the changed ones."""
    ads = labour.openings
    rewritten = np.isin(copies.form, (ORIGINAL, REWORDED, SPAMMED))
    source = own[copies.vacancy[rewritten]]
    about = Subject(
        ads.occupation[source], ads.lead[source], ads.named[source], labour.drift <= month
    )
    short = labour.kind[ads.district[own], ads.lead[own]] == GAP
    growth = np.where(short, 1 + params.gap_wage_growth * month, 1.0)
    level = ties().level[ads.occupation[own]]
    pay = (3.2 + 1.9 * level * rng.lognormal(0, 0.25, len(own))) * growth
    low = np.maximum(3, np.round(pay)).astype(np.int64)[copies.vacancy[rewritten]]
    salary = salary_texts(low, low + rng.integers(1, 6, len(low)), rng)
    return write_texts(params, about, rng).with_columns(salary)


def _dates(month: date, copies: Copies, short: Bools, rng: np.random.Generator) -> pl.DataFrame:
    """Posted, refreshed and closed; vacancies nobody can fill stay open longer."""
    n = len(short)
    original = rng.integers(0, monthrange(month.year, month.month)[1], n)
    posted = month.toordinal() - date(1970, 1, 1).toordinal()
    posted_on = posted + original[copies.vacancy] + copies.days
    longest: Ints = np.where(short, 110, 75)[copies.vacancy]
    days = rng.integers(10, longest)
    kept, taken = rng.random((2, len(days)))
    return pl.DataFrame(
        {
            "posted_on": _days(posted_on),
            "refreshed_on": _days(posted_on + days // 3, kept < REFRESHED),
            "closed_on": _days(posted_on + days, taken >= NEVER_CLOSED),
        }
    )


def _days(since_1970: Ints, known: Bools | None = None) -> pl.Series:
    """Dates, null where not known."""
    days = pl.Series(since_1970, dtype=pl.Int32).cast(pl.Date)
    never = pl.Series([None], dtype=pl.Date)
    return days if known is None else days.zip_with(pl.Series(known), never)


def _sources(copies: Copies, rng: np.random.Generator) -> pl.Series:
    """A repost stands on the next board, spam on any."""
    first = rng.integers(0, len(BOARDS), int((copies.form == ORIGINAL).sum()))
    anywhere = rng.integers(0, len(BOARDS), len(copies.form))
    board = np.where(
        copies.form == SPAMMED, anywhere, first[copies.vacancy] + (copies.form != ORIGINAL)
    )
    return pl.Series("source", BOARDS).gather(board % len(BOARDS))


def _near(copies: Copies, rng: np.random.Generator) -> pl.Expr:
    """Nearly the same text: a line more, or other punctuation."""
    n = len(copies.form)
    near = pl.lit(pl.Series(copies.form == NEAR))
    longer = pl.lit(pl.Series(rng.random(n) < 0.5))
    tail = pl.lit(pl.Series(TAILS).gather(rng.integers(0, len(TAILS), n)))
    text = pl.col("description")
    changed = (
        pl.when(longer)
        .then(text + tail)
        .otherwise(text.str.replace_all("；", ";", literal=True) + "\n")
    )
    return pl.when(near).then(changed).otherwise(text).alias("description")


def _by_agencies(
    params: SimulationParams, rows: pl.DataFrame, copies: Copies, rng: np.random.Generator
) -> pl.DataFrame:
    """Some vacancies, and all spam, under an agency's name; spam under another each time."""
    n = int((copies.form == ORIGINAL).sum())
    spam = np.isin(np.arange(n), copies.vacancy[copies.form == SPAMMED])
    through = (spam | (rng.random(n) < params.agency_share))[copies.vacancy]
    usual = rng.integers(0, AGENCIES, n)[copies.vacancy]
    other = rng.integers(0, AGENCIES, len(copies.form))
    name = agency_names(np.where(copies.form == SPAMMED, other, usual))
    told = pl.Series(np.where(rng.random(len(other)) < AGENCY_TOLD, through, False))
    silent = pl.Series(through) & ~told
    return rows.with_columns(
        name.zip_with(pl.Series(through), rows["company"]).alias("company"),
        told.zip_with(~silent, pl.Series([None], dtype=pl.Boolean)).alias("agency"),
    )


def _leveled(
    values: tuple[str, ...], level: NDArray[np.float64], rng: np.random.Generator
) -> pl.Series:
    """Higher levels ask for more; some say nothing."""
    drawn = np.round(rng.normal(level - 1, 0.8)).clip(0, len(values) - 1).astype(np.int64)
    silent = rng.random(len(level)) < UNSAID
    index = np.where(silent, len(values), drawn)
    return pl.Series([*values, None], dtype=pl.String).gather(index)


def _next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
