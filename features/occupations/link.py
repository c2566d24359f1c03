"""Links postings to occupations of the classification, with a confidence and an honest unknown."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl

from features.occupations.evidence import (
    TEXT_FEATURES,
    TITLE_FEATURES,
    skill_evidence,
    title_evidence,
    told_evidence,
)
from features.occupations.model import OccupationModel, shipped_model
from features.occupations.names import Names

KEPT: Final = 12
"""Candidates of a title that go on to be compared with what else a posting says."""

LISTED: Final = 5
"""Candidates given with each posting."""

BLOCK: Final = 50_000
"""Postings linked at a time: bounds memory."""

TITLE_BLOCK: Final = 20_000
"""Distinct titles compared at a time."""

CANDIDATE: Final = pl.Struct({"occupation_code": pl.String, "probability": pl.Float64})
"""A candidate as given."""


@dataclass(frozen=True, slots=True)
class OccupationLinker:
    """Reads titles and, beside them, descriptions and skills.

    Attributes:
        names: what occupations are called.
        ties: contract table ``occupation_skills``; null where skills don't count.
        model: weights and threshold.
    """

    names: Names
    ties: pl.DataFrame | None
    model: OccupationModel

    @classmethod
    def of(
        cls,
        occupations: pl.DataFrame,
        ties: pl.DataFrame | None = None,
        model: OccupationModel | None = None,
    ) -> "OccupationLinker":
        """A linker to the occupations of a city and of the whole classification.

        Args:
            occupations: contract table ``occupations``; its names count beside the product's own.
            ties: contract table ``occupation_skills``.
            model: the shipped one by default.
        """
        return cls(Names.of(occupations), ties, model or shipped_model())

    def link(self, postings: pl.DataFrame, mentions: pl.DataFrame | None = None) -> pl.DataFrame:
        """The occupation of each posting.

        Args:
            postings: posting_id, title and, where known, description; a title may be null.
            mentions: posting_id, skill_id of the skills asked for, where known.

        Returns:
            posting_id, occupation_code (null: unknown), name, confidence (0-1, probability that a
            reader would accept the likeliest occupation, also where it is too low for the
            occupation to be told; null without any candidate) and candidates (up to 5, likeliest
            first, as ``CANDIDATE``, with the probability that each is the best code; their sum is
            at most 1); one row per posting, in order. Both are fitted on development data, see
            docs/occupations.md.
        """
        titles = postings["title"].fill_null("")
        distinct = titles.unique(maintain_order=True)
        shown = self._shown(distinct)
        number = pl.DataFrame({"title_text": distinct, "title": range(len(distinct))})
        rows = (
            postings.select("posting_id", _description(postings))
            .with_columns(title_text=titles)
            .join(number, on="title_text", how="left", maintain_order="left")
            .drop("title_text")
        )
        blocks = [self._linked(block, shown, mentions) for block in rows.iter_slices(BLOCK)]
        return pl.concat(blocks) if blocks else self._linked(rows, shown, mentions)

    def _shown(self, titles: pl.Series) -> pl.DataFrame:
        """Title evidence as one number: title, code, score; the best candidates alone."""
        parts = [
            self._best(title_evidence(block.to_list(), self.names), at)
            for at, block in _blocks(titles)
        ]
        return pl.concat(parts) if parts else self._best(title_evidence([], self.names), 0)

    def _best(self, evidence: pl.DataFrame, offset: int) -> pl.DataFrame:
        """The best candidates by title alone; equal scores in the order of codes."""
        return (
            evidence.select(
                pl.col("title") + offset, "code", score=self.model.score(tuple(TITLE_FEATURES))
            )
            .sort(["title", "score", "code"], descending=[False, True, False])
            .filter(pl.int_range(pl.len()).over("title") < KEPT)
        )

    def _linked(
        self, block: pl.DataFrame, shown: pl.DataFrame, mentions: pl.DataFrame | None
    ) -> pl.DataFrame:
        """The result for a block of postings: posting_id, description, title."""
        rows = block.with_row_index("row").cast({"row": pl.Int64})
        beside = self._beside(rows, mentions)
        scored = rows.select("row", "title").join(shown, on="title")
        for name, evidence in beside.items():
            scored = scored.join(evidence, on=["row", "code"], how="left").with_columns(
                score=pl.col("score") + pl.col(name).fill_null(0.0) * self.model.weights[name]
            )
        return self._told(rows, scored)

    def _beside(self, rows: pl.DataFrame, mentions: pl.DataFrame | None) -> dict[str, pl.DataFrame]:
        """Evidence of descriptions and skills, by feature."""
        found = {"told": told_evidence(rows["description"], self.names)}
        if mentions is not None and self.ties is not None:
            asked = mentions.join(rows.select("posting_id", "row"), on="posting_id")
            found["skills"] = skill_evidence(asked, self.ties, self.names)
        return {name: found[name] for name in TEXT_FEATURES if name in found}

    def _told(self, rows: pl.DataFrame, scored: pl.DataFrame) -> pl.DataFrame:
        """One row per posting, from the scores of its candidates."""
        ranked = (
            scored.select("row", "code", probability=self.model.probability(pl.col("score"), "row"))
            .sort(["row", "probability", "code"], descending=[False, True, False])
            .filter(pl.int_range(pl.len()).over("row") < LISTED)
            .join(self._known(), on="code", maintain_order="left")
            .group_by("row", maintain_order=True)
            .agg(
                best=pl.col("occupation_code").first(),
                name=pl.col("name").first(),
                probability=pl.col("probability").first(),
                candidates=pl.struct("occupation_code", "probability"),
            )
        )
        certain = pl.Series(self.model.certain(ranked["probability"].to_numpy()))
        ranked = ranked.with_columns(confidence=certain)
        sure = pl.col("confidence") >= self.model.threshold
        return (
            rows.select("posting_id", "row")
            .join(ranked, on="row", how="left", maintain_order="left")
            .select(
                "posting_id",
                occupation_code=pl.when(sure).then("best"),
                name=pl.when(sure).then("name"),
                confidence="confidence",
                candidates=pl.col("candidates").fill_null(pl.lit([], pl.List(CANDIDATE))),
            )
        )

    def _known(self) -> pl.DataFrame:
        """Codes and official names by index."""
        return pl.DataFrame(
            {
                "code": range(len(self.names.codes)),
                "occupation_code": self.names.codes,
                "name": self.names.titles,
            }
        )


def link_occupations(
    postings: pl.DataFrame,
    occupations: pl.DataFrame,
    ties: pl.DataFrame | None = None,
    mentions: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """The occupation of each posting by the shipped model; see ``OccupationLinker.link``."""
    return OccupationLinker.of(occupations, ties).link(postings, mentions)


def _blocks(titles: pl.Series) -> Iterator[tuple[int, pl.Series]]:
    """Slices of the titles with the place each begins at."""
    for at in range(0, len(titles), TITLE_BLOCK):
        yield at, titles.slice(at, TITLE_BLOCK)


def _description(postings: pl.DataFrame) -> pl.Expr:
    """The description; null where the table has no such column."""
    if "description" in postings.columns:
        return pl.col("description")
    return pl.lit(None, pl.String).alias("description")
