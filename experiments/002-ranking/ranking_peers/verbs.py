"""The product's own verbs, run as anybody would run them."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

XUEPEI: Final = Path(sys.executable).with_name("xuepei")
ROOT: Final = Path(__file__).resolve().parents[3]


class VerbError(RuntimeError):
    """A verb ended with an error; its last words are the message."""


def said(*words: str | Path) -> Any:
    """The JSON document that a verb prints.

    Args:
        words: what follows ``xuepei``, with ``--json`` among them.

    Raises:
        VerbError: the verb failed.
    """
    command = [str(XUEPEI), *(str(word) for word in words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)  # noqa: S603 - our own verbs
    if done.returncode:
        last = " ".join(done.stderr.split()[-60:])
        message = f"xuepei {words[0]} ended with {done.returncode}: {last}"
        raise VerbError(message)
    return json.loads(done.stdout)


def filled(arguments: Sequence[str], **places: Path) -> list[str]:
    """Arguments with their ``{places}`` filled in.

    >>> filled(["--train", "{folder}/train.parquet"], folder=Path("sets"))
    ['--train', 'sets/train.parquet']
    """
    return [argument.format_map(places) for argument in arguments]
