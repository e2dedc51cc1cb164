"""Makes the files of the cases: python tests/formfiles/make.py [NAME ...] (all of them where no name is given).

Needs Chromium and the Noto CJK fonts for the PDFs and xlwt for the old workbooks; the tests need none of these.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

_TESTS = Path(__file__).resolve().parent.parent
DATA = _TESTS / "data" / "formfiles"


def main(names: list[str]) -> None:
    """Write the files and expected records of the cases named."""
    sys.path[:0] = [str(_TESTS), str(_TESTS.parent / "benchmarks")]
    from formfiles.cases import CASES
    from formfiles.gold import document_gold
    from formfiles.model import Pages
    from formfiles.print_html import write_pdf, write_site
    from formfiles.print_office import write_docx, write_xls, write_xlsx

    writers = {"pdf": write_pdf, "html": write_site, "docx": write_docx, "xlsx": write_xlsx, "xls": write_xls}
    for case in CASES:
        if names and case.name not in names:
            continue
        made = case.make()
        folder = DATA / case.name
        folder.mkdir(parents=True, exist_ok=True)
        writers[case.format](Pages(made.blocks, made.landscape, dict(case.look)), folder / f"document.{case.format}")
        expected = json.dumps(document_gold(made.forms), ensure_ascii=False, indent=1)
        (folder / "expected.json").write_text(expected + "\n", "utf-8")
        print(case.name)  # noqa: T201 - a script's progress


if __name__ == "__main__":
    main(sys.argv[1:])
