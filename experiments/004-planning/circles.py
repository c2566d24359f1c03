"""Are the streets that nothing is taught near found, in cities whose truth is known?

    python experiments/004-planning/circles.py [--seeds 1,2] [--record]

Places and sections alone matter here, so cities have few learners. ``planted`` streets come from
the simulator's truth; a street is ``found`` when from its centre no section open or running is
within 30 minutes. ``wrong`` counts streets on which that answer differs from trying every venue
one by one. ``blunt`` is what a register of institutions finds: streets where none is registered.
``--record`` writes circles.json.
"""

import argparse
import json
import platform
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from data.city import City
from data.simulate.build import Built, build
from data.simulate.calendar import cut_off
from data.simulate.presets import preset
from data.tables import TABLES
from data.vocab import CITY_TIME
from features.taught import in_a_room, taught_sections
from features.travel import great_circle_km, model_minutes
from recsys.planning.circles import coverage, streets_without

HERE: Final = Path(__file__).resolve().parent
SEEDS: Final = list(range(401, 421))
PLACES: Final = ("learners=300", "postings=50", "labour_months=1", "judged_learners=10",
                 "history_terms=1")  # fmt: skip
CITIES: Final = {
    "tiny": PLACES,
    "pilot": PLACES,
    "city": (*PLACES, "sections_per_term=3000"),
}
WITHIN_MIN: Final = 30.0


def main() -> None:
    """Measure every preset and seed; print a line each, and record them when asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=lambda text: [int(seed) for seed in text.split(",")])
    parser.add_argument("--record", action="store_true", help="write circles.json")
    asked = parser.parse_args()
    if asked.record and asked.seeds:
        sys.exit("only the seeds of this file are recorded; leave --seeds out")
    seeds = asked.seeds or SEEDS
    results = {name: summary([measured(name, seed) for seed in seeds]) for name in CITIES}
    for name, found in results.items():
        print(name, {key: value for key, value in found.items() if key != "seeds"})
    if asked.record:
        record(results)


def measured(name: str, seed: int) -> dict[str, Any]:
    """One city: what was planted and what was found."""
    params = preset(name, CITIES[name])
    built = build(params, seed, lambda _step: None)
    city, moment = city_of(built), cut_off(params).astimezone(CITY_TIME)
    began = time.perf_counter()
    table = coverage(city, moment)
    seconds = time.perf_counter() - began
    planted = set(built.city.towns.codes[built.city.uncovered].tolist())
    found = set(streets_without(city, moment)["division_code"])
    row = {
        "seed": seed,
        "planted": len(planted),
        "found": len(planted & found),
        "others_found": len(found - planted),
        "wrong": len(found ^ one_by_one(city, moment)),
        "blunt_found": len(planted & unregistered(city)),
        "rows": table.height,
        "seconds": round(seconds, 2),
    }
    print(name, row, flush=True)
    return row


def city_of(built: Built) -> City:
    """The simulator's clean tables under their contracts."""
    return City({name: whole(name, frame).lazy() for name, frame in built.tables.items()})


def whole(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """One table with all of its contract's columns."""
    columns = TABLES[name].column_names()
    lacking = [pl.lit(None).alias(column) for column in columns if column not in frame.columns]
    return TABLES[name].validate(frame.with_columns(lacking).select(columns), cast=True)


def one_by_one(city: City, moment: Any) -> set[str]:
    """Streets with no section in reach, by measuring the way to every venue from every centre."""
    towns = city.read("divisions").filter(pl.col("level") == "town", pl.col("population") > 0)
    rows = taught_sections(city, moment).filter(in_a_room(), pl.col("sharing") != "own")
    towns = towns.select("division_code", "lon", "lat")
    told = {
        (row["from_division_code"], row["venue_id"]): row["minutes"]
        for row in city.read("travel_times").filter(pl.col("mode") == "transit").to_dicts()
    }
    far: set[str] = set()
    for code, lon, lat in towns.iter_rows():
        home = rows.filter(
            (pl.col("sharing") != "district")
            | (pl.col("institution_district_code") == f"{code[:6]}000000")
        ).unique("venue_id")
        km = great_circle_km((lon, lat), home["lon"].to_numpy(), home["lat"].to_numpy())
        minutes = [
            told.get((code, venue), modelled)
            for venue, modelled in zip(home["venue_id"], model_minutes(km, None), strict=True)
        ]
        if not minutes or np.min(minutes) > WITHIN_MIN:
            far.add(code)
    return far


def unregistered(city: City) -> set[str]:
    """Streets in which no institution is registered."""
    seats = city.read("institutions")["division_code"].str.slice(0, 9).str.pad_end(12, "0")
    towns = city.read("divisions").filter(pl.col("level") == "town")["division_code"]
    return set(towns) - set(seats)


def summary(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Recall over all planted streets of all seeds, and how long a table takes."""
    planted = sum(row["planted"] for row in rows)
    return {
        "planted": planted,
        "recall": sum(row["found"] for row in rows) / planted,
        "blunt_recall": sum(row["blunt_found"] for row in rows) / planted,
        "others_found": sum(row["others_found"] for row in rows),
        "wrong": sum(row["wrong"] for row in rows),
        "median_seconds": float(np.median([row["seconds"] for row in rows])),
        "seeds": list(rows),
    }


def record(results: dict[str, Any]) -> None:
    """Write circles.json."""
    document = {
        "command": ".venv/bin/python experiments/004-planning/circles.py --record",
        "python": platform.python_version(),
        "polars": pl.__version__,
        "settings": {name: list(values) for name, values in CITIES.items()},
        "results": results,
    }
    text = json.dumps(document, indent=2, ensure_ascii=False)
    (HERE / "circles.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
