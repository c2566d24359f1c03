"""A bundle comes back as it was, and says what is wrong when it can't."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from recsys.artifact import (
    Bundle,
    Manifest,
    TrainingCounts,
    describe,
    load_bundle,
    model_version,
    save_bundle,
)
from recsys.errors import BundleError
from recsys.pipeline.policy import Policy
from recsys.scorers import discover
from recsys.scorers.ease import Ease
from recsys.stages import Arrays
from recsys.types import TrainingSet

AS_OF = datetime(2025, 9, 1, 4, 0, tzinfo=UTC)
NAMES = ("context", "ease", "popularity")
POLICY = Policy.model_validate(
    {"name": "general", "version": "1", "rules": ["access"], "scorers": {"ease": {"weight": 1.0}}}
)


def training(rows: int = 60) -> TrainingSet:
    interactions = pl.DataFrame(
        {
            "learner_id": [f"learner-{n % 12}" for n in range(rows)],
            "course_id": [f"course-{n % 7}" for n in range(rows)],
            "weight": [1.0] * rows,
            "age_days": [float(n) for n in range(rows)],
        }
    ).unique(["learner_id", "course_id"], maintain_order=True)
    return TrainingSet(interactions, pl.DataFrame(), pl.DataFrame(), AS_OF)


def bundle(as_of: datetime = AS_OF, policy: Policy = POLICY, rows: int = 60) -> Bundle:
    data = training(rows)
    return describe(
        {name: discover()[name]().fit(data) for name in NAMES},
        {policy.name: policy},
        as_of=as_of,
        snapshot_id="snapshot-1",
        seed=0,
        training=TrainingCounts(n_learners=12, n_courses=7, n_interactions=rows),
        absent={"hybrid": "no compiler"},
    )


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    save_bundle(bundle(), tmp_path / "bundle")
    return tmp_path / "bundle"


def tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def rewrite(saved: Path, change: Callable[[dict[str, Any]], None]) -> None:
    manifest = json.loads((saved / "manifest.json").read_text(encoding="utf-8"))
    change(manifest)
    (saved / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def test_a_bundle_comes_back_byte_for_byte(saved: Path, tmp_path: Path) -> None:
    loaded = load_bundle(saved)
    assert loaded.manifest == bundle().manifest
    assert loaded.policies == {"general": POLICY}
    save_bundle(loaded, tmp_path / "again")
    assert tree(tmp_path / "again") == tree(saved)


def test_the_manifest_accounts_for_every_file(saved: Path) -> None:
    manifest = json.loads((saved / "manifest.json").read_text(encoding="utf-8"))
    listed = {
        f"{name}/{file}": checksum
        for name, entry in manifest["scorers"].items()
        for file, checksum in entry["files"].items()
    }
    found = {name: content for name, content in tree(saved).items() if name != "manifest.json"}
    assert listed == {name: hashlib.sha256(content).hexdigest() for name, content in found.items()}


def test_nothing_is_left_beside_a_bundle_written_twice(saved: Path) -> None:
    save_bundle(bundle(rows=30), saved)
    assert [p.name for p in saved.parent.iterdir()] == ["bundle"]
    assert load_bundle(saved).manifest.training.n_interactions == 30


def test_equal_contents_have_equal_versions_whatever_the_time() -> None:
    assert (
        bundle().manifest.model_version == bundle(AS_OF + timedelta(days=1)).manifest.model_version
    )


def test_other_data_or_another_policy_is_another_version() -> None:
    heavier = POLICY.model_copy(update={"version": "2"})
    versions = {
        b.manifest.model_version for b in (bundle(), bundle(rows=30), bundle(policy=heavier))
    }
    assert len(versions) == 3


SCRIPT = """
import sys
from datetime import UTC, datetime
import numpy as np, polars as pl
from recsys.artifact import TrainingCounts, describe
from recsys.scorers import discover
from recsys.types import TrainingSet

rng = np.random.default_rng(5)
pairs = sorted({(int(rng.integers(40)), int(rng.integers(15))) for _ in range(300)})
rows = pl.DataFrame([{"learner_id": f"l{u}", "course_id": f"c{c}", "weight": 1.0, "age_days": 3.0}
                     for u, c in pairs])
people = pl.DataFrame([{"learner_id": f"l{u}", "age_band": "60-69" if u % 2 else "25-34",
                        "district_code": "330106000000"} for u in range(40)])
courses = pl.DataFrame([{"course_id": f"c{c}", "document": f"书法 入门 {c}", "category": "arts",
                         "skill_ids": [f"s{c % 3}"], "skill_weights": [0.5]} for c in range(15)])
data = TrainingSet(rows, people, courses, datetime(2025, 9, 1, tzinfo=UTC), seed=7)
scorers = {name: kind().fit(data) for name, kind in discover().items()}
counts = TrainingCounts(n_learners=40, n_courses=15, n_interactions=rows.height)
bundle = describe(scorers, {}, as_of=data.as_of, snapshot_id="s", seed=7, training=counts)
sys.stdout.write(bundle.manifest.model_version)
"""


def test_the_same_seed_and_data_give_the_same_version_in_another_process() -> None:
    pytest.importorskip("lightfm", reason="the hybrid scorer's library isn't installed here")
    versions = [
        subprocess.run(  # noqa: S603 - runs this interpreter on the text above
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, "PYTHONHASHSEED": seed, "OPENBLAS_NUM_THREADS": threads},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, threads in (("1", "1"), ("2", "2"))
    ]
    assert len(versions[0]) == 16
    assert versions[0] == versions[1]


def test_a_folder_without_a_manifest_is_no_bundle(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="not a model bundle"):
        load_bundle(tmp_path)


def test_a_folder_of_something_else_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle" / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(BundleError, match="not a model bundle"):
        save_bundle(bundle(), tmp_path / "bundle")
    assert (tmp_path / "bundle" / "thesis.txt").exists()


def test_a_missing_array_is_named(saved: Path) -> None:
    (saved / "ease" / "closeness.npy").unlink()
    with pytest.raises(BundleError, match=r"closeness\.npy is missing"):
        load_bundle(saved)


def test_a_single_changed_byte_is_noticed(saved: Path) -> None:
    place = saved / "ease" / "closeness.npy"
    content = bytearray(place.read_bytes())
    content[-1] ^= 1
    place.write_bytes(bytes(content))
    with pytest.raises(BundleError, match=r"closeness\.npy is damaged"):
        load_bundle(saved)


def test_a_changed_policy_in_the_manifest_is_noticed(saved: Path) -> None:
    def favour(manifest: dict[str, Any]) -> None:
        manifest["policies"]["general"]["scorers"]["ease"]["weight"] = 9.0

    rewrite(saved, favour)
    with pytest.raises(BundleError, match="was changed after it was written"):
        load_bundle(saved)


@pytest.mark.parametrize("version", [2, 4])
def test_another_format_version_is_refused_by_number(saved: Path, version: int) -> None:
    rewrite(saved, lambda manifest: manifest.update(format_version=version, layout="other"))
    with pytest.raises(BundleError, match=f"format version {version}; this release reads 3"):
        load_bundle(saved)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"format_version": "one"}', "\ud800"])
def test_an_unreadable_manifest_is_an_error_not_a_crash(saved: Path, text: str) -> None:
    (saved / "manifest.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(BundleError, match=r"manifest\.json"):
        load_bundle(saved)


@pytest.mark.parametrize("file", ["../../secret.npy", "/etc/passwd", "a/b.npy", "closeness.pkl"])
def test_a_manifest_cannot_point_outside_the_bundle(saved: Path, file: str) -> None:
    def point(manifest: dict[str, Any]) -> None:
        files = manifest["scorers"]["ease"]["files"]
        files[file] = files.pop("closeness.npy")

    rewrite(saved, point)
    with pytest.raises(BundleError, match="is damaged"):
        load_bundle(saved)


class Objects(Ease):
    """A scorer whose state holds a Python object."""

    def arrays(self) -> Arrays:
        return {**super().arrays(), "cache": np.array([{}], dtype=object)}


def test_python_objects_are_never_written(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="'cache' of type object"):
        describe(
            {"ease": Objects().fit(training())},
            {},
            as_of=AS_OF,
            snapshot_id="s",
            seed=0,
            training=TrainingCounts(n_learners=1, n_courses=1, n_interactions=1),
        )


def test_python_objects_are_never_read(saved: Path) -> None:
    place = saved / "ease" / "closeness.npy"
    np.save(place, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    _sign(saved, "ease", place)
    with pytest.raises(BundleError, match=r"closeness\.npy is no plain array"):
        load_bundle(saved)


def test_a_state_that_lacks_an_array_is_refused(saved: Path) -> None:
    manifest = load_bundle(saved).manifest
    entry = manifest.scorers["ease"]
    fewer = entry.model_copy(update={"files": {"course_ids.npy": entry.files["course_ids.npy"]}})
    _resign(saved, manifest.model_copy(update={"scorers": {"ease": fewer}}))
    with pytest.raises(BundleError, match="state of scorer 'ease' doesn't suit this release"):
        load_bundle(saved)


def test_a_scorer_this_release_lacks_is_named(saved: Path) -> None:
    manifest = load_bundle(saved).manifest
    moved = {"clairvoyance": manifest.scorers["ease"]}
    _resign(saved, manifest.model_copy(update={"scorers": moved}))
    with pytest.raises(BundleError, match="unknown scorer 'clairvoyance'"):
        load_bundle(saved)


def test_a_scorer_refitted_after_it_was_described_is_not_saved(tmp_path: Path) -> None:
    described = bundle()
    later = replace(
        described, scorers={**described.scorers, "ease": bundle(rows=30).scorers["ease"]}
    )
    with pytest.raises(BundleError, match="has changed since"):
        save_bundle(later, tmp_path / "bundle")
    assert list(tmp_path.iterdir()) == []


def _sign(saved: Path, scorer: str, place: Path) -> None:
    """Put the file's true checksum into the manifest, as an attacker would."""
    manifest = load_manifest(saved)
    entry = manifest.scorers[scorer]
    files = {**entry.files, place.name: hashlib.sha256(place.read_bytes()).hexdigest()}
    scorers = {**manifest.scorers, scorer: entry.model_copy(update={"files": files})}
    _resign(saved, manifest.model_copy(update={"scorers": scorers}))


def _resign(saved: Path, manifest: Manifest) -> None:
    signed = manifest.model_copy(update={"model_version": model_version(manifest)})
    (saved / "manifest.json").write_text(signed.model_dump_json(), encoding="utf-8")


def load_manifest(saved: Path) -> Manifest:
    return Manifest.model_validate_json((saved / "manifest.json").read_text(encoding="utf-8"))
