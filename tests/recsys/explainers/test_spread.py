import numpy as np
import polars as pl

from recsys.explainers.spread import Spread, spread
from recsys.offer import Candidates, Offer

OFFER = Offer(
    pl.DataFrame({"price": [5.0, None, 7.0, 0.0], "mode": ["room", "online", None, "room"]})
)


def chosen(*rows: int, **columns: list[float]) -> Candidates:
    added = {name: np.array(values) for name, values in columns.items()}
    return Candidates(OFFER, np.array(rows, dtype=np.intp)).with_columns(added)


def test_lists_follow_one_another_with_every_column_in_its_place() -> None:
    block = Spread(OFFER, [chosen(2, 0, way=[9.0, 8.0]), chosen(way=[]), chosen(1, way=[7.0])])
    assert (len(block), list(block.firsts), block.rows.tolist()) == (3, [0, 2, 2], [2, 0, 1])
    assert block.numbers("way").tolist() == [9.0, 8.0, 7.0]
    assert [block.figure("price", at) for at in range(3)] == [7.0, 5.0, None]
    assert block.among("mode", ["room"]).tolist() == [False, True, False]
    assert block.table(["way", "way"]).shape == (2, 3)


def test_a_column_that_one_list_has_of_its_own_is_not_taken_from_the_offer() -> None:
    block = Spread(OFFER, [chosen(0), chosen(0, price=[99.0])])
    assert block.numbers("price").tolist() == [5.0, 99.0]


def test_lists_are_laid_out_with_those_whose_scores_are_made_of_the_same() -> None:
    lists = [chosen(0, part_a=[1.0]), chosen(1, part_b=[2.0]), chosen(2, part_a=[3.0])]
    blocks = spread(lists)
    assert [list(places) for places, _ in blocks] == [[0, 2], [1]]
    assert [block.parts for _, block in blocks] == [("part_a",), ("part_b",)]
    assert blocks[0][1].numbers("part_a").tolist() == [1.0, 3.0]


def test_of_no_lists_nothing_is_laid_out() -> None:
    assert spread([]) == []
