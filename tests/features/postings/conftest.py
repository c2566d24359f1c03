"""Parsed postings: a few written in the test, or a simulated market whose copies are known.

The market is parsed by hand here, as far as duplicates read it, so that these tests rest on no
parser but their own.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from data.simulate.labour.advertisements import NEAR, ORIGINAL, REWORDED, SAME, posting_origins
from data.simulate.labour.phrases import BOARDS, TAILS
from data.simulate.labour.wording import Subject, write_texts
from data.simulate.params import SimulationParams
from data.simulate.place.districts import DISTRICTS
from tests.data.simulate.labour.conftest import Market, market_of

PARSED: Mapping[str, Any] = {
    "posting_id": pl.String,
    "source": pl.String,
    "title": pl.String,
    "company": pl.String,
    "employer_key": pl.String,
    "division_code": pl.String,
    "district_code": pl.String,
    "salary_low": pl.Float64,
    "headcount": pl.Int64,
    "experience": pl.String,
    "education": pl.String,
    "agency": pl.Boolean,
    "posted_on": pl.Date,
    "refreshed_on": pl.Date,
    "closed_on": pl.Date,
    "description": pl.String,
}
"""The columns of parsed postings that duplicates and stock read."""

SAYS = "负责汽车总装线的装配，熟练使用气动工具，看懂装配图，服从倒班安排"
DEFAULTS: Mapping[str, object] = {
    "source": "board-a",
    "title": "总装工",
    "employer_key": "杭州某制造",
    "division_code": "330113000000",
    "district_code": "330113000000",
    "salary_low": 7000.0,
    "headcount": 1,
    "experience": "1-3",
    "education": "secondary_vocational",
    "agency": False,
    "posted_on": date(2025, 3, 3),
    "description": SAYS,
}
MakeParsed = Callable[..., pl.DataFrame]


def parsed_rows(*rows: Mapping[str, object]) -> pl.DataFrame:
    """Parsed postings from what matters of each; they are named p0, p1 and so on."""
    full = [{"posting_id": f"p{n}", **DEFAULTS, **row} for n, row in enumerate(rows)]
    return pl.DataFrame(full, schema=dict(PARSED), orient="row")


@pytest.fixture(scope="session")
def make_parsed() -> MakeParsed:
    """Parsed postings from partial rows."""
    return parsed_rows


def small_market(postings: int, months: int, seed: int) -> Market:
    """All thirteen districts."""
    params = SimulationParams(districts=tuple(DISTRICTS), postings=postings, labour_months=months)
    return market_of(params, seed)


def origins_of(market: Market) -> pl.DataFrame:
    """Its advertisements parsed by hand, with the truth: opening, form and kind of cell."""
    rows = pl.concat(posting_origins(market.params, market.labour, market.city, market.streams))
    openings = market.labour.openings
    kinds = market.labour.kind[openings.district, openings.lead]
    cell = pl.Series("cell", kinds).gather(rows["opening"])
    return _parsed(rows).with_columns(cell)


@pytest.fixture(scope="session")
def market() -> Market:
    """A market of half a year."""
    return small_market(30_000, 6, seed=23)


@pytest.fixture(scope="session")
def origins(market: Market) -> pl.DataFrame:
    """Its advertisements and where they come from."""
    return origins_of(market)


def _parsed(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(
        employer_key=pl.col("company"),
        district_code=pl.col("division_code"),
        salary_low=_pay(),
    ).select(*PARSED, "opening", "form")


def _pay() -> pl.Expr:
    """The lower of two numbers by their unit, the commonest writings only."""
    text = pl.col("salary_raw")
    first = text.str.extract(r"^(\d+(?:\.\d+)?)").cast(pl.Float64)
    second = text.str.extract(r"^\d+(?:\.\d+)?千?-(\d+(?:\.\d+)?)").cast(pl.Float64)
    low = pl.min_horizontal(first, second)
    return (
        pl.when(text.str.ends_with("万/月"))
        .then(low * 10_000)
        .when(text.str.ends_with("元/月"))
        .then(low)
        .when(text.str.ends_with("元/天"))
        .then(low * 22)
        .when(text.str.contains(r"^\d+-\d+K"))
        .then(low * 1000)
        .when(text.str.contains("千-"))
        .then(first * 1000)
    )


def flooded(market: Market, origins: pl.DataFrame, share: float, seed: int) -> pl.DataFrame:
    """The market where a random share of vacancies is posted six times within ten days.

    The five copies stand on any board: same, near and reworded alike often.
    """
    rng = np.random.default_rng(seed)
    originals = origins.filter(pl.col("form") == ORIGINAL)
    chosen = originals.sample(fraction=share, seed=seed, shuffle=True)
    copies = pl.concat([chosen] * 5)
    n = copies.height
    form = rng.choice([SAME, NEAR, REWORDED], n)
    later = pl.duration(days=pl.Series(rng.integers(0, 10, n)))
    texts = _reworded(market, copies["opening"].to_numpy(), rng)
    new = pl.Series(form == REWORDED)
    tail = pl.Series(TAILS).gather(rng.integers(0, len(TAILS), n))
    near = (copies["description"] + tail).zip_with(pl.Series(form == NEAR), copies["description"])
    flood = copies.with_columns(
        pl.format("{}-copy-{}", "posting_id", pl.int_range(pl.len())).alias("posting_id"),
        texts["title"].zip_with(new, copies["title"]).alias("title"),
        texts["description"].zip_with(new, near).alias("description"),
        pl.Series("source", BOARDS).gather(rng.integers(0, len(BOARDS), n)),
        pl.Series("form", form),
        *(pl.col(name) + later for name in ("posted_on", "refreshed_on", "closed_on")),
    )
    return pl.concat([origins, flood])


def _reworded(
    market: Market, opening: np.ndarray[Any, Any], rng: np.random.Generator
) -> pl.DataFrame:
    """Other words for the same vacancies."""
    ads = market.labour.openings
    never = np.zeros(len(market.labour.drift), dtype=np.bool_)
    about = Subject(ads.occupation[opening], ads.lead[opening], ads.named[opening], never)
    return write_texts(market.params, about, rng)
