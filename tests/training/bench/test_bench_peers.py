"""Peers of the benchmark: other libraries' models, judged like our own."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from training.bench.models import MODELS, NO_TIMES, fit_model, known_models, trials_of
from training.bench.peers import PEERS, Peer, Settings, choose_peer, fit_peer
from training.bench.tables import Tables, matrix_of, queries_of, read_tables, training_set
from training.bench.worker import rank_test
from training.course_ranking import Catalogue
from training.errors import BenchError
from training.metrics.ranking import ndcg
from training.tuning.trial import Trial

SMALL: Mapping[str, Mapping[str, float]] = {
    "recent_popular": {"half_life_days": 30.0},
    "implicit_cosine": {"K": 5},
    "implicit_als": {"factors": 4, "alpha": 5.0, "regularization": 1.0},
    "implicit_bpr": {"factors": 4, "learning_rate": 0.05, "regularization": 0.01},
    "lightfm": {"no_components": 4, "epochs": 30},
}
"""One quick setting of each peer."""

OF_TASTE = sorted(set(SMALL) - {"recent_popular"})


@pytest.fixture
def tables(circle_files: Path) -> Tables:
    return read_tables(circle_files / "train.parquet", circle_files / "test.parquet")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each peer with the one setting of ``SMALL``."""
    settings = {name: Settings(PEERS[name].make, [options]) for name, options in SMALL.items()}
    monkeypatch.setattr("training.bench.peers.PEERS", settings)


def test_the_benchmark_knows_every_peer_beside_its_own_models() -> None:
    assert set(SMALL) == set(PEERS)
    assert set(known_models()) == set(MODELS)
    assert {"popularity", "ease", "lowpass", "ials", "xuepei", *SMALL} <= set(MODELS)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("name", OF_TASTE)
def test_a_peer_of_taste_finds_the_circles(tables: Tables, name: str) -> None:
    popular = ndcg(rank_test(fit_model("popularity", tables, 0).score, tables), 20).mean()
    peer = fit_model(name, tables, 0)
    assert ndcg(rank_test(peer.score, tables), 20).mean() > popular + 0.1
    assert peer.choice["configs"] == {name: dict(SMALL[name])}
    assert peer.choice["settings_tried"] == 1


@pytest.mark.parametrize("name", sorted(SMALL))
def test_the_same_seed_fits_the_same_peer(tables: Tables, name: str) -> None:
    training = training_set(tables.known, 3)
    queries = queries_of(tables.test["user"].unique().sort(), tables.known)
    first, again = (fit_peer(name, SMALL[name], training).course_scores(queries) for _ in range(2))
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize("name", OF_TASTE)
def test_a_peer_says_nothing_of_a_stranger(tables: Tables, name: str) -> None:
    peer = fit_peer(name, SMALL[name], training_set(tables.known, 0))
    queries = queries_of(pl.Series(["nobody", "u00"]), tables.known)
    stranger, known = peer.course_scores(queries)
    assert np.isnan(stranger).all()
    assert np.isfinite(known).all()


@pytest.mark.usefixtures("quick")
def test_a_stranger_gets_the_most_popular_from_a_peer(tmp_path: Path) -> None:
    train = {"user": ["a", "a", "b", "c"], "item": ["x", "y", "x", "z"]}
    pl.DataFrame(train).write_parquet(tmp_path / "train.parquet")
    pl.DataFrame({"user": ["new"], "item": ["x"]}).write_parquet(tmp_path / "test.parquet")
    tables = read_tables(tmp_path / "train.parquet", tmp_path / "test.parquet")
    judged = rank_test(fit_model("implicit_cosine", tables, 0).score, tables)
    assert judged.hits[0, 0]


def trend() -> Trial:
    """Many took ``old`` long ago, a few took ``new`` this week, and ``new`` is what comes."""
    rows = [(f"a{n}", "old", 0) for n in range(9)] + [(f"b{n}", "new", 1000) for n in range(3)]
    everyone = [(user, "common", 1000) for user, _, _ in rows] + [("c", "common", 1000)]
    past = pl.DataFrame([*rows, *everyone], schema=["user", "item", "day"], orient="row")
    pairs = past.select("user", "item", ts=pl.col("day") * 86_400.0)
    catalogue, users = Catalogue(pairs["item"].unique().sort()), pl.Series(["c"])
    come = pl.DataFrame({"user": ["c"], "item": ["new"]})
    return Trial(
        training_set(pairs, 0),
        catalogue,
        queries_of(users, pairs),
        matrix_of(catalogue, users, pairs),
        matrix_of(catalogue, users, come),
    )


def test_the_setting_that_ranks_the_validation_part_best_is_chosen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    space = [{"half_life_days": days} for days in (1e6, 30.0)]
    make = PEERS["recent_popular"].make
    monkeypatch.setattr("training.bench.peers.PEERS", {"recent_popular": Settings(make, space)})
    said: list[str] = []
    choice = choose_peer("recent_popular", [trend()], said.append)
    assert choice.options == {"half_life_days": 30.0}
    assert choice.quality == pytest.approx(1.0)
    assert choice.tried == len(said) == 2


def test_where_nothing_can_be_chosen_on_the_first_setting_stands() -> None:
    choice = choose_peer("recent_popular", [])
    assert choice.options == PEERS["recent_popular"].space[0]
    assert choice.quality is None


def test_recent_popularity_says_where_nothing_is_dated(tables: Tables) -> None:
    undated = Tables(
        tables.train.with_columns(ts=pl.lit(None, pl.Float64)), None, tables.test, tables.notes
    )
    assert fit_model("recent_popular", undated, 0).notes == (NO_TIMES,)
    assert fit_model("recent_popular", tables, 0).notes == ()


def test_als_gives_what_was_taken_more_weight_than_what_was_not() -> None:
    assert all(options["alpha"] > 1 for options in PEERS["implicit_als"].space)  # type: ignore[operator]  # numbers


def test_a_peer_is_no_part_of_a_bundle(tables: Tables) -> None:
    peer = fit_peer("implicit_cosine", {"K": 5}, training_set(tables.known, 0))
    assert isinstance(peer, Peer)
    with pytest.raises(BenchError, match="'implicit_cosine' is a subject of the benchmark"):
        peer.arrays()


def test_the_choice_reads_nothing_of_test(tables: Tables) -> None:
    other = Tables(tables.train, None, tables.test.head(1), tables.notes)
    first, again = (choose_peer("implicit_cosine", trials_of(part, 0)) for part in (tables, other))
    assert first == again
