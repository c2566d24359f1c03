"""Tables are made once, whoever asks; who asks too early is told to come again."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from features.errors import DemandError
from serving.errors import NoTableError, TableNotReadyError
from serving.planning.kept import Kept


def test_a_table_is_made_once_however_many_ask_at_once() -> None:
    made: list[int] = []
    kept = Kept({"gaps": lambda: made.append(1) or len(made)})
    with ThreadPoolExecutor(8) as many:
        answers = list(many.map(lambda _: kept.of("gaps"), range(20)))
    assert answers == [1] * 20


def test_who_asks_too_early_is_told_so_and_gets_it_later() -> None:
    done = Event()
    kept = Kept({"gaps": lambda: done.wait() and "table"}, patience_s=0.01)
    with pytest.raises(TableNotReadyError):
        kept.of("gaps")
    done.set()
    for _ in range(200):
        try:
            assert kept.of("gaps") == "table"
            return
        except TableNotReadyError:
            continue
    pytest.fail("the table never came")


def test_what_the_snapshot_does_not_allow_is_said_each_time_and_tried_once() -> None:
    tried: list[int] = []

    def make() -> int:
        tried.append(1)
        message = "no posting is known"
        raise DemandError(message)

    kept = Kept({"gaps": make})
    for _ in range(2):
        with pytest.raises(NoTableError, match="no posting is known"):
            kept.of("gaps")
    assert tried == [1]
