"""``xuepei serve`` as a process on a free port of this machine."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest

from data.cli import run_verb
from data.errors import StoreError, XuepeiError
from data.ledger import Ledger

PATIENCE_S = 60.0


@pytest.fixture
def port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def served(
    snapshot: Path, model: Path, port: int, tmp_path: Path
) -> Iterator[subprocess.Popen[str]]:
    """The service in a process of its own, its log in ``log.jsonl``."""
    parts = ["--snapshot", snapshot, "--bundle", model, "--ledger", tmp_path / "var" / "ledger.db"]
    code = "from data.cli import main; main()"
    command = [sys.executable, "-c", code, "serve", *parts, "--port", port]
    with (tmp_path / "log.jsonl").open("w") as log:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [str(part) for part in command], stderr=log, text=True
        )
        yield process
        if process.poll() is None:
            process.kill()
        process.wait()


def call(port: int, path: str, body: object = None) -> tuple[int, dict[str, Any]]:
    data = None if body is None else json.dumps(body).encode()
    url = f"http://127.0.0.1:{port}{path}"
    request = Request(url, data, {"content-type": "application/json"})
    try:
        with urlopen(request, timeout=10) as response:  # noqa: S310 - our own loopback address
            return response.status, json.load(response)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


def wait_until_ready(port: int, process: subprocess.Popen[str]) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            status, answer = call(port, "/health/ready")
        except (URLError, ConnectionError):
            status, answer = 0, {}
        if status == 200:
            return answer
        time.sleep(0.1)
    pytest.fail("the service did not get ready")


def test_the_service_answers_remembers_through_kill_9_and_says_which_clock_it_keeps(
    served: subprocess.Popen[str], port: int, tmp_path: Path
) -> None:
    ready = wait_until_ready(port, served)
    assert ready["clock"] == "data"  # the town's windows closed in 2025
    status, before = call(port, "/v1/recommend", {"learner_id": "newcomer", "n": 100})
    assert status == 200
    assert before["meta"]["as_of"] == "2025-09-01T04:00:00Z"
    assert before["warnings"]
    event = {
        "event_id": "e-1",
        "learner_id": "newcomer",
        "course_id": "code-1",
        "section_id": "s-code-1",
        "type": "enrol",
        "occurred_at": "2025-09-02T10:00:00+08:00",
    }
    assert call(port, "/v1/events", {"events": [event]})[1]["accepted"] == 1
    after = call(port, "/v1/recommend", {"learner_id": "newcomer", "n": 100})[1]
    shown = [item["section_id"] for item in after["items"]]
    assert "s-code-1" in [item["section_id"] for item in before["items"]]
    assert "s-code-1" not in shown
    os.kill(served.pid, signal.SIGKILL)
    served.wait()
    with Ledger(tmp_path / "var" / "ledger.db") as ledger:
        assert ledger.events_of("newcomer")["section_id"].to_list() == ["s-code-1"]
    assert "newcomer" not in (tmp_path / "log.jsonl").read_text(encoding="utf-8")


def test_a_missing_snapshot_ends_the_command_with_its_error(
    model: Path, port: int, tmp_path: Path
) -> None:
    parts = ["--bundle", str(model), "--port", str(port), "--ledger", str(tmp_path / "l.db")]
    with pytest.raises(StoreError):
        run_verb(["serve", "--snapshot", str(tmp_path / "nowhere"), *parts])


def test_an_unknown_clock_is_refused(snapshot: Path, model: Path) -> None:
    parts = ["--snapshot", str(snapshot), "--bundle", str(model)]
    with pytest.raises(XuepeiError, match="auto, now and data"):
        run_verb(["serve", *parts, "--clock", "sundial"])
