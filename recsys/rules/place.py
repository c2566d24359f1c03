"""Distance, and whom an institution's courses are for."""

from data.vocab import SHARING_SCOPES
from recsys.offer import Candidates
from recsys.rules.declaration import Verdict, at_most, rule
from recsys.types import LearnerQuery


@rule(on_null="drop")
def within_circle(query: LearnerQuery, sections: Candidates) -> Verdict:
    """It is further away than the travel time you set.

    这个班超出了您设定的路程时间。

    Applies only where a travel time was set; online sections take no travel, and a section
    whose travel time is unknown is not promised to be near.
    """
    if query.circle_min is None:
        return None
    return at_most(sections["travel_min"], query.circle_min)


@rule(on_null="drop", reads=("district_code", "scope_institution_id"))
def sharing(query: LearnerQuery, sections: Candidates) -> Verdict:
    """The institution offers it to another group of residents.

    这个班只面向办学单位规定范围内的居民。

    ``city`` is open to all; ``district`` to residents of the institution's district, an
    unknown home not among them; ``own`` to calls scoped to the institution. A catalogue
    without institutions restricts nobody.
    """
    districts = sections.among("institution_district_code", _known(query.district_code))
    institutions = sections.among("institution_id", _known(query.scope_institution_id))
    resident = sections.among("sharing", ["district"]) & districts
    own = sections.among("sharing", ["own"]) & institutions
    unrestricted = ~sections.among("sharing", SHARING_SCOPES) | sections.among("sharing", ["city"])
    return unrestricted | resident | own


def _known(value: str | None) -> list[str]:
    return [] if value is None else [value]
