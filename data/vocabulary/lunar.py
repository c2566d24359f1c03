"""The lunar New Year, which moves hiring by up to a month from one year to the next."""

from datetime import date
from typing import Final

NEW_YEARS: Final = (
    date(2019, 2, 5),
    date(2020, 1, 25),
    date(2021, 2, 12),
    date(2022, 2, 1),
    date(2023, 1, 22),
    date(2024, 2, 10),
    date(2025, 1, 29),
    date(2026, 2, 17),
    date(2027, 2, 6),
    date(2028, 1, 26),
    date(2029, 2, 13),
    date(2030, 2, 3),
)
"""The first day of the lunar year, as published by the observatories."""
