"""The enrolment window and the seats."""

from datetime import UTC, datetime, timedelta
from typing import Final

from data.vocab import OPEN_STATES
from recsys.offer import Candidates
from recsys.rules.declaration import Verdict, rule
from recsys.types import LearnerQuery

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@rule(on_null="drop", reads=("as_of",))
def window(query: LearnerQuery, sections: Candidates) -> Verdict:
    """It is not open for applications now.

    这个班现在不在报名时间内。

    The window is half-open: open at ``apply_opens_at``, closed at ``apply_closes_at``.
    """
    now = (query.as_of - EPOCH) // timedelta(microseconds=1)
    begun = sections["apply_opens_at"] <= now
    return sections.among("state", OPEN_STATES) & begun & (sections["apply_closes_at"] > now)


@rule(on_null="drop", reads=())
def seats(query: LearnerQuery, sections: Candidates) -> Verdict:
    """It has no seat left.

    这个班已经满员。

    A lottery that is taking applications has a seat for whoever wins one.
    """
    drawing = sections.among("rule", ["lottery"]) & sections.among("state", ["applying"])
    return drawing | (sections["enrolled"] < sections["capacity"])
