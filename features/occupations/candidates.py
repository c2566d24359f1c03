"""Which occupations a part of a title may mean, and what speaks for each.

parts --same name--> pairs, --name inside--> pairs, --alike by runs--> pairs --best per code--> rows
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
import scipy.sparse as sp

from features.occupations.names import LONGEST_NAME, Names, ending
from features.occupations.titles import Tokens

ALIKE: Final = 24
"""Names kept per part because their runs are alike."""

BLOCK: Final = 2_000
"""Parts compared at a time: bounds the memory of the product."""

TAIL: Final = 4
"""Tokens of a common ending that count."""

CLEAR: Final = 0.6
"""How clear an ending has to be for its occupation to be a candidate for that alone."""

SHORT: Final = 2
"""Characters below which a name inside a longer title says nothing; a Latin letter among them."""

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def candidates(parts: Sequence[Tokens], names: Names) -> pl.DataFrame:
    """What speaks for each occupation that a part may mean.

    Args:
        parts: distinct parts of titles.
        names: what occupations are called.

    Returns:
        part, code (indices), same, share, last, length, tail, cosine, support, head: 0 to 1, more
        is better, each the best over the occupation's names; see ``evidence.FEATURES``.
    """
    pairs = _joined(parts, names)
    measured = _measured(pairs, parts, names)
    named = measured.group_by("part", "code").agg(
        pl.col("same", "share", "last", "length", "tail", "cosine").max(),
        support=pl.col("cosine").top_k(3).sum() / 3,
    )
    headed = _headed(parts, names)
    both = named.join(headed, on=["part", "code"], how="full", coalesce=True)
    told = pl.any_horizontal(pl.col("cosine").is_not_null(), pl.col("head") >= CLEAR)
    return both.filter(told).with_columns(pl.exclude("part", "code").fill_null(0.0))


def _headed(parts: Sequence[Tokens], names: Names) -> pl.DataFrame:
    """Occupations that the ending of a part leads to: part, code, head."""
    found = [
        (at, code, clarity)
        for at, part in enumerate(parts)
        for code, clarity in names.heads.get(ending(part), {}).items()
    ]
    schema = {"part": pl.Int64, "code": pl.Int64, "head": pl.Float64}
    return pl.DataFrame(found, schema=schema, orient="row")


def _joined(parts: Sequence[Tokens], names: Names) -> pl.DataFrame:
    """Pairs from both ways, once each: part, name, cosine, inside, last."""
    near = pl.concat([_alike(parts, names), _inside(parts, names)], how="diagonal")
    both = near.group_by("part", "name").agg(pl.all().max())
    return both.with_columns(pl.col("cosine", "inside", "last").fill_null(0.0))


def _alike(parts: Sequence[Tokens], names: Names) -> pl.DataFrame:
    """The names whose runs are most alike: part, name, cosine."""
    found = [
        _best(names.grams.vectors(parts[at : at + BLOCK]) @ names.vectors, at)
        for at in range(0, len(parts), BLOCK)
    ]
    return pl.concat(found) if found else _pairs([], [], cosine=[])


def _best(cosines: sp.csr_array, offset: int) -> pl.DataFrame:
    """The largest entries of each row; sorting all of them would take ten times as long."""
    starts = cosines.indptr
    kept = [_largest(cosines.data[a:b]) + a for a, b in pairwise(starts.tolist())]
    at = np.concatenate(kept)
    part = np.repeat(np.arange(len(kept)) + offset, [len(each) for each in kept])
    return _pairs(part, cosines.indices[at], cosine=cosines.data[at])


def _largest(values: Floats) -> Ints:
    """Where the ``ALIKE`` largest values stand."""
    if len(values) <= ALIKE:
        return np.arange(len(values))
    return np.argpartition(values, -ALIKE)[-ALIKE:]


def _inside(parts: Sequence[Tokens], names: Names) -> pl.DataFrame:
    """Names that stand whole in a part: part, name, inside, last."""
    found = [
        (at, name, float(end == len(part)))
        for at, part in enumerate(parts)
        for text, end in _substrings(part)
        for name in names.exact.get(text, ())
    ]
    part, name, last = zip(*found, strict=True) if found else ((), (), ())
    return _pairs(part, name, inside=np.ones(len(found)), last=last)


def _substrings(part: Tokens) -> Iterator[tuple[str, int]]:
    """Runs of tokens long enough to be a name, and where they end."""
    for start in range(len(part)):
        for end in range(start + 1, min(len(part), start + LONGEST_NAME) + 1):
            text = "".join(part[start:end])
            if len(text) >= SHORT or end - start == len(part):
                yield text, end


def _pairs(part: object, name: object, **columns: object) -> pl.DataFrame:
    """Columns under one schema, so that both ways can be put together."""
    whole = {"part": part, "name": name, **columns}
    schema = {column: pl.Int64 if column in {"part", "name"} else pl.Float64 for column in whole}
    return pl.DataFrame(whole, schema=schema)


def _measured(pairs: pl.DataFrame, parts: Sequence[Tokens], names: Names) -> pl.DataFrame:
    """What each pair shows: lengths, the common ending, and whether both are the same."""
    part, name = pairs["part"].to_numpy(), pairs["name"].to_numpy()
    long = np.array([len(text) for text in parts], dtype=np.float64)[part]
    own = np.array([len(text) for text in names.texts], dtype=np.float64)[name]
    inside = pairs["inside"].to_numpy()
    tail = _tail(parts, names.texts, part, name)
    return pairs.select(
        "part",
        "cosine",
        "last",
        code=pl.Series(names.owner[name]),
        same=pl.Series(((inside > 0) & (long == own)).astype(np.float64)),
        share=pl.Series(inside * own / np.maximum(long, 1)),
        length=pl.Series(inside * np.minimum(own, 8) / 8),
        tail=pl.Series(tail / TAIL),
    )


def _tail(parts: Sequence[Tokens], texts: Sequence[Tokens], part: Ints, name: Ints) -> Floats:
    """Tokens that a part and a name have in common at their ends, at most ``TAIL``."""
    seen: dict[str, int] = {}
    own, other = _endings(parts, seen)[part], _endings(texts, seen)[name]
    same = (own == other) & (own >= 0)
    common: Floats = np.logical_and.accumulate(same, axis=1).sum(axis=1).astype(np.float64)
    return common


def _endings(texts: Sequence[Tokens], seen: dict[str, int]) -> Ints:
    """(texts, TAIL) numbers of the last tokens, the last first; -1 before the beginning."""
    ends = np.full((len(texts), TAIL), -1, dtype=np.int64)
    for row, text in enumerate(texts):
        for column, token in enumerate(reversed(text[-TAIL:])):
            ends[row, column] = seen.setdefault(token, len(seen))
    return ends
