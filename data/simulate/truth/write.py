"""The files of ``truth/``."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from data.simulate.build import Built
from data.simulate.calendar import cut_off
from data.simulate.files.city_files import write_parquet
from data.simulate.people.people import microseconds
from data.simulate.pool.course_tables import course_id
from data.simulate.streams import Streams
from data.simulate.truth.probabilities import probability_batches
from data.simulate.truth.subjects import application_truth, learner_truth, section_truth
from data.vocab import CITY_TIME


@dataclass(frozen=True, slots=True)
class Truth:
    """What is known of a city beside the city itself.

    Attributes:
        gaps: true vacancies, supply and gap of each cell.
        terms: how each term went.
        facts: parameters, seed and the account of the dirt.
    """

    gaps: pl.DataFrame
    terms: pl.DataFrame
    facts: Mapping[str, Any]


def write_truth(folder: Path, city: Built, truth: Truth, streams: Streams) -> None:
    """Write what only the judge may read.

    Args:
        folder: a new folder.
        city: after its last term; ``tables`` holds ``learners`` at least.
        truth: what is known beside it; the planted facts are added to its facts.
        streams: draws who is judged.
    """
    folder.mkdir()
    moment = cut_off(city.world.params)
    until = microseconds(moment)
    text = moment.astimezone(CITY_TIME).isoformat() + "\n"
    (folder / "as_of.txt").write_text(text, encoding="utf-8")
    batches = probability_batches(city, until, streams.of("judged"))
    write_parquet(folder / "apply_probability.parquet", batches)
    frames = {
        "learners": learner_truth(city),
        "sections": section_truth(city, until),
        "applications": application_truth(city),
        "gaps": truth.gaps,
        "terms": truth.terms,
        "duplicates": duplicates(city),
    }
    for name, frame in frames.items():
        write_parquet(folder / f"{name}.parquet", [frame])
    text = json.dumps({**truth.facts, "planted": planted(city)}, ensure_ascii=False, indent=2)
    (folder / "facts.json").write_text(text + "\n", encoding="utf-8")


def duplicates(city: Built) -> pl.DataFrame:
    """Courses that are another course under a new id: course_id, duplicate_of."""
    original = city.world.courses.duplicate_of
    copies = np.flatnonzero(original >= 0)
    return pl.DataFrame(
        {
            "course_id": [course_id(number) for number in copies.tolist()],
            "duplicate_of": [course_id(number) for number in original[copies].tolist()],
        },
        schema={"course_id": pl.String, "duplicate_of": pl.String},
    )


def planted(city: Built) -> dict[str, Any]:
    """Facts to be recovered that no other file of the truth tells."""
    params = city.world.params
    return {
        "famous_course": course_id(city.world.courses.famous),
        "uncovered_streets": city.city.towns.codes[city.city.uncovered].tolist(),
        "drift": {
            "term": city.terms[min(params.drift_term, len(city.terms) - 1)].term.name,
            "category": params.drift_category,
        },
        "consent_off": int((~city.tables["learners"]["consent_personalisation"]).sum()),
    }
