"""What a benchmark's worker is asked to do, and the row it answers with."""

from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]
"""``model``, ``recall_at_20``, ``ndcg_at_20``, ``ndcg_at_10``, ``recall_at_10`` (ranking) or
``recall_at_100`` (cold start), ``fit_s``, ``cpu_s``, ``rank_s``, ``peak_rss_mb``,
``blas_threads``, ``users``, ``skipped`` (a reason, or null), ``notes``, ``choice``, ``gaps``."""


@dataclass(frozen=True, slots=True)
class Job:
    """One model on some tables.

    Attributes:
        model: its name.
        train: path of the table learned from.
        test: path of the table judged on.
        valid: path of the table for choosing, or None.
        seed: of every random choice.
        out: path the row is written to; the values of each user go beside it as ``.npz``.
        item_features: path of the items' features: a cold start is judged; None for a ranking.
    """

    model: str
    train: str
    test: str
    valid: str | None
    seed: int
    out: str
    item_features: str | None = None
