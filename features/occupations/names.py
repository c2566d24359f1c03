"""What occupations are called: the contract's table and the product's own list of spoken titles."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import log
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
import scipy.sparse as sp

from features.occupations.grams import Grams
from features.occupations.titles import Tokens, name_tokens

ALIAS_SEPARATOR: Final = "|"
"""Between the spoken titles of one line of ``titles.csv``."""

RARE: Final = 0.02
"""Share of an ending's names below which the ending says nothing for an occupation."""

LONGEST_NAME: Final = 14
"""Tokens of the longest name looked for inside a title."""


@dataclass(frozen=True, slots=True)
class Names:
    """Every name of every occupation, ready to be looked up.

    ``of`` builds it once; linking any number of postings reads it only.
    """

    codes: pl.Series
    """Codes, each once, in ascending order."""
    titles: pl.Series
    """The official name of each code, as ``codes``."""
    texts: list[Tokens]
    """Each name in tokens."""
    owner: npt.NDArray[np.int64]
    """Index into ``codes`` of each name."""
    exact: dict[str, tuple[int, ...]]
    """Names by their tokens joined."""
    grams: Grams
    """The runs of all names."""
    vectors: sp.csr_array
    """(runs, names): cosines come from a product with it."""
    heads: dict[str, dict[int, float]]
    """How far names that end alike are each code's, see ``ending``; the last noun decides."""
    local: npt.NDArray[np.bool_]
    """Whether the contract's table lists the code: what a city trains for and hires."""

    @classmethod
    def of(cls, occupations: pl.DataFrame, *, without: Collection[str] = ()) -> "Names":
        """The names of a city's occupations and, beside them, of the whole classification.

        Args:
            occupations: contract table ``occupations``.
            without: names (tokens joined) to leave out; for fitting on names not seen.
        """
        listed = _listed(occupations)
        codes = listed["occupation_code"].unique().sort()
        at = {code: index for index, code in enumerate(codes)}
        hidden = frozenset(without)
        known: dict[tuple[Tokens, int], None] = {}
        for code, name in listed.select("occupation_code", "word").iter_rows():
            text = name_tokens(name)
            if text and "".join(text) not in hidden:
                known[text, at[code]] = None
        texts = [text for text, _ in known]
        owner = np.array([code for _, code in known], dtype=np.int64)
        grams = Grams.of(texts)
        titles = listed.unique("occupation_code", keep="first").sort("occupation_code")["name"]
        local = codes.is_in(occupations["occupation_code"].implode()).to_numpy()
        vectors = sp.csr_array(grams.vectors(texts).T)
        exact, heads = _by_text(texts), _heads(texts, owner.tolist())
        return cls(codes, titles, texts, owner, exact, grams, vectors, heads, local)


def ending(text: Tokens) -> str:
    """The head of a text: its last two tokens, or its last word of Latin letters.

    >>> ending(("大", "数", "据", "讲", "师")), ending(("测", "试", "leader"))
    ('讲师', 'leader')
    """
    return text[-1] if text and len(text[-1]) > 1 else "".join(text[-2:])


def _heads(texts: list[Tokens], owner: list[int]) -> dict[str, dict[int, float]]:
    """How far names that end alike are each code's: 1 + log(n / (N + 1)) / log(1 / RARE), from 0.

    The logarithm tells an ending that no name of a code has from one that some have. One more
    than the N names of an ending is counted, so that a single name isn't sure.
    """
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    for text, code in zip(texts, owner, strict=True):
        counts[ending(text)][code] += 1
    return {
        head: {code: _clarity(n / (found.total() + 1)) for code, n in found.items()}
        for head, found in counts.items()
    }


def _clarity(share: float) -> float:
    """A share on a logarithmic scale, from 0 at ``RARE`` to 1 at all.

    >>> round(_clarity(1.0), 2), round(_clarity(0.1), 2), _clarity(0.001)
    (1.0, 0.41, 0.0)
    """
    return max(0.0, 1 - log(share) / log(RARE))


def _listed(occupations: pl.DataFrame) -> pl.DataFrame:
    """One row per name: occupation_code, name, word; the contract's table first."""
    columns = ("occupation_code", "name", "aliases")
    both = pl.concat([occupations.select(columns), spoken_titles().select(columns)])
    words = pl.concat_list(pl.col("name"), pl.col("aliases")).alias("word")
    return both.select("occupation_code", "name", words).explode("word").drop_nulls("word")


def _by_text(texts: list[Tokens]) -> dict[str, tuple[int, ...]]:
    """Names by their tokens joined; a name of two occupations leads to both."""
    found: dict[str, list[int]] = defaultdict(list)
    for index, text in enumerate(texts):
        found["".join(text)].append(index)
    return {text: tuple(indices) for text, indices in found.items()}


@cache
def spoken_titles() -> pl.DataFrame:
    """The whole classification with titles as job boards say them.

    Returns:
        occupation_code, name, aliases (list), one row per occupation of the classification.
    """
    text = files("features.occupations").joinpath("titles.csv").read_bytes()
    aliases = pl.col("aliases").fill_null("").str.split(ALIAS_SEPARATOR)
    filled = aliases.list.eval(pl.element().filter(pl.element() != ""))
    return pl.read_csv(text, infer_schema=False).with_columns(filled.alias("aliases"))
