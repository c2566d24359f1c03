"""The level at which a posting asks for a skill, where the words around it state one.

1 了解 · 2 熟悉, 掌握 · 3 熟练, 扎实 · 4 精通 · 5 专家级; a degree word reaches over its list,
up to the next one. Levels of the national certificates (中级工, 三级证) count in the contract's
direction: 1 entry, 5 master.
"""

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from features.skills.cues import find_cues, kind_names
from features.skills.gazetteer import Found
from features.skills.places import Places, nearest
from features.skills.plain import Ints, Plain

_NUMBERED: Final = re.compile(r"[1-5]")
_GRADES: Final = {
    "高级技师": 5, "一级": 5, "技师": 4, "二级": 4, "高级工": 3, "三级": 3, "高级证": 3,
    "中级工": 2, "四级": 2, "中级证": 2, "初级工": 1, "五级": 1, "初级证": 1,
}  # fmt: skip
_GRADE: Final = re.compile(
    r"[证书( ]{0,2}(高级技师|技师|高级工|中级工|初级工|高级证|中级证|初级证"
    r"|(?:[一二三四五]级)(?=[证以及/()]|$|技))"
)
GRADE_REACH: Final = 8
"""Characters behind a skill within which a certificate's grade belongs to it."""


def stated_levels(plain: Plain, found: Found, places: Places) -> NDArray[np.int8]:
    """Level 1 to 5 of each finding, 0 where none is stated."""
    cues = find_cues(plain, "levels")
    before = nearest(cues, places.head, places.sentence, -1)
    own = nearest(cues, found.start, places.sentence, -1)
    degree = np.array([0, *map(_degree, kind_names("levels"))], dtype=np.int8)
    kind = np.where(own.kind > 0, own.kind, before.kind)
    grade = _grades(plain, found)
    return np.where(grade > 0, grade, degree[kind]).astype(np.int8)


def _degree(kind: str) -> int:
    """0 for the words that end a degree's reach without naming another."""
    return int(kind) if _NUMBERED.fullmatch(kind) else 0


def _grades(plain: Plain, found: Found) -> Ints:
    """Grades of certificates directly behind a finding (``电工证（三级证）``, ``焊工高级技师``)."""
    levels = np.zeros(len(found), dtype=np.int64)
    for index in np.flatnonzero(_grade_ahead(plain, found.end)).tolist():
        end = int(found.end[index])
        grade = _GRADE.match(plain.text[end : end + GRADE_REACH])
        levels[index] = _GRADES[grade.group(1)] if grade else 0
    return levels


def _grade_ahead(plain: Plain, end: Ints) -> NDArray[np.bool_]:
    """Whether a character that grades begin with stands behind each finding."""
    first = np.array([ord(character) for character in {grade[0] for grade in _GRADES}])
    reach = np.minimum(end[:, None] + np.arange(3), len(plain.folded) - 1)
    ahead: NDArray[np.bool_] = np.any(np.isin(plain.folded[reach], first), axis=1)
    return ahead
