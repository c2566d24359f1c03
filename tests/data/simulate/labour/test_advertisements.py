import hashlib
import os
import subprocess
import sys
from datetime import date

import numpy as np
import polars as pl
import pytest

from data.simulate.calendar import cut_off
from data.simulate.files.forms import conformed
from data.simulate.labour.advertisements import ORIGINAL, posting_batches, posting_origins
from data.simulate.labour.phrases import BOILERPLATE, MENTIONS, NEGATIONS, TAILS
from data.simulate.labour.wording import words
from data.simulate.params import SimulationParams
from data.simulate.topics import skills
from data.tables import TABLES
from data.vocab import CITY_TIME
from tests.data.simulate.labour.conftest import Market, market_of

PAY_FORMS = {
    "range in K": r"^\d+-\d+K$",
    "with a 13th month": r"^\d+-\d+K·13薪$",
    "yuan a month": r"^\d+-\d+元/月$",
    "ten thousands a month": r"^\d+\.\d-\d+\.\d万/月$",
    "mixed units": r"^\d+千-\d+\.\d万$",
    "yuan a day": r"^\d+-\d+元/天$",
    "yuan a visit": r"^\d+-\d+元/次$",
    "negotiable": r"^面议$",
    "K a year": r"^\d+K/年$",
    "one number": r"^\d+元/月$",
    "ten thousands a year": r"^\d+-\d+万/年$",
}


def share(frame: pl.DataFrame, expression: pl.Expr) -> float:
    """Share of the rows of which the expression holds."""
    return float(frame.select(expression.fill_null(value=False).mean()).item())


def said(phrases: tuple[tuple[str, str], ...]) -> pl.Expr:
    """Whether a description uses one of the phrases, by its longer half."""
    halves = [max(phrase, key=len) for phrase in phrases]
    return pl.col("description").str.contains_any(halves)


def test_postings_hold_their_contract(postings: pl.DataFrame) -> None:
    assert postings.columns == list(TABLES["postings"].columns())
    TABLES["postings"].validate(conformed("postings", postings))


def test_about_as_many_are_posted_as_the_parameter_says(
    region: Market, postings: pl.DataFrame
) -> None:
    assert postings.height == pytest.approx(region.params.postings, rel=0.03)


def test_ids_number_the_postings_in_order_of_their_day(postings: pl.DataFrame) -> None:
    assert postings["posted_on"].is_sorted()
    numbers = postings["posting_id"].str.strip_prefix("posting-").cast(pl.Int64)
    assert numbers.to_list() == list(range(postings.height))


def test_batches_follow_one_another_month_by_month(region: Market) -> None:
    batches = list(posting_batches(region.params, region.labour, region.city, region.streams))
    months = [batch["posted_on"].dt.truncate("1mo").unique().to_list() for batch in batches]
    expected = [*region.labour.months, date(2025, 9, 1)]
    assert [month for found in months for month in found] == expected[: len(months)]


def test_nothing_is_posted_refreshed_or_closed_after_the_cut_off(
    region: Market, postings: pl.DataFrame
) -> None:
    today = cut_off(region.params).astimezone(CITY_TIME).date()
    for column in ("posted_on", "refreshed_on", "closed_on"):
        assert postings.filter(pl.col(column) > today).is_empty()
    recent = postings.filter(pl.col("posted_on").dt.month() == 8).tail(1000)
    assert recent["closed_on"].null_count() > 700


def test_the_order_of_a_days_postings_tells_nothing_of_the_cell(postings: pl.DataFrame) -> None:
    codes = postings["division_code"].drop_nulls()
    same = (codes == codes.shift(1)).mean()
    assert same is not None
    assert float(str(same)) < 0.25


def test_all_forms_of_pay_occur(postings: pl.DataFrame) -> None:
    pay = pl.col("salary_raw")
    for form, pattern in PAY_FORMS.items():
        assert share(postings, pay.str.contains(pattern)) > 0.01, form
    known = "|".join(f"(?:{pattern})" for pattern in PAY_FORMS.values())
    strange = postings.filter(~pay.str.contains(known))
    assert strange.is_empty()
    assert 0.01 < share(postings, pay.is_null()) < 0.1


def test_some_ranges_of_pay_are_reversed(postings: pl.DataFrame) -> None:
    bounds = postings.select(
        pl.col("salary_raw").str.extract(r"^(\d+)-\d+K$").cast(pl.Int64).alias("first"),
        pl.col("salary_raw").str.extract(r"^\d+-(\d+)K$").cast(pl.Int64).alias("second"),
    ).drop_nulls()
    assert 0.02 < share(bounds, pl.col("first") > pl.col("second")) < 0.2


@pytest.mark.parametrize(
    "text",
    [
        "杭州-余杭区",
        "临平",
        "杭州市临平区",
        "杭州-未来科技城",
        "杭州-余杭区临平",
        "杭州-富阳市",
        "杭州",
        None,
    ],
)
def test_places_are_written_in_many_ways(postings: pl.DataFrame, text: str | None) -> None:
    assert postings.filter(pl.col("area_text").eq_missing(pl.lit(text, pl.String))).height > 10


def test_some_postings_have_no_division_code(postings: pl.DataFrame) -> None:
    assert share(postings, pl.col("division_code").is_null()) == pytest.approx(0.2, abs=0.02)


def test_texts_negate_mention_and_boast_of_skills(postings: pl.DataFrame) -> None:
    assert share(postings, said(NEGATIONS)) == pytest.approx(0.3, abs=0.05)
    assert share(postings, said(MENTIONS)) == pytest.approx(0.25, abs=0.05)
    assert share(postings, said(BOILERPLATE)) == pytest.approx(0.5, abs=0.05)


def test_every_text_says_by_some_word_what_it_wants(region: Market) -> None:
    plain = {"negation_share": 0.0, "mention_share": 0.0, "boilerplate_share": 0.0}
    params = SimulationParams(postings=2000, **plain)  # type: ignore[arg-type]  # shares
    texts = market_of(params).postings()["description"]
    assert texts.str.contains_any(words().texts.to_list()).all()


def test_english_names_stand_in_chinese_texts(postings: pl.DataFrame) -> None:
    english = pl.col("description").str.contains(r"[A-Za-z]{4,} [a-z]{4,}")
    assert 0.05 < share(postings, english) < 0.4


def test_a_repost_copies_the_text_to_the_next_board(postings: pl.DataFrame) -> None:
    same = ("company", "title", "description", "area_text", "salary_raw")
    copies = postings.group_by(same).agg(
        pl.len(), pl.col("source").n_unique().alias("boards"), pl.col("posted_on").n_unique()
    )
    pairs = copies.filter(pl.col("len") == 2)
    assert pairs.height == pytest.approx(0.5 * 0.5 * postings.height / 1.5, rel=0.2)
    assert share(pairs, pl.col("boards") == 2) > 0.99


def test_a_reworded_repost_keeps_the_company_and_the_place_but_not_the_text() -> None:
    params = SimulationParams(
        postings=400, repost_share=1.0, reworded_share=1.0, near_copy_share=0.0, planted_spam=0
    )
    frame = market_of(params).postings()
    whole = frame.group_by("company", "area_text").agg(
        pl.len(), pl.col("description").n_unique().alias("texts"), pl.col("source").n_unique()
    )
    pairs = whole.filter(pl.col("len") == 2)
    assert pairs.height > 60
    assert share(pairs, pl.col("texts") == 2) > 0.97


def test_a_near_copy_differs_by_a_line_or_its_punctuation(postings: pl.DataFrame) -> None:
    text = pl.col("description")
    assert 0.03 < share(postings, text.str.contains(";", literal=True)) < 0.15
    tailed = text.str.contains_any([f"。{tail}" for tail in TAILS])
    assert 0.02 < share(postings, tailed) < 0.15


def test_agencies_post_their_share_and_all_the_spam(region: Market, postings: pl.DataFrame) -> None:
    bare = pl.col("company").str.contains("人力资源|劳务派遣|人才服务|企业管理咨询")
    clean = SimulationParams(postings=4000, planted_spam=0)
    assert share(market_of(clean).postings(), bare) == pytest.approx(0.12, abs=0.03)
    agencies = postings.filter(bare)
    assert share(agencies, pl.col("agency")) == pytest.approx(0.7, abs=0.05)
    assert share(agencies, ~pl.col("agency")) == 0


def test_spam_advertises_one_vacancy_six_times_in_other_words_under_other_names() -> None:
    params = SimulationParams(postings=3000, spam_copies=6)
    market = market_of(params)
    cells = market.planted.cells("spam")
    spammed = set(cells[1].tolist())
    openings = market.labour.openings
    vacancies = int(np.isin(openings.lead, list(spammed)).sum())
    quiet = len(openings) - vacancies
    extra = market.postings().height - quiet * (1 + params.repost_share)
    assert extra == pytest.approx(6 * vacancies, rel=0.25)


def test_a_list_of_names_alone_loses_skills_that_drift(
    region: Market, postings: pl.DataFrame
) -> None:
    drift, n = region.labour.drift, len(region.labour.months)
    drifted = [index for index in np.flatnonzero(drift < n).tolist() if skills()[index].vocational]
    steady = [index for index in np.flatnonzero(drift == n).tolist() if skills()[index].vocational]
    assert len(drifted) >= 0.05 * len(steady)

    def kept(chosen: list[int]) -> float:
        """Names found for each vacancy about these skills, late relative to early."""
        openings, month = region.labour.openings, region.labour.openings.month
        names = [skills()[index].words[0] for index in chosen]
        found = pl.col("description").str.extract_many(names).list.len().sum()
        recall: list[float] = []
        for rows, when in (
            (postings.head(30_000), month < n // 4),
            (postings.tail(30_000), month >= n - n // 4),
        ):
            led = int(np.isin(openings.lead[when], chosen).sum())
            recall.append(rows.select(found).item() / led)
        return recall[1] / recall[0]

    assert kept(drifted) < 0.5
    assert kept(steady) > 0.85


def test_drifted_skills_keep_one_word_of_the_vocabulary(region: Market) -> None:
    known = words()
    index = np.arange(len(skills()))
    assert ((known.drifted >= known.start[:-1]) & (known.drifted < known.start[1:])).all()
    rng = np.random.default_rng(0)
    always = np.ones(len(index), dtype=np.bool_)
    assert (known.choose(region.params, index, always, rng) == known.drifted).all()


def test_gaps_stay_open_longer_than_the_rest(region: Market) -> None:
    params = SimulationParams(postings=4000, planted_most=1.0, planted_gaps=200)
    short = market_of(params).postings()
    plain = market_of(params.model_copy(update={"planted_gaps": 0})).postings()
    days = pl.col("closed_on") - pl.col("posted_on")
    early = pl.col("posted_on") < date(2025, 3, 1)
    longer, usual = (
        frame.filter(early).select(days.dt.total_days().mean()).item() for frame in (short, plain)
    )
    assert longer > usual + 8


SCRIPT = """
import hashlib
from data.simulate.params import SimulationParams
from tests.data.simulate.labour.conftest import market_of
frame = market_of(SimulationParams(postings=3000)).postings()
print(hashlib.sha256(frame.write_ndjson().encode()).hexdigest())
"""


@pytest.mark.parametrize("threads", [1, 2])
def test_one_thread_or_two_write_the_same_bytes(threads: int) -> None:
    frame = market_of(SimulationParams(postings=3000)).postings()
    expected = hashlib.sha256(frame.write_ndjson().encode()).hexdigest()
    environment = os.environ | {"POLARS_MAX_THREADS": str(threads)}
    told = subprocess.run(  # noqa: S603  # our own interpreter and script
        [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == expected


def test_where_postings_come_from_is_known_beside_them(region: Market) -> None:
    world = (region.params, region.labour, region.city, region.streams)
    first, origins = next(posting_batches(*world)), next(posting_origins(*world))
    assert origins.drop("opening", "form").equals(first)
    # the first month's batch holds all originals of its vacancies and none of a later month's
    originals = origins.filter(pl.col("form") == ORIGINAL)["opening"].sort().to_list()
    assert originals == list(range(int(region.labour.openings.start[1])))
