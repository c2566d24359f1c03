"""An allocation of seats judged: what it broke, who could complain, who won."""

from pathlib import Path
from typing import Any, Final

import polars as pl

from training.judge.rounds import Round, read_round
from training.judge.stability import blocking
from training.judge.truth import Known, Truth
from training.judge.win_rates import win_rates

GROUPS: Final = ("age_band", "district_code", "access_need")
MOST_CONTESTED: Final = 10
"""Contested sections that the document lists."""


def judge_allocation(truth: Truth, path: Path, *, seats_each: int) -> dict[str, Any]:
    """Judge the seats given in a round against what was asked for.

    Args:
        truth: a folder with applications.parquet and sections.parquet with capacity.
        path: learner_id, section_id of the seats given.
        seats_each: seats a learner may hold.

    Returns:
        One document; ``docs/judging.md`` defines each figure.

    Raises:
        JudgeError: a table or the file breaks its contract.
    """
    asked = read_round(truth, path)
    known = Known({"learners": truth.optional("learners")})
    blocks = blocking(asked.entries, asked.seats, asked.holders, each=seats_each)
    crowded = _contested(asked)
    return {
        "judged": "allocation",
        **_filled(asked),
        "violations": _violations(asked, seats_each),
        **_blocking(asked, blocks),
        **_reach(asked),
        "win_rate_by_choice": _by_choice(asked.entries),
        "contested": {
            "sections": crowded.height,
            "top": crowded.head(MOST_CONTESTED).drop("section").to_dicts(),
            "famous": _famous(asked, crowded, known),
        },
        "win_rates": _by_group(asked, crowded["section"], known),
        "notes": [*asked.notes, *dict.fromkeys(known.notes)],
    }


def _occupied(asked: Round) -> pl.DataFrame:
    """section, capacity, applicants, admitted; one row a section."""
    applied = asked.entries.group_by("section").agg(pl.len().alias("applicants"))
    taken = asked.holders.group_by("section").agg(pl.len().alias("admitted"))
    joined = asked.seats.join(applied, on="section", how="left").join(
        taken, on="section", how="left"
    )
    return joined.with_columns(pl.col("applicants", "admitted").fill_null(0))


def _filled(asked: Round) -> dict[str, Any]:
    occupied = _occupied(asked)
    free = (occupied["capacity"] - occupied["admitted"]).clip(lower_bound=0)
    return {
        "applications": asked.entries.height,
        "applicants": asked.entries["learner"].n_unique(),
        "sections": asked.seats.height,
        "seats": int(occupied["capacity"].sum()),
        "admitted": asked.holders.height,
        "unfilled_seats": int(free.sum()),
    }


def _violations(asked: Round, seats_each: int) -> dict[str, int]:
    occupied = _occupied(asked)
    strangers = asked.holders.join(asked.entries, on=["learner", "section"], how="anti")
    seats = asked.holders.group_by("learner").len()
    return {
        "over_filled_sections": int((occupied["admitted"] > occupied["capacity"]).sum()),
        "not_applied": strangers.height,
        "learners_with_too_many_seats": int((seats["len"] > seats_each).sum()),
    }


def _blocking(asked: Round, blocks: pl.DataFrame) -> dict[str, Any]:
    wasted = int(blocks["wasted"].sum())
    envy = blocks.height - wasted if "order" in asked.entries.columns else None
    return {"blocking_pairs": {"total": blocks.height, "wasted": wasted, "envy": envy}}


def _reach(asked: Round) -> dict[str, Any]:
    """How many applicants got something they asked for, and how far down their list."""
    held = asked.entries.filter("held")
    mean_rank = held.select(pl.col("choice_rank").cast(pl.Float64).mean()).item()
    applicants = asked.entries["learner"].n_unique()
    matched = held["learner"].n_unique() / applicants if applicants else None
    return {"matched_share": matched, "mean_rank": mean_rank}


def _by_choice(entries: pl.DataFrame) -> list[dict[str, Any]]:
    found = entries.group_by("choice_rank").agg(
        pl.len().alias("applications"),
        pl.col("held").sum().cast(pl.Int64).alias("won"),
        pl.col("held").mean().alias("win_rate"),
    )
    return found.sort("choice_rank").to_dicts()


def _contested(asked: Round) -> pl.DataFrame:
    """Sections with more applicants than seats, the fullest first; none without seats."""
    ratio = (pl.col("applicants") / pl.col("capacity")).alias("ratio")
    crowded = _occupied(asked).filter(
        (pl.col("capacity") > 0) & (pl.col("applicants") > pl.col("capacity"))
    )
    names = pl.Series("section_id", asked.sections.gather(crowded["section"]))
    return (
        crowded.with_columns(names, ratio, pl.col("capacity").cast(pl.Int64).alias("seats"))
        .sort("ratio", "section_id", descending=[True, False])
        .select("section", "section_id", "applicants", "seats", "ratio", "admitted")
    )


def _famous(asked: Round, crowded: pl.DataFrame, known: Known) -> dict[str, Any] | None:
    """The most contested section, with who wins there."""
    if crowded.is_empty():
        return None
    top = crowded.row(0, named=True)
    rates = _by_group(asked, crowded["section"].head(1), known)
    return {**{name: top[name] for name in ("section_id", "ratio")}, "win_rates": rates}


def _by_group(asked: Round, sections: pl.Series, known: Known) -> dict[str, Any]:
    """Win rates of first choices in some sections, by each group that the truth tells."""
    first = asked.entries.filter(pl.col("first") & pl.col("section").is_in(sections.implode()))
    first = first.rename({"held": "won"})
    return {
        name: win_rates(_grouped(first, known["learners"], name), name)
        for name in GROUPS
        if known.tells(f"win_rates by {name}", learners=(name,))
    }


def _grouped(entries: pl.DataFrame, learners: pl.DataFrame, name: str) -> pl.DataFrame:
    joined = entries.join(learners.select("learner_id", name), on="learner_id", how="left")
    return joined.select("section", "won", name)
