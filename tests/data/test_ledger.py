"""The event log keeps what it acknowledged, once, whatever happens to the process."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.city import City
from data.errors import ContractError, LedgerError
from data.ledger import Ledger
from data.tables import TABLES

NOW = datetime(2025, 9, 1, 4, 0, tzinfo=UTC)
FrameOf = Callable[..., pl.DataFrame]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "ledger.db") as ledger:
        yield ledger


@pytest.fixture
def events_like(make_city: Callable[..., City]) -> FrameOf:
    """Events from partial rows, each under its contract alone so that ids may repeat."""

    def build(*rows: Mapping[str, Any]) -> pl.DataFrame:
        return pl.concat([make_city(events=[row]).read("events") for row in rows])

    return build


def test_a_new_event_is_accepted_and_read_back_unchanged(
    ledger: Ledger, events_like: FrameOf
) -> None:
    events = events_like(
        {"event_id": "e1", "type": "rate", "value": 4.5, "surface": "home", "position": 3},
        {"event_id": "e2", "section_id": "s1", "propensity": 0.25, "policy": "senior/1"},
    )
    assert ledger.append(events, received_at=NOW) == ["accepted", "accepted"]
    assert ledger.read()[0].equals(events)


def test_repeating_an_event_changes_nothing(ledger: Ledger, events_like: FrameOf) -> None:
    events = events_like({"event_id": "e1"}, {"event_id": "e2"})
    ledger.append(events, received_at=NOW)
    before = ledger.read()
    assert ledger.append(events, received_at=NOW) == ["duplicate", "duplicate"]
    assert ledger.read()[0].equals(before[0])
    assert ledger.last_position() == before[1] == 2


def test_of_two_contradicting_events_under_one_id_the_first_stands(
    ledger: Ledger, events_like: FrameOf
) -> None:
    ledger.append(events_like({"event_id": "e1", "type": "view"}), received_at=NOW)
    other = events_like({"event_id": "e1", "type": "enrol"})
    assert ledger.append(other, received_at=NOW) == ["conflict"]
    assert ledger.read()[0]["type"].to_list() == ["view"]


def test_one_call_may_hold_an_event_twice(ledger: Ledger, events_like: FrameOf) -> None:
    events = events_like({"event_id": "e1"}, {"event_id": "e1"}, {"event_id": "e1", "type": "drop"})
    assert ledger.append(events, received_at=NOW) == ["accepted", "duplicate", "conflict"]
    assert ledger.last_position() == 1


def test_a_call_without_events_writes_nothing(ledger: Ledger) -> None:
    assert ledger.append(TABLES["events"].create_empty(), received_at=NOW) == []
    assert ledger.last_position() == 0


def test_a_learners_events_are_theirs_alone_and_in_order(
    ledger: Ledger, events_like: FrameOf
) -> None:
    events = events_like(
        {"event_id": "e1", "learner_id": "a", "course_id": "c1"},
        {"event_id": "e2", "learner_id": "b", "course_id": "c2"},
        {"event_id": "e3", "learner_id": "a", "course_id": "c3"},
    )
    ledger.append(events, received_at=NOW)
    assert ledger.events_of("a")["course_id"].to_list() == ["c1", "c3"]
    assert ledger.events_of("a", since=1)["course_id"].to_list() == ["c3"]
    assert ledger.events_of("stranger").is_empty()


def test_a_reader_that_remembers_its_position_reads_every_event_once(
    ledger: Ledger, events_like: FrameOf
) -> None:
    ledger.append(events_like({"event_id": "e1"}, {"event_id": "e2"}), received_at=NOW)
    _, position = ledger.read()
    ledger.append(events_like({"event_id": "e3"}), received_at=NOW)
    later, position = ledger.read(position)
    assert later["event_id"].to_list() == ["e3"]
    assert ledger.read(position)[0].is_empty()


@settings(max_examples=10, deadline=None)
@given(calls=st.lists(st.lists(st.sampled_from("abcde"), max_size=6), max_size=6))
def test_however_events_arrive_each_id_is_written_once(
    calls: Sequence[Sequence[str]], tmp_path_factory: pytest.TempPathFactory, make_city: Any
) -> None:
    rows = {name: make_city(events=[{"event_id": name}]).read("events") for name in "abcde"}
    with Ledger(tmp_path_factory.mktemp("ledger") / "ledger.db") as ledger:
        outcomes = [
            outcome
            for call in calls
            if call
            for outcome in ledger.append(pl.concat([rows[n] for n in call]), received_at=NOW)
        ]
        sent = {name for call in calls for name in call}
        assert outcomes.count("accepted") == len(sent)
        assert set(ledger.read()[0]["event_id"]) == sent
        assert "conflict" not in outcomes


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
import polars as pl
from data.ledger import Ledger
from data.tables import TABLES

columns = {name: c.dtype for name, c in TABLES["events"].columns().items()}
ledger = Ledger(Path(sys.argv[1]))
now = datetime(2025, 9, 1, tzinfo=UTC)
for number in range(int(sys.argv[3])):
    row = {"event_id": f"{sys.argv[2]}-{number}", "learner_id": "l", "course_id": "c",
           "type": "view", "occurred_at": now}
    frame = pl.DataFrame([{n: row.get(n) for n in columns}], schema=columns)
    assert ledger.append(frame, received_at=now) == ["accepted"]
    print(row["event_id"], flush=True)
"""


def _start_writer(path: Path, name: str, events: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(path), name, str(events)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own


def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with _start_writer(path, "w", 100_000) as writer:
        assert writer.stdout is not None
        acknowledged = [writer.stdout.readline().strip() for _ in range(20)]
        os.kill(writer.pid, signal.SIGKILL)
        acknowledged += [line.strip() for line in writer.stdout if line.endswith("\n")]
    with Ledger(path) as ledger:
        assert set(acknowledged) <= set(ledger.read()[0]["event_id"])


def test_many_processes_may_open_and_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    writers = [_start_writer(path, name, 25) for name in ("a", "b", "c", "d")]
    written = {line for writer in writers for line in writer.communicate()[0].split()}
    assert [writer.returncode for writer in writers] == [0, 0, 0, 0]
    with Ledger(path) as ledger:
        assert set(ledger.read()[0]["event_id"]) == written
        assert ledger.last_position() == len(written) == 100


def test_threads_share_one_ledger(ledger: Ledger, make_city: Callable[..., City]) -> None:
    def send(number: int) -> str:
        events = make_city(events=[{"event_id": f"e{number % 10}"}]).read("events")
        return ledger.append(events, received_at=NOW)[0]

    with ThreadPoolExecutor(4) as threads:
        outcomes = list(threads.map(send, range(40)))
    assert outcomes.count("accepted") == 10
    assert outcomes.count("duplicate") == 30


def test_every_commit_is_flushed(ledger: Ledger) -> None:
    engine = ledger._file.engine  # pyright: ignore[reportPrivateUsage] - durability shows nowhere else
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_a_file_that_is_no_ledger_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(b"learner_id,course_id\n" * 100)
    with pytest.raises(LedgerError, match="not a database"):
        Ledger(path)
    assert path.read_bytes() == b"learner_id,course_id\n" * 100


def test_a_ledger_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    Ledger(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE ledger_version SET version = 99")
    connection.close()
    with pytest.raises(LedgerError, match=r"version \[99\]; expected 1"):
        Ledger(path)


def test_a_locked_ledger_says_so_and_writes_nothing(tmp_path: Path, events_like: FrameOf) -> None:
    path = tmp_path / "ledger.db"
    with Ledger(path, busy_timeout_s=0.05) as ledger:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerError, match="can't be written: database is locked"):
            ledger.append(events_like({"event_id": "e1"}), received_at=NOW)
        other.close()
        assert ledger.last_position() == 0


def test_a_ledger_in_a_place_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match="can't be opened"):
        Ledger(tmp_path / "file" / "ledger.db")


def test_events_outside_the_contract_are_refused(ledger: Ledger, events_like: FrameOf) -> None:
    events = events_like({"event_id": "e1"})
    with pytest.raises(ContractError, match=r"lack the columns \['type'\]"):
        ledger.append(events.drop("type"), received_at=NOW)
    with pytest.raises(ContractError, match="don't fit"):
        ledger.append(events.with_columns(type=pl.lit("stare")), received_at=NOW)
