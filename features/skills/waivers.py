"""Skills that a text says outright aren't asked for.

A phrase such as 不要求 just before a skill or its list, or 不作要求 just after it, waives it; but
not where whoever lacks it is told to stay away (不需要Java经验的请勿投递).
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from features.skills.cues import find_cues, kind_names
from features.skills.gazetteer import Found
from features.skills.places import Places, nearest
from features.skills.plain import Ints, Plain

TABLE: Final = "waivers"
BEFORE_GAP: Final = 3
"""Characters at most between the phrase and the skill: 会, 懂, 有, 掌握, 任何 …"""
AFTER_GAP: Final = 4
"""Characters at most between the skill and the phrase: 经验, 基础, 开发经验 …"""
STOP_GAP: Final = 12
"""Characters within which somebody is told to stay away."""


def waived(plain: Plain, found: Found, places: Places) -> NDArray[np.bool_]:
    """Whether each finding is said not to be asked for; one entry a finding.

    Args:
        plain: the laid-out texts.
        found: the findings.
        places: their surroundings.
    """
    phrases = find_cues(plain, TABLE)
    before, after, refused = (_number(kind) for kind in ("before", "after", "refused"))

    def near(position: Ints, limit: Ints, step: int, kind: int, gap: int) -> NDArray[np.bool_]:
        cue = nearest(phrases.only(kind), position, limit, step)
        told: NDArray[np.bool_] = (cue.kind == kind) & (cue.gap <= gap)
        return told

    ahead = near(places.head, places.sentence, -1, before, BEFORE_GAP)
    own = near(found.start, places.sentence, -1, before, BEFORE_GAP)
    # 要求熟悉Java，Python不作要求: what stands further ahead in the list isn't waived with it
    behind = near(found.end, places.stop, 1, after, AFTER_GAP)
    stay_away = near(places.tail, places.stop, 1, refused, STOP_GAP)
    denied: NDArray[np.bool_] = (ahead | own | behind) & ~stay_away
    return denied


def _number(kind: str) -> int:
    return 1 + kind_names(TABLE).index(kind)
