"""Does a plan from posterior gaps close more of the true gap than the same money spent otherwise?

    python experiments/004-planning/plan.py [--seeds 401,402] [--gaps DIR] [--record]

Four plans of each simulated pilot city, by the same solver under the same budget, rooms and staff:

    posterior    gaps of `xuepei gaps`
    ads          raw posting counts, a month's mean over the last half-year
    popularity   applicants of the last year's vocational sections that teach a skill
    truth        the true gaps: what could be closed at all

Each is judged by the persons whose true gap its sections close: by district and skill the mean of
vacancies minus supply over the last half-year, where above zero, times the months of a term; and
its completers, as expected of every plan alike. Tables of gaps are read from DIR/gaps-SEED.csv, or
made by `xuepei gaps` where they are missing.
"""

import argparse
import json
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from data.city import City
from data.store import open_snapshot
from features.applicants import past_sections, window_of
from features.demand.build import demand_of_city, end_of
from features.section import section_features
from recsys.planning.opening.city.build import Ask, setting_of
from recsys.planning.opening.problem import WINDOWS
from recsys.planning.opening.report import plan_table
from recsys.planning.opening.solve import solve

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
VERB = str(ROOT / ".venv/bin/xuepei")
MONTH = date(2025, 8, 1)
HALF_YEAR = 6
BUDGET = 600_000.0
SECONDS = 8.0
SEEDS = tuple(range(401, 411))
"""Never looked at while building; seeds 1 to 20 were for that."""


def city_of(seed: int, folder: Path) -> City:
    """The simulated pilot city of a seed, made and imported once."""
    files, snapshot = folder / f"p{seed}", folder / f"s{seed}"
    if not snapshot.exists():
        made = [VERB, "simulate", "--preset", "pilot", "--seed", str(seed), "--out", str(files)]
        subprocess.run(made, check=True, capture_output=True)  # noqa: S603  # our own verb
        read = [VERB, "import", str(files), "--snapshot", str(snapshot)]
        subprocess.run(read, check=True, capture_output=True)  # noqa: S603
    return open_snapshot(snapshot)


def true_gaps(seed: int, folder: Path) -> pl.DataFrame:
    """Persons a month truly short, by district and skill, over the last half-year."""
    rows = pl.read_parquet(folder / f"p{seed}" / "truth" / "gaps.parquet")
    first = pl.lit(MONTH).dt.offset_by(f"-{HALF_YEAR - 1}mo")
    last = rows.filter(pl.col("month").is_between(first, MONTH))
    means = last.group_by("division_code", "skill_id").agg(pl.col("gap").mean())
    return means.filter(pl.col("gap") > 0).sort("division_code", "skill_id")


def posterior(seed: int, folder: Path, gaps: Path) -> pl.DataFrame:
    """The gaps table of a seed."""
    file = gaps / f"gaps-{seed}.csv"
    if not file.exists():
        made = [VERB, "gaps", "--snapshot", str(folder / f"s{seed}"), "--as-of", "2025-08"]
        subprocess.run([*made, "--out", str(file)], check=True, capture_output=True)  # noqa: S603
    return pl.read_csv(file, schema_overrides={"division_code": pl.String})


def ads(city: City) -> pl.DataFrame:
    """Postings a month that name a skill, copies and all."""
    table = demand_of_city(city, MONTH, lambda step: None).table()
    first = pl.lit(MONTH).dt.offset_by(f"-{HALF_YEAR - 1}mo")
    rows = table.filter(pl.col("month") >= first, pl.col("division_code").str.slice(4, 2) != "00")
    sums = rows.group_by("division_code", "skill_id").agg(gap=pl.col("ads").sum() / HALF_YEAR)
    return sums.sort("division_code", "skill_id")


def popularity(city: City) -> pl.DataFrame:
    """Applicants a month of the last year's vocational sections, by district and skill taught."""
    moment = end_of(MONTH)
    days = section_features(city, moment).select("section_id", "starts_on")
    past = past_sections(city, moment).join(days, on="section_id")
    recent = past.filter(pl.col("starts_on") > MONTH - timedelta(days=365))
    jobs = recent.filter(pl.col("programme").cast(pl.String) == "vocational")
    taught = jobs.explode("teaches_skill_ids").drop_nulls("teaches_skill_ids")
    sums = taught.group_by("district_code", "teaches_skill_ids").agg(
        gap=pl.col("applicants").sum() / 12
    )
    named = sums.rename({"district_code": "division_code", "teaches_skill_ids": "skill_id"})
    return named.sort("division_code", "skill_id")


def planned(
    city: City, needs: pl.DataFrame, budget: float, seed: int
) -> tuple[pl.DataFrame, float]:
    """The lines of a plan for some needs, and its worth over its bound."""
    setting = setting_of(city, end_of(MONTH), Ask(budget), needs)
    rng = np.random.default_rng(seed)
    found = solve(setting.problem, clock=time.monotonic, seconds=SECONDS, rng=rng)
    return plan_table(setting, found.draft), found.value / found.bound


def closed(city: City, truth: pl.DataFrame, lines: pl.DataFrame) -> float:
    """Persons a term whose true gap the sections of a plan close."""
    keep = set(lines.select("course_id", "venue_id").iter_rows())
    setting = setting_of(city, end_of(MONTH), Ask(0.0), truth, keep=keep)
    problem = setting.problem
    names = zip(problem.offers.course, problem.offers.site, problem.offers.window, strict=True)
    offer = {
        (problem.templates.course_id[c], problem.sites.site_id[s], WINDOWS[w]): number
        for number, (c, s, w) in enumerate(names)
    }
    slots = lines.with_columns(all=pl.col("slots").str.split(",")).with_columns(
        window=window_of("all")
    )
    keys = slots.select("course_id", "venue_id", "window").iter_rows()
    chosen = [offer[key] for key in keys if key in offer]
    covered = problem.offers.cover[chosen].sum(axis=0)
    return float(np.minimum(np.asarray(covered).ravel(), problem.cells.total).sum())


def measure(seed: int, folder: Path, gaps: Path, budget: float) -> dict[str, Any]:
    """All plans of one seed, judged."""
    city, truth = city_of(seed, folder), true_gaps(seed, folder)
    needs = {
        "posterior": posterior(seed, folder, gaps),
        "ads": ads(city),
        "popularity": popularity(city),
        "truth": truth,
    }
    row: dict[str, Any] = {"seed": seed, "short": round(float(truth["gap"].sum()) * HALF_YEAR, 1)}
    for name, table in needs.items():
        lines, of_bound = planned(city, table, budget, seed)
        row[name] = {
            "closed": round(closed(city, truth, lines), 2),
            "sections": lines.height,
            "cost": round(float(lines["cost"].sum())),
            "of_bound": round(of_bound, 4),
        }
        print(seed, name, row[name], flush=True)
    for other in ("ads", "popularity"):
        row[f"over_{other}"] = round(row["posterior"]["closed"] / max(row[other]["closed"], 1.0), 3)
    row["of_truth"] = round(row["posterior"]["closed"] / row["truth"]["closed"], 3)
    return row


def summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Means over the seeds, with 95 % intervals by the normal of the logarithm."""
    found: dict[str, Any] = {"seeds": len(rows)}
    for name in ("over_ads", "over_popularity", "of_truth"):
        logs = np.log([row[name] for row in rows])
        found[name] = {"mean": round(float(np.exp(logs.mean())), 3), "interval": None}
        if len(logs) > 1:
            half = 1.96 * logs.std(ddof=1) / np.sqrt(len(logs))
            ends = [round(float(np.exp(logs.mean() + sign * half)), 3) for sign in (-1, 1)]
            found[name]["interval"] = ends
    return found


def main() -> None:
    """Measure the seeds asked for; with --record, write plan-results.json."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", default=",".join(str(seed) for seed in SEEDS))
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "004")
    parser.add_argument("--gaps", type=Path, default=ROOT / "var" / "004")
    parser.add_argument("--budget", type=float, default=BUDGET)
    parser.add_argument("--record", action="store_true")
    given = parser.parse_args()
    seeds = [int(text) for text in given.seeds.split(",")]
    rows: list[dict[str, Any]] = []
    for seed in seeds:
        rows.append(measure(seed, given.folder, given.gaps, given.budget))
        result = {"budget": given.budget, "rows": rows, "summary": summary(rows)}
        print(json.dumps(result["summary"]), flush=True)
        if given.record:  # after each seed: a run that is stopped keeps what it has
            text = json.dumps(result, indent=1, ensure_ascii=False)
            (HERE / "plan-results.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
