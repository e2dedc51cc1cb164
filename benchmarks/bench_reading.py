"""How fast a whole document is read, against pdfplumber's tables of all its pages, and whether any row is worse.

    python benchmarks/bench_reading.py                 the shipped examples, and budgets of 60 and 300 pages
    python benchmarks/bench_reading.py FILE.pdf ...    these files too
    python benchmarks/bench_reading.py --rounds 3      fewer rounds

Both read the same file in turn, round by round, in processes of their own; what counts is the processor's time, for
another program's work is none of theirs. Shown are the medians, their ratio, and the most memory that each needed. The
long budgets are the pages of all examples, one after the other and over again up to the wanted number (pdfium's
import_pages): repeated content.
A row is an indicator's name and target, side by side in one row of a table, as the examples' gold files give them.

One more document is printed where Chromium is installed: a table of projects over ten pages and more, its cells merged
and cut by the page breaks. There a row is right where it also has its project's name and its tiers.
"""

from __future__ import annotations

import argparse
import html
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import unicodedata
from pathlib import Path
from statistics import median

import pypdfium2 as pdfium

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*.pdf"))
READERS = ("pikg", "pdfplumber")
MADE = (60, 300)

HEAD = (
    f"{'document':40} {'pages':>5} {'pikg s':>8} {'plumber s':>9} {'ratio':>6} {'pikg MB':>8} {'plumber MB':>10}"
    f" {'rows pikg':>10} {'rows plumber':>12} {'worse':>6}"
)

ROWS_OF_LONG_TABLE = 180
LONG = "table over pages"
LONG_STYLE = """@page { size: A4 landscape; margin: 15mm } body { font: 9.5pt "Noto Sans CJK SC"; margin: 0 }
table { border-collapse: collapse; width: 100% } td, th { border: 0.75pt solid #000; padding: 1.2mm }"""

Rows = list[list[str]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--one", choices=READERS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(read_once(given.one, given.files[0])))
        return
    with tempfile.TemporaryDirectory() as folder:
        made = [make_budget(pages, Path(folder)) for pages in MADE]
        made += filter(None, [print_long_table(Path(folder))])
        print(HEAD)
        for path in [*EXAMPLES, *given.files, *made]:
            print(measure(path, given.rounds))


def make_budget(pages: int, folder: Path) -> Path:
    """Given a number of pages, return a document of the examples' pages, repeated."""
    path = folder / f"made of the examples, {pages} pages.pdf"
    document = pdfium.PdfDocument.new()
    while len(document) < pages:
        for example in EXAMPLES:
            with pdfium.PdfDocument(example) as source:
                wanted = min(len(source), pages - len(document))
                if wanted:  # without pages to import it would import all
                    document.import_pages(source, pages=list(range(wanted)))
    document.save(str(path))
    document.close()
    return path


def print_long_table(folder: Path) -> Path | None:
    """Given a folder, print a table of many projects there and write down its rows beside it; None without Chromium."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        return None
    projects = [
        (project["name"], [one for one in project["indicators"] if one.get("target") and one.get("tier1")])
        for example in EXAMPLES
        for project in json.loads(example.with_suffix(".gold.json").read_text("utf-8"))["projects"]
    ]
    lines: list[str] = []
    rows: list[list[str]] = []
    number = 0
    while len(rows) < ROWS_OF_LONG_TABLE:
        name, indicators = projects[number % len(projects)]
        number += 1
        name = f"{name}（第{number}项）"
        for at, one in enumerate(indicators):
            cells = [one["tier1"], one["tier2"] or "", one["tier3"], one["target"]["raw"]]
            rows.append([one["tier3"], one["target"]["raw"], name, one["tier1"]])
            first = f"<td rowspan={len(indicators)}>{html.escape(name)}</td>" if at == 0 else ""
            lines.append(f"<tr>{first}{''.join(f'<td>{html.escape(cell)}</td>' for cell in cells)}</tr>")
    heads = "".join(f"<th>{head}</th>" for head in ("项目名称", "一级指标", "二级指标", "三级指标", "指标值"))
    source, path = folder / "long.html", folder / f"{LONG}.pdf"
    body = f"<h1>项目支出绩效目标表</h1><table><thead><tr>{heads}</tr></thead>{''.join(lines)}</table>"
    source.write_text(f'<meta charset="utf-8"><style>{LONG_STYLE}</style>{body}', "utf-8")
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    command += [f"--user-data-dir={folder}/profile", "--no-pdf-header-footer", f"--print-to-pdf={path}"]
    subprocess.run([*command, source.as_uri()], check=True, capture_output=True)
    path.with_suffix(".rows.json").write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
    return path


def measure(path: Path, rounds: int) -> str:
    """Given a document, return its line of the table."""
    runs: dict[str, list[dict[str, object]]] = {reader: [] for reader in READERS}
    for number in range(rounds):
        for reader in READERS if number % 2 == 0 else READERS[::-1]:
            runs[reader].append(_run(reader, path))
    seconds = {reader: median(float(str(run["seconds"])) for run in found) for reader, found in runs.items()}
    memory = {reader: max(float(str(run["megabytes"])) for run in found) for reader, found in runs.items()}
    right = {reader: set(map(tuple, found[0]["right"])) for reader, found in runs.items()}  # type: ignore[call-overload]
    worse = len(right["pdfplumber"] - right["pikg"])
    with pdfium.PdfDocument(path) as document:
        pages = len(document)
    ratio = seconds["pdfplumber"] / seconds["pikg"]
    wanted = len(_gold(path))
    shown = [f"{len(right[reader])}/{wanted}" if wanted else "-" for reader in READERS]
    lost = str(worse) if wanted else "-"
    return (
        f"{path.stem[:40]:40} {pages:5} {seconds['pikg']:8.3f} {seconds['pdfplumber']:9.3f} {ratio:5.1f}x"
        f" {memory['pikg']:8.0f} {memory['pdfplumber']:10.0f} {shown[0]:>10} {shown[1]:>12} {lost:>6}"
    )


def _run(reader: str, path: Path) -> dict[str, object]:
    command = [sys.executable, str(Path(__file__).resolve()), "--one", reader, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def read_once(reader: str, path: Path) -> dict[str, object]:
    """Given a reader and a document, return the seconds, the memory in MB (10^6 bytes), and the rows that are right.

    Importing the reader's modules is not counted, of either; comparing rows comes after the clock.
    """
    sys.path.insert(0, str(ROOT))
    read = read_by_pikg if reader == "pikg" else read_by_pdfplumber
    read(EXAMPLES[0], warm=True)
    begun = time.process_time()
    rows = read(path)
    seconds = time.process_time() - begun
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return {"seconds": seconds, "megabytes": used / 1e6, "right": [pair for pair in _gold(path) if _stands(pair, rows)]}


def read_by_pikg(path: Path, *, warm: bool = False) -> Rows:
    from extract.readers.pdf import read  # noqa: PLC0415 - each process loads its own reader only

    document = read(path, pages=[1] if warm else None)
    return [[cell.text for cell in grid.row_cells(row)] for grid in document.grids for row in range(1, grid.rows + 1)]


def read_by_pdfplumber(path: Path, *, warm: bool = False) -> Rows:
    import pdfplumber  # noqa: PLC0415

    rows: Rows = []
    with pdfplumber.open(path) as pdf:
        for page in pdf.pages[:1] if warm else pdf.pages:
            rows += [[cell or "" for cell in row] for table in page.extract_tables() for row in table]
            page.close()
    return rows


def _gold(path: Path) -> list[tuple[str, ...]]:
    """The names and targets that a document prints, and what else their rows must hold; of one made of the examples
    those of all examples that are whole in it."""
    if (written := path.with_suffix(".rows.json")).exists():
        return [tuple(row) for row in json.loads(written.read_text("utf-8"))]
    sources = [path] if path in EXAMPLES else EXAMPLES if path.stem.startswith("made of") else []
    found: list[tuple[str, ...]] = []
    for source in sources:
        gold = json.loads(source.with_suffix(".gold.json").read_text("utf-8"))
        for project in gold["projects"]:
            found += [(one["tier3"], one["target"]["raw"]) for one in project["indicators"] if one.get("target")]
    return list(dict.fromkeys(found))


def _stands(wanted: tuple[str, ...], rows: Rows) -> bool:
    name, target, *others = map(_fold, wanted)
    for row in rows:
        cells = [_fold(cell) for cell in row]
        if name not in cells or not all(other in cells for other in others):
            continue
        if target in "".join(cells[cells.index(name) + 1 :]):
            return True
    return False


def _fold(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


if __name__ == "__main__":
    main()
