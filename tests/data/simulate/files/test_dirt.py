from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl
import pytest

from data.simulate.files.dirt import Dirt
from data.simulate.files.params import FileParams


def postings(count: int, start: int = 0) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "posting_id": [f"posting-{number:07d}" for number in range(start, start + count)],
            "division_code": ["330113000000"] * count,
            "posted_on": [date(2025, 5, 1)] * count,
            "closed_on": [date(2025, 6, 1)] * count,
            "headcount": [1] * count,
        }
    )


def spoiled(sizes: Sequence[int], params: FileParams) -> tuple[Dirt, list[pl.DataFrame]]:
    dirt = Dirt("postings", params)
    starts = np.cumsum([0, *sizes[:-1]]).tolist()
    frames = [
        dirt.mixed_with(postings(size, start), np.random.default_rng(number))
        for number, (size, start) in enumerate(zip(sizes, starts, strict=True))
    ]
    return dirt, frames


@pytest.mark.parametrize("sizes", [[1000], [400, 350, 250], [10, 990]])
def test_the_share_of_bad_rows_holds_over_all_batches(sizes: list[int]) -> None:
    dirt, frames = spoiled(sizes, FileParams(bad_row_share=0.02, old_code_share=0.01))
    assert dirt.bad.total() == 20
    assert dirt.old_codes.total() == 10
    assert dirt.rows == sum(frame.height for frame in frames) == 1030


def test_no_dirty_row_shares_its_id_with_another() -> None:
    _, frames = spoiled([300, 300, 300], FileParams())
    assert pl.concat(frames)["posting_id"].is_duplicated().sum() == 0


def test_every_clean_row_stays_as_it_was() -> None:
    _, frames = spoiled([200, 200], FileParams())
    kept = pl.concat(frames).join(postings(400), on=postings(1).columns, how="semi")
    assert kept.height >= 400
    assert set(postings(400)["posting_id"]) <= set(kept["posting_id"])


def test_a_city_may_be_clean() -> None:
    dirt, frames = spoiled([50], FileParams(bad_row_share=0, old_code_share=0))
    assert frames[0].equals(postings(50))
    assert (dirt.bad.total(), dirt.old_codes.total()) == (0, 0)
