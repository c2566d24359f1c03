"""The lists to judge: deterministic ones, or the probability that each section is shown."""

from pathlib import Path
from typing import Final

import polars as pl

from training.offpolicy.errors import OffPolicyError

ROUNDING: Final = 1e-6
"""How far the probabilities of one list may add up to more than k."""

SHOWN: Final = "shown"
"""Column of a target: probability that the section stands among the first k."""


def read_lists(path: Path) -> pl.DataFrame:
    """Lists from a .parquet or .csv file, as ``xuepei batch`` writes them.

    Raises:
        OffPolicyError: the file can't be read.
    """
    try:
        if path.suffix == ".parquet":
            return pl.read_parquet(path)
        if path.suffix == ".csv":
            return pl.read_csv(path, schema_overrides={"learner_id": pl.String})
    except (OSError, UnicodeDecodeError, pl.exceptions.PolarsError) as error:
        message = f"{path} can't be read: {error}"
        raise OffPolicyError(message) from error
    message = f"{path} should end in .parquet or .csv, as `xuepei batch` writes it"
    raise OffPolicyError(message)


def target_of(lists: pl.DataFrame, k: int) -> pl.DataFrame:
    """What a policy shows within its first k places.

    Args:
        lists: learner_id, section_id, and either ``rank`` (1 for the top) or ``propensity`` (the
            probability that the policy shows the section within k). With a column ``list_id``
            each list is meant for that visit alone, and not for every visit of the learner.
        k: places judged.

    Returns:
        learner_id, list_id where given, section_id, ``shown`` (above 0, at most 1), in order.

    Raises:
        OffPolicyError: columns or values are missing, k is below 1, a section stands twice in a
            list, or a list shows more than k sections.
    """
    by = visit_columns(lists)
    weights = _shown_within(lists, k)
    told = lists.select(*(pl.col(name).cast(pl.String) for name in (*by, "section_id")), weights)
    _check_told(told)
    target = told.filter(pl.col(SHOWN) > 0).sort(*by, "section_id")
    _check(target, by, k)
    return target


def visit_columns(lists: pl.DataFrame) -> list[str]:
    """What says for whom a list is: the learner, and the visit where the lists name one."""
    return ["learner_id", "list_id"] if "list_id" in lists.columns else ["learner_id"]


def _shown_within(lists: pl.DataFrame, k: int) -> pl.Expr:
    missing = {"learner_id", "section_id"} - set(lists.columns)
    if missing or not {"rank", "propensity"} & set(lists.columns):
        message = (
            "lists need learner_id, section_id and either rank or propensity; "
            f"these have {lists.columns}"
        )
        raise OffPolicyError(message)
    if k < 1:
        message = f"k is {k}; a list has at least one place"
        raise OffPolicyError(message)
    if "propensity" in lists.columns:
        return pl.col("propensity").cast(pl.Float64).fill_nan(None).alias(SHOWN)
    return pl.col("rank").cast(pl.Int64).is_between(1, k).cast(pl.Float64).alias(SHOWN)


def _check_told(told: pl.DataFrame) -> None:
    gaps = told.filter(pl.any_horizontal(pl.all().is_null())).height
    if gaps:
        message = f"{gaps} rows of the lists lack a value in one of {told.columns}"
        raise OffPolicyError(message)


def _check(target: pl.DataFrame, by: list[str], k: int) -> None:
    if target.is_empty():
        message = "the lists show nobody anything within the first k places"
        raise OffPolicyError(message)
    twice = target.height - target.select(*by, "section_id").n_unique()
    if twice:
        message = f"{twice} rows show a learner a section that the same list shows already"
        raise OffPolicyError(message)
    highest = target[SHOWN].to_numpy().max()
    fullest = target.group_by(by).agg(pl.col(SHOWN).sum())[SHOWN].to_numpy().max()
    if highest > 1 + ROUNDING or fullest > k * (1 + ROUNDING):
        message = (
            f"a list of {k} shows each section with a probability of at most 1 and at most {k} "
            f"sections; these reach {highest:g} and {fullest:g}"
        )
        raise OffPolicyError(message)
