"""The text of a posting exactly as it was annotated, and the key it is known by."""

import hashlib
import html
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from training.skills.gold.errors import GoldError

KEY_DIGITS: Final = 16
"""Hexadecimal digits of a key: 64 bits, so that two of 50,000 texts never share one."""

_BREAK: Final = re.compile(r"<(?:br|/p|/div|/li|/tr|/h[1-6])\b[^<>]*>", re.IGNORECASE)
_TAG: Final = re.compile(
    r"</?(?:p|div|span|li|ul|ol|b|i|u|strong|em|font|a|h[1-6]|table|tbody|tr|td)\b[^<>]*>",
    re.IGNORECASE,
)
_SPACES: Final = re.compile(r"[^\S\n]+")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a data set keeps what the gold set needs."""

    title: str
    """Column of the job title."""
    description: str
    """Column of the free text."""
    company: str
    """Column of the employer; used so that no employer fills the sample, and never stored."""


LAYOUTS: Final[dict[str, Layout]] = {
    "jobs_zh_it_2019": Layout("position", "description", "company"),
    "jobs_zh_bigdata_2019": Layout("title", "description", "company"),
    "jobs_zh_hangzhou_fe_2023": Layout("positionName", "jobDesc", "brand"),
}
"""The data sets with free text; jobs_zh_lagou_da_2019 has tags only, so nothing to annotate."""


def clean(raw: str) -> str:
    r"""One field without markup and with plain white space.

    Entities are resolved; tags that end a line become a line break and other known tags vanish
    (``List<String>`` stays); every run of white space but line breaks becomes one space; lines are
    trimmed and empty ones left out. Letters, width and punctuation stay as they were written.

    >>> clean("<p>熟悉&nbsp;&nbsp;Java</p>\r\n\r\n <b>精通</b>\u3000List<String>")
    '熟悉 Java\n精通 List<String>'
    """
    unescaped = html.unescape(raw).replace("\r", "\n")
    bare = _TAG.sub("", _BREAK.sub("\n", unescaped))
    lines = (line.strip() for line in _SPACES.sub(" ", bare).split("\n"))
    return "\n".join(line for line in lines if line)


def posting_text(title: str, description: str) -> str:
    """The text that offsets count characters in: cleaned title, line break, cleaned description.

    The title is kept on one line, so that the first line break always ends it.
    """
    return clean(title).replace("\n", " ") + "\n" + clean(description)


def posting_key(dataset: str, text: str) -> str:
    """``dataset:digest``, the digest being the first 16 hex digits of the text's SHA-256.

    >>> posting_key("jobs", "做账")
    'jobs:0fc1d2910241a06d'
    """
    return f"{dataset}:{hashlib.sha256(text.encode()).hexdigest()[:KEY_DIGITS]}"


def read_pool(datasets: Path, name: str) -> pl.DataFrame:
    """Every posting of a data set, in the order of its file.

    Args:
        datasets: the folder of the data sets.
        name: one of ``LAYOUTS``.

    Returns:
        dataset, row (from 0), title, company, text; missing titles and texts are empty.

    Raises:
        GoldError: the data set is unknown or not there.
    """
    layout = _layout(name)
    path = datasets / name / "jobs.parquet"
    if not path.is_file():
        raise GoldError(f"the data set {name} is not in {datasets}; expected {name}/jobs.parquet")
    raw = pl.read_parquet(path, columns=[layout.title, layout.description, layout.company])
    titles = raw[layout.title].fill_null("").to_list()
    descriptions = raw[layout.description].fill_null("").to_list()
    texts = [posting_text(*pair) for pair in zip(titles, descriptions, strict=True)]
    return pl.DataFrame(
        {
            "dataset": [name] * len(texts),
            "row": range(len(texts)),
            "title": titles,
            "company": raw[layout.company].fill_null(""),
            "text": texts,
        }
    )


def _layout(name: str) -> Layout:
    """The layout of a known data set."""
    if name not in LAYOUTS:
        raise GoldError(f"no gold text in data set {name!r}; expected one of {list(LAYOUTS)}")
    return LAYOUTS[name]
