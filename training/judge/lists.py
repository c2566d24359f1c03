"""Lists of anybody's recommender, placed on the truth's learners and sections."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from training.judge.errors import JudgeError
from training.judge.files import check_unique, read_table
from training.judge.pairs import Pairs, positions
from training.metrics.lists import Ids

COLUMNS: Final = {"learner_id": pl.String, "rank": pl.Int64, "section_id": pl.String}


@dataclass(frozen=True, slots=True)
class Shown:
    """Sections shown to judged learners, one entry each, all of shape (entries,).

    Attributes:
        learner: row of the learner.
        section: column of the section, -1 where the truth doesn't know it.
        place: place in the list by rank, from 0.
        not_judged: learners of the file whom the truth doesn't judge.
    """

    learner: NDArray[np.int64]
    section: NDArray[np.int64]
    place: NDArray[np.int64]
    not_judged: int

    def first(self, learners: int, k: int) -> Ids:
        """The first k sections of each learner.

        Returns:
            Columns, best first, -1 where the list is shorter or the truth doesn't know the
            section; shape (learners, k).
        """
        items = np.full((learners, k), -1, dtype=np.int64)
        kept = self.place < k
        items[self.learner[kept], self.place[kept]] = self.section[kept]
        return items


def read_lists(path: Path, pairs: Pairs) -> Shown:
    """Read a file of learner_id, rank (1 is shown first), section_id.

    Args:
        path: what ``xuepei batch`` writes, or any file of these columns.
        pairs: the truth.

    Raises:
        JudgeError: a column is missing, a learner is shown a section twice or two at one rank,
            or none of the learners is judged.
    """
    table = read_table(path, COLUMNS)
    check_unique(table, ("learner_id", "section_id"), path, "a section in one list")
    check_unique(table, ("learner_id", "rank"), path, "a rank in one list")
    placed = table.sort("learner_id", "rank").with_columns(
        pl.int_range(pl.len()).over("learner_id").alias("place")
    )
    rows = positions(placed["learner_id"], pairs.learners)
    judged = rows >= 0
    others = placed["learner_id"].filter(pl.Series(~judged)).unique().sort()
    if not judged.any():
        message = (
            f"none of the learners of {path} is judged: it has {others.head(3).to_list()}, "
            f"the truth has {pairs.learners.head(3).to_list()}"
        )
        raise JudgeError(message)
    columns = positions(placed["section_id"], pairs.sections)
    place = placed["place"].to_numpy().astype(np.int64)
    return Shown(rows[judged], columns[judged], place[judged], others.len())
