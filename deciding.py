"""What people decide about what was read: a misread cell corrected, a proposed identity judged, an indicator grouped.

Each of the methods of `Decides` writes one line to the workspace's decisions.jsonl, brings the graph in step and
publishes it, all under one lock: when it returns, queries count the decision. A line is only written for what is sound
and can be applied. `pipeline` applies what stands there to every document that it stores (`load_corrected`).
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rdflib import SDO
from rdflib.term import URIRef

from extract.errors import UnreadableDocumentError
from graph.decided import (
    DecidedLine,
    PrintedField,
    find_canonical,
    find_counting_file,
    find_fields,
    find_proposal,
    list_decisions,
)
from graph.decisions import append_decision, read_file
from graph.embedded import EmbeddedStore, open_snapshot
from graph.errors import AmbiguousError, GraphError, NotFoundError
from graph.load import Batch, find_document, open_batch
from graph.store import Triple
from graph.workspace import Workspace
from ontology.contract import ContractError, from_json, to_json
from ontology.decisions import (
    CellCorrection,
    Decision,
    DecisionError,
    IdentityVerdict,
    IndicatorGrouping,
    Undoing,
    check_decision,
)
from ontology.keys import fold
from ontology.records import Disclosure, Place
from originals import READINGS, keep_derived, keep_people

if TYPE_CHECKING:
    from extract.corrections import Corrected

__all__ = [
    "DecidedLine", "Decides", "PrintedField", "bring_in_step", "check_unchanged", "load_corrected", "make_anew",
]  # fmt: skip


# --- deciding -----------------------------------------------------------------------------------------------------
class Decides:
    """What a store offers to people who decide; `pipeline.Store` is one."""

    workspace: Workspace

    def correct_cell(
        self,
        document: str,
        *,
        field: str,
        new: str,
        who: str,
        why: str,
        old: str | None = None,
        name: str | None = None,
        page: int | None = None,
        table: int | None = None,
        row: int | None = None,
        column: int | None = None,
        cell: str | None = None,
        wait: float = 0.0,
    ) -> CellCorrection:
        """Given a document (file name or hash), a field (target, actual, amount, tier3 …) and what stands in its cell,
        correct it; what is given of the text that was read there (`old`), the place, the name beside it (of the indicator,
        form or line) and the cell's IRI tells which cell it is.

        Raise NotFoundError where there is no such cell, AmbiguousError where there are several, DecisionError where the
        text can't stand in such a field.
        """
        with _deciding(self.workspace, wait, "correct cell") as batch:
            stored = find_document(batch.writer.store, document)
            printed_cells = find_fields(batch.writer.store, batch.namespace.document(stored.sha256))
            cells = [one for one in printed_cells if one.field == field]
            place = {"page": page, "table": table, "row": row, "column": column}
            meant = [
                one
                for one in cells
                if all(asked is None or getattr(one, part) == asked for part, asked in place.items())
                and (old is None or fold(old) == fold(one.text))
                and (name is None or fold(name) in fold(one.name))
                and cell in (None, one.cell)
            ]
            if not cells and printed_cells:
                known = ", ".join(sorted({one.field for one in printed_cells}))
                raise NotFoundError(f"{stored.file} has no cell of the field {field!r}; its cells are of: {known}")
            printed = _only(meant, stored.file, field, cells)
            correction = CellCorrection(
                document=stored.sha256,
                file=stored.file,
                field=field,
                page=printed.page,
                sheet=printed.sheet,
                table=printed.table,
                row=printed.row,
                column=printed.column,
                old=printed.text,
                new=new,
                who=who,
                when=_now(),
                why=why,
            )
            check_decision(correction)
            outcome = _correct(_read_kept(batch, stored.sha256, stored.file), [correction])
            if not outcome.applied:
                raise DecisionError(
                    f"{stored.file} reads otherwise than the store has it; ingest it again, then correct the cell"
                )
            _decide(batch, correction)
            return correction

    def counting_file(self, correction: CellCorrection) -> str | None:
        """Given a correction, return the file whose print of the same form or table counts in the place of the corrected
        one's; None where what was corrected counts itself."""
        with self.workspace.read() as store:
            return find_counting_file(store, self.workspace.namespace.decision(correction.id))

    def judge_identity(
        self,
        proposal: str,
        verdict: Literal["confirmed", "refused"],
        *,
        who: str,
        why: str,
        wait: float = 0.0,
    ) -> IdentityVerdict:
        """Given a proposed identity (its IRI, its key or the beginning of it) and a verdict, record it."""
        with _deciding(self.workspace, wait, "correct identity") as batch:
            found = find_proposal(batch.writer.store, batch.namespace, proposal)
            decision = IdentityVerdict(
                relation=found.relation,
                one=found.one,
                other=found.other,
                names=found.names,
                verdict=verdict,
                who=who,
                when=_now(),
                why=why,
            )
            _decide(batch, decision)
            return decision

    def group_indicator(self, name: str, canonical: str, *, who: str, why: str, wait: float = 0.0) -> IndicatorGrouping:
        """Given the printed name of indicators, and a canonical indicator (its IRI, notation, label or a name that belongs
        to it), have all indicators of that name belong to it."""
        with _deciding(self.workspace, wait, "correct indicator") as batch:
            notation = find_canonical(batch.writer.store, name, canonical)
            decision = IndicatorGrouping(name=name, notation=notation, who=who, when=_now(), why=why)
            _decide(batch, decision)
            return decision

    def undo_decision(self, decision: str, *, who: str, why: str, wait: float = 0.0) -> Undoing:
        """Given a decision's id (or its first four digits and more), undo it."""
        with _deciding(self.workspace, wait, "correct undo") as batch:
            found = [one for one in batch.decisions.find(decision) if not isinstance(one, Undoing)]
            if not found:
                raise NotFoundError(f"there is no decision {decision!r}; `pikg correct list` shows them")
            if len(found) > 1:
                raise AmbiguousError(f"{decision!r} begins {len(found)} decisions", [one.id for one in found])
            if found[0].id in batch.decisions.undone:
                raise DecisionError(f"the decision {found[0].id} is undone already")
            undoing = Undoing(undoes=found[0].id, who=who, when=_now(), why=why)
            _decide(batch, undoing)
            return undoing

    def decisions(self) -> list[DecidedLine]:
        """Return every decision in its order, with how it stands in the newest snapshot."""
        decisions = read_file(self.workspace)
        with self.workspace.read() as store:
            return list_decisions(decisions, store, self.workspace.namespace)

    def printed_fields(self, document: str, field: str | None = None) -> list[PrintedField]:
        """Given a document (file name or hash) and a field, return the cells that print it, with what was read in them."""
        with self.workspace.read() as store:
            stored = find_document(store, document)
            return find_fields(store, self.workspace.namespace.document(stored.sha256), field=field)


@contextmanager
def _deciding(workspace: Workspace, wait: float, command: str) -> Iterator[Batch]:
    """A batch that holds the lock, in step with what the file says already."""
    with open_batch(workspace, wait=wait, command=command) as batch:
        bring_in_step(batch)
        batch.publish()
        yield batch


def _decide(batch: Batch, decision: Decision) -> None:
    """Write a sound decision's line, then have the graph follow: a run that is killed between them is healed by the
    next."""
    check_decision(decision)
    batch.writer.mark()
    append_decision(batch.writer.workspace, decision)
    batch.read_decisions()
    bring_in_step(batch)


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")


def _only(found: Sequence[PrintedField], file: str, field: str, all_of_field: Sequence[PrintedField]) -> PrintedField:
    if len(found) == 1:
        return found[0]
    if not found:
        least = f"; it has {len(all_of_field)} cells of this field" if all_of_field else ""
        raise NotFoundError(f"{file} has no such cell of the field {field!r}{least}")
    raise AmbiguousError(
        f"{len(found)} cells of the field {field!r} in {file} are meant; say more of the one",
        [one.told for one in found[:20]],
    )


# --- documents with their corrections -----------------------------------------------------------------------------
def _correct(disclosure: Disclosure, corrections: Sequence[CellCorrection]) -> Corrected:
    from extract.corrections import correct_disclosure  # noqa: PLC0415 - the reading of values, which a query doesn't need

    return correct_disclosure(disclosure, corrections)


def check_unchanged(path: Path, disclosure: Disclosure) -> None:
    """Given a file and what was read from it, raise UnreadableDocumentError where it has another content by now."""
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != disclosure.document.sha256:
            raise UnreadableDocumentError(f"{path.name}: the file was changed while it was read; ingest it again")


def load_corrected(
    batch: Batch, disclosure: Disclosure, original: Path | None = None, people: Sequence[Place] | None = None
) -> Corrected:
    """Given what was read from a document, and where its pages print names or telephones of people, store it as it
    reads with people's corrections; return it so."""
    corrected = _correct(disclosure, batch.decisions.corrections(disclosure.document.sha256))
    batch.load(corrected.disclosure, original, applied=corrected.applied, stale=corrected.stale)
    _keep_reading(batch, disclosure)
    if people is not None:
        keep_people(batch.writer.workspace, disclosure.document.sha256, people)
    return corrected


def bring_in_step(batch: Batch) -> list[str]:
    """Store every document anew whose graph holds other corrections than decisions.jsonl says; return their hashes."""
    documents = batch.out_of_step()
    for sha256 in documents:
        load_corrected(batch, _read_kept(batch, sha256, None))
    return documents


def make_anew(workspace: Workspace, folder: Path) -> None:
    """Given a workspace and an empty folder, make a workspace there of what was read from its documents (of a document
    where that is not kept, of its original) and of its decisions, as if they were ingested. Of its graph, which may be
    damaged, only where the documents were found is taken over, and their names where nothing else tells them."""
    copy = Workspace.open(folder, create=True, base=workspace.info.base)
    copy.describe(workspace.info)
    shutil.copy2(workspace.folder / "decisions.jsonl", folder / "decisions.jsonl")
    names = {path.name.partition(".")[0] for kept in ("documents", READINGS) for path in _whole_files(workspace, kept)}
    with _salvage(workspace) as told, open_batch(copy, command="backup") as batch:
        for sha256 in sorted(names):
            said, source = told(sha256)
            disclosure = _read_kept(batch, sha256, said, workspace)
            original, people = workspace.original(sha256), workspace.folder / READINGS / f"{sha256}.people.json"
            load_corrected(batch, disclosure, original if original.is_file() else None)
            if people.is_file():
                keep_derived(folder / READINGS / people.name, people.read_bytes())
            batch.writer.store.replace_graph(batch.namespace.source_graph(sha256), source)


def _whole_files(workspace: Workspace, kept: str) -> list[Path]:
    inside = workspace.folder / kept
    return [path for path in inside.iterdir() if path.suffix != ".partial"] if inside.is_dir() else []


_Told = Callable[[str], tuple[str | None, list[Triple]]]
"""Given a document's hash, its file name and the triples that say where it was found, as far as they can be read."""


@contextmanager
def _salvage(workspace: Workspace) -> Iterator[_Told]:
    """What can be read of a graph that may be damaged: statements one by one, which fails but never hangs."""
    namespace = workspace.namespace
    with ExitStack() as stack:
        store: EmbeddedStore | None = None
        with suppress(GraphError):
            snapshot, lease = workspace.lease()
            stack.callback(lease.release)
            store = stack.enter_context(open_snapshot(snapshot, damaged=True))

        def told(sha256: str) -> tuple[str | None, list[Triple]]:
            name, source = None, list[Triple]()
            if store is not None:
                document = URIRef(namespace.document(sha256))
                with suppress(GraphError):
                    source = list(store.triples(namespace.source_graph(sha256)))
                with suppress(GraphError):
                    found = store.values(namespace.document_graph(sha256), document, SDO.name)
                    name = next(map(str, found), None)
            return name, source

        yield told


def _kept(workspace: Workspace, sha256: str) -> Path:
    return workspace.folder / READINGS / f"{sha256}.json.gz"


def _keep_reading(batch: Batch, disclosure: Disclosure) -> None:
    """Keep what was read, so that a correction of a scan need not wait for it to be read again."""
    text = json.dumps(to_json(disclosure), ensure_ascii=False)
    kept = gzip.compress(text.encode(), compresslevel=3, mtime=0)
    keep_derived(_kept(batch.writer.workspace, disclosure.document.sha256), kept)


def _read_kept(batch: Batch, sha256: str, file: str | None, workspace: Workspace | None = None) -> Disclosure:
    """What was read from a document of a workspace (None: the batch's): as it was kept, or from its original anew."""
    kept_in = workspace or batch.writer.workspace
    try:
        kept = from_json(json.loads(gzip.decompress(_kept(kept_in, sha256).read_bytes())))
        if kept.document.sha256 == sha256:
            return kept
    except (OSError, EOFError, zlib.error, ValueError, ContractError):
        pass  # not kept, or not whole: the original says it
    from extract.batch import read_disclosure  # noqa: PLC0415 - parsers that most decisions don't need

    original = kept_in.original(sha256)
    if not original.is_file():
        raise GraphError(f"the original of the document {sha256[:12]} is not kept; ingest its file again")
    read = read_disclosure(original).disclosure
    if read.document.sha256 != sha256:
        raise GraphError(f"the original of the document {sha256[:12]} is damaged; ingest its file again")
    name = file or (find_document(batch.writer.store, sha256).file if workspace is None else sha256)
    return replace(read, document=replace(read.document, file=name))
