"""Access needs."""

from typing import Final

import numpy as np

from data.vocab import ONLINE_MODES
from recsys.offer import Candidates
from recsys.rules.declaration import Verdict, rule
from recsys.types import LearnerQuery

OF_THE_BUILDING: Final = frozenset({"step_free", "accessible_toilet"})
"""Needs that only a building can fail: a purely online section has no door and no toilet.

A hearing loop is not among them. It is about hearing the class, which is online no surer
than in a room, so it has to be confirmed everywhere, as captions have to be.
"""


@rule(on_null="drop", reads=("needs",))
def access(query: LearnerQuery, sections: Candidates) -> Verdict:
    """An access need of yours is not confirmed for this section.

    这个班未确认能满足您的无障碍需求。

    Only a confirmed ``true`` meets a need, in every mode. A dual section counts as a room,
    and a step-free entrance says nothing about the toilet.
    """
    if not query.needs:
        return None
    online = sections.among("mode", ONLINE_MODES)
    met = np.ones(len(sections), dtype=np.bool_)
    for need in sorted(query.needs):
        confirmed = sections[need] == 1
        met &= (confirmed | online) if need in OF_THE_BUILDING else confirmed
    return met
