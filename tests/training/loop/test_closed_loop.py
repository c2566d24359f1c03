from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from data.cli import run_verb
from data.ingest import import_sources
from data.simulate import SimulationError, preset, simulate
from data.simulate.build import build
from data.simulate.terms.given import GivenPage
from data.store import open_snapshot
from recsys.artifact import save_bundle
from recsys.pipeline.policy import shipped_policies
from training.fit import fit_bundle

SMALL = (
    "learners=400",
    "sections_per_term=60",
    "history_terms=2",
    "postings=60",
    "judged_learners=50",
)
SETS = [part for setting in SMALL for part in ("--set", setting)]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of the small city, cut at its open term."""
    folder = tmp_path_factory.mktemp("loop")
    result = simulate(preset("tiny", SMALL), 5, folder / "city")
    import_sources([folder / "city"], folder / "snapshot", now=datetime(2025, 12, 1, tzinfo=UTC))
    city = open_snapshot(folder / "snapshot")
    policies = shipped_policies()
    save_bundle(fit_bundle(city, result.as_of, policies, seed=1), folder / "bundle")
    return folder / "bundle"


@pytest.fixture(scope="module")
def driven(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same city two terms on, with the model's lists."""
    out = tmp_path_factory.mktemp("driven") / "city"
    given = ["--seed", "5", *SETS, "--policy", str(bundle), "--terms", "2"]
    run_verb(["simulate", "--out", str(out), *given, "--json"])
    return out


def test_a_city_with_more_terms_begins_with_the_same_ones() -> None:
    short, longer = (
        build(preset("tiny", [*SMALL, f"driven_terms={more}"]), 3, lambda _step: None)
        for more in (0, 2)
    )
    for one, two in zip(short.terms[:-1], longer.terms, strict=False):
        assert (one.course == two.course).all()
        assert (one.slots == two.slots).all()
    before = pl.lit(datetime(2025, 8, 1, tzinfo=UTC))
    events = [
        city.tables["events"].filter(pl.col("occurred_at") < before) for city in (short, longer)
    ]
    assert events[0].equals(events[1])
    assert short.tables["learners"].equals(longer.tables["learners"])


def test_a_given_page_shows_the_lists_it_was_given_and_no_more() -> None:
    page = GivenPage("model-1", np.array([[4, 2, -1], [7, 1, 3]]))
    rows = page.ranked(np.array([1, 0]), 5, np.random.default_rng(0))
    assert rows.tolist() == [[7, 1, 3, -1, -1], [4, 2, -1, -1, -1]]
    assert page.ranked(np.array([1]), 2, np.random.default_rng(0)).tolist() == [[7, 1]]


def test_the_model_makes_the_lists_of_the_driven_terms_and_random_traffic_goes_on(
    driven: Path,
) -> None:
    events = pl.read_parquet(driven / "events.parquet").filter(pl.col("type") == "impression")
    later = events.filter(pl.col("occurred_at") > pl.lit(datetime(2026, 1, 1, tzinfo=UTC)))
    policies = set(later["policy"].drop_nulls())
    assert len(policies) == 2
    assert "uniform-1" in policies
    assert any(name.startswith("model-") for name in policies)
    assert "old-page-1" in set(events["policy"])


def test_the_model_serves_learners_better_than_the_old_page_did(driven: Path) -> None:
    terms = pl.read_parquet(driven / "truth/terms.parquet")
    old = terms.filter(pl.col("page") == "old-page-1")["value_over_oracle"]
    model = terms.filter(pl.col("page") != "old-page-1")["value_over_oracle"]
    assert (len(old), len(model)) == (3, 2)
    assert min(model) > 1.5 * max(old)


def test_the_driven_city_is_imported_like_any_other(driven: Path, tmp_path: Path) -> None:
    account = import_sources([driven], tmp_path / "city", now=datetime(2026, 12, 1, tzinfo=UTC))
    assert account.tables["events"].read > 0
    as_of = datetime.fromisoformat((driven / "truth/as_of.txt").read_text("utf-8").strip())
    assert as_of > datetime(2026, 8, 1, tzinfo=UTC)


def test_a_bundle_of_another_city_is_refused(bundle: Path, tmp_path: Path) -> None:
    given = ["--set", "as_of_hours=60", "--policy", str(bundle), "--terms", "1"]
    with pytest.raises(SimulationError, match="train it on the same preset"):
        run_verb(["simulate", "--out", str(tmp_path / "city"), *given])
    assert not (tmp_path / "city").exists()


@pytest.mark.parametrize("half", [["--terms", "1"], ["--policy", "somewhere"]])
def test_a_policy_and_its_terms_go_together(half: list[str], tmp_path: Path) -> None:
    with pytest.raises(SimulationError, match="go together"):
        run_verb(["simulate", "--out", str(tmp_path / "city"), *half])
