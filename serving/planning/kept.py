"""Tables that take seconds to work out: each is made once, beside the requests, and then kept."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from threading import Lock
from typing import Final, Generic, TypeVar

from data.errors import XuepeiError
from serving.errors import NoTableError, TableNotReadyError

Made = TypeVar("Made")

PATIENCE_S: Final = 20.0
"""How long a request waits for a table that is being made, seconds."""


class Kept(Generic[Made]):
    """Things made by name, one after another, each once.

    A request that asks first starts the work; it and all that follow wait a while for it, and are
    then told to come again. What can't be made isn't tried again: the snapshot stays what it is.
    """

    def __init__(
        self, makers: Mapping[str, Callable[[], Made]], patience_s: float = PATIENCE_S
    ) -> None:
        """Nothing is made yet.

        Args:
            makers: makes each thing; raises ``XuepeiError`` where the snapshot doesn't allow it.
            patience_s: how long ``of`` waits, seconds.
        """
        self._makers = makers
        self._patience_s = patience_s
        self._made: dict[str, Future[Made]] = {}
        self._lock = Lock()
        self._worker: ThreadPoolExecutor | None = None

    def of(self, name: str) -> Made:
        """The thing of this name, made now if it isn't yet.

        Raises:
            TableNotReadyError: it is still being made.
            NoTableError: the snapshot lacks what it is made of.
        """
        with self._lock:
            if name not in self._made:
                self._made[name] = self._thread().submit(self._makers[name])
            future = self._made[name]
        try:
            return future.result(timeout=self._patience_s)
        except NotYet:
            message = f"the table of {name} is being worked out; ask again"
            raise TableNotReadyError(message) from None
        except XuepeiError as error:
            raise NoTableError(str(error)) from error

    def close(self) -> None:
        """Let go of what is being made; what is asked for later is made anew."""
        with self._lock:
            self._made = {name: it for name, it in self._made.items() if it.done()}
            if self._worker is not None:
                self._worker.shutdown(wait=False, cancel_futures=True)
            self._worker = None

    def _thread(self) -> ThreadPoolExecutor:
        """The one thread that makes things, started when there is something to make."""
        if self._worker is None:
            self._worker = ThreadPoolExecutor(1, thread_name_prefix="planner")
        return self._worker
