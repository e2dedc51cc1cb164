"""How exactly and how fast scans are read, against the digital reading of the same pages.

    python benchmarks/bench_scans.py                   the shipped examples (and ../shared/corpus where it is there)
    python benchmarks/bench_scans.py FILE.pdf ...      these files instead
    python benchmarks/bench_scans.py --wear hard       worse scans: 150 dots to the inch, more noise, harder compressed
    python benchmarks/bench_scans.py --show            also list what was read wrongly, and whether it was told

Each page with a table is rasterised, laid askew by up to a degree, blurred, speckled and compressed (benchmarks/
scanned.py); the scans of a document make a PDF of pictures, which is read like any other. Cells are compared by their
place (page, table, row, column). A cell is flagged where an issue names its place. `signs and digits` counts the cells
whose comparison signs or figures differ. Seconds are those of the wall; on a busy machine they say little, so those of
the processor stand beside them.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from dataclasses import dataclass, fields
from pathlib import Path

from scanned import Wear, scan_document

from extract.batch import read_disclosure
from extract.grid import Document
from extract.readers.pdf import read
from extract.readers.scan_sign_list import SIGNS
from ontology.records import Issue

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
CORPUS = ROOT.parent / "shared" / "corpus"
WEARS = {"usual": Wear(), "clean": Wear(skew=0.3, noise=3, blur=0.3, specks=0, jpeg=90),
         "hard": Wear(dpi=150, noise=12, blur=0.7, jpeg=50)}  # fmt: skip
TELLING = frozenset("0123456789.%") | frozenset(SIGNS)

Key = tuple[int, int | None, int | None, int | None]
"""Page, table, row, column."""


@dataclass(slots=True)
class Counts:
    """What became of a document's cells; `unflagged` are wrong ones that no issue names."""

    pages: int = 0
    cells: int = 0
    exact: int = 0
    indicator_cells: int = 0
    indicator_exact: int = 0
    flagged: int = 0
    wrong: int = 0
    unflagged: int = 0
    telling_wrong: int = 0
    telling_unflagged: int = 0
    seconds: float = 0.0
    processor: float = 0.0

    def add(self, other: Counts) -> None:
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))

    def line(self, name: str) -> str:
        return (
            f"{name[:44]:44} {self.pages:5} {self.cells:6} {share(self.exact, self.cells):>7}"
            f" {share(self.indicator_exact, self.indicator_cells):>10} {self.wrong:5} {self.unflagged:9}"
            f" {self.telling_wrong:6} {self.telling_unflagged:9} {share(self.flagged, self.cells):>8}"
            f" {self.seconds / max(1, self.pages):6.2f} {self.processor / max(1, self.pages):6.2f}"
        )


HEAD = (
    f"{'':44} {'':5} {'':6} {'':>7} {'indicator':>10} {'wrong cells':>15} {'signs, digits':>16} {'':8} {'s/page':>6}\n"
    f"{'document':44} {'pages':>5} {'cells':>6} {'exact':>7} {'exact':>10} {'all':>5} {'unflagged':>9}"
    f" {'all':>6} {'unflagged':>9} {'flagged':>8} {'wall':>6} {'cpu':>6}"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--wear", choices=sorted(WEARS), default="usual")
    parser.add_argument("--seed", type=int, default=0, help="other scans of the same pages")
    parser.add_argument("--show", action="store_true")
    given = parser.parse_args()
    files = given.files or [*sorted(EXAMPLES.glob("*.pdf")), *sorted(CORPUS.rglob("*.pdf"))]
    total = Counts()
    print(HEAD)
    with tempfile.TemporaryDirectory() as folder:
        for path in files:
            found = measure(path, Path(folder), WEARS[given.wear], given.seed, show=given.show)
            print(found.line(path.name), flush=True)
            total.add(found)
    print(total.line("all"))
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


def measure(path: Path, folder: Path, wear: Wear, seed: int, *, show: bool) -> Counts:
    """Given a digital PDF, return what became of the cells of its scan."""
    digital = read(path)
    pages = sorted(
        {part.place.page for grid in digital.grids for cell in grid for part in cell.parts if part.place.page}
    )
    if not pages:
        return Counts()
    scanned = folder / path.name
    scan_document(path, scanned, pages, wear, seed)
    begun, used = time.perf_counter(), time.process_time()
    recognised = read(scanned)
    counts = Counts(len(pages), seconds=time.perf_counter() - begun, processor=time.process_time() - used)
    found = cells(recognised, dict(enumerate(pages, 1)))
    flagged = places(recognised.issues, dict(enumerate(pages, 1)))
    indicators = indicator_cells(path)
    for place, text in cells(digital, {page: page for page in pages}).items():
        right = found.get(place) == text
        counts.cells += 1
        counts.exact += right
        counts.indicator_cells += place in indicators
        counts.indicator_exact += right and place in indicators
        counts.flagged += place in flagged
        if right:
            continue
        telling = telling_of(found.get(place, "")) != telling_of(text)
        counts.wrong += 1
        counts.unflagged += place not in flagged
        counts.telling_wrong += telling
        counts.telling_unflagged += telling and place not in flagged
        if show:
            print(f"  {'told' if place in flagged else 'NOT TOLD'} {place} {text!r} read as {found.get(place)!r}")
    scanned.unlink()
    return counts


def cells(document: Document, pages: dict[int, int]) -> dict[Key, str]:
    """Given a document and what number each of its pages has in the digital one, return the texts of its cells."""
    parts = (part for grid in document.grids for cell in grid for part in cell.parts)
    return {
        (pages[p.place.page], p.place.table, p.place.row, p.place.column): p.text
        for p in parts
        if p.place.page is not None
    }


def places(issues: tuple[Issue, ...], pages: dict[int, int]) -> set[Key]:
    """The places that issues name."""
    named = (one.place for one in issues if one.place is not None)
    return {(pages[at.page], at.table, at.row, at.column) for at in named if at.page is not None and at.column}


def indicator_cells(path: Path) -> set[Key]:
    """The places of all cells that make the indicators of a digital document."""
    printed = (
        part
        for project in read_disclosure(path).disclosure.projects
        for indicator in project.indicators
        for cell in indicator.cells.values()
        for part in (cell, *cell.more)
    )
    return {(p.place.page, p.place.table, p.place.row, p.place.column) for p in printed if p.place.page is not None}


def telling_of(text: str) -> str:
    """The figures and signs of a text, one print of a sign for all."""
    return "".join(SIGNS.get(character, character) for character in text if character in TELLING)


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f}%" if whole else "-"


if __name__ == "__main__":
    main()
