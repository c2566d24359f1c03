"""The gold set points into texts it doesn't hold; these tests hold the pointing together."""

import json
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.vocabulary import builtin
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
    resolved,
)
from training.skills.gold.names import candidates, named_in, names_of
from training.skills.gold.report import comparison, report
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


def vocabulary(**skills: list[str]) -> pl.DataFrame:
    """Skills by id with their name and aliases; ``tools`` is a group."""
    return pl.DataFrame(
        {
            "skill_id": [*skills, "tools"],
            "kind": [*([None] * len(skills)), "group"],
            "name": [*(words[0] for words in skills.values()), "Tools"],
            "aliases": [*(words[1:] for words in skills.values()), []],
        },
        schema_overrides={"kind": pl.String},
    )


@pytest.mark.parametrize("name", ["maven", "Maven", "ＭＡＶＥＮ", "Maven构建"])
def test_a_skill_that_the_vocabulary_has_gained_counts_under_any_of_its_names(name: str) -> None:
    marked = Annotations(frozenset("pq"), (Mention("p", 0, 5, f"new:{name}", 2),))
    grown = resolved(marked, vocabulary(mvn=["Maven构建", "Maven"]))
    assert grown == Annotations(frozenset("pq"), (Mention("p", 0, 5, "mvn", 2),))
    assert resolved(marked, vocabulary(java=["Java"])) == marked


def test_groups_are_no_skills_and_a_name_goes_before_an_alias() -> None:
    marked = Annotations(frozenset("p"), (Mention("p", 0, 5, "new:tools"),))
    assert resolved(marked, vocabulary()) == marked
    assert names_of(vocabulary(a=["甲", "乙"], b=["乙"]))["乙"] == "b"


def test_a_span_marked_as_new_and_as_the_skill_it_became_counts_once() -> None:
    twice = (Mention("p", 0, 3, "lua", 3), Mention("p", 0, 3, "new:lua", 3))
    assert resolved(Annotations(frozenset("p"), twice), vocabulary(lua=["Lua"])).mentions == (
        Mention("p", 0, 3, "lua", 3),
    )


@pytest.mark.parametrize("name", PASSES)
def test_the_committed_annotations_stay_as_they_are_under_the_words_they_were_made_with(
    name: str,
) -> None:
    raw = load_annotations(name)
    found = resolved(raw, builtin("skills"))
    assert resolved(found, builtin("skills")) == found
    assert found.keys == raw.keys == frozenset(load_postings()["key"])
    assert pairs(found.mentions) >= {
        pair for pair in pairs(raw.mentions) if not pair[1].startswith("new:")
    }


def test_the_gold_names_only_skills_of_the_vocabulary_and_keeps_them_apart() -> None:
    gold = load_annotations("gold")
    known = set(builtin("skills").filter(pl.col("kind").ne_missing("group"))["skill_id"])
    assert {m.skill_id for m in gold.mentions if not m.skill_id.startswith("new:")} <= known
    ordered = sorted(gold.mentions)
    overlapping = [
        (one.skill_id, other.skill_id)
        for one, other in pairwise(ordered)
        if one.key == other.key and other.start < one.end
    ]
    assert {frozenset(pair) for pair in overlapping} <= {frozenset(("spring-boot", "mybatis"))}


def test_every_skill_that_both_annotators_found_in_a_posting_is_gold() -> None:
    one, other, gold = (pairs(load_annotations(name).mentions) for name in PASSES)
    assert one & other <= gold


def test_a_name_within_an_english_word_is_no_candidate() -> None:
    names = {"r": "r-language", "c": "c-language", "c++": "cpp", "沟通": "communication"}
    assert named_in("React沟通能力", names) == {"communication"}
    assert named_in("熟悉C++", names) == {"cpp"}
    assert named_in("熟悉C、R", names) == {"c-language", "r-language"}


def test_a_pass_agrees_with_itself() -> None:
    gold = load_annotations("gold")
    same = comparison(gold, gold, pairs(gold.mentions) | {("nobody", "java")})
    assert same.pairs.f1 == same.spans.f1 == same.pairs_with_new.f1 == same.spans_with_new.f1 == 1
    assert same.same_level[0] == same.same_level[1] == same.spans.both
    assert same.postings == 600


def test_the_report_has_a_line_for_each_part() -> None:
    if not DATASETS.is_dir():
        pytest.skip("the data sets are not here")
    lines = list(report(DATASETS))
    assert [line.split(" | ")[0] for line in lines[2:]] == [
        "| all", "| train", "| test", "| test, IT", "| test, other", "| IT", "| other",
    ]  # fmt: skip


def test_candidates_are_the_skills_whose_name_a_posting_holds() -> None:
    texts = {"p": "熟悉Java", "q": "熟悉Javascript"}
    assert candidates(texts, "pq", vocabulary(java=["Java"])) == {("p", "java")}
