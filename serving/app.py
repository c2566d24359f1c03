"""The application: routes, error answers, logs, and the loading of what it answers from."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI

from data.errors import XuepeiError
from serving import errors
from serving.clock import Wall, system_wall
from serving.logs import AccessLog, log
from serving.routers import events, health, opening, path, planning, recommend, why_not
from serving.settings import Settings
from serving.state import Holder, State, load_state
from serving.unmet import FLUSH_S

ABOUT = """Sections for learners, with reasons.

Times are ISO 8601 with offset. Errors are problem documents (RFC 9457) and never repeat what was
sent. Unknown fields are refused."""

Load = Callable[[Settings, Wall], State]


def create_app(
    settings: Settings,
    *,
    wall: Wall = system_wall,
    load: Load = load_state,
    on_failure: Callable[[XuepeiError], None] | None = None,
) -> FastAPI:
    """The service as an ASGI application.

    Loading begins when the server starts and goes on beside it: ``/health/live`` answers at
    once, everything else with 503 until the state is there.

    Args:
        settings: where the parts are, and the limits.
        wall: gives the present moment.
        load: makes the state from the settings.
        on_failure: told when loading fails; the service then stays unready.
    """
    holder = Holder()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        loading = asyncio.create_task(_load(holder, settings, wall, load, on_failure))
        flushing = asyncio.create_task(_flush(holder))
        yield
        await loading
        flushing.cancel()
        holder.close()

    app = FastAPI(
        title="学配 xuepei",
        version=version("xuepei"),
        description=ABOUT,
        lifespan=lifespan,
        docs_url=None,  # its page would load scripts from elsewhere
        redoc_url=None,
        # Traces would record validation errors together with what was sent.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        responses=errors.documented(500),
    )
    app.state.holder, app.state.settings = holder, settings
    app.add_middleware(AccessLog)
    errors.install(app)
    for module in (recommend, events, why_not, path, planning, opening, health):
        app.include_router(module.router)
    return app


async def _flush(holder: Holder) -> None:
    """Write the counts of what wasn't found from time to time, beside the requests."""
    while True:
        await asyncio.sleep(FLUSH_S)
        await asyncio.to_thread(holder.flush)


async def _load(
    holder: Holder,
    settings: Settings,
    wall: Wall,
    load: Load,
    on_failure: Callable[[XuepeiError], None] | None,
) -> None:
    try:
        state = await asyncio.to_thread(load, settings, wall)
    except XuepeiError as error:
        log.error("loading_failed", error=str(error))
        if on_failure is not None:
            on_failure(error)
        return
    holder.put(state)
    log.info("ready", snapshot_id=state.snapshot_id, clock=state.clock.kind)
