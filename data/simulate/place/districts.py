"""Facts of Hangzhou's thirteen districts (GB/T 2260; 2020 census; DOMAIN section 4)."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

CITY_CODE: Final = "330100000000"
CITY_NAME: Final = "杭州市"


@dataclass(frozen=True, slots=True)
class District:
    """One district.

    Attributes:
        code: six digits, GB/T 2260.
        name: official name.
        population: persons, 2020 census.
        area_km2: square kilometres, from public polygons.
        lon: longitude of its centroid, WGS84 degrees.
        lat: latitude of its centroid, WGS84 degrees.
        towns: towns, townships and streets.
        share_60plus: share of residents aged 60 or more; a guess between the published ends.
        supply: sections per head relative to the city's mean; a guess, biased to the centre.
    """

    code: str
    name: str
    population: int
    area_km2: float
    lon: float
    lat: float
    towns: int
    share_60plus: float
    supply: float

    @property
    def short_name(self) -> str:
        """The name without 区, 县 or 市."""
        return self.name[:-1]

    @property
    def division_code(self) -> str:
        """The 12-digit statistical code."""
        return f"{self.code}000000"

    @property
    def radius_km(self) -> float:
        """Radius of a disc of the district's area."""
        return float((self.area_km2 / 3.141592653589793) ** 0.5)


_ROWS = (
    District("330102", "上城区", 1_323_467, 120.2, 120.219, 30.289, 14, 0.22, 1.8),
    District("330105", "拱墅区", 1_120_985, 98.7, 120.161, 30.329, 18, 0.22, 1.8),
    District("330106", "西湖区", 1_089_229, 311.4, 120.084, 30.201, 12, 0.17, 1.4),
    District("330108", "滨江区", 503_859, 71.1, 120.185, 30.181, 3, 0.12, 1.3),
    District("330109", "萧山区", 2_011_699, 997.8, 120.313, 30.107, 22, 0.19, 1.0),
    District("330110", "余杭区", 1_226_673, 945.5, 119.914, 30.367, 12, 0.15, 1.0),
    District("330111", "富阳区", 832_017, 1826.6, 119.840, 29.995, 24, 0.24, 0.8),
    District("330112", "临安区", 634_555, 3110.6, 119.344, 30.202, 18, 0.25, 0.7),
    District("330113", "临平区", 1_175_841, 284.8, 120.245, 30.430, 8, 0.16, 1.0),
    District("330114", "钱塘区", 769_150, 522.3, 120.525, 30.315, 7, 0.12, 0.9),
    District("330122", "桐庐县", 453_106, 1836.5, 119.554, 29.831, 14, 0.27, 0.6),
    District("330127", "淳安县", 328_957, 4423.0, 118.889, 29.608, 23, 0.31, 0.5),
    District("330182", "建德市", 442_709, 2326.0, 119.373, 29.481, 16, 0.28, 0.5),
)

DISTRICTS: Final = MappingProxyType({row.code: row for row in _ROWS})
"""The districts by six-digit code, in the order of the codes."""
