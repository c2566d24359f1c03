"""The future changes nothing: the property that every feature must keep.

Both cities are snapshots made after the cut-off, for only such a file can know its future; a
file made at the cut-off or before has none. ``autumn_city`` therefore holds an event of
1 October, and the cut-off is 1 September.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial

import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import features
from data.city import City
from data.vocab import EVENT_TYPES
from features.asof import known_at

MakeCity = Callable[..., City]
Feature = Callable[[City, datetime], pl.DataFrame]
Rows = Sequence[Mapping[str, object]]
CUT_OFF = datetime(2025, 9, 1, 4, 0, tzinfo=UTC)
SINCE = date(2024, 9, 1)
"""For features that look back no further than they are told to."""
STATES = ("published", "applying", "closed", "drawn", "running", "finished")
LEARNERS = ("an", "bo", "new")
SECTIONS = ("running", "applying", "announced", "drawn")


@dataclass(frozen=True, slots=True)
class Future:
    """What may happen after the cut-off: new rows, and later values of known rows."""

    rows: Mapping[str, Rows]
    states: tuple[str, ...]
    enrolled: int
    closed_on: date | None
    first: bool


def _later() -> st.SearchStrategy[datetime]:
    """From the cut-off itself on: a window that is half-open excludes it."""
    return st.timedeltas(timedelta(0), timedelta(days=90)).map(lambda late: CUT_OFF + late)


def _events() -> st.SearchStrategy[Rows]:
    row = st.fixed_dictionaries(
        {
            "learner_id": st.sampled_from(LEARNERS),
            "course_id": st.sampled_from([f"course-{i}" for i in range(1, 5)]),
            "section_id": st.sampled_from([*SECTIONS, None]),
            "type": st.sampled_from(EVENT_TYPES),
            "occurred_at": _later(),
            "value": st.just(1.0),
        }
    )
    rows = st.lists(row, max_size=6)
    return rows.map(lambda drawn: [{**r, "event_id": f"f{i}"} for i, r in enumerate(drawn)])


def _applications() -> st.SearchStrategy[Rows]:
    row = st.fixed_dictionaries(
        {
            "learner_id": st.just("bo"),
            "section_id": st.sampled_from(SECTIONS),
            "submitted_at": _later(),
        }
    )
    return st.lists(row, max_size=2, unique_by=lambda r: r["section_id"])


def _credits() -> st.SearchStrategy[Rows]:
    rest = {"hours": 1.0, "credits": 1.0, "rule_version": "1"}
    row = st.fixed_dictionaries(
        {
            "learner_id": st.just("an"),
            "section_id": st.sampled_from(SECTIONS),
            "awarded_at": _later(),
        }
    )
    rows = st.lists(row, max_size=2, unique_by=lambda r: r["section_id"])
    return rows.map(lambda drawn: [{**r, **rest} for r in drawn])


def _learners() -> st.SearchStrategy[Rows]:
    row = st.fixed_dictionaries({"learner_id": st.just("new"), "registered_at": _later()})
    return st.lists(row, max_size=1)


def _postings() -> st.SearchStrategy[Rows]:
    day = st.dates(date(2025, 9, 1), date(2025, 12, 31))
    row = st.fixed_dictionaries({"posting_id": st.just("post-2"), "posted_on": day})
    return st.lists(row, max_size=1)


def futures() -> st.SearchStrategy[Future]:
    """Arbitrary continuations of the autumn city."""
    tables = {
        "events": _events(),
        "applications": _applications(),
        "credits": _credits(),
        "learners": _learners(),
        "postings": _postings(),
    }
    return st.builds(
        Future,
        rows=st.fixed_dictionaries(tables),
        states=st.tuples(*[st.sampled_from(STATES)] * len(SECTIONS)),
        enrolled=st.integers(0, 20),
        closed_on=st.none() | st.dates(date(2025, 9, 1), date(2025, 12, 31)),
        first=st.booleans(),
    )


def continued(city: City, future: Future, make_city: MakeCity) -> City:
    """The same city, seen by a file that was made later."""
    new = make_city(**{table: rows for table, rows in future.rows.items() if rows})
    longer = {
        table: pl.concat([frame, city.scan(table)] if future.first else [city.scan(table), frame])
        for table, frame in new.tables.items()
    }
    states = dict(zip(SECTIONS, future.states, strict=True))
    sections = city.scan("sections").with_columns(
        state=pl.col("section_id").replace_strict(states, default="cancelled").cast(_dtype(city)),
        enrolled=pl.lit(future.enrolled, pl.Int64),
    )
    postings = longer.get("postings", city.scan("postings"))
    closing = postings.with_columns(closed_on=pl.lit(future.closed_on, pl.Date))
    return city.with_tables(**{**longer, "sections": sections, "postings": closing})


def _dtype(city: City) -> pl.DataType:
    return city.scan("sections").collect_schema()["state"]


def known_tables(city: City, as_of: datetime) -> pl.DataFrame:
    """The known city itself as one frame, one line per row of any table."""
    cut = known_at(city, as_of)
    lines = [
        pl.select(table=pl.lit(name), row=pl.lit(line))
        for name in sorted(cut.tables)
        for line in cut.read(name).write_ndjson().splitlines()
    ]
    return pl.concat(lines)


def feature_functions() -> dict[str, Feature]:
    """Every public function of the package that makes a frame of a city and a cut-off."""
    found: dict[str, Feature] = {"known_at": known_tables}
    for module in pkgutil.iter_modules(features.__path__, "features."):
        for name, function in inspect.getmembers(importlib.import_module(module.name)):
            if not inspect.isfunction(function) or name.startswith("_"):
                continue
            signature = inspect.signature(function)
            first = list(signature.parameters)[:2]
            more = {"since": SINCE} if "since" in signature.parameters else {}
            if first == ["city", "as_of"] and signature.return_annotation is pl.DataFrame:
                found[name] = partial(function, **more)
    return found


def assert_blind_to(future: Future, feature: Feature, city: City, make_city: MakeCity) -> None:
    """Byte-equal frames with and without the future."""
    before = feature(city, CUT_OFF)
    after = feature(continued(city, future, make_city), CUT_OFF)
    assert before.schema == after.schema
    assert before.write_ndjson() == after.write_ndjson()


def test_the_walk_finds_every_feature() -> None:
    expected = {
        "course_features",
        "section_features",
        "learner_features",
        "course_interactions",
        "learner_history",
    }
    assert expected <= set(feature_functions())


@pytest.mark.parametrize("name", sorted(feature_functions()))
def test_what_happens_after_the_cut_off_changes_no_feature(
    name: str, autumn_city: City, make_city: MakeCity
) -> None:
    feature = feature_functions()[name]

    @settings(max_examples=25, deadline=None)
    @given(future=futures())
    def holds(future: Future) -> None:
        assert_blind_to(future, feature, autumn_city, make_city)

    holds()


LEAKS: Mapping[str, Feature] = {
    "counts all events": lambda city, _: city.read("events").select(pl.len()),
    "counts the event at the cut-off": lambda city, as_of: (
        city.scan("events").filter(pl.col("occurred_at") <= as_of).select(pl.len()).collect()
    ),
    "counts all applications": lambda city, _: city.read("applications").select(pl.len()),
    "counts all credits": lambda city, _: city.read("credits").select(pl.len()),
    "counts all learners": lambda city, _: city.read("learners").select(pl.len()),
    "counts all postings": lambda city, _: city.read("postings").select(pl.len()),
    "reads the file's state": lambda city, _: city.read("sections").select("state"),
    "reads the file's seats": lambda city, _: city.read("sections").select("enrolled"),
    "reads when a posting will close": lambda city, _: city.read("postings").select("closed_on"),
}


@pytest.mark.parametrize("leak", LEAKS)
def test_a_feature_that_reads_the_future_is_caught(
    leak: str, autumn_city: City, make_city: MakeCity
) -> None:
    @settings(
        max_examples=300,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        derandomize=True,
    )
    @given(future=futures())
    def holds(future: Future) -> None:
        assert_blind_to(future, LEAKS[leak], autumn_city, make_city)

    with pytest.raises(AssertionError):
        holds()
