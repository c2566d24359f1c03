"""The demonstration, as a newcomer runs it."""

import subprocess
import sys
from pathlib import Path

XUEPEI = Path(sys.executable).with_name("xuepei")


def demo(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own console script
        [str(XUEPEI), "demo", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_the_demonstration_tells_the_whole_story(tmp_path: Path) -> None:
    told = demo(tmp_path)
    assert told.returncode == 0, told.stderr[-2000:]
    words = told.stdout
    for verb in ("simulate", "import", "train", "evaluate", "recommend"):
        assert f"$ xuepei {verb} " in words
    assert "Rows set aside, by first failing rule" in words
    assert "policy against open, popular first: NDCG@20" in words
    for policy in ("night_school@3", "vocational@3", "senior@3"):
        assert f"  {policy} · " in words
    assert words.count("未列入：") >= 3
    assert "这个班未确认能满足您的无障碍需求" in words
    assert "/v1/recommend" in words
    assert (tmp_path / "var/demo/city/snapshot/import.json").is_file()


def test_without_the_data_sets_the_real_story_says_which_are_missing(tmp_path: Path) -> None:
    told = demo(tmp_path, "--real", str(tmp_path / "nowhere"))
    assert told.returncode == 2
    assert "lacks mooccubex_gear" in " ".join(told.stderr.split())
