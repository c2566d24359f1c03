"""An import that dies, at any step, leaves the old snapshot whole and the folder usable."""

import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from data.errors import XuepeiError
from data.ingest import import_sources
from data.store import open_snapshot

Send = Callable[..., Path]

KILLED = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from data.ingest import import_sources

def step(action, subject):
    if (action, subject) == (sys.argv[3], sys.argv[4]):
        os.kill(os.getpid(), signal.SIGKILL)

now = datetime.fromisoformat(sys.argv[5])
import_sources([Path(sys.argv[1])], Path(sys.argv[2]), now=now, step=step)
"""
"""A process that kills itself right before one step of an import."""

STEPS = [
    ("judge", "courses.csv"),
    ("settle", "courses"),
    ("write", "courses"),
    ("write", "account"),
    ("write", "rename"),
    ("write", "switch"),
]
"""Steps before which the old snapshot is in force."""


KILLS = [STEPS[place] for place in (1, 2, 4, 5)]
"""Steps at which a real kill is tried; each costs the start of a process."""


class PowerFailureError(Exception):
    """Stands for whatever ends an import early."""


@pytest.mark.parametrize(("action", "subject"), KILLS)
def test_a_killed_import_leaves_the_old_snapshot_whole(
    send: Send, tmp_path: Path, as_of: datetime, action: str, subject: str
) -> None:
    city = tmp_path / "city"
    import_sources([send("old", courses=[{"course_id": "a"}])], city, now=as_of)
    before = open_snapshot(city).snapshot_id
    new = send("new", courses=[{"course_id": "b"}])
    arguments = [str(new), str(city), action, subject, as_of.isoformat()]
    ended = subprocess.run([sys.executable, "-c", KILLED, *arguments], check=False)  # noqa: S603 - our own interpreter
    assert ended.returncode == -signal.SIGKILL
    opened = open_snapshot(city, verify=True)
    assert opened.snapshot_id == before
    assert opened.read("courses").get_column("course_id").to_list() == ["a"]
    import_sources([new], city, now=as_of)
    assert open_snapshot(city, verify=True).read("courses").height == 2
    assert len(list((city / "versions").iterdir())) == 2
    assert not list(city.rglob(".unfinished*"))


def test_an_import_killed_after_the_switch_has_happened(
    send: Send, tmp_path: Path, as_of: datetime
) -> None:
    city = tmp_path / "city"
    import_sources([send("old", courses=[{"course_id": "a"}])], city, now=as_of)
    new = send("new", courses=[{"course_id": "b"}])
    arguments = [str(new), str(city), "write", "prune", as_of.isoformat()]
    subprocess.run([sys.executable, "-c", KILLED, *arguments], check=False)  # noqa: S603 - our own interpreter
    assert open_snapshot(city, verify=True).read("courses").height == 2


@pytest.mark.parametrize(("action", "subject"), STEPS)
@pytest.mark.parametrize("error", [PowerFailureError, KeyboardInterrupt])
def test_an_interrupted_first_import_leaves_no_snapshot(
    send: Send,
    tmp_path: Path,
    as_of: datetime,
    action: str,
    subject: str,
    error: type[BaseException],
) -> None:
    city, source = tmp_path / "city", send("old", courses=[{"course_id": "a"}])

    def step(*now: str) -> None:
        if now == (action, subject):
            raise error

    with pytest.raises(error):
        import_sources([source], city, now=as_of, step=step)
    with pytest.raises(XuepeiError, match="no snapshot"):
        open_snapshot(city)
    import_sources([source], city, now=as_of)
    assert open_snapshot(city, verify=True).read("courses").height == 1
