"""Age limits."""

import numpy as np

from recsys.offer import Candidates
from recsys.rules.declaration import Verdict, at_most, both, rule
from recsys.types import LearnerQuery


@rule(on_null="keep", reads=("age_low", "age_high"))
def age(query: LearnerQuery, sections: Candidates) -> Verdict:
    """The section is for another age group.

    这个班面向其他年龄段。

    Only bands of age are known, so a section is refused only where band and limits have no
    year in common; an unknown age or limit refuses nothing.
    """
    oldest = np.nan if query.age_high is None else query.age_high
    youngest = np.nan if query.age_low is None else query.age_low
    return both(at_most(sections["age_min"], oldest), at_most(youngest, sections["age_max"]))
