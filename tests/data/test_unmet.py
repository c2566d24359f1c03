"""The unmet-demand ledger adds up what was asked for, keeps it, and knows nobody."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import LedgerError
from data.ledger import Ledger
from data.tally import MOST_CALLERS, SCHEMA, Ask, Tally, no_asks
from data.unmet import UnmetLedger
from data.vocab import CATEGORIES

DAY = date(2025, 9, 1)
TOWN = "330106109000"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[UnmetLedger]:
    with UnmetLedger(tmp_path / "unmet.db") as ledger:
        yield ledger


def written(ledger: UnmetLedger, *asks: Ask) -> pl.DataFrame:
    tally = Tally()
    for ask in asks:
        tally.add(ask)
    ledger.add(tally)
    return ledger.read()


def asked(counts: pl.DataFrame) -> pl.DataFrame:
    return counts.filter(pl.col("rule").is_null())


def test_an_ask_is_counted_with_what_each_rule_left_out(ledger: UnmetLedger) -> None:
    excluded = (("seats", 3), ("within_circle", 7), ("age", 0))
    counts = written(
        ledger,
        Ask(DAY, "senior", TOWN, ("health",), ("2M",), "70-79", excluded, empty=True, caller=1),
        Ask(DAY, "senior", TOWN, ("health",), ("2M",), "70-79", (("seats", 1),), caller=2),
    )
    keys = {"programme": "senior", "division_code": TOWN, "category": "health", "slot": "2M"}
    assert counts.select(*keys).unique().to_dicts() == [keys]
    figures = ("asked", "empty", "sections", "callers", "empty_callers")
    assert {row["rule"]: tuple(row[name] for name in figures) for row in counts.to_dicts()} == {
        None: (2.0, 1.0, 11.0, 2, 1),
        "seats": (2.0, 1.0, 4.0, 2, 1),
        "within_circle": (1.0, 1.0, 7.0, 1, 1),
    }


def test_what_an_ask_does_not_say_stays_unknown(ledger: UnmetLedger) -> None:
    (row,) = written(ledger, Ask(DAY)).to_dicts()
    unknown = ("programme", "division_code", "category", "slot", "age_band", "rule")
    assert [row[name] for name in unknown] == [None] * 6
    assert (row["day"], row["asked"]) == (DAY, 1.0)


def test_who_names_most_of_the_week_wants_no_slot_in_particular(ledger: UnmetLedger) -> None:
    week = [f"{day}{part}" for day in range(1, 8) for part in "MAE"]
    counts = written(ledger, Ask(DAY, slots=week, categories=CATEGORIES))
    assert counts.select("category", "slot").rows() == [(None, None)]


@settings(max_examples=8)
@given(
    asks=st.lists(
        st.tuples(
            st.lists(st.sampled_from(CATEGORIES), max_size=8),
            st.lists(st.sampled_from(["1E", "2E", "3E", "6M", "7A"]), max_size=5),
            st.integers(0, 4),
            st.booleans(),
        ),
        max_size=4,
    )
)
def test_cells_add_up_to_the_asks_however_many_slots_each_names(
    asks: Sequence[tuple[list[str], list[str], int, bool]],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with UnmetLedger(tmp_path_factory.mktemp("unmet") / "unmet.db") as ledger:
        for categories, slots, full, empty in asks:  # a flush after every ask
            tally = Tally()
            tally.add(Ask(DAY, None, TOWN, categories, slots, None, (("seats", full),), empty))
            ledger.add(tally)
        counts = ledger.read()
    every = asked(counts)
    assert every["asked"].sum() == pytest.approx(len(asks))
    assert every["empty"].sum() == pytest.approx(sum(empty for *_, empty in asks))
    full_sections = counts.filter(pl.col("rule") == "seats")["sections"].sum()
    assert full_sections == pytest.approx(sum(full for *_, full, _ in asks))
    assert (counts["empty"] <= counts["asked"] + 1e-9).all()


def test_who_asks_again_is_one_caller_of_the_day(ledger: UnmetLedger) -> None:
    tally = Tally()
    for caller in (1, 2, 1):
        tally.add(Ask(DAY, caller=caller))
    ledger.add(tally)
    for caller in (2, 3):  # the same process, after a flush
        tally.add(Ask(DAY, caller=caller))
    ledger.add(tally)
    (row,) = ledger.read().to_dicts()
    assert (row["asked"], row["callers"]) == (5.0, 3)


def test_a_restart_never_makes_more_callers_of_the_same_people(ledger: UnmetLedger) -> None:
    for _ in range(3):  # three processes in one day, the same two people each time
        counts = written(ledger, Ask(DAY, caller=1), Ask(DAY, caller=2))
    assert counts.select("asked", "callers").rows() == [(6.0, 2)]


def test_those_nobody_can_tell_apart_are_one_caller(ledger: UnmetLedger) -> None:
    assert written(ledger, *[Ask(DAY)] * 20)["callers"].to_list() == [1]


def test_callers_are_told_apart_up_to_a_limit(ledger: UnmetLedger) -> None:
    counts = written(ledger, *[Ask(DAY, caller=number) for number in range(200)])
    assert counts.select("asked", "callers").rows() == [(200.0, MOST_CALLERS)]


def test_a_new_day_forgets_who_called(ledger: UnmetLedger) -> None:
    tally = Tally()
    tally.add(Ask(DAY, caller=1))
    tally.add(Ask(date(2025, 9, 2), caller=1))
    ledger.add(tally)
    assert len(tally) == 1
    assert ledger.read()["callers"].to_list() == [1, 1]


def test_days_can_be_forgotten(ledger: UnmetLedger) -> None:
    written(ledger, Ask(DAY), Ask(date(2025, 9, 2)))
    assert ledger.forget(date(2025, 9, 2)) == 1
    assert ledger.read()["day"].to_list() == [date(2025, 9, 2)]


def test_an_empty_ledger_has_the_columns_of_a_full_one(ledger: UnmetLedger) -> None:
    assert ledger.read().equals(no_asks())
    assert dict(written(ledger, Ask(DAY)).schema) == SCHEMA


def test_a_locked_ledger_keeps_the_sums_for_the_next_time(tmp_path: Path) -> None:
    path, tally = tmp_path / "unmet.db", Tally()
    tally.add(Ask(DAY, caller=1))
    with UnmetLedger(path, busy_timeout_s=0.05) as ledger:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerError, match=r"unmet-demand ledger .* can't be written"):
            ledger.add(tally)
        other.close()
        assert ledger.read().is_empty()
        tally.add(Ask(DAY, caller=2))
        ledger.add(tally)
        ledger.add(tally)  # settled: nothing to add twice
        assert ledger.read().select("asked", "callers").rows() == [(2.0, 2)]


def test_an_event_log_is_no_unmet_demand_ledger_and_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(b"day,asked\n" * 100)
    with pytest.raises(LedgerError, match="not a database"):
        UnmetLedger(path)
    assert path.read_bytes() == b"day,asked\n" * 100


def test_a_ledger_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "unmet.db"
    UnmetLedger(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE unmet_version SET version = 99")
    connection.close()
    with pytest.raises(LedgerError, match=r"unmet-demand ledger of version \[99\]; expected 1"):
        UnmetLedger(path)


def test_both_ledgers_may_share_a_file(tmp_path: Path) -> None:
    path = tmp_path / "both.db"
    with Ledger(path) as events, UnmetLedger(path) as unmet:
        assert written(unmet, Ask(DAY)).height == 1
        assert events.last_position() == 0


WRITER = """
import sys
from datetime import date
from pathlib import Path
from data.tally import Ask, Tally
from data.unmet import UnmetLedger

ledger, tally = UnmetLedger(Path(sys.argv[1])), Tally()
for number in range(1, 100_000):
    tally.add(Ask(date(2025, 9, 1), "senior", "330106109000", ("health",), ("2M", "4M"), None,
                  (("seats", 2),), True, number))
    if number % 10 == 0:
        ledger.add(tally)
        print(number, flush=True)
"""


def test_a_killed_process_loses_nothing_that_was_committed(tmp_path: Path) -> None:
    path = tmp_path / "unmet.db"
    command = [sys.executable, "-c", WRITER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:  # noqa: S603 - our own
        assert writer.stdout is not None
        committed = [int(writer.stdout.readline()) for _ in range(20)]
        os.kill(writer.pid, signal.SIGKILL)
        committed += [int(line) for line in writer.stdout.read().split()]
    with UnmetLedger(path) as ledger:
        counts = ledger.read()
        total = asked(counts)["asked"].sum()
        # whole commits alone: at most the one whose message didn't get out is there besides
        assert total in (committed[-1], committed[-1] + 10)
        full = counts.filter(pl.col("rule") == "seats")
        assert full["sections"].sum() == 2 * total
        assert asked(written(ledger, Ask(DAY)))["asked"].sum() == total + 1
