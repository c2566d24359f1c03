"""A model bundle on disk: a manifest and plain arrays, no pickle.

    BUNDLE/manifest.json            what it is, and the sha256 of every other file
    BUNDLE/<scorer>/<array>.npy     a scorer's fitted state
    BUNDLE/additive/<array>.npy     the learned ranker's, where there were lists to learn from
    BUNDLE/completion/<array>.npy   the model of completing, where seats were told to the end

The one door to disk of ``recsys``. A bundle is written to a temporary folder beside its place
and renamed, so that a reader sees the old one or the new one, never half of one.
"""

import hashlib
import io
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, JsonValue, StringConstraints, ValidationError

from recsys.errors import BundleError
from recsys.pipeline.policy import Policy
from recsys.rankers.additive import Additive
from recsys.rankers.tables import AdditiveModel
from recsys.scorers import discover
from recsys.stages import Arrays, Scorer

FORMAT_VERSION: Final = 3
"""Raised whenever an older reader would misread the layout."""

MANIFEST: Final = "manifest.json"
COMPLETION: Final = "completion"
"""The tables that tell who completes, beside the ranker's own."""
SAFE_NAME: Final = re.compile(r"^[a-z][a-z0-9_]{0,63}$")
LIBRARIES: Final = ("xuepei", "numpy", "scipy", "implicit", "scikit-learn", "rectools-lightfm")

FileName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}\.npy$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Part(BaseModel):
    """Base of the manifest's tables: frozen, and an unknown key is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class ScorerEntry(Part):
    """One fitted scorer."""

    config: dict[str, JsonValue]
    """Its configuration, complete."""
    files: dict[FileName, Sha256]
    """The arrays of its state and their checksums."""


class RankerEntry(Part):
    """The learned ranker."""

    files: dict[FileName, Sha256]
    """The arrays of its state and their checksums."""


class TrainingCounts(Part):
    """How much the bundle was trained on."""

    n_learners: int
    """Learners with at least one interaction."""
    n_courses: int
    """Courses of the pool, taken or not."""
    n_interactions: int
    """Pairs of learner and course."""


class StatedFormat(BaseModel):
    """The one field that every format has, read before the rest is understood."""

    format_version: int


class Manifest(Part):
    """What a bundle is, apart from its arrays."""

    format_version: int = FORMAT_VERSION
    """Layout of the bundle."""
    model_version: str = ""
    """Hash of the arrays, configurations and policies: equal contents, equal version."""
    as_of: datetime
    """The cut-off of its training."""
    snapshot_id: str
    """The snapshot it was trained on."""
    seed: int
    """Of every random choice made while fitting."""
    scorers: dict[str, ScorerEntry] = {}
    """The fitted scorers by name."""
    rankers: dict[str, RankerEntry] = {}
    """The learned rankers by name."""
    absent: dict[str, str] = {}
    """Scorers and rankers that couldn't be fitted here, with the reason."""
    policies: dict[str, Policy] = {}
    """The policies the bundle answers by."""
    training: TrainingCounts
    """How much it was trained on."""
    libraries: dict[str, str]
    """Versions of the libraries that fitted it."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A trained model, ready to answer.

    Attributes:
        manifest: what it is.
        scorers: fitted, by name.
        policies: by name.
        ranker: the learned ranker, None where there was nothing to learn it from.
        completion: tables of the log odds of completing, None likewise.
    """

    manifest: Manifest
    scorers: Mapping[str, Scorer]
    policies: Mapping[str, Policy]
    ranker: AdditiveModel | None = None
    completion: AdditiveModel | None = None


def describe(
    scorers: Mapping[str, Scorer],
    policies: Mapping[str, Policy],
    *,
    as_of: datetime,
    snapshot_id: str,
    seed: int,
    training: TrainingCounts,
    absent: Mapping[str, str] | None = None,
    ranker: AdditiveModel | None = None,
    completion: AdditiveModel | None = None,
) -> Bundle:
    """The bundle of these parts, with its manifest and model version.

    Raises:
        BundleError: a scorer's state holds Python objects.
    """
    learned = learned_of(ranker, completion)
    manifest = Manifest(
        as_of=as_of,
        snapshot_id=snapshot_id,
        seed=seed,
        scorers={name: _entry(scorer) for name, scorer in sorted(scorers.items())},
        rankers={
            name: RankerEntry(files=_files(model.arrays())) for name, model in learned.items()
        },
        absent=dict(sorted((absent or {}).items())),
        policies=dict(sorted(policies.items())),
        training=training,
        libraries=_libraries(),
    )
    signed = manifest.model_copy(update={"model_version": model_version(manifest)})
    return Bundle(signed, dict(scorers), dict(policies), ranker, completion)


def learned_of(
    ranker: AdditiveModel | None, completion: AdditiveModel | None
) -> dict[str, AdditiveModel]:
    """What was learned from the log, by its name in a bundle."""
    both = {Additive.name: ranker, COMPLETION: completion}
    return {name: model for name, model in both.items() if model is not None}


def model_version(manifest: Manifest) -> str:
    """Sixteen hexadecimal digits over what decides the answers; no times, no machine."""
    decisive = manifest.model_dump(
        mode="json", include={"format_version", "scorers", "rankers", "policies", "absent"}
    )
    canonical = json.dumps(decisive, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def save_bundle(bundle: Bundle, path: Path) -> None:
    """Write the bundle; an older bundle at the same place is replaced.

    Raises:
        BundleError: the place holds something else, or a scorer's state isn't what the
            manifest describes.
    """
    if path.exists() and not (path / MANIFEST).is_file():
        message = f"{path} exists and is not a model bundle; nothing was written"
        raise BundleError(message)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        _write(bundle, temporary)
        _replace(temporary, path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def load_bundle(path: Path) -> Bundle:
    """Read a bundle, checking every file against its checksum.

    Raises:
        BundleError: no bundle, another format version, or a file that is missing, damaged,
            of Python objects or of a scorer that doesn't exist; names which.
    """
    manifest = _read_manifest(path)
    scorers = {name: _load_scorer(path, name, entry) for name, entry in manifest.scorers.items()}
    learned = [_load_learned(path, manifest, name) for name in (Additive.name, COMPLETION)]
    return Bundle(manifest, scorers, manifest.policies, *learned)


def _entry(scorer: Scorer) -> ScorerEntry:
    return ScorerEntry(config=scorer.config.model_dump(mode="json"), files=_files(scorer.arrays()))


def _files(arrays: Arrays) -> dict[str, str]:
    """The checksum of each array's file."""
    content = {f"{name}.npy": _bytes(name, array) for name, array in arrays.items()}
    return {name: _sha256(held) for name, held in sorted(content.items())}


def _write(bundle: Bundle, folder: Path) -> None:
    for name, entry in bundle.manifest.scorers.items():
        _write_arrays(folder / name, entry.files, bundle.scorers[name].arrays())
    for name, model in learned_of(bundle.ranker, bundle.completion).items():
        _write_arrays(folder / name, bundle.manifest.rankers[name].files, model.arrays())
    document = bundle.manifest.model_dump_json(indent=2)
    _write_durably(folder / MANIFEST, document.encode())
    _sync_folder(folder)


def _write_arrays(folder: Path, files: Mapping[str, str], arrays: Arrays) -> None:
    """One component's state.

    Raises:
        BundleError: it isn't what the manifest describes.
    """
    folder.mkdir()
    for array, values in arrays.items():
        content = _bytes(array, values)
        if files.get(f"{array}.npy") != _sha256(content):
            message = f"{folder.name!r} has changed since the bundle was described"
            raise BundleError(message)
        _write_durably(folder / f"{array}.npy", content)
    _sync_folder(folder)


def _replace(temporary: Path, path: Path) -> None:
    """Move the new bundle to its place; the old one steps aside and is deleted last."""
    temporary.chmod(0o755)
    aside = temporary.with_name(f"{temporary.name}.old")
    if path.exists():
        path.rename(aside)
    temporary.rename(path)
    _sync_folder(path.parent)
    shutil.rmtree(aside, ignore_errors=True)


def _write_durably(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read_manifest(path: Path) -> Manifest:
    try:
        text = (path / MANIFEST).read_text(encoding="utf-8")
        stated = StatedFormat.model_validate_json(text)
    except FileNotFoundError as error:
        message = f"{path} is not a model bundle: it has no {MANIFEST}"
        raise BundleError(message) from error
    except (OSError, ValueError) as error:
        message = f"{path / MANIFEST} can't be read: {error}"
        raise BundleError(message) from error
    if stated.format_version != FORMAT_VERSION:
        message = (
            f"{path} has format version {stated.format_version}; this release reads "
            f"{FORMAT_VERSION}"
        )
        raise BundleError(message)
    try:
        manifest = Manifest.model_validate_json(text)
    except ValidationError as error:
        message = f"{path / MANIFEST} is damaged: {error}"
        raise BundleError(message) from error
    if manifest.model_version != model_version(manifest):
        message = f"{path / MANIFEST} was changed after it was written: its version doesn't match"
        raise BundleError(message)
    return manifest


def _load_learned(path: Path, manifest: Manifest, name: str) -> AdditiveModel | None:
    entry = manifest.rankers.get(name)
    if entry is None:
        return None
    return AdditiveModel.load(_read_arrays(path / name, entry.files))


def _read_arrays(folder: Path, files: Mapping[str, str]) -> Arrays:
    return {
        file.removesuffix(".npy"): _read_array(folder / file, checksum)
        for file, checksum in files.items()
    }


def _load_scorer(path: Path, name: str, entry: ScorerEntry) -> Scorer:
    types = discover()
    if name not in types:
        message = f"{path} holds an unknown scorer {name!r}; there are {list(types)}"
        raise BundleError(message)
    arrays = _read_arrays(path / name, entry.files)
    scorer_type = types[name]
    try:
        return scorer_type(scorer_type.config_type.model_validate(entry.config)).load(arrays)
    except (KeyError, ValidationError) as error:
        message = f"{path}: the state of scorer {name!r} doesn't suit this release: {error}"
        raise BundleError(message) from error


def _read_array(path: Path, checksum: str) -> NDArray[Any]:
    try:
        content = path.read_bytes()
    except OSError as error:
        message = f"{path} is missing from the bundle or can't be read"
        raise BundleError(message) from error
    if _sha256(content) != checksum:
        message = f"{path} is damaged: its sha256 is not the manifest's"
        raise BundleError(message)
    try:
        array: NDArray[Any] = np.load(io.BytesIO(content), allow_pickle=False)
    except ValueError as error:
        message = f"{path} is no plain array: {error}"
        raise BundleError(message) from error
    return array


def _bytes(name: str, array: NDArray[Any]) -> bytes:
    """The array as a .npy file; the same bytes for the same values."""
    if not SAFE_NAME.match(name) or array.dtype.hasobject:
        message = f"array {name!r} of type {array.dtype} can't be stored: plain arrays only"
        raise BundleError(message)
    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(array), allow_pickle=False)
    return buffer.getvalue()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _libraries() -> dict[str, str]:
    versions = {name: _version(name) for name in LIBRARIES}
    return {name: found for name, found in versions.items() if found is not None}


def _version(library: str) -> str | None:
    try:
        return version(library)
    except PackageNotFoundError:
        return None
