"""A feed with garbage in it reads as the same feed without, and the account names every row."""

import csv
import json
import random
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from data.cli import run_verb
from data.store import open_snapshot
from features.postings import parse_postings

GOOD = 140
PAY = ("8-12K·13薪", "1.1-1.5万/月", "面议", "200-400元/天", "", "15-11K", "天书")
PLACES = ("杭州-滨江区", "杭州-江干区-下沙", "杭州", "", "上海", "临安市")
TITLES = ("电焊工", "招3人：护理员", "前端开发", "咖啡师（2名）")


def good(number: int) -> dict[str, str]:
    return {
        "posting_id": f"good-{number:04}",
        "source": "board-a",
        "title": TITLES[number % len(TITLES)],
        "company": f"杭州云栖{number % 9}号科技有限公司",
        "area_text": PLACES[number % len(PLACES)],
        "salary_raw": PAY[number % len(PAY)],
        "headcount": ["", "2"][number % 2],
        "experience": ["1-3年", "经验不限"][number % 2],
        "education": ["大专", ""][number % 2],
        "description": f"负责第{number}号工位，熟悉Python。",
        "tags": '["Python"]',
        "posted_on": f"2025-0{1 + number % 6}-1{number % 9}",
        "closed_on": "",
    }


def line(cells: dict[str, str]) -> bytes:
    quoted = (f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in cells.values())
    return ",".join(quoted).encode()


GARBAGE = {
    "missing_id": ("posting_id|nullability", {"posting_id": ""}),
    "missing_title": ("title|nullability", {"title": ""}),
    "impossible_date": ("type", {"posted_on": "2025-02-30"}),
    "date_in_words": ("type", {"posted_on": "昨天"}),
    "headcount_in_words": ("type", {"headcount": "三个"}),
    "headcount_negative": ("headcount|min", {"headcount": "-4"}),
    "unknown_education": ("vocabulary", {"education": "宸茶В鍐"}),
    "closed_before_posted": ("closed_after_posted", {"closed_on": "2024-01-01"}),
    "tags_no_list": ("type", {"tags": "Python"}),
    "duplicate_id": ("duplicate_key", {"posting_id": "good-0000"}),
}
"""Kinds of garbage: the rule that must name it, and the cells that make it."""


def bad_lines(rng: random.Random) -> list[tuple[str, bytes]]:
    """Every kind of garbage some times over, each with its rule."""
    lines: list[tuple[str, bytes]] = []
    for number in range(5):
        for kind, (rule, cells) in GARBAGE.items():
            lines.append((rule, line(good(number) | {"posting_id": f"{kind}-{number}"} | cells)))
        mojibake = good(number) | {"posting_id": f"mojibake-{number}"}
        lines.append(("encoding", line(mojibake).replace("负责".encode(), b"\xb8\xff\xfe\xd4")))
        lines.append(("short_row", b"cut-off,board-a"))
    rng.shuffle(lines)
    return lines


def imported(tmp_path: Path, name: str, lines: list[bytes]) -> Path:
    source = tmp_path / name / "postings.csv"
    source.parent.mkdir()
    source.write_bytes(b"\n".join([",".join(good(0)).encode(), *lines]) + b"\n")
    snapshot = tmp_path / f"{name}-city"
    run_verb(["import", str(source), "--snapshot", str(snapshot), "--json"])
    return snapshot


def readings(snapshot: Path) -> pl.DataFrame:
    return parse_postings(open_snapshot(snapshot).scan("postings"))


@pytest.mark.parametrize("seed", range(3))
def test_garbage_rows_change_no_reading_and_each_is_accounted_for(
    tmp_path: Path, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = random.Random(seed)  # noqa: S311  garbage needs no secrets
    sound = [line(good(number)) for number in range(GOOD)]
    garbage = bad_lines(rng)
    mixed = sound[1:] + [text for _, text in garbage]
    assert len(garbage) >= 0.3 * (len(mixed) + 1)
    rng.shuffle(mixed)

    clean = imported(tmp_path, "clean", sound)
    # The first sound row leads, since of two rows with one id the earlier is kept.
    dirty = imported(tmp_path, "dirty", [sound[0], *mixed])
    capsys.readouterr()

    key = ["posting_id"]
    assert readings(dirty).sort(key).equals(readings(clean).sort(key))
    account = json.loads((dirty / "import.json").read_text())["tables"]["postings"]
    assert (account["read"], account["kept"]) == (GOOD + len(garbage), GOOD)
    assert account["rules"] == dict(Counter(rule for rule, _ in garbage))
    with (dirty / "quarantine" / "postings.csv").open(encoding="utf-8-sig", newline="") as file:
        refused = list(csv.DictReader(file))
    assert len(refused) == account["quarantined"] == len(garbage)
    assert Counter(row["rule"] for row in refused) == Counter(rule for rule, _ in garbage)
    assert all(row["row"] and row["reason_zh"] and row["reason_en"] for row in refused)
