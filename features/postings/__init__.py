"""Job advertisements as they come in: what each one says, in units that can be counted.

    salary_words ─▶ salary ─┐
    headcount ──────────────┤
    places ─▶ area ─────────┼─▶ parse ─▶ one row per posting
    employer ───────────────┘

Every reading says null where a posting doesn't tell; nothing is guessed. docs/postings.md.
"""

from features.postings.parse import PARSED, parse_postings

__all__ = ["PARSED", "parse_postings"]
