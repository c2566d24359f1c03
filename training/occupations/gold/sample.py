"""Draws the postings to label, so that rare titles and trades outside IT are well represented.

datasets --titles--> kinds --in turns--> 800 postings with distinct titles --split--> dev, gold
"""

import hashlib
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from training.occupations.gold.texts import DATASETS, read_postings
from training.skills.gold.kinds import kind_of

SIZES: Final = {"dev": 300, "gold": 500}
"""Postings of each set."""

SEED: Final = 21
"""Decides which postings are drawn."""

OTHER: Final = "other"
"""The stratum of titles that fit no kind."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A posting that may be labelled."""

    key: str
    dataset: str
    row: int
    title: str
    kind: str
    it: bool | None
    """Whether the kind is information technology; None for titles of no kind."""


def sample(datasets: Path) -> dict[str, pl.DataFrame]:
    """The postings of both sets.

    Args:
        datasets: the folder of the data sets.

    Returns:
        For ``dev`` and ``gold``: key, dataset, row, kind, it; no title stands in both.

    Raises:
        GoldError: a data set isn't there.
    """
    drawn = list(_in_turns(_queues(datasets), sum(SIZES.values())))
    mixed = sorted(drawn, key=lambda posting: _lot(posting.key, SEED + 1))
    parts = {"dev": mixed[: SIZES["dev"]], "gold": mixed[SIZES["dev"] :]}
    columns = ("key", "dataset", "row", "kind", "it")
    return {
        name: pl.DataFrame([{c: getattr(each, c) for c in columns} for each in part])
        for name, part in parts.items()
    }


def same_title(title: str) -> str:
    """Titles that differ in width, case and white space alone are the same.

    >>> same_title("ＪＡＶＡ 工程师")
    'java工程师'
    """
    return "".join(unicodedata.normalize("NFKC", title).lower().split())


def _queues(datasets: Path) -> dict[str, list[Drawn]]:
    """Postings by kind and data set, in an order that their text and the seed alone decide."""
    queues: dict[str, list[Drawn]] = defaultdict(list)
    for name in DATASETS:
        for key, row, title in read_postings(datasets, name).select("key", "row", "title").rows():
            kind = kind_of(title)
            it = kind.it if kind else None
            drawn = Drawn(key, name, row, title, kind.name if kind else OTHER, it)
            queues[f"{drawn.kind} {name}"].append(drawn)
    return {
        name: sorted(queue, key=lambda posting: (_lot(posting.key, SEED), posting.row))
        for name, queue in sorted(queues.items())
    }


def _in_turns(queues: dict[str, list[Drawn]], wanted: int) -> Iterator[Drawn]:
    """Each queue gives one posting in turn; a title is drawn once."""
    seen: set[str] = set()
    rest = [_unseen(queue, seen) for queue in queues.values()]
    count = 0
    while rest and count < wanted:
        for queue in list(rest):
            posting = next(queue, None)
            if posting is None:
                rest.remove(queue)
            elif count < wanted:
                count += 1
                yield posting


def _unseen(queue: Iterable[Drawn], seen: set[str]) -> Iterator[Drawn]:
    """The postings of a queue whose title wasn't drawn yet."""
    for posting in queue:
        title = same_title(posting.title)
        if title and title not in seen:
            seen.add(title)
            yield posting


def _lot(key: str, seed: int) -> str:
    """A random number of the posting: adding a posting moves no other."""
    return hashlib.sha256(f"{seed}:{key}".encode()).hexdigest()


if __name__ == "__main__":
    for name, listed in sample(Path(sys.argv[1])).items():
        listed.write_csv(Path(sys.argv[2]) / f"{name}.csv")
