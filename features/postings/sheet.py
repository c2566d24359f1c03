"""Postings as arrays, for whatever compares them in pairs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from features.postings.candidates import NO_KEY, Pairs
from features.postings.evidence import Traits, at_odds
from features.postings.plain import plain_text, plain_title
from features.postings.prose import without_prose

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Postings as arrays, in order of posted_on and posting_id; n of them.

    Attributes:
        text: code of the plain title and text together.
        told: whether the text speaks for itself.
        employer: code of employer_key, ``NO_KEY`` where unknown.
        area: (n, 2) codes of district and town, -1 where unknown.
        agency: 1 true, also where the company said so on an earlier day; 0 false, -1 unknown.
        traits: what reposts are compared by.
        titles: plain titles.
        texts: plain texts.
        own: plain titles and texts without what the employer says in every posting.
    """

    text: Ints
    told: Bools
    employer: Ints
    area: Ints
    agency: Ints
    traits: Traits
    titles: pl.Series
    texts: pl.Series
    own: pl.Series

    def one_employer(self, pairs: Pairs) -> Bools:
        """Whether both postings of each pair are by one known employer."""
        one, other = pairs
        same: Bools = (self.employer[one] == self.employer[other]) & (self.employer[one] >= 0)
        return same

    def by_agency(self, pairs: Pairs) -> Bools:
        """Whether an agency says or once said that it is one, for at least one of each pair."""
        one, other = pairs
        told: Bools = (self.agency[one] == 1) | (self.agency[other] == 1)
        return told

    def apart(self, pairs: Pairs) -> Bools:
        """Whether they lie in different districts or towns."""
        district, town = self.area.T
        return at_odds(district, *pairs) | at_odds(town, *pairs)

    def other_demands(self, pairs: Pairs) -> Bools:
        """Whether they ask for different experience or education."""
        experience, education = self.traits.demands.T
        return at_odds(experience, *pairs) | at_odds(education, *pairs)

    def other_headcount(self, pairs: Pairs) -> Bools:
        """Whether they seek different numbers of persons."""
        return at_odds(self.traits.headcount, *pairs)


def lay_out(
    rows: pl.DataFrame,
    work: pl.Series,
    *,
    told_letters: int,
    prose_titles: int,
    prose_letters: int,
) -> Sheet:
    """Parsed postings in order of posted_on and posting_id as arrays.

    Args:
        rows: parsed postings in that order.
        work: the group of work of each, null where unknown.
        told_letters: letters of a plain text from which it speaks for itself.
        prose_titles: earlier titles from which on a sentence is its employer's prose.
        prose_letters: sentences shorter than this never are.
    """
    plain = rows.select(
        plain_title("title").alias("title"), plain_text("description").fill_null("").alias("text")
    )
    town = pl.col("division_code").str.slice(0, 9)
    deep = pl.when(town.str.slice(6, 3) != "000").then(town)
    areas = rows.select("district_code", deep.alias("town"))
    spoken = rows.select("employer_key", plain["title"], "description")
    return Sheet(
        text=_codes(plain.select(pl.concat_str("title", "text", separator="\n")).to_series()),
        told=(plain["text"].str.len_chars() >= told_letters).to_numpy(),
        employer=_codes(rows["employer_key"]),
        area=np.column_stack([_codes(areas[name]) for name in areas.columns]),
        agency=_agencies(rows),
        traits=_traits(rows, plain["title"], work),
        titles=plain["title"],
        texts=plain["text"],
        own=plain["title"] + without_prose(spoken, titles=prose_titles, letters=prose_letters),
    )


def _agencies(rows: pl.DataFrame) -> Ints:
    """Whether each is an agency's: by its own word, else by its company's on an earlier day."""
    said = pl.col("agency").fill_null(value=False)
    since = pl.when(said).then("posted_on").min().over("employer_key")
    known = pl.col("employer_key").is_not_null() & (since < pl.col("posted_on"))
    told = pl.when(pl.col("agency").is_null() & known).then(statement=True).otherwise("agency")
    return rows.select(told.cast(pl.Int64).fill_null(-1)).to_series().to_numpy()


def _traits(rows: pl.DataFrame, titles: pl.Series, work: pl.Series) -> Traits:
    day = rows["posted_on"].to_physical().cast(pl.Int64).to_numpy()
    return Traits(
        demands=np.column_stack([_codes(rows[name]) for name in ("experience", "education")]),
        headcount=rows["headcount"].cast(pl.Int64).fill_null(-1).to_numpy(),
        pay=rows["salary_low"].cast(pl.Float64).fill_null(np.nan).to_numpy(),
        source=_codes(rows["source"]),
        title=_codes(titles),
        work=_codes(work),
        day=day - day.min(initial=0) if len(day) else day,
    )


def _codes(values: pl.Series) -> Ints:
    """Whole numbers from 0 on, one for each value; -1 where null."""
    ranks = values.cast(pl.String).rank("dense").cast(pl.Int64) - 1
    return ranks.fill_null(NO_KEY).to_numpy().astype(np.int64)


def key_of(parts: Sequence[Ints], *, among: Bools) -> Ints:
    """One number for each combination of codes, ``NO_KEY`` for postings left out.

    >>> key_of([np.array([0, 1, 0]), np.array([-1, 0, -1])], among=np.array([True, True, False]))
    array([ 2,  5, -1])
    """
    key = np.zeros(len(among), dtype=np.int64)
    for part in parts:
        key = key * (int(part.max(initial=0)) + 2) + part + 1
    return np.where(among, key, NO_KEY)
