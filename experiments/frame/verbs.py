"""The product's own verbs, run as anybody would run them."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from frame.kept import ROOT

XUEPEI: Final = Path(sys.executable).with_name("xuepei")


class VerbError(RuntimeError):
    """A verb ended with an error; its last words are the message."""


def said(*words: object) -> Any:
    """The JSON document that a verb prints; None where it wasn't asked for one.

    Args:
        words: what follows ``xuepei``, with ``--json`` among them for a document.

    Raises:
        VerbError: the verb failed.
    """
    command = [str(XUEPEI), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)  # noqa: S603 - our own verbs
    if done.returncode:
        last = " ".join(done.stderr.split()[-60:])
        message = f"xuepei {words[0]} ended with {done.returncode}: {last}"
        raise VerbError(message)
    return json.loads(done.stdout) if "--json" in command else None
