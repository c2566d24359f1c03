"""Numbers, booleans, text and vocabulary words, read exactly or not at all."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from data.quality.cells import Cells, judged
from data.sources.raw import NUMBER_MARK

INTEGER: Final = r"^([+-]?[0-9]{1,18})(?:\.0+)?$"
"""``3.0`` says the same number as ``3``; ``3.5`` doesn't."""

DECIMAL: Final = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?$"

NOT_FINITE: Final = r"^[+-]?(?i:nan|inf|infinity)$"

THROUGH_A_NUMBER: Final = r"^(?:[0-9]+\.0+|[0-9]+\.[0-9]+[eE]\+?[0-9]+|[0-9]+[eE]\+[0-9]+)$"
"""What a spreadsheet leaves of an id it took for a number: ``12.0``, ``3.30106E+11``."""


def integers(text: pl.Series) -> Cells:
    """Whole numbers within 18 digits."""
    return judged(text, text.str.extract(INTEGER).cast(pl.Int64))


def decimals(text: pl.Series) -> Cells:
    """Finite decimal numbers; NaN and infinity are refused by their own rule."""
    plain = text.set(~text.str.contains(DECIMAL), None)
    return _finite(text, plain.cast(pl.Float64, strict=False))


def _finite(raw: pl.Series, values: pl.Series) -> Cells:
    """Finite floats; text that says NaN, or overflows, fails ``not_finite``."""
    finite = values.set(~values.is_finite(), None)
    said = pl.col("raw").str.contains(NOT_FINITE) | pl.col("raw").str.contains(DECIMAL)
    return judged(raw, finite, pl.when(said).then(pl.lit("not_finite")).otherwise(pl.lit("type")))


def booleans(text: pl.Series, words: Mapping[str, str]) -> Cells:
    """Truth: true and false in any case, and the glossary's words for them."""
    known = {"true": True, "false": False}
    spoken = {word: known[value] for word, value in words.items() if value in known}
    values = text.str.to_lowercase().replace_strict(
        {**known, **spoken}, default=None, return_dtype=pl.Boolean
    )
    return judged(text, values)


def identifiers(text: pl.Series) -> Cells:
    """Ids stay the text they are; one that passed through a number is refused."""
    spoiled = text.str.starts_with(NUMBER_MARK) | text.str.contains(THROUGH_A_NUMBER)
    if not spoiled.any():
        return Cells(text)
    return judged(text, text.set(spoiled, None), "number_as_id")


def texts(text: pl.Series) -> Cells:
    """Free text; a number in its place is the text it shows."""
    return Cells(text.str.strip_prefix(NUMBER_MARK))


def vocabulary(text: pl.Series, dtype: pl.Enum, words: Mapping[str, str]) -> Cells:
    """A closed vocabulary's values, or the glossary's words for them."""
    plain = text.str.strip_prefix(NUMBER_MARK)
    values = plain.cast(dtype, strict=False)
    if words and (plain.is_not_null() & values.is_null()).any():
        values = plain.replace(dict(words)).cast(dtype, strict=False)
    return judged(text, values, "vocabulary")
