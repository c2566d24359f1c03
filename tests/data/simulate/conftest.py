"""One tiny city for the whole folder, in memory and on disk."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from data.simulate import preset, simulate
from data.simulate.build import Built, build

SEED = 7


@pytest.fixture(scope="session")
def built() -> Built:
    """The tiny city before its files are made."""
    return build(preset("tiny"), SEED, lambda _step: None)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same city as files."""
    out = tmp_path_factory.mktemp("simulated") / "tiny"
    simulate(preset("tiny"), SEED, out)
    return out


@pytest.fixture(scope="session")
def facts(folder: Path) -> Mapping[str, Any]:
    """The planted facts of the files."""
    loaded: Mapping[str, Any] = json.loads((folder / "truth/facts.json").read_text("utf-8"))
    return loaded


@pytest.fixture(scope="session")
def truth(folder: Path) -> pl.DataFrame:
    """The true probabilities of applying."""
    return pl.read_parquet(folder / "truth/apply_probability.parquet")
