"""What a decision needs of a learner's past: taste, completed courses, seats held."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import polars as pl

from data.city import City
from features.asof import city_day, in_utc, known
from features.enrolment import stands
from features.interactions import course_strengths, latest_events, of_consenting

ASKING: Final = ("apply", "waitlist", "enrol")
"""Events by which a learner asks for a seat; a later drop takes them back."""

COMMITMENT: Final = ("section_id", "slots", "starts_on", "ends_on")


def learner_history(
    city: City, as_of: datetime, learner_ids: Sequence[str] | None = None
) -> pl.DataFrame:
    """The past of some learners, one row each; columns in docs/features.md.

    Taste (``history``, ``history_weights``) is empty for learners whose history may not be
    used; the other columns are facts of the register, and whoever decides without
    personalisation leaves them unread. Events that the snapshot doesn't hold yet are added by
    the caller: ``city.with_tables(events=pl.concat([city.scan("events"), newer.lazy()]))``.

    Args:
        city: any snapshot.
        as_of: the cut-off, with an offset from UTC.
        learner_ids: whose past, in this order and each once; None for everyone known.

    Raises:
        CutOffError: the cut-off has no offset from UTC.
    """
    cut = in_utc(as_of)
    past = city if learner_ids is None else _only(city, learner_ids)
    latest = latest_events(known(past, "events", cut)).collect().lazy()
    requests = _requests(latest, known(past, "applications", cut)).collect().lazy()
    frames = [
        _taste(of_consenting(past, latest, cut)),
        _completed(latest, known(past, "credits", cut), city.scan("sections")),
        _asked(requests),
        _commitments(requests, city.scan("sections"), cut),
    ]
    parts = [frame.lazy() for frame in pl.collect_all(frames)]
    rows = _everyone(past, cut, parts) if learner_ids is None else _listed(learner_ids)
    for part in parts:
        rows = rows.join(part, on="learner_id", how="left", maintain_order="left")
    return rows.with_columns(pl.exclude("learner_id").fill_null([])).collect()


def _only(city: City, learner_ids: Sequence[str]) -> City:
    """The city with the personal tables cut to some learners, read once and kept in memory."""
    column = pl.col("learner_id")
    mine = column == learner_ids[0] if len(learner_ids) == 1 else column.is_in(list(learner_ids))
    personal = [t for t in ("events", "applications", "credits", "learners") if city.has(t)]
    rows = pl.collect_all([city.scan(table).filter(mine) for table in personal])
    return city.with_tables(**{t: frame.lazy() for t, frame in zip(personal, rows, strict=True)})


def _listed(learner_ids: Sequence[str]) -> pl.LazyFrame:
    return pl.LazyFrame({"learner_id": list(dict.fromkeys(learner_ids))}, {"learner_id": pl.String})


def _everyone(city: City, cut: datetime, parts: Sequence[pl.LazyFrame]) -> pl.LazyFrame:
    """All registered learners and all who left a trace, by id."""
    sources = [known(city, "learners", cut), *parts]
    return (
        pl.concat([source.select("learner_id") for source in sources]).unique().sort("learner_id")
    )


def _taste(latest: pl.LazyFrame) -> pl.LazyFrame:
    """Courses by their latest evidence, oldest first, and their strengths."""
    by_time = course_strengths(latest).sort("learner_id", "at", "course_id")
    lists = [pl.col("course_id").alias("history"), pl.col("weight").alias("history_weights")]
    return by_time.group_by("learner_id", maintain_order=True).agg(lists)


def _completed(latest: pl.LazyFrame, credits: pl.LazyFrame, sections: pl.LazyFrame) -> pl.LazyFrame:
    """Courses with an event of completion or a credit."""
    done = latest.filter(pl.col("complete").is_not_null())
    credited = credits.join(sections, on="section_id")
    both = pl.concat([rows.select("learner_id", "course_id") for rows in (done, credited)])
    return both.group_by("learner_id").agg(pl.col("course_id").unique().sort().alias("completed"))


def _requests(latest: pl.LazyFrame, applications: pl.LazyFrame) -> pl.LazyFrame:
    """Per learner and section: when it was last applied to, waitlisted, enrolled in, dropped."""
    acts = latest.filter(pl.col("section_id").is_not_null())
    choices = applications.select("learner_id", "section_id", apply="submitted_at")
    both = pl.concat(
        [acts.select("learner_id", "section_id", *ASKING, "drop"), choices], how="diagonal"
    )
    return both.group_by("learner_id", "section_id").agg(pl.col(*ASKING, "drop").max())


def _asked(requests: pl.LazyFrame) -> pl.LazyFrame:
    """Sections applied to, waitlisted or enrolled in, and not dropped since."""
    asked = requests.filter(pl.any_horizontal(stands(t, undone_by="drop") for t in ASKING))
    return asked.group_by("learner_id").agg(pl.col("section_id").sort().alias("enrolled_sections"))


def _commitments(requests: pl.LazyFrame, sections: pl.LazyFrame, cut: datetime) -> pl.LazyFrame:
    """Seats held in sections that have not ended."""
    held = requests.filter(stands("enrol", undone_by="drop")).join(sections, on="section_id")
    ahead = held.filter(pl.col("ends_on") >= city_day(cut), pl.col("state") != "cancelled")
    return ahead.group_by("learner_id").agg(
        pl.struct(COMMITMENT).sort_by("section_id").alias("commitments")
    )
