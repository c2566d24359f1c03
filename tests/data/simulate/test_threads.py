import hashlib
import os
import subprocess
import sys
from pathlib import Path

WRITE = """
import sys
from pathlib import Path
from data.simulate import preset, simulate
small = ["learners=800", "sections_per_term=60", "history_terms=1", "postings=400"]
simulate(preset("tiny", small), 11, Path(sys.argv[1]))
"""
POOLS = ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def digests(out: Path, threads: int) -> dict[str, str]:
    environment = os.environ | {name: str(threads) for name in POOLS}
    # the interpreter itself, with a program of ours: nothing comes from outside
    subprocess.run([sys.executable, "-c", WRITE, str(out)], env=environment, check=True)  # noqa: S603
    return {
        path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_gives_the_same_bytes_on_one_thread_or_two(tmp_path: Path) -> None:
    assert digests(tmp_path / "one", 1) == digests(tmp_path / "two", 2)
