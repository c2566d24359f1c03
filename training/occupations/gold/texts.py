"""The title and description of a posting as they were labelled."""

from pathlib import Path
from typing import Final

import polars as pl

from training.skills.gold.errors import GoldError
from training.skills.gold.texts import LAYOUTS, clean, posting_key, posting_text, read_pool

TAGS_ONLY: Final = "jobs_zh_lagou_da_2019"
"""The data set without free text: its tags stand in for a description."""

_TAG_COLUMNS: Final = ("skillLables", "positionLables", "thirdType")

DATASETS: Final = (*LAYOUTS, TAGS_ONLY)
"""The data sets that postings are drawn from."""


def read_postings(datasets: Path, name: str) -> pl.DataFrame:
    """Every posting of a data set, in the order of its file.

    Args:
        datasets: the folder of the data sets.
        name: one of ``DATASETS``.

    Returns:
        key, row (from 0), title, description; both cleaned, empty where missing.

    Raises:
        GoldError: the data set is unknown or not there.
    """
    texts = _tagged(datasets) if name == TAGS_ONLY else read_pool(datasets, name)["text"].to_list()
    parts = [text.partition("\n") for text in texts]
    return pl.DataFrame(
        {
            "key": [posting_key(name, text) for text in texts],
            "row": range(len(texts)),
            "title": [title for title, _, _ in parts],
            "description": [description for _, _, description in parts],
        }
    )


def _tagged(datasets: Path) -> list[str]:
    """The texts of the data set that has tags only."""
    path = datasets / TAGS_ONLY / "jobs.parquet"
    if not path.is_file():
        message = f"the data set {TAGS_ONLY} is not in {datasets}"
        raise GoldError(f"{message}; expected {TAGS_ONLY}/jobs.parquet")
    raw = pl.read_parquet(path, columns=["positionName", *_TAG_COLUMNS])
    tags = raw.select(pl.concat_str(_TAG_COLUMNS, separator=" ", ignore_nulls=True)).to_series()
    titles = raw["positionName"].fill_null("")
    return [
        posting_text(clean(title), tag) for title, tag in zip(titles, tags.to_list(), strict=True)
    ]
