"""Makes the files of the cases: python tests/financefiles/make.py [NAME ...] (all of them where no name is given).

Needs Chromium and the Noto CJK fonts for the PDFs; the tests need neither.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

_TESTS = Path(__file__).resolve().parent.parent


def main(names: list[str]) -> None:
    """Write the files and expected lines of the cases named."""
    sys.path[:0] = [str(_TESTS), str(_TESTS.parent / "benchmarks")]
    from formfiles.print_html import write_pdf, write_site
    from formfiles.print_office import write_docx, write_xlsx

    from financefiles.cases import CASES
    from financefiles.facts import pages, read_facts

    writers = {"pdf": write_pdf, "html": write_site, "docx": write_docx, "xlsx": write_xlsx}
    for case in CASES:
        if names and case.name not in names:
            continue
        made = read_facts((case.folder / "tables.txt").read_text("utf-8"), case.year)
        writers[case.format](pages(made, look=dict(case.look)), case.folder / f"document.{case.format}")
        expected = "\n".join(json.dumps(line, ensure_ascii=False) for line in made.lines)
        (case.folder / "expected.jsonl").write_text(expected + "\n", "utf-8")
        print(case.name)  # noqa: T201 - a script's progress


if __name__ == "__main__":
    main(sys.argv[1:])
