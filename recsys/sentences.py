"""Docstrings that go out as they are: a sentence in English, then the same in Chinese."""

import re
from collections.abc import Callable
from typing import Any, Final

from recsys.errors import RecsysError

CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")


def both_sentences(
    function: Callable[..., Any], kind: str, error: type[RecsysError]
) -> tuple[str, str]:
    """The first two non-empty lines of a function's docstring, English and Chinese.

    Args:
        function: whose docstring.
        kind: what it is, for the message.
        error: what is raised where one of them is missing.
    """
    name = getattr(function, "__name__", "")
    lines = [line.strip() for line in (function.__doc__ or "").splitlines() if line.strip()]
    if not lines or CHINESE.search(lines[0]):
        message = f"{kind} {name!r} needs an English sentence as its first line"
        raise error(message)
    if len(lines) < 2 or not CHINESE.search(lines[1]):
        message = f"{kind} {name!r} needs a Chinese sentence as its second line"
        raise error(message)
    return lines[0], lines[1]
