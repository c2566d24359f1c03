import numpy as np
import polars as pl
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from tests.data.simulate.pool.conftest import Schedule, Scheduled

SIMILAR = 0.6
"""Cosine of character n-grams from which two courses are called the same; set on other seeds."""


def planted(city: Scheduled) -> set[tuple[int, int]]:
    copies = np.flatnonzero(city.courses.duplicate_of >= 0)
    originals = city.courses.duplicate_of[copies]
    return set(zip(originals.tolist(), copies.tolist(), strict=True))


def similar(city: Scheduled) -> set[tuple[int, int]]:
    """Pairs of one programme whose titles and descriptions are alike."""
    frame = city.courses.courses
    texts = frame.select(pl.concat_str("title", "description")).to_series().to_list()
    grams = TfidfVectorizer(analyzer="char", ngram_range=(2, 4)).fit_transform(texts)
    cosine = (grams @ grams.T).tocoo()
    programme = city.courses.programme
    alike = (cosine.data > SIMILAR) & (cosine.row < cosine.col)
    alike &= programme[cosine.row] == programme[cosine.col]
    return set(zip(cosine.row[alike].tolist(), cosine.col[alike].tolist(), strict=True))


@pytest.mark.parametrize("term", [1, 2, 3])
def test_one_new_course_in_twenty_reissues_an_older_one(pilot: Scheduled, term: int) -> None:
    courses = pilot.courses
    new = courses.first_term == term
    assert (courses.duplicate_of[new] >= 0).mean() == pytest.approx(0.05, abs=0.003)
    assert (courses.first_term[courses.duplicate_of[new].clip(min=0)] < term).all()


def test_the_first_term_has_no_duplicates_and_none_is_reissued_twice(pilot: Scheduled) -> None:
    courses = pilot.courses
    copies = np.flatnonzero(courses.duplicate_of >= 0)
    originals = courses.duplicate_of[copies]
    assert (courses.first_term[copies] > 0).all()
    assert len(set(originals.tolist())) == len(originals)
    assert not (courses.duplicate_of[originals] >= 0).any()


def test_a_reissue_teaches_the_same_at_nearly_the_same_length(pilot: Scheduled) -> None:
    courses = pilot.courses
    copies = np.flatnonzero(courses.duplicate_of >= 0)
    originals = courses.duplicate_of[copies]
    assert np.array_equal(courses.skills[copies], courses.skills[originals])
    assert np.array_equal(courses.programme[copies], courses.programme[originals])
    assert np.array_equal(courses.ages[copies], courses.ages[originals])
    cosine = (courses.taste[copies] * courses.taste[originals]).sum(axis=1)
    assert cosine.min() > 0.98
    hours = courses.hours[copies] / courses.hours[originals]
    assert (np.abs(hours - 1) <= 0.2).all()
    moved = courses.institution[copies] != courses.institution[originals]
    assert 0.3 < moved.mean() < 0.7


def test_matching_titles_finds_hardly_any_duplicate(pilot: Scheduled) -> None:
    titles = pilot.courses.courses["title"].to_list()
    pairs = planted(pilot)
    assert len(pairs) > 50
    assert sum(titles[one] == titles[other] for one, other in pairs) == 0


def test_similar_texts_of_one_programme_find_nine_in_ten(pilot: Scheduled) -> None:
    found, true = similar(pilot), planted(pilot)
    assert len(found & true) / len(true) >= 0.9
    assert len(found & true) / len(found) >= 0.8


def test_the_share_of_duplicates_is_a_knob(scheduled: Schedule) -> None:
    assert (scheduled(near_duplicate_share=0.0).courses.duplicate_of < 0).all()
    assert (scheduled(near_duplicate_share=0.3).courses.duplicate_of >= 0).sum() == 3 * 9
