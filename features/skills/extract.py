"""Skills that texts ask for, many texts at a time: the door to this package.

texts ▶ laid out ▶ gazetteer ▶ context ▶ probability ▶ waivers ▶ asked for ▶ one row a skill
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.vocabulary import posting_words
from features.skills.context import WordHashes, context_of, features, word_hashes
from features.skills.gazetteer import Found, Gazetteer
from features.skills.levels import stated_levels
from features.skills.lists import phrases
from features.skills.model import ContextModel, shipped_model
from features.skills.places import Places
from features.skills.plain import Plain, fold, lay_out
from features.skills.waivers import waived
from features.skills.words import Words, read_words

BATCH: Final = 1_000
"""Texts laid out at once: arrays that fit into the processor's cache."""

MENTIONS: Final = {
    "row": pl.UInt32,
    "skill_id": pl.String,
    "name": pl.String,
    "field": pl.String,
    "start": pl.Int64,
    "end": pl.Int64,
    "score": pl.Float64,
    "level": pl.Int8,
}
"""Columns of the mentions."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Every finding of a batch of texts with what a model needs to judge it; N findings.

    Attributes:
        found: where they stand.
        places: their surroundings.
        features: (N, F) places of features.
        waived: whether the text says that it isn't asked for.
    """

    plain: Plain
    found: Found
    places: Places
    features: NDArray[np.int32]
    waived: NDArray[np.bool_]


class SkillExtractor:
    """A vocabulary and a model, ready for texts; building it takes a quarter of a second.

    Args:
        vocabulary: contract table ``skills``; rows of kind ``group`` are no skills.
        further: more words by skill_id; the product's own unless given.
        model: the context model; the shipped one unless given.
    """

    words: Words

    def __init__(
        self,
        vocabulary: pl.DataFrame,
        *,
        further: Mapping[str, Iterable[str]] | None = None,
        model: ContextModel | None = None,
    ) -> None:
        self.words = read_words(vocabulary, posting_words() if further is None else further)
        self._gazetteer = Gazetteer(self.words)
        self._hashes: WordHashes = word_hashes(self.words, _everyday())
        self._model = model

    def candidates(self, texts: list[str]) -> Candidates:
        """Every word of the vocabulary in the texts, asked for or not."""
        plain = lay_out(texts)
        found = self._gazetteer.find(plain)
        context = context_of(plain, found, self.words, self._hashes)
        denied = waived(plain, found, context.places)
        return Candidates(plain, found, context.places, features(context), denied)

    def mentions(self, texts: pl.DataFrame, *, threshold: float | None = None) -> pl.DataFrame:
        """Every naming of a skill that its text asks for, in order of row and place.

        Args:
            texts: text (null: nothing to find), and title if known.
            threshold: least probability; the model's own unless given, 0 for every naming.

        Returns:
            The columns of ``MENTIONS``: row (from 0), skill_id, name, field (title or text),
            start and end (characters of the field, end exclusive), score (probability that the
            posting asks for the skill, 0 to 1), level (1 entry to 5 master; null: none stated).
        """
        model = self._model or shipped_model()
        least = model.threshold if threshold is None else threshold
        parts = [
            self._asked(batch, number * BATCH, model, least)
            for number, batch in enumerate(texts.iter_slices(BATCH))
        ]
        return pl.concat([pl.DataFrame(schema=MENTIONS), *parts])

    def _asked(
        self, texts: pl.DataFrame, first_row: int, model: ContextModel, least: float
    ) -> pl.DataFrame:
        """The mentions of one batch."""
        whole, before_text = _with_titles(texts)
        candidates = self.candidates(whole)
        score = np.where(candidates.waived, 0.0, model.probability(candidates.features))
        level = stated_levels(candidates.plain, candidates.found, candidates.places)
        kept = score >= least
        return self._frame(
            candidates.plain,
            candidates.found.only(kept),
            score[kept],
            level[kept],
            before_text,
            first_row,
        )

    def _frame(
        self,
        plain: Plain,
        found: Found,
        score: NDArray[np.float64],
        level: NDArray[np.int8],
        before_text: NDArray[np.int64],
        first_row: int,
    ) -> pl.DataFrame:
        start = found.start - plain.start[found.text]
        shift = before_text[found.text]
        in_title = start < shift
        shift = np.where(in_title, 0, shift)
        skill = self.words.skill[found.word]
        frame = pl.DataFrame(
            {
                "row": (found.text + first_row).astype(np.uint32),
                "skill_id": pl.Series(self.words.skill_ids, dtype=pl.String).gather(skill),
                "name": pl.Series(self.words.names, dtype=pl.String).gather(skill),
                "field": pl.Series(in_title).replace_strict(
                    [True, False], ["title", "text"], return_dtype=pl.String
                ),
                "start": start - shift,
                "end": start + found.end - found.start - shift,
                "score": score,
                "level": level,
            }
        )
        return frame.with_columns(pl.when(pl.col("level") > 0).then("level"))


def extract_skills(
    texts: pl.DataFrame,
    vocabulary: pl.DataFrame,
    *,
    model: ContextModel | None = None,
    threshold: float | None = None,
) -> pl.DataFrame:
    """The skills that texts ask for: one row a text and skill, in order of row and place.

    Negated skills, products merely mentioned and what companies say of themselves are left out.

    Args:
        texts: text, title? and posting_id?.
        vocabulary: contract table ``skills``.
        model: the context model; the shipped one unless given.
        threshold: least probability; the model's own unless given.

    Returns:
        posting_id (where the texts have it) and the columns of ``MENTIONS``; of a skill named
        more than once the naming of the highest score, with the highest level stated.
    """
    extractor = SkillExtractor(vocabulary, model=model)
    once = strongest(extractor.mentions(texts, threshold=threshold))
    if "posting_id" not in texts.columns:
        return once
    return once.select(texts["posting_id"].gather(once["row"]), *once.columns)


def strongest(mentions: pl.DataFrame) -> pl.DataFrame:
    """One row a text and skill: its naming of the highest score, its highest level."""
    best = mentions.with_columns(pl.col("level").max().over("row", "skill_id"))
    best = best.with_row_index("place").sort(
        ["row", "skill_id", "score", "place"], descending=[False, False, True, False]
    )
    once = best.unique(["row", "skill_id"], keep="first", maintain_order=True)
    return once.sort("place").drop("place")


def _with_titles(texts: pl.DataFrame) -> tuple[list[str], NDArray[np.int64]]:
    """Each title and text as one text, and the characters before the text in it."""
    text = texts["text"].cast(pl.String).fill_null("")
    if "title" not in texts.columns:
        return text.to_list(), np.zeros(len(text), dtype=np.int64)
    title = texts["title"].cast(pl.String).fill_null("").str.replace_all("\n", " ", literal=True)
    led = title + pl.Series(["\n"]).extend_constant("\n", max(len(title) - 1, 0)).head(len(title))
    led = led.zip_with(title != "", title)
    return (led + text).to_list(), led.str.len_chars().cast(pl.Int64).to_numpy()


def _everyday() -> frozenset[str]:
    """English words that are also names of skills."""
    return frozenset(fold(word) for word in phrases("common"))
