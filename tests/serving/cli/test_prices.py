"""Prices of contested seats, given to the verbs as a file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from data.cli import run_verb
from data.errors import XuepeiError

Run = Callable[..., Any]


@pytest.fixture
def run(snapshot: Path, model: Path) -> Run:
    """Runs a verb on the town."""
    parts = ["--snapshot", str(snapshot), "--bundle", str(model)]

    def run(verb: str, *arguments: object) -> Any:
        return run_verb([verb, *map(str, arguments), *parts])

    return run


def first_of(answer: Any) -> str:
    section: str = answer.items[0].section_id
    return section


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_dear_seat_stands_back(run: Run, tmp_path: Path, ending: str) -> None:
    plain = first_of(run("recommend", "fan", "-n", 3))
    file = tmp_path / f"prices.{ending}"
    prices = pl.DataFrame({"section_id": [plain], "price": [50.0]})
    prices.write_csv(file) if ending == "csv" else prices.write_parquet(file)
    priced = run("recommend", "fan", "-n", 3, "--prices", file)
    assert plain not in [item.section_id for item in priced.items[:1]]


def test_a_batch_reads_the_same_prices(run: Run, tmp_path: Path) -> None:
    plain = first_of(run("recommend", "fan", "-n", 3))
    file, lists = tmp_path / "prices.csv", tmp_path / "lists.parquet"
    pl.DataFrame({"section_id": [plain], "price": [50.0]}).write_csv(file)
    run("batch", "--out", lists, "-n", 3, "--prices", file)
    mine = pl.read_parquet(lists).filter(learner_id="fan", rank=1)
    assert mine["section_id"].to_list() != [plain]


@pytest.mark.parametrize(
    ("text", "message"),
    [("section_id\na\n", r"lacks \['price'\]"), ("section_id,price\na,-1\n", "negative")],
)
def test_what_are_no_prices_is_refused(run: Run, tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "prices.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(XuepeiError, match=message):
        run("recommend", "fan", "--prices", file)
    with pytest.raises(XuepeiError, match=r"nowhere\.csv can't be read"):
        run("recommend", "fan", "--prices", tmp_path / "nowhere.csv")
