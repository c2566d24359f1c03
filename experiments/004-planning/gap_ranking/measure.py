"""One seed: its files made, imported, ranked and judged by the product's own verbs."""

import resource
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from frame.verbs import said
from scipy import stats

CELL: Final = ["division_code", "skill_id"]
HEAD: Final = 20
HALF: Final = 0.5
"""Persons added to both sides, as in METHODS section 4's tau."""

RANKINGS: Final = {
    "xuepei": "`xuepei gaps`, from raw files; jobseekers under ten hidden",
    "postings": "postings of a year, counted",
    "postings_known_supply": "the same against the true jobseekers and completers",
    "true_vacancies": "true vacancies against the true jobseekers and completers",
}
KINDS: Final = ("served", "low", "spam", "spike", "neighbour")


def measured(config: Mapping[str, Any], seed: int, work: Path) -> dict[str, Any]:
    """Every figure of one seed.

    Args:
        config: preset and settings of the city.
        seed: of the city.
        work: an empty folder.
    """
    settings = [word for text in config["settings"] for word in ("--set", text)]
    files, snapshot, ranked = work / "files", work / "snapshot", work / "gaps.parquet"
    said("simulate", "--preset", config["preset"], "--seed", seed, *settings, "--out", files)
    said("import", files, "--snapshot", snapshot)
    truth = pl.read_parquet(files / "truth" / "gaps.parquet")
    month, evidence = f"{truth['month'].max():%Y-%m}", work / "evidence.parquet"
    before = _seconds()
    out = "--out", ranked, "--evidence", evidence
    told = said("gaps", "--snapshot", snapshot, "--as-of", month, *out, "--json")
    seconds = _seconds() - before
    judged = said("judge", "--truth", files / "truth", "--gaps", ranked, "--json")
    kinds = truth.group_by(CELL).agg(pl.col("kind").drop_nulls().first())
    table = pl.read_parquet(ranked).join(kinds, on=CELL, how="left")
    return {
        "seed": seed,
        "xuepei": {
            "precision_at_20": judged["precision_at_20"],
            "decoys_at_20": judged["decoys_at_20"]["count"],
            "kinds": judged["decoys_at_20"]["kinds"],
        },
        **others(truth, pl.read_parquet(evidence), kinds),
        "average_precision": judged["average_precision"],
        "interval_coverage": judged["interval_coverage"],
        "found": told["found"],
        "found_planted": table.filter("found", pl.col("kind").eq_missing("gap")).height,
        "found_not_short": _not_short(table, truth),
        "jobseekers_told": table["seekers"].count(),
        "gaps_cpu_s": round(seconds, 1),
    }


def joined(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Means over the seeds, the ranking's with Student's t-intervals; every seed's beside."""
    return {
        "rankings": {name: _ranking([row[name] for row in rows]) for name in RANKINGS},
        **{
            name: _mean([row[name] for row in rows])
            for name in ("average_precision", "interval_coverage", "found", "gaps_cpu_s")
        },
        "found_planted_share": _share(rows, "found_planted"),
        "found_not_short_share": _share(rows, "found_not_short"),
        "seeds": list(rows),
    }


def table(results: Mapping[str, Any]) -> str:
    """The results as Markdown."""
    lines = ["| ranking | precision@20 | decoys of 20, mean | most |", "|---|---:|---:|---:|"]
    for name, what in RANKINGS.items():
        row = results["rankings"][name]
        lines.append(
            f"| {what} | {_told(row['precision_at_20'])} | {row['decoys_at_20']:.2f} "
            f"| {row['most_decoys']} |"
        )
    held, found = _told(results["interval_coverage"]), results["found"]["mean"]
    planted, false = (results[f"found_{name}_share"] for name in ("planted", "not_short"))
    lines += [
        "",
        f"Average precision {_told(results['average_precision'])}. True gaps of the month within "
        f"`gap_low`-`gap_high`: {held} of the cells. `found`: {found:.0f} cells a city, "
        f"{planted:.0%} of them planted shortages, {false:.0%} with no more vacancies than supply "
        f"over the year. CPU time of `xuepei gaps`: {results['gaps_cpu_s']['mean']:.0f} s. "
        f"Seeds: {', '.join(str(row['seed']) for row in results['seeds'])}.",
    ]
    return "\n".join(lines)


def others(
    truth: pl.DataFrame, evidence: pl.DataFrame, kinds: pl.DataFrame
) -> dict[str, dict[str, Any]]:
    """Rankings that count postings, or know what the product can't.

    Args:
        truth: the truth table ``gaps``.
        evidence: division_code and skill_id of each posting of the last year.
        kinds: division_code, skill_id, kind.
    """
    year = truth.filter(pl.col("month") > pl.col("month").max().dt.offset_by("-12mo"))
    known = year.group_by(CELL).agg(pl.col("vacancies", "supply").mean())
    ads = evidence.group_by(CELL).agg((pl.len() / 12).alias("ads"))
    cells = (
        kinds.join(known, on=CELL)
        .join(ads, on=CELL, how="left")
        .with_columns(pl.col("ads").fill_null(0.0))
    )
    supply = pl.col("supply") + HALF
    scores = {
        "postings": pl.col("ads"),
        "postings_known_supply": (pl.col("ads") + HALF) / supply,
        "true_vacancies": (pl.col("vacancies") + HALF) / supply,
    }
    return {name: _head(cells.with_columns(score.alias("score"))) for name, score in scores.items()}


def _head(cells: pl.DataFrame) -> dict[str, Any]:
    first = cells.sort("score", *CELL, descending=[True, False, False]).head(HEAD)
    kinds = first["kind"].drop_nulls()
    decoys = kinds.filter(kinds != "gap")
    return {
        "precision_at_20": float((kinds == "gap").sum() / HEAD),
        "decoys_at_20": len(decoys),
        "kinds": dict(decoys.value_counts(sort=True).iter_rows()),
    }


def _not_short(found: pl.DataFrame, truth: pl.DataFrame) -> int:
    """Cells found whose vacancies didn't exceed the supply over the truth's last year."""
    year = truth.filter(pl.col("month") > pl.col("month").max().dt.offset_by("-12mo"))
    gap = year.group_by(CELL).agg(pl.col("gap").mean().alias("true"))
    cells = found.filter("found").join(gap, on=CELL, how="left")
    return cells.filter(pl.col("true").fill_null(0.0) <= 0).height


def _ranking(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    decoys = [row["decoys_at_20"] for row in rows]
    return {
        "precision_at_20": _mean([row["precision_at_20"] for row in rows]),
        "decoys_at_20": float(np.mean(decoys)),
        "most_decoys": max(decoys),
        "kinds": {kind: sum(row["kinds"].get(kind, 0) for row in rows) for kind in KINDS},
    }


def _mean(values: Sequence[float]) -> dict[str, float]:
    """The mean with a 95 % interval; alone where there is one value."""
    mean = float(np.mean(values))
    if len(values) == 1:
        return {"mean": mean, "low": mean, "high": mean}
    half = float(stats.t.ppf(0.975, len(values) - 1) * stats.sem(values))
    return {"mean": mean, "low": mean - half, "high": mean + half}


def _share(rows: Sequence[Mapping[str, Any]], part: str) -> float:
    return float(sum(row[part] for row in rows) / max(1, sum(row["found"] for row in rows)))


def _told(figure: Mapping[str, float]) -> str:
    return f"{figure['mean']:.3f} [{figure['low']:.3f}, {figure['high']:.3f}]"


def _seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
