"""Request bodies: read within a limit, parsed strictly, refused without being repeated.

The standard parser takes NaN, Infinity and lone surrogates, on which an answer would fail later;
orjson refuses them, numbers beyond a double, and nesting deeper than 1,024.
"""

from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.routing import APIRoute

from serving.errors import BadBodyError, BodyTooLargeError, NotJsonError


class JsonRequest(Request):
    """A request whose body is JSON of limited length."""

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """The body's chunks, up to the limit.

        Raises:
            BodyTooLargeError: more bytes came, or were announced, than are read.
        """
        limit = self.app.state.settings.max_body_bytes
        announced = self.headers.get("content-length", "0")
        read = int(announced) if announced.isdecimal() and len(announced) < 20 else 0
        _check_length(read, limit)
        read = 0
        async for chunk in super().stream():
            read += len(chunk)
            _check_length(read, limit)
            yield chunk

    async def body(self) -> bytes:
        """The body, declared as JSON and not empty.

        Raises:
            NotJsonError: the content type isn't JSON.
            BadBodyError: nothing was sent.
        """
        body = await super().body()
        media_type = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != "application/json":
            message = "expected Content-Type: application/json"
            raise NotJsonError(message)
        if not body.strip():
            message = "the body is empty; expected a JSON object"
            raise BadBodyError(message)
        return body

    async def json(self) -> Any:
        """The parsed body.

        Raises:
            BadBodyError: not JSON, or holding what JSON can't say (NaN, lone surrogates).
        """
        if not hasattr(self, "_json"):
            self._json = _parse(await self.body())
        return self._json


class JsonRoute(APIRoute):
    """A route whose bodies are read by ``JsonRequest``."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The usual handler, with our own way to read the body."""
        handle = super().get_route_handler()

        async def read_strictly(request: Request) -> Response:
            strict = JsonRequest(request.scope, request.receive)
            if self.body_field is not None:
                # Read here, since the framework would turn our errors into its own.
                await strict.json()
            return await handle(strict)

        return read_strictly


def _parse(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        message = "expected JSON in UTF-8, with finite numbers and whole characters"
        raise BadBodyError(message) from None


def _check_length(length: int, limit: int) -> None:
    if length > limit:
        message = f"the body may have at most {limit} bytes"
        raise BodyTooLargeError(message)
