"""Postings as vacancies: each vacancy counts once, and no employer or source too much."""

from dataclasses import dataclass, field

import polars as pl

from features.postings.caps import CapSettings, capped
from features.postings.linking import KINDS, LinkSettings, link_postings
from features.postings.plain import plain_title


@dataclass(frozen=True, slots=True)
class VacancySettings:
    """How postings become vacancies."""

    links: LinkSettings = field(default_factory=LinkSettings)
    """When postings are one vacancy."""
    caps: CapSettings = field(default_factory=CapSettings)
    """How much of a cell one employer or source may be."""


def find_vacancies(
    parsed: pl.DataFrame,
    settings: VacancySettings | None = None,
    groups: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Find the vacancy of each posting and what it weighs.

    The vacancy of a posting depends on what was posted until its day, its weight also on the
    rest of its month: what is posted later changes neither. So that a past month looks as it
    did, pass the postings known at the time, as ``features.postings.stock.known_postings`` gives.

    Args:
        parsed: parsed postings, in any order; posting_id is unique.
        settings: when postings are one vacancy, and the caps.
        groups: posting_id and group, the work (an occupation's code): it tells reposts under
            another title, and caps compare within it; without it, and where a posting has none,
            the plain title does.

    Returns:
        posting_id, vacancy_id (posting_id of the vacancy's first posting), kind (``original``,
        ``exact``, ``near``, ``refresh``, ``repost``), weight (0-1: of an original what the caps
        leave, of all others 0), in the order of ``parsed``.
    """
    return _weighed(parsed, settings, groups).select("posting_id", "vacancy_id", "kind", "weight")


def removed_shares(
    parsed: pl.DataFrame,
    settings: VacancySettings | None = None,
    groups: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """How much of the postings each kind of duplicate and each cap removes.

    Returns:
        kind (``exact``, ``near``, ``refresh``, ``repost``, ``employer cap``, ``source cap``),
        removed (postings; of caps, the weight) and share (of all postings, 0-1).
    """
    weighed = _weighed(parsed, settings, groups)
    copies = [(kind, weighed["kind"].eq(kind).sum()) for kind in KINDS[1:]]
    caps = [(f"{cap} cap", weighed[f"over_{cap}"].sum()) for cap in ("employer", "source")]
    rows = [
        (kind, float(count), float(count) / max(1, parsed.height)) for kind, count in copies + caps
    ]
    return pl.DataFrame(rows, schema=["kind", "removed", "share"], orient="row")


def _weighed(
    parsed: pl.DataFrame, settings: VacancySettings | None, groups: pl.DataFrame | None
) -> pl.DataFrame:
    """The links with weight, over_employer and over_source of each posting."""
    chosen = settings or VacancySettings()
    links = link_postings(parsed, chosen.links, groups)
    first = pl.Series(links["kind"] == "original")
    weights = capped(_cells(parsed.filter(first), groups), chosen.caps)
    return links.join(
        weights.select("posting_id", "weight", "over_employer", "over_source"),
        on="posting_id",
        how="left",
        maintain_order="left",
    ).with_columns(pl.col("weight", "over_employer", "over_source").fill_null(0.0))


def _cells(originals: pl.DataFrame, groups: pl.DataFrame | None) -> pl.DataFrame:
    """What caps read of each vacancy."""
    cells = originals.select(
        "posting_id",
        "employer_key",
        "source",
        "district_code",
        pl.col("posted_on").dt.truncate("1mo").alias("month"),
        plain_title("title").alias("title"),
    )
    if groups is None:
        return cells.rename({"title": "group"})
    named = cells.join(groups, on="posting_id", how="left", maintain_order="left")
    return named.with_columns(pl.coalesce("group", "title").alias("group"))
