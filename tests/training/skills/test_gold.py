"""The gold set points into texts it doesn't hold; these tests hold the pointing together."""

import json
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.skills.gold.agreement import Agreement, agreement, cohens_kappa, compare, pairs
from training.skills.gold.errors import GoldError
from training.skills.gold.load import (
    PASSES,
    Annotations,
    Mention,
    check_within,
    load_annotations,
    load_postings,
    load_texts,
)
from training.skills.gold.sample import Candidate, SampleRules, draw, sample
from training.skills.gold.texts import clean, posting_key, posting_text

ANNOTATIONS = Path(__file__).parents[3] / "training/skills/gold/annotations"
DATASETS = Path(__file__).parents[3] / "../shared/datasets"
PAIRS = st.frozensets(st.tuples(st.sampled_from("pqr"), st.sampled_from("abc")))


def write_set(folder: Path, texts: list[tuple[str, str]]) -> None:
    (folder / "jobs_zh_it_2019").mkdir(exist_ok=True)
    pl.DataFrame(
        {
            "position": [title for title, _ in texts],
            "description": [text for _, text in texts],
            "company": ["" for _ in texts],
        }
    ).write_parquet(folder / "jobs_zh_it_2019/jobs.parquet")


def listed(text: str, row: int = 0) -> pl.DataFrame:
    key = posting_key("jobs_zh_it_2019", text)
    return pl.DataFrame({"dataset": ["jobs_zh_it_2019"], "key": [key], "row": [row]})


def test_the_list_has_the_parts_the_occupations_and_the_share_outside_it_asked_for() -> None:
    postings = load_postings()
    assert postings["split"].value_counts().sort("split").rows() == [("test", 420), ("train", 180)]
    assert postings["key"].is_unique().all()
    assert postings["number"].is_unique().all()
    assert postings["kind"].n_unique() >= 14
    assert postings["it"].mean() == pytest.approx(0.55)


def test_kinds_of_four_postings_are_in_both_parts() -> None:
    counts = load_postings().group_by("kind").agg(pl.len(), pl.col("split").n_unique())
    assert counts.filter(pl.col("len") >= 4)["split"].to_list() == [2] * 31


def test_the_texts_are_those_that_were_annotated() -> None:
    if not DATASETS.is_dir():
        pytest.skip("the data sets are not here")
    texts = load_texts(DATASETS)
    assert len(texts) == 600
    annotated = [name for name in PASSES if (ANNOTATIONS / f"{name}.jsonl").is_file()]
    for name in annotated:
        check_within(load_annotations(name), texts)


@pytest.mark.slow
def test_the_sample_is_drawn_anew_to_the_same_list() -> None:
    if not DATASETS.is_dir():
        pytest.skip("the data sets are not here")
    assert sample(DATASETS).equals(load_postings())


def test_a_text_that_has_changed_is_named(tmp_path: Path) -> None:
    write_set(tmp_path, [("会计", "做账")])
    assert load_texts(tmp_path, listed("会计\n做账")) == {
        posting_key("jobs_zh_it_2019", "会计\n做账"): "会计\n做账"
    }
    with pytest.raises(GoldError, match="not the annotated one"):
        load_texts(tmp_path, listed("会计\n报税"))
    with pytest.raises(GoldError, match="has 1 rows"):
        load_texts(tmp_path, listed("会计\n做账", row=7))


def test_a_missing_data_set_is_named(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match="jobs_zh_it_2019 is not in"):
        load_texts(tmp_path, listed("会计\n做账"))


@given(st.text())
def test_cleaning_leaves_single_spaces_and_no_empty_lines(raw: str) -> None:
    lines = clean(raw).split("\n")
    assert all(line == line.strip() and "  " not in line for line in lines)
    assert lines == [""] or all(lines)


def test_the_title_stays_on_the_first_line() -> None:
    assert posting_text("会计\n主管", "<p>做账</p>") == "会计 主管\n做账"


def test_annotations_are_read_with_their_postings_without_mentions(tmp_path: Path) -> None:
    marked = {"start": 0, "end": 2, "skill_id": "bookkeeping", "level": 2}
    lines = [{"key": "a:1", "mentions": [marked]}, {"key": "a:2", "mentions": []}]
    (tmp_path / "gold.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    read = load_annotations("gold", tmp_path)
    assert read == Annotations(frozenset({"a:1", "a:2"}), (Mention("a:1", 0, 2, "bookkeeping", 2),))
    check_within(read, {"a:1": "做账", "a:2": ""})
    with pytest.raises(GoldError, match="ends beyond"):
        check_within(read, {"a:1": "做", "a:2": ""})
    with pytest.raises(GoldError, match="not in the gold list"):
        check_within(read, {"a:1": "做账"})


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 1 can't be read"),
        ('{"key": "a:1"}', "line 1 can't be read"),
        (
            '{"key": "a", "mentions": [{"start": 2, "end": 2, "skill_id": "x", "level": null}]}',
            "empty span",
        ),
        (
            '{"key": "a", "mentions": [{"start": 0, "end": 2, "skill_id": "x", "level": 6}]}',
            "level not 1-5",
        ),
        ('{"key": "a", "mentions": []}\n{"key": "a", "mentions": []}', "a posting twice"),
    ],
)
def test_a_broken_annotation_is_named(tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / "pass_a.jsonl").write_text(line, "utf-8")
    with pytest.raises(GoldError, match=said):
        load_annotations("pass_a", tmp_path)


def test_an_unknown_pass_is_named() -> None:
    with pytest.raises(GoldError, match="no pass 'pass_c'"):
        load_annotations("pass_c")


def test_near_duplicates_and_a_third_posting_of_an_employer_are_not_drawn() -> None:
    text = "负责公司总账、明细账的登记和月末结账工作"
    pool = [
        Candidate("a:1", "a", 0, "one", text, "accounting", it=False),
        Candidate("a:2", "a", 1, "two", text + "。", "accounting", it=False),
    ]
    with pytest.raises(GoldError, match="only 1 postings"):
        draw(pool, SampleRules())
    same_employer = [
        Candidate(f"a:{at}", "a", at, "one", str(at) * 9, "sales", it=False) for at in range(5)
    ]
    with pytest.raises(GoldError, match="only 2 postings"):
        draw(same_employer, SampleRules())


@given(PAIRS, PAIRS)
def test_f1_is_the_harmonic_mean_and_knows_no_sides(
    ours: frozenset[tuple[str, str]], theirs: frozenset[tuple[str, str]]
) -> None:
    there, back = compare(ours, theirs), compare(theirs, ours)
    assert there.f1 == back.f1
    assert there.precision == back.recall
    if there.precision and there.recall:
        mean = 2 / (1 / there.precision + 1 / there.recall)
        assert there.f1 == pytest.approx(mean)


@given(PAIRS, PAIRS)
def test_kappa_is_one_only_for_the_same_answers(
    ours: frozenset[tuple[str, str]], theirs: frozenset[tuple[str, str]]
) -> None:
    deck = [(posting, skill) for posting in "pqr" for skill in "abc"]
    kappa = cohens_kappa(ours, theirs, deck)
    if kappa is not None:
        assert -1 <= kappa <= 1
        assert (kappa == pytest.approx(1)) == (ours == theirs)


def test_nothing_to_divide_by_is_unknown() -> None:
    nothing = Agreement(0, 0, 0)
    assert (nothing.precision, nothing.recall, nothing.f1) == (None, None, None)
    assert cohens_kappa({("p", "a")}, set(), []) is None


def test_skills_outside_the_vocabulary_and_postings_of_one_pass_do_not_count() -> None:
    a = Annotations(frozenset("pq"), (Mention("p", 0, 1, "new:x"), Mention("q", 0, 1, "sql")))
    b = Annotations(frozenset("p"), (Mention("p", 0, 1, "sql"),))
    assert agreement(a, b, pairs) == Agreement(both=0, ours=0, theirs=1)
