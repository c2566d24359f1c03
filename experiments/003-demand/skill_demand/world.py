"""A simulated labour market, and what a reader of stated quality makes of its advertisements.

The only room of the experiment that knows the simulator. No text is written: each vacancy is
advertised, copied, and read with the recall, the false skills and the unrecognised copies that
``Reader`` states, so that the model is judged apart from the chain that feeds it.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.simulate import preset
from data.simulate.labour.market import Labour, jobseeker_rows, make_labour, vacancy_rows
from data.simulate.labour.planted import KINDS, SPAM, plant
from data.simulate.labour.ties import ties
from data.simulate.params import SimulationParams
from data.simulate.place.places import Map, make_map
from data.simulate.streams import Streams
from data.simulate.topics import skills
from data.vocabulary import builtin
from features.demand.build import end_of
from features.postings.stock import live_stock

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

EPOCH = date(1970, 1, 1).toordinal()
SILENT_HEADCOUNT, NEVER_CLOSED = 0.25, 0.15
LONGEST_OPEN = 75


@dataclass(frozen=True, slots=True)
class Reader:
    """How well advertisements are read; shares from 0 to 1.

    Attributes:
        recall: of the skills asked for, the share found.
        false_skills: skills found a posting that nobody asks for.
        missed_copies: copies not recognised as such.
        unknown_area: vacancies whose district can't be told.
    """

    recall: float = 0.85
    false_skills: float = 0.1
    missed_copies: float = 0.02
    unknown_area: float = 0.03


@dataclass(frozen=True, slots=True)
class World:
    """A market with its truth.

    Attributes:
        months: first days, oldest first.
        parsed, vacancies, stock, mentions, occupations: frames as the chain hands them on;
            ``vacancies`` tells the spam cells' copies too (``flood``).
        official: the contract table ``vacancies``.
        jobseekers: the contract table.
        vocabulary: the contract table ``skills``.
        truth: month, division_code, skill_id, vacancies (persons), kind (null unless planted).
    """

    months: tuple[date, ...]
    parsed: pl.DataFrame
    vacancies: pl.DataFrame
    stock: pl.DataFrame
    mentions: pl.DataFrame
    occupations: pl.DataFrame
    official: pl.DataFrame
    jobseekers: pl.DataFrame
    vocabulary: pl.DataFrame
    truth: pl.DataFrame


def make_world(name: str, settings: list[str], seed: int, reader: Reader) -> World:
    """Draw a market and read its advertisements.

    Args:
        name: of the preset.
        settings: ``name=value`` texts that change it.
        seed: of the market and of its reading.
        reader: how well advertisements are read.
    """
    params = preset(name, settings)
    streams = Streams(seed)
    city = make_map(params, streams.of("places"))
    planted = plant(params, city, streams.of("planted"))
    labour = make_labour(params, city, planted, streams)
    rng = np.random.default_rng([seed, 3])
    parsed, vacancies = _advertised(params, labour, city, reader, rng)
    return World(
        months=labour.months,
        parsed=parsed,
        vacancies=vacancies,
        stock=live_stock(parsed, vacancies, end_of(labour.months[-1])),
        mentions=_mentions(labour, vacancies, reader, rng),
        occupations=vacancies.select(
            "posting_id",
            pl.Series("occupation_code", ties().codes).gather(
                labour.openings.occupation[vacancies["opening"].to_numpy()]
            ),
        ),
        official=vacancy_rows(labour, city),
        jobseekers=jobseeker_rows(labour, city, streams),
        vocabulary=builtin("skills"),
        truth=_truth(labour, city),
    )


def _advertised(
    params: SimulationParams, labour: Labour, city: Map, reader: Reader, rng: np.random.Generator
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Advertisements, originals first, and which of them are known as copies."""
    ads, n = labour.openings, len(labour.openings)
    spam = labour.kind[ads.district, ads.lead] == SPAM
    again = np.flatnonzero((rng.random(n) < params.repost_share) & ~spam)
    flood = np.repeat(np.flatnonzero(spam), params.spam_copies - 1)
    opening = np.concatenate([np.arange(n), again, flood])
    copy = np.arange(len(opening)) >= n
    missed = copy & (rng.random(len(opening)) < reader.missed_copies)
    ids = pl.Series("posting_id", [f"p{number:08}" for number in range(len(opening))])
    known = rng.random(n) >= reader.unknown_area
    codes = pl.Series([*(row.division_code for row in city.districts), None], dtype=pl.String)
    district = np.where(known, ads.district, len(city.districts))[opening]
    told = pl.Series(rng.random(n) >= SILENT_HEADCOUNT).gather(opening)
    head = pl.Series(ads.headcount).gather(opening)
    parsed = pl.DataFrame([ids]).with_columns(
        codes.gather(district).alias("district_code"),
        head.zip_with(told, pl.Series([None], dtype=pl.Int64)).alias("headcount"),
        pl.Series(["board-a", "board-b", "board-c"])
        .gather(rng.integers(0, 3, len(opening)))
        .alias("source"),
        *_dates(labour, opening, rng),
    )
    original = ids.gather(opening)
    vacancies = pl.DataFrame([ids]).with_columns(
        ids.zip_with(pl.Series(~copy | missed), original).alias("vacancy_id"),
        pl.Series("weight", np.where(copy & ~missed, 0.0, 1.0)),
        pl.Series("opening", opening),
        pl.Series("flood", np.arange(len(opening)) >= n + len(again)),
    )
    return parsed, vacancies


def _dates(labour: Labour, opening: Ints, rng: np.random.Generator) -> list[pl.Series]:
    """Posted within the month; closed within 75 days, or never."""
    length = np.array([monthrange(day.year, day.month)[1] for day in labour.months])
    first = np.array([day.toordinal() - EPOCH for day in labour.months])
    month = labour.openings.month
    own = first[month] + np.floor(rng.random(len(month)) * length[month]).astype(np.int64)
    posted = own[opening]
    low, high = rng.integers(4, 9, len(posted)), rng.integers(1, 5, len(posted))
    closed = pl.Series(posted + rng.integers(10, LONGEST_OPEN, len(posted)), dtype=pl.Int32)
    never = pl.Series(rng.random(len(posted)) < NEVER_CLOSED)
    return [
        pl.Series("refreshed_on", [None], dtype=pl.Date).new_from_index(0, len(posted)),
        pl.Series("posted_on", posted, dtype=pl.Int32).cast(pl.Date),
        pl.Series([None], dtype=pl.Int32)
        .new_from_index(0, len(posted))
        .zip_with(never, closed)
        .cast(pl.Date)
        .alias("closed_on"),
        pl.Series("salary_low", low * 1000.0),
        pl.Series("salary_high", (low + high) * 1000.0),
    ]


def _mentions(
    labour: Labour, vacancies: pl.DataFrame, reader: Reader, rng: np.random.Generator
) -> pl.DataFrame:
    """Skills read from every advertisement, with the score that is their precision."""
    opening = vacancies["opening"].to_numpy()
    named = labour.openings.named[opening]
    known = ties().skill[labour.openings.occupation[opening]]
    row, column = np.nonzero((named[:, None] >> np.arange(known.shape[1])) & 1)
    found = rng.random(len(row)) < reader.recall
    false = np.repeat(np.arange(len(opening)), rng.poisson(reader.false_skills, len(opening)))
    stranger = rng.integers(0, len(skills()), len(false))
    rows = np.concatenate([row[found], false])
    skill = np.concatenate([known[row, column][found], stranger])
    names = pl.Series([entry.skill_id for entry in skills()])
    precision = found.sum() / max(1, len(rows))
    return pl.DataFrame(
        {
            "posting_id": vacancies["posting_id"].gather(rows),
            "skill_id": names.gather(skill),
            "score": np.full(len(rows), precision),
        }
    ).unique(["posting_id", "skill_id"], maintain_order=True)


def _truth(labour: Labour, city: Map) -> pl.DataFrame:
    month, district, skill = np.indices(labour.vacancies.shape).reshape(3, -1)
    kinds = pl.Series([*KINDS, None], dtype=pl.String)
    names = pl.Series([entry.skill_id for entry in skills()])
    codes = pl.Series([row.division_code for row in city.districts])
    return pl.DataFrame(
        {
            "month": pl.Series(labour.months).gather(month),
            "division_code": codes.gather(district),
            "skill_id": names.gather(skill),
            "vacancies": labour.vacancies.ravel().astype(np.float64),
            "kind": kinds.gather(
                np.where(labour.kind < 0, len(KINDS), labour.kind)[district, skill]
            ),
        }
    )
