"""The process that reads a draft's file, or stores a draft (see drafting.py): started as a program, asked by a line of JSON.

Reading leaves beside the original what was read and what a preview shows, pictures of pages among it, so that the app
never opens a file that nobody has stored. Memory is bounded, and whoever started the process may end it at any time.
"""

from __future__ import annotations

import gzip
import json
import signal
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extract.bounds import MOST_PAGES
from extract.errors import ExtractError, ReaderDefectError, UnsupportedFormatError
from graph.errors import GraphError, StoreLockedError, WorkspaceError
from ontology.contract import from_json, to_json
from ontology.decisions import DecisionError
from ontology.records import Box, Cells, Disclosure, Place, PrintedCell, Project

if TYPE_CHECKING:
    from extract.grid import Document, Grid

_MEMORY = 6 << 30  # bytes of address space that reading one file may take
_MOST_PICTURES = 40  # pages that are drawn for the preview
_MOST_ROWS = 200  # rows of a printed table in the preview
_WAIT = 5.0  # seconds to wait for another writer of the store


# --- reading ---
def read_draft(folder: Path) -> dict[str, Any]:
    """Given a draft file's folder with the file in `original`, read it and leave there what was read and what a preview
    shows; return how it went."""
    from extract.batch import read_disclosure  # noqa: PLC0415 - a second's worth of parsers

    (path,) = (folder / "original").iterdir()
    failed: dict[str, Any] = {"failure": None, "reason": "", "pages": None}
    try:
        pages = _count_pages(path)
        if pages is not None and pages > MOST_PAGES:
            return failed | {"failure": "too_long", "reason": str(pages), "pages": pages}
        if pages is not None:
            _tell_pages(folder / "progress", pages)
        reading = read_disclosure(path)
        _write_preview(path, reading.disclosure, reading.document, folder)
    except UnsupportedFormatError as error:
        return failed | {"failure": "unsupported", "reason": str(error)}
    except ReaderDefectError as error:
        return failed | {"failure": "defect", "reason": str(error)}
    except (ExtractError, OSError) as error:
        return failed | {"failure": "unreadable", "reason": str(error)}
    text = json.dumps(to_json(reading.disclosure), ensure_ascii=False)
    (folder / "reading.json.gz").write_bytes(gzip.compress(text.encode(), compresslevel=3, mtime=0))
    return failed | {"pages": reading.document.pages}


def _tell_pages(told: Path, pages: int) -> None:
    """Have the number of the page that was read last, and how many there are, written to a file as reading goes on."""
    from extract.readers.paged import on_page  # noqa: PLC0415 - a second's worth of parsers

    def tell(page: int) -> None:
        told.write_text(f"{page} {pages}", "ascii")

    on_page.set(tell)


def _count_pages(path: Path) -> int | None:
    from extract.formats import Format, detect  # noqa: PLC0415
    from extract.readers.pdf_open import open_pdf  # noqa: PLC0415
    from extract.readers.scan_image import count_pages  # noqa: PLC0415

    match detect(path):
        case Format.PDF:
            with open_pdf(path) as document:
                return len(document)
        case Format.IMAGE:
            return count_pages(path)
        case _:
            return None


def _write_preview(path: Path, disclosure: Disclosure, document: Document, folder: Path) -> None:
    from extract.people import hide_people  # noqa: PLC0415

    cells = list(_printed_cells(disclosure))
    tables: list[dict[str, Any]] = []
    if document.pages is None:
        read = {(c.place.sheet, c.place.table, c.place.row, c.place.column) for c in cells}
        told = {(sheet, table) for sheet, table, _, _ in read}
        told |= {(i.place.sheet, i.place.table) for i in disclosure.issues if i.place is not None and i.place.table}
        tables = [
            _preview_table(hide_people(grid), read)
            for grid in document.grids
            if (grid.place.sheet, grid.place.table) in told
        ]
    else:
        _draw_pages(path, disclosure, document, cells, folder / "pages")
    people = [[one.page, *_edges(one.box)] for one in document.people if one.box is not None]
    preview = {"tables": tables, "people": people, "pages": document.pages}
    (folder / "preview.json").write_text(json.dumps(preview, ensure_ascii=False), "utf-8")


def _printed_cells(disclosure: Disclosure) -> Iterable[PrintedCell]:
    """Every place of every cell that something was read from."""
    for project in disclosure.projects:
        yield from _of_project(project)
    for line in disclosure.budget_lines:
        if line.cell is not None:
            yield from (line.cell, *line.cell.more)


def _preview_table(grid: Grid, read: set[tuple[str | None, int | None, int | None, int | None]]) -> dict[str, Any]:
    rows = []
    for number in range(1, min(grid.rows, _MOST_ROWS) + 1):
        rows.append(
            [
                (
                    cell.text, min(cell.last_row, _MOST_ROWS) - number + 1, cell.column_span,
                    (grid.place.sheet, grid.place.table, cell.row, cell.column) in read,
                )
                for cell in grid.row_cells(number) if cell.row == number
            ]
        )  # fmt: skip
    return {"sheet": grid.place.sheet, "table": grid.place.table, "rows": rows, "cut": grid.rows > _MOST_ROWS}


def _draw_pages(
    path: Path, disclosure: Disclosure, document: Document, cells: Sequence[PrintedCell], folder: Path
) -> None:
    """Draw the pages of forms, then those with issues, then those of financial tables, up to a number; where there is
    nothing of these the first pages."""
    from extract.render import render_read  # noqa: PLC0415

    forms = {cell.place.page for project in disclosure.projects for cell in _of_project(project)}
    doubts = {one.place.page for one in disclosure.issues if one.place is not None}
    wanted = [
        page for pages in (forms, doubts, {c.place.page for c in cells}) for page in sorted(p for p in pages if p)
    ]
    wanted = list(dict.fromkeys(wanted))[:_MOST_PICTURES] or list(range(1, min(document.pages or 0, 3) + 1))
    folder.mkdir(exist_ok=True)
    for page in wanted:
        boxes = {c.place.box for c in cells if c.place.page == page and c.place.box is not None}
        covered = [one.box for one in document.people if one.page == page and one.box is not None]
        with suppress(ExtractError, ValueError):  # what can't be drawn was told as an issue of the page
            (folder / f"{page}.webp").write_bytes(render_read(path, page, list(boxes), covered=covered))


def _of_project(project: Project) -> Iterable[PrintedCell]:
    owned: list[Cells] = [
        project.cells,
        *(row.cells for row in project.indicators),
        *(f.cells for f in project.funding),
    ]
    for cells in owned:
        for cell in cells.values():
            yield from (cell, *cell.more)


def _edges(box: Box) -> tuple[float, float, float, float]:
    return box.x0, box.top, box.x1, box.bottom


# --- storing ---
def store_drafts(store_folder: Path, folders: Sequence[Path], progress: Path) -> dict[str, Any]:
    """Given a store's folder and those of files that were read, put them into the store; return how it went. How many
    are stored, and of how many, is written to a file; with the last of them it remains to put the graph together."""
    from deciding import bring_in_step, load_corrected  # noqa: PLC0415
    from extract import EXTRACTOR_VERSION  # noqa: PLC0415
    from graph.load import open_batch  # noqa: PLC0415
    from graph.workspace import Workspace  # noqa: PLC0415

    told: dict[str, Any] = {"stored": [], "refused": [], "reason": None, "locked": False}
    try:
        with open_batch(Workspace.open(store_folder), wait=_WAIT, command="pikg app") as batch:
            for number, folder in enumerate(folders):
                progress.write_text(f"{number} {len(folders)}", "ascii")
                (path,) = (folder / "original").iterdir()
                disclosure = from_json(json.loads(gzip.decompress((folder / "reading.json.gz").read_bytes())))
                people = json.loads((folder / "preview.json").read_text("utf-8"))["people"]
                places = [Place(page=page, box=Box(*edges)) for page, *edges in people]
                try:
                    if not batch.is_current(disclosure.document.sha256, EXTRACTOR_VERSION):
                        load_corrected(batch, disclosure, path, places)
                    told["stored"].append(disclosure.document.sha256)
                except WorkspaceError:
                    raise  # nothing more can be stored
                except (ExtractError, GraphError, DecisionError) as error:
                    told["refused"].append([path.name, str(error)])
            progress.write_text(f"{len(folders)} {len(folders)}", "ascii")
            bring_in_step(batch)
    except StoreLockedError as error:
        return told | {"stored": [], "reason": str(error), "locked": True}
    except (GraphError, OSError) as error:
        return told | {"stored": [], "reason": str(error)}
    return told


def main(task: str) -> None:
    """Read a request from standard input, do the task, write the answer to standard output."""
    # What was started (a converting program) is ended by the `finally` of whoever started it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    request = json.loads(sys.stdin.buffer.read())
    if task == "read":
        _bound_memory(_MEMORY)
        answer = read_draft(Path(request["folder"]))
    else:
        folders = [Path(folder) for folder in request["folders"]]
        answer = store_drafts(Path(request["store"]), folders, Path(request["progress"]))
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode())


def _bound_memory(size: int) -> None:
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (size, size))


if __name__ == "__main__":
    main(sys.argv[1])
