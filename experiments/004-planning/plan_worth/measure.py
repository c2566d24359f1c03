"""One seed: its city, the four plans of it, and what each closes of the true gap."""

import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from frame.verbs import said

from data.city import City
from data.store import open_snapshot
from features.applicants import past_sections, window_of
from features.demand.build import demand_of_city, end_of
from features.section import section_features
from recsys.planning.opening.city.build import Ask, setting_of
from recsys.planning.opening.problem import WINDOWS
from recsys.planning.opening.report import plan_table
from recsys.planning.opening.solve import solve

MONTH: Final = date(2025, 8, 1)
HALF_YEAR: Final = 6
RIVALS: Final = ("ads", "popularity")


def measured(seed: int, budget: float, seconds: float, work: Path) -> dict[str, Any]:
    """All plans of one seed, judged.

    Args:
        seed: of a pilot city.
        budget: yuan of a term.
        seconds: of search, each plan.
        work: an empty folder.
    """
    files, snapshot, gaps = work / "files", work / "snapshot", work / "gaps.csv"
    said("simulate", "--preset", "pilot", "--seed", seed, "--out", files)
    said("import", files, "--snapshot", snapshot)
    said("gaps", "--snapshot", snapshot, "--as-of", f"{MONTH:%Y-%m}", "--out", gaps)
    city, truth = open_snapshot(snapshot), true_gaps(files)
    needs = {
        "posterior": pl.read_csv(gaps, schema_overrides={"division_code": pl.String}),
        "ads": ads(city),
        "popularity": popularity(city),
        "truth": truth,
    }
    row: dict[str, Any] = {"seed": seed, "short": round(float(truth["gap"].sum()) * HALF_YEAR, 1)}
    for name, table in needs.items():
        lines, of_bound = planned(city, table, budget, seconds, seed)
        row[name] = {
            "closed": round(closed(city, truth, lines), 2),
            "sections": lines.height,
            "cost": round(float(lines["cost"].sum())),
            "of_bound": round(of_bound, 4),
        }
    for other in RIVALS:
        row[f"over_{other}"] = round(row["posterior"]["closed"] / max(row[other]["closed"], 1.0), 3)
    row["of_truth"] = round(row["posterior"]["closed"] / row["truth"]["closed"], 3)
    return row


def true_gaps(files: Path) -> pl.DataFrame:
    """Persons a month truly short, by district and skill, over the last half-year."""
    rows = pl.read_parquet(files / "truth" / "gaps.parquet")
    first = pl.lit(MONTH).dt.offset_by(f"-{HALF_YEAR - 1}mo")
    last = rows.filter(pl.col("month").is_between(first, MONTH))
    means = last.group_by("division_code", "skill_id").agg(pl.col("gap").mean())
    return means.filter(pl.col("gap") > 0).sort("division_code", "skill_id")


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
    city: City, needs: pl.DataFrame, budget: float, seconds: float, seed: int
) -> tuple[pl.DataFrame, float]:
    """The lines of a plan for some needs, and its worth over its bound."""
    setting = setting_of(city, end_of(MONTH), Ask(budget), needs)
    rng = np.random.default_rng(seed)
    found = solve(setting.problem, clock=time.monotonic, seconds=seconds, rng=rng)
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
