"""Names of places: what each can mean, from the lists beside this module."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final, NamedTuple

Districts = frozenset[str]
"""Six-digit codes of the districts that a name can mean."""

_TOWN: Final = ("街道", "畲族乡", "镇", "乡")


class Place(NamedTuple):
    """What one name can mean.

    Attributes:
        districts: the districts it may be in, as they are now.
        before_2021: the same in a text from before April 2021.
        is_district: it names the district itself, so it weighs more than a place in it.
        alone: it needs no city's name beside it.
        firm: whatever follows, it is that name: 西湖区, 文三路, but not 西湖 (as in 西湖大道).
    """

    districts: Districts
    before_2021: Districts
    is_district: bool = False
    alone: bool = False
    firm: bool = False


@cache
def places() -> Mapping[str, Place]:
    """Every name of the city's places; of two meanings a district's goes first."""
    lists = _file("places.toml")
    named: dict[str, Place] = {}
    for code, district in lists["districts"].items():
        for name, place in _of_district(frozenset({code}), district):
            named[name] = _joined(named.get(name), place)
    for name, codes in lists["parted"]["districts"].items():
        named[name] = _place(frozenset(codes), name, is_district=True)
    for name, codes in lists["parted"]["places"].items():
        named[name] = _place(frozenset(codes), name)
    for name, codes in lists["before_2021"].items():
        named[name] = named[name]._replace(before_2021=frozenset(codes))
    return MappingProxyType(named)


@cache
def elsewhere() -> frozenset[str]:
    """Names of provinces, cities and districts outside the city, as written with and without 省."""
    lists = _file("elsewhere.toml")
    short = [*lists["provinces"].split(), *lists["cities"].split()]
    return frozenset(
        [*short, *(f"{name}市" for name in short), *(f"{name}省" for name in short)]
    ) | frozenset(lists["districts"].split())


def short_town(name: str) -> str:
    """A town's name without 街道, 镇 or 乡; itself where that leaves less than two letters.

    >>> short_town("白杨街道"), short_town("乔司")
    ('白杨', '乔司')
    """
    for suffix in _TOWN:
        short = name.removesuffix(suffix)
        if short != name:
            return short if len(short) > 1 else name
    return name


def _of_district(codes: Districts, lists: Mapping[str, list[str]]) -> Iterator[tuple[str, Place]]:
    """A district's names; a name that comes twice is joined, a district's own before all."""
    for name in lists["names"]:
        yield name, _place(codes, name, is_district=True, alone=True)
    for name in _with_short(lists["towns"]):
        yield name, _place(codes, name)
    for name in lists["places"]:
        yield name, _place(codes, name)
    for name in lists["alone"]:
        yield name, _place(codes, name, alone=True)


def _with_short(towns: Iterable[str]) -> Iterator[str]:
    for town in towns:
        yield town
        yield short_town(town)


def _place(codes: Districts, name: str, *, is_district: bool = False, alone: bool = False) -> Place:
    return Place(codes, codes, is_district, alone or is_district, name.endswith(_FIRM))


def _joined(known: Place | None, place: Place) -> Place:
    """Two uses of one name: a district's own name stands, others may mean either."""
    if known is None or place.is_district > known.is_district:
        return place
    if known.is_district > place.is_district:
        return known
    codes = known.districts | place.districts
    return Place(codes, codes, known.is_district, known.alone or place.alone, known.firm)


_FIRM: Final = (
    *("区", "县", "市", "街道", "镇", "乡", "路", "大道", "街", "科技城", "新城", "世纪城", "小镇"),
    *("开发区", "集聚区", "东站", "西站", "南站", "文化村", "广场", "机场", "园区", "银泰城"),
)
"""Endings after which a name is complete."""


def _file(name: str) -> dict[str, Any]:
    return tomllib.loads((files("features.postings") / name).read_text(encoding="utf-8"))
