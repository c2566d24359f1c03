"""Logs: one JSON line per request, without bodies and without anybody's id.

A learner or session shows up as a short salted hash; the salt is drawn anew by each process, so
lines of one run can be joined and nothing can be traced back.
"""

import logging
import secrets
import sys
import time
import traceback
from hashlib import blake2b
from typing import Final

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.errors import unexpected

_SALT: Final = secrets.token_bytes(16)

log: structlog.stdlib.BoundLogger = structlog.get_logger("xuepei.serving")


def configure() -> None:
    """JSON lines on stderr; called once by whoever starts a process."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )


def pseudonym(identifier: str | None) -> str | None:
    """A stand-in for an id in logs: the same within a process, meaningless outside it."""
    if identifier is None:
        return None
    return blake2b(identifier.encode(), key=_SALT, digest_size=5).hexdigest()


class AccessLog:
    """ASGI middleware: a line per request with its route, status and duration.

    A fault of our own ends here as well: it is answered, and logged by its type and the places
    it passed, since its message could quote the request.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and note how it ended."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except Exception as error:
            log.error("fault", kind=type(error).__name__, trace=_places(error))
            if status == 0:
                await unexpected()(scope, receive, noting)
        took_ms = round((time.perf_counter() - started) * 1000, 2)
        log.info("request", route=_route(scope), status=status, took_ms=took_ms)


def _places(error: BaseException) -> list[str]:
    """File, line and function of the last steps to the fault, and to its causes."""
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    cause = error.__cause__ or error.__context__
    return places if cause is None else [*_places(cause), type(error).__name__, *places]


def _route(scope: Scope) -> str:
    """Method and route; a path that is no route may hold anything and isn't logged."""
    path = getattr(scope.get("route"), "path", "(none)")
    method = scope["method"] if scope["method"] in _METHODS else "(other)"
    return f"{method} {path}"


_METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
