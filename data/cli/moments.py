"""Moments given on the command line."""

from datetime import UTC, date, datetime, time, timedelta

from data.errors import XuepeiError
from data.vocab import CITY_TIME


def read_moment(text: str) -> datetime:
    """A moment from text, in UTC: ISO 8601 with offset, or a day of the city's time zone.

    >>> read_moment("2025-09-01T12:00:00+08:00").isoformat()
    '2025-09-01T04:00:00+00:00'
    >>> read_moment("2025-09-01").isoformat()
    '2025-08-31T16:00:00+00:00'

    Raises:
        XuepeiError: neither of the two, or a time without offset.
    """
    written = text.strip()
    try:
        if len(written) <= len("2025-09-01"):
            midnight = datetime.combine(date.fromisoformat(written), time(), CITY_TIME)
            return midnight.astimezone(UTC)
        moment = datetime.fromisoformat(written)
    except ValueError:
        message = (
            f"{text!r} is no time; expected ISO 8601 with offset, such as "
            "2025-09-01T12:00:00+08:00, or a day, such as 2025-09-01"
        )
        raise XuepeiError(message) from None
    if moment.tzinfo is None:
        message = f"{text!r} has no offset; write {written}+08:00 for the city's time"
        raise XuepeiError(message)
    return moment.astimezone(UTC)


def read_month(text: str) -> date:
    """First day of the month named; of a moment, that of the last month over by it.

    >>> read_month("2025-08"), read_month("2025-09-01T12:00:00+08:00")
    (datetime.date(2025, 8, 1), datetime.date(2025, 8, 1))

    Raises:
        XuepeiError: no month and no moment.
    """
    written = text.strip()
    if len(written) == len("2025-08"):
        try:
            return date.fromisoformat(f"{written}-01")
        except ValueError:
            message = f"{text!r} is no month; expected one such as 2025-08"
            raise XuepeiError(message) from None
    day = read_moment(written).astimezone(CITY_TIME).date()
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def read_end(text: str) -> datetime:
    """A moment, in UTC; of a month such as 2025-08, its end in the city.

    >>> read_end("2025-08") == read_moment("2025-09-01")
    True

    Raises:
        XuepeiError: no month, day or moment.
    """
    if len(text.strip()) != len("2025-08"):
        return read_moment(text)
    month = read_month(text)
    after = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
    return datetime.combine(after, time(), CITY_TIME).astimezone(UTC)
