"""Settings of the service, from the environment (``XUEPEI_…``) or the command line."""

from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from serving.clock import ClockChoice


class Settings(BaseSettings):
    """Where the service finds its parts, and its limits."""

    model_config = SettingsConfigDict(
        env_prefix="XUEPEI_", frozen=True, extra="forbid", use_attribute_docstrings=True
    )

    snapshot: Path
    """The snapshot folder."""
    bundle: Path
    """The model bundle."""
    ledger: Path = Path("var/ledger.db")
    """The event log's file; created where there is none."""
    unmet: Path | None = None
    """The unmet-demand ledger's file; left out, ``unmet.db`` beside the event log."""
    prices: Path | None = None
    """Prices of contested seats, .csv or .parquet of section_id and price; none, no prices."""
    clock: ClockChoice = "auto"
    """``now``: the present moment decides; ``data``: the bundle's cut-off, standing still;
    ``auto``: the present, unless no application window is open now or later."""
    max_body_bytes: Annotated[int, Field(ge=1024)] = 2 * 1024 * 1024
    """Longest request body read; a longer one is refused with 413."""
    ledger_timeout_s: Annotated[float, Field(gt=0, le=60)] = 5.0
    """How long a write waits for other writers of the event log, seconds."""

    @property
    def unmet_file(self) -> Path:
        """Where the unmet-demand ledger is."""
        return self.unmet or self.ledger.with_name("unmet.db")
