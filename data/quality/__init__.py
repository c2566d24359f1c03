"""Rows that fail: coercion to contract types, contract rules, rules between tables.

RawTable ──coerce──▶ typed rows ──contract──▶ candidates ──keys, cross──▶ kept
             └── faults ───────────┴───────────────────────────┴──▶ quarantine
"""

from data.quality.cells import CodeChange, Reading
from data.quality.cross import CrossRule, cross_rules, parents_first
from data.quality.divisions import CodeReading, read_code
from data.quality.faults import quarantine
from data.quality.judge import Judged, judge
from data.quality.reasons import reason
from data.quality.sentences import Sentence

__all__ = [
    "CodeChange",
    "CodeReading",
    "CrossRule",
    "Judged",
    "Reading",
    "Sentence",
    "cross_rules",
    "judge",
    "parents_first",
    "quarantine",
    "read_code",
    "reason",
]
