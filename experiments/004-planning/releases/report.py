"""Cities joined, and their table."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

COUNTS: Final = ("told", "hidden", "audited", "recovered", "narrow", "pairs", "few")


def summary(cities: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Counts over all releases of all cities; of few alone held back, and of tables apart."""
    releases = [release for city in cities for release in city["releases"].values()]
    plain = [release["few_alone"] for release in releases if "few_alone" in release]
    return {
        "cities": len(cities),
        "releases": len(releases),
        **_sums(releases),
        "few_alone": {"releases": len(plain), **_sums(plain)},
        "apart": _sums([city["apart"] for city in cities]),
        "classes": {
            name: sum(city["classes"][name] for city in cities)
            for name in ("left_out", "given_away")
        },
    }


def markdown(cities: Sequence[Mapping[str, Any]]) -> str:
    """A line for each kind of release, and both sums below."""
    heads = ["release", "figures told", "held back", "attacked", "recovered", "bounded", "pairs"]
    lines = [f"| {' | '.join(heads)} |", "|---" + "|---:" * (len(heads) - 1) + "|"]
    kinds = list(dict.fromkeys(name for city in cities for name in city["releases"]))
    for kind in kinds:
        own = [city["releases"][kind] for city in cities if kind in city["releases"]]
        lines.append(_line(kind, _sums(own)))
    found = summary(cities)
    lines.append(_line("**all**", found))
    lines.append(_line("few people alone held back", found["few_alone"]))
    lines.append(_line("interest tables each released by itself, together", found["apart"]))
    classes = found["classes"]
    lines += [
        "",
        f"{found['cities']} cities, {found['releases']} releases. Classes left out for few "
        f"applicants: {classes['left_out']:,}; given away by those told in tens: "
        f"{classes['given_away']}.",
    ]
    return "\n".join(lines)


def _sums(releases: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    return {name: sum(release[name] for release in releases) for name in COUNTS}


def _line(name: str, sums: Mapping[str, Any]) -> str:
    shown = ("told", "hidden", "audited", "recovered", "narrow", "pairs")
    return f"| {name} | {' | '.join(f'{sums[each]:,}' for each in shown)} |"
