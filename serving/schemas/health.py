"""``GET /health/live`` and ``/health/ready``."""

from typing import Literal

from serving.schemas.fields import Wire


class Live(Wire):
    """The process answers."""

    status: Literal["live"] = "live"


class Ready(Wire):
    """What is loaded and answers requests."""

    status: Literal["ready"] = "ready"
    snapshot_id: str
    model_version: str
    data_as_of: str
    """The latest fact in the tables (ISO 8601)."""
    model_as_of: str
    """The cut-off of the model's training (ISO 8601)."""
    clock: Literal["now", "data"]
    sections: int
    policies: list[str]
    scorers: list[str]
    absent_scorers: dict[str, str]
    """Scorers that the policies name but the bundle lacks, and why."""
