"""Does a plan from posterior gaps close more of the true gap than the same money spent otherwise?

    python experiments/004-planning/plan.py [--seeds 401,402] [--record]

Four plans of each simulated pilot city, by the same solver under the same budget, rooms and staff:

    posterior    gaps of `xuepei gaps`
    ads          raw posting counts, a month's mean over the last half-year
    popularity   applicants of the last year's vocational sections that teach a skill
    truth        the true gaps: what could be closed at all

Each is judged by the persons whose true gap its sections close: by district and skill the mean of
vacancies minus supply over the last half-year, where above zero, times the months of a term; and
its completers, as expected of every plan alike. Each seed runs in a process of its own and is kept
under var/, by what it was measured with. ``--record`` writes plan-results.json and its table in
PLAN.md.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))  # what experiments share

from frame.kept import PRODUCT, keep, kept_folder, scratch, sources_in  # noqa: E402 - the path comes first
from frame.record import Page, write_document  # noqa: E402 - as above
from frame.seeds import row_file, rows_of, seed_list  # noqa: E402 - as above
from plan_worth.measure import measured  # noqa: E402 - as above
from plan_worth.report import markdown, summary  # noqa: E402 - as above

COMMAND = ".venv/bin/python experiments/004-planning/plan.py --record"
SETTINGS: dict[str, Any] = {"budget": 600_000.0, "seconds": 8.0}
SEEDS = list(range(401, 411))
"""Never looked at while building; seeds 1 to 20 were for that."""
PAGE = Page(HERE / "PLAN.md", "<!-- plans: written by plan.py -->", "<!-- end of plans -->")


def main() -> None:
    """Measure each seed, join them, print the table, and record it when asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=seed_list, default=SEEDS)
    parser.add_argument("--record", action="store_true", help="write plan-results.json and PLAN.md")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    folder = kept_folder("004-plan", SETTINGS, sources_in(*PRODUCT, HERE / "plan_worth"))
    if asked.one is not None:
        with scratch(folder, f"work-{asked.one}") as work:
            row = measured(asked.one, SETTINGS["budget"], SETTINGS["seconds"], work)
        keep(row_file(folder, asked.one), row)
        return
    if asked.record and asked.seeds != SEEDS:
        sys.exit("only the seeds of this file are recorded; leave --seeds out")
    rows = rows_of(Path(__file__), asked.seeds, folder)
    print(markdown(rows))
    if asked.record:
        document = {"command": COMMAND, **SETTINGS, "rows": rows, "summary": summary(rows)}
        write_document(HERE / "plan-results.json", document)
        PAGE.fill(markdown(rows))


if __name__ == "__main__":
    main()
