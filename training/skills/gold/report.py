"""Says how far two passes agree, by part of the gold set.

``python -m training.skills.gold.report ../shared/datasets`` compares the two independent passes;
two names after the folder compare others, as ``pass_a gold``.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from data.vocabulary import builtin
from training.skills.gold.agreement import (
    Agreement,
    agreement,
    cohens_kappa,
    compare,
    in_vocabulary,
    level_agreement,
    pairs,
    spans,
)
from training.skills.gold.load import Annotations, load_annotations, load_postings, load_texts
from training.skills.gold.names import candidates

COLUMNS = ("part", "postings", "pairs F1", "spans F1", "kappa", "candidates", "same level",
           "pairs F1 with new", "spans F1 with new")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two passes over the same postings; new: is left out where it isn't named."""

    postings: int
    """Postings that both looked at."""
    pairs: Agreement
    """On (posting, skill)."""
    spans: Agreement
    """On place and skill."""
    pairs_with_new: Agreement
    """On (posting, skill), ``new:`` included."""
    spans_with_new: Agreement
    """On place and skill, ``new:`` included."""
    kappa: float | None
    """Cohen's kappa over the candidates."""
    candidates: int
    """Pairs of a posting and a skill of which a name stands in it."""
    same_level: tuple[int, int]
    """Shared spans of the same level, shared spans."""


def only(annotations: Annotations, keys: frozenset[str]) -> Annotations:
    """The annotations of some postings.

    >>> only(Annotations(frozenset("pq"), ()), frozenset("q")).keys
    frozenset({'q'})
    """
    kept = tuple(mention for mention in annotations.mentions if mention.key in keys)
    return Annotations(annotations.keys & keys, kept)


def comparison(ours: Annotations, theirs: Annotations, deck: set[tuple[str, str]]) -> Comparison:
    """How far two passes agree on the postings that both looked at.

    Args:
        ours: one pass.
        theirs: the other.
        deck: candidates for kappa, (posting, skill).
    """
    keys = ours.keys & theirs.keys
    one, other = only(ours, keys), only(theirs, keys)
    known, others_known = in_vocabulary(one.mentions), in_vocabulary(other.mentions)
    decided = {pair for pair in deck if pair[0] in keys}
    return Comparison(
        postings=len(keys),
        pairs=agreement(one, other, pairs),
        spans=agreement(one, other, spans),
        pairs_with_new=compare(pairs(one.mentions), pairs(other.mentions)),
        spans_with_new=compare(spans(one.mentions), spans(other.mentions)),
        kappa=cohens_kappa(pairs(known), pairs(others_known), decided),
        candidates=len(decided),
        same_level=level_agreement(known, others_known),
    )


def parts(postings: pl.DataFrame) -> Iterator[tuple[str, frozenset[str]]]:
    """The whole gold set and its parts, each with the keys of its postings."""
    wanted: dict[str, pl.Expr] = {
        "all": pl.lit(value=True),
        "train": pl.col("split") == "train",
        "test": pl.col("split") == "test",
        "test, IT": (pl.col("split") == "test") & pl.col("it"),
        "test, other": (pl.col("split") == "test") & ~pl.col("it"),
        "IT": pl.col("it"),
        "other": ~pl.col("it"),
    }
    for name, belongs in wanted.items():
        yield name, frozenset(postings.filter(belongs)["key"])


def report(datasets: Path, one: str = "pass_a", other: str = "pass_b") -> Iterator[str]:
    """The lines of a table in Markdown.

    Args:
        datasets: the folder of the data sets, for the texts that candidates stand in.
        one: a pass.
        other: the pass it is compared with.

    Raises:
        GoldError: a pass or a text isn't there.
    """
    postings = load_postings()
    ours, theirs = load_annotations(one), load_annotations(other)
    texts = load_texts(datasets, postings)
    deck = candidates(texts, ours.keys & theirs.keys, builtin("skills"))
    yield _line(COLUMNS)
    yield _line(["---"] * len(COLUMNS))
    for name, keys in parts(postings):
        yield _row(name, comparison(only(ours, keys), only(theirs, keys), deck))


def _row(name: str, found: Comparison) -> str:
    """A line of the table."""
    same, shared = found.same_level
    return _line(
        [
            name,
            str(found.postings),
            _share(found.pairs.f1),
            _share(found.spans.f1),
            _share(found.kappa),
            str(found.candidates),
            f"{same}/{shared}",
            _share(found.pairs_with_new.f1),
            _share(found.spans_with_new.f1),
        ]
    )


def _share(value: float | None) -> str:
    """A share to three digits, or a dash where there is none."""
    return "-" if value is None else f"{value:.3f}"


def _line(cells: tuple[str, ...] | list[str]) -> str:
    """A line of a table in Markdown."""
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    for line in report(Path(sys.argv[1]), *sys.argv[2:]):
        sys.stdout.write(line + "\n")
