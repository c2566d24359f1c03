"""How much memory this process holds: now, and at most so far."""

import resource
import sys
from pathlib import Path
from typing import Final

STATUS: Final = Path("/proc/self/status")


def peak_rss_mb() -> float:
    """Highest resident memory of this process so far, in MiB.

    Linux hands the parent's peak on through exec to ``getrusage``, so there the peak of the
    process's own memory is read from its status instead.
    """
    own = _status_mb("VmHWM")
    if own is not None:
        return own
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (1024**2 if sys.platform == "darwin" else 1024)


def rss_mb() -> float | None:
    """Resident memory of this process now, in MiB; None where the system doesn't tell."""
    return _status_mb("VmRSS")


def _status_mb(name: str) -> float | None:
    """A figure of the process's status, in MiB; None where there is no status."""
    if not STATUS.exists():
        return None
    lines = STATUS.read_text(encoding="utf-8").splitlines()
    own = [line.split()[1] for line in lines if line.startswith(f"{name}:")]
    return int(own[0]) / 1024 if own else None
