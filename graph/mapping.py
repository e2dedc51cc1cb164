"""Records to triples: what one document printed, and the vocabulary that says what the words mean.

Given the same record and the same base IRI, `map_disclosure` returns the same triples on any machine: IRIs come from
keys (ontology.keys) or from the document's hash and an ordinal, and there are no blank nodes. A document's triples
stand on their own (units, regions and projects it speaks of are named in it again): its graph can be replaced alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from importlib.resources import files
from urllib.parse import quote

from rdflib import DCTERMS, RDF, RDFS, Graph, URIRef
from rdflib.term import BNode, Node

from graph.budget_classes import class_iri, map_printed_class
from graph.errors import InvalidLiteralError
from graph.nodes import TERMS, concept_or_none, decimal_or_none, map_node, text_or_none, whole_or_none
from graph.regions import known_region, map_region
from graph.selectors import map_selector
from graph.store import Triple
from graph.terms import integer_literal, iri, text_literal
from graph.values import map_value, with_parts
from ontology import keys, records
from ontology.budget_classes import class_triples
from ontology.concepts import Text, concept_triples
from ontology.decisions import CellCorrection, spot_of
from ontology.namespaces import PREFIXES, Namespace

_SCHEMA_NAME = URIRef(PREFIXES["schema"] + "name")
_DATA_SET, _CUBE, _STRUCTURE = (URIRef(PREFIXES["qb"] + name) for name in ("dataSet", "DataSet", "structure"))

_FORM_CLASSES: Mapping[str, str] = {
    "target": "TargetForm",
    "self_evaluation": "SelfEvaluation",
    "description": "ProjectDescription",
}

Pairs = Iterable[tuple[Node, Node | None]]
"""Properties of a subject with their values; a value that is None is not stated."""


def map_disclosure(
    disclosure: records.Disclosure,
    namespace: Namespace,
    *,
    applied: Iterable[CellCorrection] = (),
    stale: Iterable[CellCorrection] = (),
) -> Iterator[Triple]:
    """Given what was read from one document and the workspace's base IRI, return the triples of its graph, each once.

    `applied` are the corrections by people that the record holds already, `stale` those that no longer fit it: cells and
    document point to them.
    A number that no store can add up exactly is left to its printed text (`originalText`), which always stands there.
    """
    seen: set[Triple] = set()
    for triple in _DocumentMapping(disclosure, namespace, tuple(applied), tuple(stale)).triples():
        if triple not in seen:
            seen.add(triple)
            yield triple


def map_vocabulary() -> Iterator[Triple]:
    """Return the triples of the vocabulary graph: the terms of ontology/pikg.ttl and the concepts of its schemes."""
    graph = Graph()
    graph.parse(data=(files("ontology") / "pikg.ttl").read_text("utf-8"), format="turtle")
    for triple in sorted(graph):
        if any(isinstance(node, BNode) for node in triple):
            raise InvalidLiteralError("ontology/pikg.ttl holds a blank node; give it an IRI")
        yield triple
    for subject, predicate, value in concept_triples():
        text = text_literal(value.value, value.language) if isinstance(value, Text) else iri(value)
        yield iri(subject), iri(predicate), text
    for subject, predicate, said in class_triples():
        if isinstance(said, int):
            yield iri(subject), iri(predicate), integer_literal(said)
        else:
            text = text_literal(said.value, said.language) if isinstance(said, Text) else iri(said)
            yield iri(subject), iri(predicate), text


def _box(box: records.Box) -> str:
    """Given a box in points, return it as "x0 top x1 bottom" with two decimals at most."""
    return " ".join(f"{edge:.2f}".rstrip("0").rstrip(".") for edge in (box.x0, box.top, box.x1, box.bottom))


class _DocumentMapping:
    """The mapping of one document: its record, and the IRIs that many of its nodes point to."""

    def __init__(
        self,
        disclosure: records.Disclosure,
        namespace: Namespace,
        applied: tuple[CellCorrection, ...],
        stale: tuple[CellCorrection, ...],
    ) -> None:
        self.disclosure = disclosure
        self.stale = stale
        self.corrected = {one.spot: one for one in applied}
        self.info = disclosure.document
        self.namespace = namespace
        self.sha256 = self.info.sha256
        self.document = iri(namespace.document(self.sha256))
        self.budget_lines = iri(namespace.budget_lines)
        self.publisher = iri(namespace.unit(keys.publisher_key(self.info))) if self.info.unit else None

    def triples(self) -> Iterator[Triple]:
        """All triples of the document, shared ones possibly more than once."""
        yield from self._header()
        for name, corrections in (("correctedBy", self.corrected.values()), ("staleDecision", self.stale)):
            for correction in corrections:
                yield self.document, TERMS[name], iri(self.namespace.decision(correction.id))
        for number, project in enumerate(self.disclosure.projects, 1):
            yield from self._form(number, project)
        if self.disclosure.budget_lines:
            yield self.budget_lines, RDF.type, _CUBE
            yield self.budget_lines, _STRUCTURE, TERMS["BudgetLineStructure"]
        for number, line in enumerate(self.disclosure.budget_lines, 1):
            yield from self._budget_line(iri(self.namespace.line(self.sha256, number)), number, line)
        projects = {keys.fold(project.name): project for project in self.disclosure.projects}
        for number, fact in enumerate(self.disclosure.facts, 1):
            about = projects.get(keys.fold(fact.subject)) if fact.subject else None
            yield from self._fact(self._fact_iri(number), number, fact, about)
        for number, issue in enumerate(self.disclosure.issues, 1):
            yield from self._issue(iri(self.namespace.issue(self.sha256, number)), number, issue)

    # --- the document and who published it ------------------------------------------------------------------------
    def _header(self) -> Iterator[Triple]:
        info = self.info
        disclosure = iri(self.namespace.disclosure(keys.disclosure_key(info)))
        region = self._region_iri(info.region)
        whose = (
            (TERMS["publisher"], self.publisher),
            (TERMS["region"], region),
            (TERMS["kind"], concept_or_none("kind", info.kind)),
            (TERMS["level"], concept_or_none("level", info.level)),
            (TERMS["fiscalYear"], whole_or_none(info.fiscal_year)),
        )
        yield from map_node(disclosure, "Disclosure", *whose)
        # Said of the document too, with the names as texts: what hangs on it alone stands in no other graph, so a
        # query over the union of graphs that keeps to documents, forms and rows meets nothing twice.
        yield from map_node(
            self.document,
            "Document",
            *whose,
            (TERMS["publisherText"], text_or_none(info.unit.name) if info.unit else None),
            (TERMS["regionText"], text_or_none(info.region.name) if info.region else None),
            (TERMS["inDisclosure"], disclosure),
            (TERMS["sha256"], text_literal(self.sha256)),
            (_SCHEMA_NAME, text_or_none(info.file)),
            (DCTERMS.title, text_or_none(info.title)),
            (TERMS["extractorVersion"], text_or_none(self.disclosure.extractor_version)),
        )
        if info.region and region:
            yield from map_region(self.namespace, region, info.region)
        if info.unit and self.publisher:
            yield from _unit(self.publisher, info.unit)
            if region:
                yield self.publisher, TERMS["region"], region

    def _region_iri(self, region: records.Named | None) -> URIRef | None:
        if region is None:
            return None
        known = known_region(region)
        code = known.code if known else quote(region.code or f"name-{keys.digest('region', region.name)}", safe="")
        return iri(self.namespace.region(code))

    def _unit_iri(self, unit: records.Named | None) -> URIRef | None:
        return iri(self.namespace.unit(keys.named_unit_key(self.info, unit))) if unit else None

    # --- forms, projects, money -----------------------------------------------------------------------------------
    def _form(self, number: int, printed: records.Project) -> Iterator[Triple]:
        form = iri(self.namespace.form(self.sha256, number))
        project = iri(self.namespace.project(keys.project_key(self.info, printed)))
        year = printed.fiscal_year if printed.fiscal_year is not None else self.info.fiscal_year
        execution = printed.execution or records.Execution()
        department, unit = self._unit_iri(printed.department), self._unit_iri(printed.implementing_unit)
        yield from map_node(
            project,
            "Project",
            (RDFS.label, text_or_none(printed.name)),
            (TERMS["code"], text_or_none(printed.code)),
            (TERMS["scope"], concept_or_none("scope", printed.scope)),
            (TERMS["publisher"], self.publisher),
            (TERMS["department"], department),
            (TERMS["implementingUnit"], unit),
        )
        for named, node in ((printed.department, department), (printed.implementing_unit, unit)):
            if named and node:
                yield from _unit(node, named)
        yield form, RDF.type, TERMS["Form"]
        yield from map_node(
            form,
            _FORM_CLASSES[printed.form],
            (RDFS.label, text_or_none(printed.name)),
            (TERMS["ofProject"], project),
            (TERMS["scope"], concept_or_none("scope", printed.scope)),
            (TERMS["code"], text_or_none(printed.code)),
            (TERMS["department"], department),
            (TERMS["departmentText"], text_or_none(printed.department.name) if printed.department else None),
            (TERMS["implementingUnit"], unit),
            (
                TERMS["implementingUnitText"],
                text_or_none(printed.implementing_unit.name) if printed.implementing_unit else None,
            ),
            (TERMS["inDocument"], self.document),
            (DCTERMS.identifier, text_or_none(printed.form_id)),
            (TERMS["fiscalYear"], whole_or_none(year)),
            (TERMS["order"], whole_or_none(number)),
            (TERMS["objective"], text_or_none(printed.objective)),
            (TERMS["outcome"], text_or_none(printed.outcome)),
            (TERMS["executionRate"], decimal_or_none(execution.rate)),
            (TERMS["executionWeight"], decimal_or_none(execution.weight)),
            (TERMS["executionScore"], decimal_or_none(execution.score)),
            (TERMS["score"], decimal_or_none(printed.score)),
            (TERMS["grade"], text_or_none(printed.grade)),
        )
        yield from _place(form, printed.place)
        yield from self._cells(form, printed.cells)
        for ordinal, goal in enumerate(printed.stages, 1):
            node = iri(f"{form}/stage-goal/{ordinal}")
            yield form, TERMS["hasStageGoal"], node
            yield from map_node(
                node,
                "StageGoal",
                (TERMS["originalText"], text_or_none(goal.text)),
                (TERMS["period"], text_or_none(goal.period)),
                (TERMS["order"], whole_or_none(ordinal)),
            )
        for ordinal, section in enumerate(printed.sections, 1):
            node = iri(f"{form}/section/{ordinal}")
            yield form, TERMS["hasSection"], node
            yield from map_node(
                node,
                "DescriptionSection",
                (TERMS["sectionKind"], concept_or_none("section", section.kind)),
                (RDFS.label, text_or_none(section.label)),
                (TERMS["originalText"], text_or_none(section.text)),
                (TERMS["order"], whole_or_none(ordinal)),
            )
            yield from _place(node, section.place)
        for ordinal, funding in enumerate(printed.funding, 1):
            yield from self._funding(iri(f"{form}/funding/{ordinal}"), form, ordinal, funding)
        for ordinal, indicator in enumerate(printed.indicators, 1):
            row = iri(self.namespace.row(self.sha256, number, ordinal))
            key = keys.project_indicator_key(self.info, printed, indicator)
            joined = iri(self.namespace.project_indicator(key))
            yield from map_node(
                joined,
                "ProjectIndicator",
                (RDFS.label, text_or_none(indicator.tier3)),
                (TERMS["ofProject"], project),
                (TERMS["fiscalYear"], whole_or_none(year)),
                (TERMS["tier1"], concept_or_none("tier1", indicator.tier1_concept)),
                (TERMS["tier2"], concept_or_none("tier2", indicator.tier2_concept)),
            )
            yield from self._row(row, form, joined, ordinal, indicator)

    def _funding(self, node: URIRef, form: URIRef, order: int, funding: records.Funding) -> Iterator[Triple]:
        yield from map_node(
            node,
            "Funding",
            (TERMS["ofForm"], form),
            (TERMS["stage"], concept_or_none("stage", funding.stage)),
            (TERMS["source"], concept_or_none("source", funding.source)),
            (TERMS["amount"], decimal_or_none(funding.amount)),
            (TERMS["originalText"], text_or_none(funding.raw)),
            (TERMS["unitText"], text_or_none(funding.unit)),
            (TERMS["order"], whole_or_none(order)),
        )
        yield from _place(node, funding.place)
        yield from self._cells(node, funding.cells)

    # --- indicators and their values ------------------------------------------------------------------------------
    def _row(
        self, row: URIRef, form: URIRef, joined: URIRef, order: int, indicator: records.Indicator
    ) -> Iterator[Triple]:
        yield from map_node(
            row,
            "IndicatorRow",
            (TERMS["ofForm"], form),
            (TERMS["ofIndicator"], joined),
            (TERMS["order"], whole_or_none(order)),
            (RDFS.label, text_or_none(indicator.tier3)),
            (TERMS["tier1"], concept_or_none("tier1", indicator.tier1_concept)),
            (TERMS["tier2"], concept_or_none("tier2", indicator.tier2_concept)),
            (TERMS["tier1Text"], text_or_none(indicator.tier1)),
            (TERMS["tier2Text"], text_or_none(indicator.tier2)),
            (TERMS["tierScheme"], text_or_none(indicator.tier_scheme)),
            (TERMS["absence"], concept_or_none("absence", indicator.absence)),
            (TERMS["weight"], decimal_or_none(indicator.weight)),
            (TERMS["score"], decimal_or_none(indicator.score)),
            (TERMS["direction"], concept_or_none("direction", indicator.direction)),
            (TERMS["explanation"], text_or_none(indicator.explanation)),
            (TERMS["deviation"], text_or_none(indicator.deviation)),
            (TERMS["note"], text_or_none(indicator.note)),
            (TERMS["measure"], concept_or_none("measure", indicator.measure)),
            (TERMS["objectText"], text_or_none(indicator.object)),
            (TERMS["asks"], text_or_none(indicator.asks)),
            (TERMS["measureEvidence"], text_or_none(indicator.evidence)),
        )
        yield from _place(row, indicator.place)
        yield from self._cells(row, indicator.cells)
        for side, value in (("target", indicator.target), ("actual", indicator.actual)):
            if value is not None:
                node = iri(f"{row}/{side}")
                yield row, TERMS[side], node
                yield from map_value(node, value)
                # A target split over columns has a cell for each: its figure, its sign (指标性质) and its unit.
                where = ("target", "operator", "unit") if side == "target" else (side,)
                for name in indicator.cells:
                    if name in where or name.startswith(f"{side}_"):
                        for figure in with_parts(node, value):
                            yield figure, TERMS["printedIn"], _cell_iri(row, name)

    # --- budget lines, facts, issues ------------------------------------------------------------------------------
    def _budget_line(self, node: URIRef, order: int, line: records.BudgetLine) -> Iterator[Triple]:
        yield from map_node(
            node,
            "BudgetLine",
            (TERMS["inDocument"], self.document),
            (TERMS["order"], whole_or_none(order)),
            (TERMS["table"], concept_or_none("table", line.table)),
            (RDFS.label, text_or_none(line.name)),
            (TERMS["code"], text_or_none(line.code)),
            (TERMS["columnText"], text_or_none(line.column)),
            (TERMS["amount"], decimal_or_none(line.amount)),
            (TERMS["originalText"], text_or_none(line.raw)),
            (TERMS["unitText"], text_or_none(line.unit)),
            (TERMS["fiscalYear"], whole_or_none(line.fiscal_year)),
            (TERMS["unitName"], text_or_none(line.unit_name)),
            (TERMS["role"], concept_or_none("role", line.role)),
            (TERMS["depth"], whole_or_none(line.level)),
            (TERMS["side"], concept_or_none("side", line.side)),
            (TERMS["classification"], concept_or_none("classification", line.scheme)),
            (TERMS["budgetClass"], class_iri(line)),
            (_DATA_SET, self.budget_lines),
            (TERMS["holds"], concept_or_none("holds", line.measure)),
        )
        yield from map_printed_class(line)
        yield from _place(node, line.place)
        if line.cell is not None:
            yield from self._cells(node, {"amount": line.cell})

    def _fact_iri(self, number: int) -> URIRef:
        return iri(f"{self.document}/fact/{number}")

    def _fact(self, node: URIRef, order: int, fact: records.Fact, about: records.Project | None) -> Iterator[Triple]:
        project = iri(self.namespace.project(keys.project_key(self.info, about))) if about is not None else None
        yield from map_node(
            node,
            "Fact",
            (TERMS["inDocument"], self.document),
            (TERMS["order"], whole_or_none(order)),
            (TERMS["factKind"], concept_or_none("fact", fact.kind)),
            (TERMS["subjectText"], text_or_none(fact.subject)),
            (TERMS["originalText"], text_or_none(fact.text)),
            (TERMS["amount"], decimal_or_none(fact.amount)),
            (TERMS["value"], decimal_or_none(fact.value)),
            (TERMS["unitText"], text_or_none(fact.unit)),
            (TERMS["change"], decimal_or_none(fact.change)),
            (TERMS["percent"], decimal_or_none(fact.percent)),
            (TERMS["fiscalYear"], whole_or_none(fact.fiscal_year)),
            (TERMS["printedFigure"], text_or_none(fact.raw)),
            (TERMS["stage"], concept_or_none("stage", fact.stage)),
            (TERMS["share"], decimal_or_none(fact.share)),
            (TERMS["comparedYear"], whole_or_none(fact.compared_with)),
            (TERMS["partOfFact"], self._fact_iri(fact.part_of) if fact.part_of is not None else None),
            (TERMS["cause"], text_or_none(fact.cause)),
            (TERMS["aboutProject"], project),
        )
        yield from _place(node, fact.place)

    def _issue(self, node: URIRef, order: int, issue: records.Issue) -> Iterator[Triple]:
        yield from map_node(
            node,
            "Issue",
            (TERMS["inDocument"], self.document),
            (TERMS["order"], whole_or_none(order)),
            (TERMS["issueCode"], text_or_none(issue.code)),
            (TERMS["severity"], concept_or_none("severity", issue.severity)),
            (RDFS.label, text_literal(issue.message_zh, "zh") if issue.message_zh else None),
            (RDFS.label, text_literal(issue.message_en, "en") if issue.message_en else None),
        )
        yield from _place(node, issue.place)

    # --- where it was printed -------------------------------------------------------------------------------------
    def _cells(self, owner: URIRef, cells: records.Cells) -> Iterator[Triple]:
        for name, printed in cells.items():
            node = _cell_iri(owner, name)
            yield owner, TERMS["printedIn"], node
            yield from self._cell(node, name, printed)
            if (correction := self.corrected.get(spot_of(name, printed))) is not None and correction.fits(
                printed.whole
            ):
                yield node, TERMS["correctedBy"], iri(self.namespace.decision(correction.id))
            for number, part in enumerate(printed.more, 2):
                following = iri(f"{_cell_iri(owner, name)}/{number}")
                yield node, TERMS["continuedIn"], following
                yield from self._cell(following, name, part)
                node = following

    def _cell(self, node: URIRef, name: str, printed: records.PrintedCell) -> Iterator[Triple]:
        yield from map_node(
            node,
            "Cell",
            (TERMS["inDocument"], self.document),
            (TERMS["field"], text_or_none(name)),
            (TERMS["originalText"], text_or_none(printed.text)),
        )
        yield from _place(node, printed.place)
        yield from map_selector(node, self.document, printed.place)


def _cell_iri(owner: URIRef, name: str) -> URIRef:
    """One cell node for each field of an owner, also where fields share a printed cell (target and its unit)."""
    return iri(f"{owner}/cell/{quote(name, safe='')}")


def _place(subject: URIRef, place: records.Place | None) -> Iterator[Triple]:
    """Where a subject was printed: page (or sheet), table, row, column and box, and how sure an optical reading is."""
    if place is None:
        return
    stated = (
        (TERMS["page"], whole_or_none(place.page)),
        (TERMS["sheet"], text_or_none(place.sheet)),
        (TERMS["tableNumber"], whole_or_none(place.table)),
        (TERMS["rowNumber"], whole_or_none(place.row)),
        (TERMS["columnNumber"], whole_or_none(place.column)),
        (TERMS["paragraphNumber"], whole_or_none(place.paragraph)),
        (TERMS["box"], text_or_none(_box(place.box)) if place.box else None),
        (TERMS["reading"], concept_or_none("reading", place.reading) if place.reading != "text" else None),
        (
            TERMS["confidence"],
            None if place.confidence is None else decimal_or_none(Decimal(f"{place.confidence:.4f}")),
        ),
    )
    for name, value in stated:
        if value is not None:
            yield subject, name, value


def _unit(node: URIRef, unit: records.Named) -> Iterator[Triple]:
    """A unit under the name by which it is keyed (without a leading code): one label however it was printed, so that
    no query sees a unit twice."""
    yield from map_node(
        node, "Unit", (RDFS.label, text_or_none(keys.unit_name(unit.name))), (TERMS["code"], text_or_none(unit.code))
    )
