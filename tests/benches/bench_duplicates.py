"""Duplicates among a million simulated postings: copies found, time, memory; reposts six times.

Run ``python tests/benches/bench_duplicates.py [postings] [--json]``. The market's seed is none that
the weights were looked at with. Bar: 90 s of processor time and 2.5 GiB for a million.
"""

import json
import resource
import sys
import time
from datetime import UTC, datetime
from typing import Any

import polars as pl

from data.cli.console import print_table
from data.simulate.labour.planted import SPAM
from data.vocabulary import builtin
from features.occupations.link import link_occupations
from features.postings.duplicates import find_vacancies
from features.postings.linking import link_postings
from features.postings.stock import live_stock
from tests.features.postings.conftest import flooded, origins_of, small_market

POSTINGS = 1_000_000
MONTHS = 36
SEED = 47
BAR_SECONDS, BAR_GIB = 90.0, 2.5


def _pairs(rows: pl.DataFrame, *columns: str) -> int:
    size = pl.col("len").cast(pl.Int64)
    return int(rows.group_by(columns).len().select((size * (size - 1) // 2).sum()).item())


def quality(found: pl.DataFrame, name: str) -> dict[str, Any]:
    """Pairs of copies found, and vacancies counted, against the truth."""
    both = _pairs(found, "opening", "vacancy_id")
    return {
        "postings": name,
        "pair_precision": round(both / max(1, _pairs(found, "vacancy_id")), 4),
        "pair_recall": round(both / max(1, _pairs(found, "opening")), 4),
        "raw_over_true": round(found.height / found["opening"].n_unique(), 3),
        "found_over_true": round(found["vacancy_id"].n_unique() / found["opening"].n_unique(), 4),
    }


def by_form(found: pl.DataFrame) -> list[dict[str, Any]]:
    """Share of each form of copy that joined its vacancy's original."""
    names = {0: "originals merged", 1: "same", 2: "near", 3: "reworded", 4: "agencies' spam"}
    first = found.sort("posted_on", "posting_id").group_by("opening").first()
    home = first.select("opening", own="posting_id", home="vacancy_id")
    joined = found.join(home, on="opening")
    copies = joined.filter(pl.col("posting_id") != pl.col("own"), pl.col("form") > 0)
    told = copies.group_by("form").agg(share=(pl.col("vacancy_id") == pl.col("home")).mean())
    merged = (first["vacancy_id"] != first["posting_id"]).mean()
    rows = [(0, merged), *told.sort("form").iter_rows()]
    return [{"form": names[form], "share": round(float(share), 4)} for form, share in rows]


def flood(postings: int) -> dict[str, Any]:
    """How the live count of a district and month changes when a fifth are posted six times."""
    market = small_market(postings, 12, SEED)
    origins = origins_of(market)
    plain, more = (_live(rows) for rows in (origins, flooded(market, origins, 0.2, SEED)))
    both = plain.join(more, on=["month", "district_code"], suffix="_more")
    change = (both["live_more"] / both["live"] - 1).abs()
    return {
        "cells": both.height,
        "mean_change": round(float(str(change.mean())), 4),
        "largest_change": round(float(str(change.max())), 4),
        "largest_bar": 0.1,
    }


def _live(rows: pl.DataFrame) -> pl.DataFrame:
    found = find_vacancies(rows, groups=_occupations(rows))
    stock = live_stock(rows, found, datetime(2025, 9, 1, tzinfo=UTC)).filter("live")
    first = found.join(rows.select("posting_id", "district_code"), on="posting_id")
    placed = stock.join(first, left_on="vacancy_id", right_on="posting_id")
    cells = placed.group_by("month", "district_code").agg(live=pl.col("weight").sum())
    return cells.filter(pl.col("live") >= 20, pl.col("district_code").is_not_null())


def _occupations(rows: pl.DataFrame) -> pl.DataFrame:
    """The occupation of each posting, as the product links it; its time is another bench's."""
    linked = link_occupations(rows.select("posting_id", "title"), builtin("occupations"))
    return linked.select("posting_id", group="occupation_code").drop_nulls()


def main() -> dict[str, Any]:
    """Print the measurement as tables and as JSON."""
    sizes = [int(word) for word in sys.argv[1:] if word.isdigit()]
    postings = sizes[0] if sizes else POSTINGS
    origins = origins_of(small_market(postings, MONTHS, SEED))
    groups = _occupations(origins)
    wall, processor = time.perf_counter(), time.process_time()
    links = link_postings(origins, groups=groups)
    speed = {
        "postings": origins.height,
        "processor_s": round(time.process_time() - processor, 1),
        "wall_s": round(time.perf_counter() - wall, 1),
        "peak_gib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
        "bar_s": BAR_SECONDS,
        "bar_gib": BAR_GIB,
    }
    found = origins.with_columns(links["vacancy_id"])
    spam = pl.col("cell") == SPAM
    row = {
        "speed": [speed],
        "quality": [
            quality(found.filter(~spam), "all but spam cells"),
            quality(found.filter(spam), "spam cells"),
        ],
        "forms": by_form(found),
        "six_times": [flood(min(postings, 150_000))],
    }
    if "--json" not in sys.argv:
        for name, table in row.items():
            print_table(name, table)
    sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
    return row


if __name__ == "__main__":
    main()
