"""One seed and one snapshot make one bundle, whoever trains it."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

XUEPEI = Path(sys.executable).with_name("xuepei")


def run(folder: Path, *words: str, **environment: str) -> None:
    done = subprocess.run(  # noqa: S603 - our own console script
        [str(XUEPEI), *words],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]


def digest(bundle: Path) -> str:
    """Of every file but the manifest's own note of when and how long it took."""
    found = hashlib.sha256()
    for file in sorted(bundle.rglob("*.npy")):
        found.update(str(file.relative_to(bundle)).encode())
        found.update(file.read_bytes())
    return found.hexdigest()


@pytest.mark.slow
def test_three_processes_with_other_hash_seeds_and_threads_make_the_same_bundle(
    tmp_path: Path,
) -> None:
    run(tmp_path, "simulate", "--preset", "tiny", "--seed", "5", "--out", "city")
    run(tmp_path, "import", "city", "--snapshot", "snapshot")
    as_of = (tmp_path / "city/truth/as_of.txt").read_text(encoding="utf-8").strip()
    digests: set[str] = set()
    for number, threads in (("1", "1"), ("2", "2"), ("3", "1")):
        out = f"bundle-{number}"
        words = ("--snapshot", "snapshot", "--as-of", as_of, "--out", out, "--seed", "3")
        environment = {"PYTHONHASHSEED": number, "OPENBLAS_NUM_THREADS": threads}
        run(tmp_path, "train", *words, "--no-track", **environment)
        assert list((tmp_path / out / "additive").glob("*.npy")), "the learned ranker is in it"
        digests.add(digest(tmp_path / out))
    assert len(digests) == 1
