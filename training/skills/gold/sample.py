"""Draws the postings of the gold set: varied in occupation, without near-duplicates.

``python -m training.skills.gold.sample ../shared/datasets training/skills/gold/postings.csv``
draws them anew; the same data sets give the same bytes.
"""

import hashlib
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

import polars as pl

from training.skills.gold.errors import GoldError
from training.skills.gold.kinds import kind_of
from training.skills.gold.texts import LAYOUTS, posting_key, read_pool

SIZES: Final = {"train": 180, "test": 420}
"""Postings of each part."""

_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")
_SHINGLE: Final = 4


@dataclass(frozen=True, slots=True)
class SampleRules:
    """What is drawn."""

    seed: int = 5
    """Of the order in which postings are tried."""
    outside_it: int = 270
    """Postings wanted from occupations outside information technology."""
    shortest: int = 60
    """Characters of a description, at least."""
    longest: int = 900
    """Characters of a description, at most."""
    chinese: float = 0.3
    """Least share of Chinese characters in the text: the gold set is of Chinese postings."""
    similarity: float = 0.4
    """Jaccard similarity of 4-character shingles from which two texts are near-duplicates."""
    per_company: int = 2
    """Most postings of one employer."""


class Candidate(NamedTuple):
    """A posting that may be drawn."""

    key: str
    dataset: str
    row: int
    company: str
    text: str
    kind: str
    it: bool


@dataclass(slots=True)
class Chosen:
    """What was drawn so far, and what it rules out."""

    rules: SampleRules
    postings: list[Candidate] = field(default_factory=list[Candidate])
    shingles: list[frozenset[str]] = field(default_factory=list[frozenset[str]])
    companies: Counter[str] = field(default_factory=Counter[str])

    def take(self, posting: Candidate) -> bool:
        """Draw the posting unless its employer is used up or its text is nearly there already."""
        if posting.company and self.companies[posting.company] >= self.rules.per_company:
            return False
        own = shingles(posting.text)
        if any(similarity(own, other) >= self.rules.similarity for other in self.shingles):
            return False
        self.companies[posting.company] += 1
        self.shingles.append(own)
        self.postings.append(posting)
        return True


def shingles(text: str) -> frozenset[str]:
    """Every run of 4 characters of the text without white space.

    >>> sorted(shingles("abc de"))
    ['abcd', 'bcde']
    """
    dense = "".join(text.split())
    return frozenset(dense[at : at + _SHINGLE] for at in range(len(dense) - _SHINGLE + 1))


def similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard similarity, from 0 (nothing shared) to 1 (the same set).

    >>> similarity(frozenset("ab"), frozenset("bc"))
    0.3333333333333333
    """
    shared = len(one & other)
    union = len(one) + len(other) - shared
    return shared / union if union else 1.0


def candidates(datasets: Path, rules: SampleRules) -> Iterator[Candidate]:
    """Postings that may be drawn, each text once, in the order of the data sets.

    Raises:
        GoldError: a data set isn't there.
    """
    seen: set[str] = set()
    for name in LAYOUTS:
        for row in read_pool(datasets, name).iter_rows(named=True):
            kind = kind_of(row["title"])
            if kind is None or row["text"] in seen or not is_usable(row["text"], rules):
                continue
            seen.add(row["text"])
            key = posting_key(name, row["text"])
            yield Candidate(key, name, row["row"], row["company"], row["text"], kind.name, kind.it)


def is_usable(text: str, rules: SampleRules) -> bool:
    """Whether the description has the length and the language asked for."""
    description = text.partition("\n")[2]
    chinese = len(_CHINESE.findall(text))
    right_length = rules.shortest <= len(description) <= rules.longest
    return right_length and chinese >= rules.chinese * len(text)


def draw(pool: Iterable[Candidate], rules: SampleRules) -> list[Candidate]:
    """Postings of the gold set: first outside information technology, then within it.

    Raises:
        GoldError: the pool is too small.
    """
    wanted = sum(SIZES.values())
    queues = _queues(pool, rules.seed)
    chosen = Chosen(rules)
    _in_turns({kind: q for kind, q in queues.items() if not q[0].it}, rules.outside_it, chosen)
    _in_turns({kind: q for kind, q in queues.items() if q[0].it}, wanted, chosen)
    if len(chosen.postings) < wanted:
        found = len(chosen.postings)
        raise GoldError(f"only {found} postings can be drawn; expected {wanted}")
    return chosen.postings


def _queues(pool: Iterable[Candidate], seed: int) -> dict[str, list[Candidate]]:
    """Postings by kind and data set, so that a small data set has its say beside a large one.

    Their order is random, but depends on their text and the seed alone.
    """
    queues: dict[str, list[Candidate]] = defaultdict(list)
    for posting in sorted(pool, key=lambda posting: _lot(seed, posting.key)):
        queues[f"{posting.kind} {posting.dataset}"].append(posting)
    return dict(sorted(queues.items()))


def _lot(seed: int, key: str) -> str:
    """A random number of the posting: adding a posting moves no other."""
    return hashlib.sha256(f"{seed}:{key}".encode()).hexdigest()


def _in_turns(queues: Mapping[str, list[Candidate]], until: int, chosen: Chosen) -> None:
    """Each queue gives one posting in turn, so that small ones are used up before large ones."""
    rest = [iter(queue) for queue in queues.values()]
    while rest and len(chosen.postings) < until:
        for queue in list(rest):
            if len(chosen.postings) == until:
                break
            if not any(chosen.take(posting) for posting in queue):
                rest.remove(queue)


def split(postings: Iterable[Candidate]) -> dict[str, str]:
    """Part of each key: each kind gives train its share, evenly along the drawn order.

    Kinds lie one after the other, and train takes the postings at which the running share passes a
    whole number; so both the kinds' shares and the total come out right.

    Returns:
        ``train`` or ``test`` by key.
    """
    share = SIZES["train"] / sum(SIZES.values())
    ordered = sorted(postings, key=lambda posting: posting.kind)
    return {
        posting.key: "train" if int((at + 1) * share + 1e-9) > int(at * share + 1e-9) else "test"
        for at, posting in enumerate(ordered)
    }


def sample(datasets: Path, rules: SampleRules | None = None) -> pl.DataFrame:
    """The list of the gold set's postings.

    Args:
        datasets: the folder of the data sets.
        rules: what is drawn.

    Returns:
        number (``train-001``), key, dataset, row, kind, it, split; ordered by number. Kinds are
        mixed along the numbers, so that every batch of an annotator is varied.

    Raises:
        GoldError: a data set isn't there or is too small.
    """
    used = rules or SampleRules()
    drawn = draw(candidates(datasets, used), used)
    parts = split(drawn)
    mixed = sorted(drawn, key=lambda posting: _lot(used.seed + 1, posting.key))
    counts: Counter[str] = Counter()
    return pl.DataFrame([_listed(posting, parts[posting.key], counts) for posting in mixed]).sort(
        "number"
    )


def _listed(posting: Candidate, part: str, counts: Counter[str]) -> dict[str, str | int | bool]:
    """The line of a posting; its number is the next of its part."""
    counts[part] += 1
    return {
        "number": f"{part}-{counts[part]:03d}",
        "key": posting.key,
        "dataset": posting.dataset,
        "row": posting.row,
        "kind": posting.kind,
        "it": posting.it,
        "split": part,
    }


if __name__ == "__main__":
    sample(Path(sys.argv[1])).write_csv(sys.argv[2])
