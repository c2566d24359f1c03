"""The circles of experiment 004 in one small city: what must hold whatever the figures are."""

import sys
from pathlib import Path

EXPERIMENT = Path(__file__).parents[2] / "experiments" / "004-planning"
sys.path.insert(0, str(EXPERIMENT))

# An experiment is a script: its own folder must be on the path first.
from circles import measured, summary  # noqa: E402 - as above


def test_the_planted_street_is_found_and_every_answer_checks_one_by_one() -> None:
    row = measured("tiny", 7)
    assert (row["planted"], row["found"], row["wrong"]) == (1, 1, 0)
    assert row["blunt_found"] == 0
    assert summary([row])["recall"] == 1.0
