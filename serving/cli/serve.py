"""``xuepei serve``: the API on a port."""

from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from data.cli.console import err
from data.errors import XuepeiError
from serving import logs
from serving.app import create_app
from serving.cli.options import ModelBundle, Prices, Snapshot
from serving.clock import ClockChoice
from serving.settings import Settings

app = typer.Typer(add_completion=False)


@app.command()
def serve(
    snapshot: Snapshot,
    bundle: ModelBundle,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free port.")] = 8000,
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    clock: Annotated[
        str, typer.Option(help="auto, now (the present) or data (the bundle's cut-off).")
    ] = "auto",
    prices: Prices = None,
    ledger: Annotated[
        Path, typer.Option(help="The event log's file; created where there is none.")
    ] = Path("var/ledger.db"),
    unmet: Annotated[
        Path | None,
        typer.Option(help="Counts of what wasn't found; left out, unmet.db beside the event log."),
    ] = None,
) -> None:
    """Answer POST /v1/recommend, /v1/events and /v1/why-not over HTTP.

    Limits come from the environment: XUEPEI_MAX_BODY_BYTES, XUEPEI_LEDGER_TIMEOUT_S.
    """
    logs.configure()
    settings = Settings(
        snapshot=snapshot,
        bundle=bundle,
        clock=_checked(clock),
        ledger=ledger,
        prices=prices,
        unmet=unmet,
    )
    run(settings, host, port)


def run(settings: Settings, host: str, port: int) -> None:
    """Serve until interrupted.

    Raises:
        XuepeiError: what kept the snapshot, the model or the event log from being loaded.
    """
    failures: list[XuepeiError] = []

    def stop(error: XuepeiError) -> None:
        failures.append(error)
        server.should_exit = True

    service = create_app(settings, on_failure=stop)
    server = uvicorn.Server(
        uvicorn.Config(service, host=host, port=port, access_log=False, log_level="warning")
    )
    err.print(f"xuepei listens at http://{host}:{port} (ready once /health/ready says so)")
    server.run()
    if failures:
        raise failures[0]


def _checked(clock: str) -> ClockChoice:
    match clock:
        case "auto" | "now" | "data":
            return clock
        case _:
            message = f"there is no clock {clock!r}; there are auto, now and data"
            raise XuepeiError(message)
