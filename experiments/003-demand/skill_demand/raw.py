"""One city from its raw files to its demand table, and the table held against the truth."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from frame.verbs import said

from data.store import open_snapshot
from features.asof import known
from features.demand.build import READ, demand_of_chain, end_of
from features.demand.grid import after
from features.demand.intervals import STRATA
from features.demand.reading import Chain, Words, read_chain
from skill_demand.shortages import CELL, ranked_by_bound
from training.demand.backtest import held_by_stratum

HISTORY: Final = 12
"""First months that intervals aren't judged on, as in ``measure``."""


def measured(config: Mapping[str, Any], seed: int, work: Path) -> dict[str, Any]:
    """Every figure of one seed.

    Args:
        config: the part ``from_raw`` of config.toml.
        seed: of the city.
        work: an empty folder.
    """
    settings = [word for text in config["settings"] for word in ("--set", text)]
    files, snapshot = work / "files", work / "snapshot"
    said("simulate", "--preset", config["preset"], "--seed", seed, *settings, "--out", files)
    said("import", files, "--snapshot", snapshot)
    truth = pl.read_parquet(files / "truth" / "gaps.parquet")
    city = open_snapshot(snapshot)
    month = truth["month"].max()
    moment = end_of(month)
    words = Words.of(city, moment)
    chain = read_chain(known(city, "postings", moment), words, moment, lambda _step: None)
    official = known(city, "vacancies", moment).collect()

    def told(part: Chain) -> pl.DataFrame:
        return demand_of_chain(
            part, official, words.skills, month, lambda _step: None, READ
        ).table()

    held = told(chain).join(
        truth.select("month", *CELL, pl.col("vacancies").alias("true"), "kind"), on=["month", *CELL]
    )
    row = {"seed": seed, **_against_truth(held, month), "shortages": []}
    supply = truth.filter(pl.col("month") > after(month, -12)).group_by(CELL)
    cells = supply.agg(pl.col("supply").mean(), pl.col("kind").drop_nulls().first())
    for count in config["months"]:
        table = told(_since(chain, after(month, 1 - count))).filter(pl.col("month") == month)
        head = ranked_by_bound(table.join(cells, on=CELL))
        row["shortages"].append({"months": count, **head})
    return row


def joined(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Coverage over all seeds' cells, and the means of the rest with each seed's value."""
    held = pl.concat([pl.DataFrame(row["intervals"]) for row in rows])
    sums = held.group_by("stratum").agg(pl.col("cells", "inside").sum()).sort("stratum")
    strata = sums.filter(pl.col("cells") > 0)
    share = pl.col("inside") / pl.col("cells")
    shortages = pl.DataFrame([entry for row in rows for entry in row["shortages"]])
    by_months = shortages.group_by("months", maintain_order=True).agg(
        pl.col("precision_at_20", "decoys_at_20").mean(),
        pl.col("decoys_at_20").max().alias("most_decoys"),
    )
    return {
        "intervals": strata.with_columns(share.round(4).alias("share")).to_dicts(),
        "shortages": by_months.to_dicts(),
        **{name: float(np.mean([row[name] for row in rows])) for name in ("bias", "spam_bias")},
        "seeds": list(rows),
    }


def table(results: Mapping[str, Any]) -> str:
    """The results as Markdown."""
    ends = ["0", *(f"{end:g}" for end in STRATA), "more"]
    lines = ["| expected persons | cells | inside the 90 % interval |", "|---|---:|---:|"]
    for row in results["intervals"]:
        place = row["stratum"]
        name = f"{ends[place]} to {ends[place + 1]}"
        lines.append(f"| {name} | {row['cells']:,} | {row['share']:.3f} |")
    lines += ["", "| months of postings | precision@20 | decoys, mean | decoys, most |"]
    lines.append("|---:|---:|---:|---:|")
    lines += [
        f"| {row['months']} | {row['precision_at_20']:.2f} | {row['decoys_at_20']:.1f} "
        f"| {row['most_decoys']} |"
        for row in results["shortages"]
    ]
    seeds = ", ".join(str(row["seed"]) for row in results["seeds"])
    lines += [
        "",
        f"Estimated over true vacancies, all cells: {results['bias']:.3f}; in cells whose "
        f"vacancies agencies post six times, over that: {results['spam_bias']:.3f}. "
        f"Seeds: {seeds}.",
    ]
    return "\n".join(lines)


def _against_truth(held: pl.DataFrame, month: Any) -> dict[str, Any]:
    first = held["month"].min()
    late = held.filter(pl.col("month") > after(first, HISTORY - 1))
    arrays = (late[name].to_numpy().astype(float) for name in ("vacancies", "low", "high", "true"))
    year = held.filter(pl.col("month") > after(month, -12))
    bias = _ratio(year.filter(pl.col("kind").is_null()))
    spam = year.filter(pl.col("kind") == "spam")
    return {
        "intervals": held_by_stratum(*arrays).to_dicts(),
        "bias": _ratio(year),
        "spam_bias": _ratio(spam) / bias,
    }


def _ratio(cells: pl.DataFrame) -> float:
    return float(cells["vacancies"].sum() / cells["true"].sum())


def _since(chain: Chain, first: Any) -> Chain:
    """What postings of these months alone tell."""
    parsed = chain.parsed.filter(pl.col("posted_on") >= first)
    kept = parsed.select("posting_id")
    parts = {
        name: getattr(chain, name).join(kept, on="posting_id", how="semi", maintain_order="left")
        for name in ("vacancies", "mentions", "occupations")
    }
    return replace(chain, parsed=parsed, **parts)
