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

from rdflib import DCTERMS, RDF, RDFS, Graph, Literal, URIRef
from rdflib.term import BNode, Node

from graph.budget_classes import class_iri, map_printed_class
from graph.errors import InvalidLiteralError
from graph.regions import known_region, map_region
from graph.selectors import map_selector
from graph.store import Triple
from graph.terms import date_literal, decimal_literal, integer_literal, iri, text_literal
from ontology import keys, records
from ontology.budget_classes import class_triples
from ontology.concepts import Text, concept_triples
from ontology.decisions import CellCorrection, spot_of
from ontology.namespaces import PIKG, PREFIXES, Namespace, concept

_SCHEMA_NAME = URIRef(PREFIXES["schema"] + "name")
_DATA_SET, _CUBE, _STRUCTURE = (URIRef(PREFIXES["qb"] + name) for name in ("dataSet", "DataSet", "structure"))

_FORM_CLASSES: Mapping[str, str] = {
    "target": "TargetForm",
    "self_evaluation": "SelfEvaluation",
    "description": "ProjectDescription",
}

Pairs = Iterable[tuple[Node, Node | None]]
"""Properties of a subject with their values; a value that is None is not stated."""


class _Names(dict[str, URIRef]):
    """The IRIs of the vocabulary's terms by local name, made once."""

    def __missing__(self, name: str) -> URIRef:
        self[name] = made = URIRef(PIKG + name)
        return made


_P = _Names()


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


def _decimal(number: Decimal | None) -> Literal | None:
    if number is None:
        return None
    try:
        return decimal_literal(number)
    except InvalidLiteralError:
        return None  # the printed text beside it says what was printed


def _text(text: str | None) -> Literal | None:
    return text_literal(text) if text else None


def _whole(number: int | None) -> Literal | None:
    return None if number is None else integer_literal(number)


def _concept(scheme: str, notation: str | None) -> URIRef | None:
    return iri(concept(scheme, quote(notation, safe=""))) if notation else None


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
                yield self.document, _P[name], iri(self.namespace.decision(correction.id))
        for number, project in enumerate(self.disclosure.projects, 1):
            yield from self._form(number, project)
        if self.disclosure.budget_lines:
            yield self.budget_lines, RDF.type, _CUBE
            yield self.budget_lines, _STRUCTURE, _P["BudgetLineStructure"]
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
            (_P["publisher"], self.publisher),
            (_P["region"], region),
            (_P["kind"], _concept("kind", info.kind)),
            (_P["level"], _concept("level", info.level)),
            (_P["fiscalYear"], _whole(info.fiscal_year)),
        )
        yield from _node(disclosure, "Disclosure", *whose)
        # Said of the document too, with the names as texts: what hangs on it alone stands in no other graph, so a
        # query over the union of graphs that keeps to documents, forms and rows meets nothing twice.
        yield from _node(
            self.document,
            "Document",
            *whose,
            (_P["publisherText"], _text(info.unit.name) if info.unit else None),
            (_P["regionText"], _text(info.region.name) if info.region else None),
            (_P["inDisclosure"], disclosure),
            (_P["sha256"], text_literal(self.sha256)),
            (_SCHEMA_NAME, _text(info.file)),
            (DCTERMS.title, _text(info.title)),
            (_P["extractorVersion"], _text(self.disclosure.extractor_version)),
        )
        if info.region and region:
            yield from map_region(self.namespace, region, info.region)
        if info.unit and self.publisher:
            yield from _unit(self.publisher, info.unit)
            if region:
                yield self.publisher, _P["region"], region

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
        yield from _node(
            project,
            "Project",
            (RDFS.label, _text(printed.name)),
            (_P["code"], _text(printed.code)),
            (_P["scope"], _concept("scope", printed.scope)),
            (_P["publisher"], self.publisher),
            (_P["department"], department),
            (_P["implementingUnit"], unit),
        )
        for named, node in ((printed.department, department), (printed.implementing_unit, unit)):
            if named and node:
                yield from _unit(node, named)
        yield form, RDF.type, _P["Form"]
        yield from _node(
            form,
            _FORM_CLASSES[printed.form],
            (RDFS.label, _text(printed.name)),
            (_P["ofProject"], project),
            (_P["scope"], _concept("scope", printed.scope)),
            (_P["code"], _text(printed.code)),
            (_P["department"], department),
            (_P["departmentText"], _text(printed.department.name) if printed.department else None),
            (_P["implementingUnit"], unit),
            (_P["implementingUnitText"], _text(printed.implementing_unit.name) if printed.implementing_unit else None),
            (_P["inDocument"], self.document),
            (DCTERMS.identifier, _text(printed.form_id)),
            (_P["fiscalYear"], _whole(year)),
            (_P["order"], _whole(number)),
            (_P["objective"], _text(printed.objective)),
            (_P["outcome"], _text(printed.outcome)),
            (_P["executionRate"], _decimal(execution.rate)),
            (_P["executionWeight"], _decimal(execution.weight)),
            (_P["executionScore"], _decimal(execution.score)),
            (_P["score"], _decimal(printed.score)),
            (_P["grade"], _text(printed.grade)),
        )
        yield from _place(form, printed.place)
        yield from self._cells(form, printed.cells)
        for ordinal, goal in enumerate(printed.stages, 1):
            node = iri(f"{form}/stage-goal/{ordinal}")
            yield form, _P["hasStageGoal"], node
            yield from _node(
                node,
                "StageGoal",
                (_P["originalText"], _text(goal.text)),
                (_P["period"], _text(goal.period)),
                (_P["order"], _whole(ordinal)),
            )
        for ordinal, section in enumerate(printed.sections, 1):
            node = iri(f"{form}/section/{ordinal}")
            yield form, _P["hasSection"], node
            yield from _node(
                node,
                "DescriptionSection",
                (_P["sectionKind"], _concept("section", section.kind)),
                (RDFS.label, _text(section.label)),
                (_P["originalText"], _text(section.text)),
                (_P["order"], _whole(ordinal)),
            )
            yield from _place(node, section.place)
        for ordinal, funding in enumerate(printed.funding, 1):
            yield from self._funding(iri(f"{form}/funding/{ordinal}"), form, ordinal, funding)
        for ordinal, indicator in enumerate(printed.indicators, 1):
            row = iri(self.namespace.row(self.sha256, number, ordinal))
            key = keys.project_indicator_key(self.info, printed, indicator)
            joined = iri(self.namespace.project_indicator(key))
            yield from _node(
                joined,
                "ProjectIndicator",
                (RDFS.label, _text(indicator.tier3)),
                (_P["ofProject"], project),
                (_P["fiscalYear"], _whole(year)),
                (_P["tier1"], _concept("tier1", indicator.tier1_concept)),
                (_P["tier2"], _concept("tier2", indicator.tier2_concept)),
            )
            yield from self._row(row, form, joined, ordinal, indicator)

    def _funding(self, node: URIRef, form: URIRef, order: int, funding: records.Funding) -> Iterator[Triple]:
        yield from _node(
            node,
            "Funding",
            (_P["ofForm"], form),
            (_P["stage"], _concept("stage", funding.stage)),
            (_P["source"], _concept("source", funding.source)),
            (_P["amount"], _decimal(funding.amount)),
            (_P["originalText"], _text(funding.raw)),
            (_P["unitText"], _text(funding.unit)),
            (_P["order"], _whole(order)),
        )
        yield from _place(node, funding.place)
        yield from self._cells(node, funding.cells)

    # --- indicators and their values ------------------------------------------------------------------------------
    def _row(
        self, row: URIRef, form: URIRef, joined: URIRef, order: int, indicator: records.Indicator
    ) -> Iterator[Triple]:
        yield from _node(
            row,
            "IndicatorRow",
            (_P["ofForm"], form),
            (_P["ofIndicator"], joined),
            (_P["order"], _whole(order)),
            (RDFS.label, _text(indicator.tier3)),
            (_P["tier1"], _concept("tier1", indicator.tier1_concept)),
            (_P["tier2"], _concept("tier2", indicator.tier2_concept)),
            (_P["tier1Text"], _text(indicator.tier1)),
            (_P["tier2Text"], _text(indicator.tier2)),
            (_P["tierScheme"], _text(indicator.tier_scheme)),
            (_P["absence"], _concept("absence", indicator.absence)),
            (_P["weight"], _decimal(indicator.weight)),
            (_P["score"], _decimal(indicator.score)),
            (_P["direction"], _concept("direction", indicator.direction)),
            (_P["explanation"], _text(indicator.explanation)),
            (_P["deviation"], _text(indicator.deviation)),
            (_P["note"], _text(indicator.note)),
            (_P["measure"], _concept("measure", indicator.measure)),
            (_P["objectText"], _text(indicator.object)),
            (_P["asks"], _text(indicator.asks)),
            (_P["measureEvidence"], _text(indicator.evidence)),
        )
        yield from _place(row, indicator.place)
        yield from self._cells(row, indicator.cells)
        for side, value in (("target", indicator.target), ("actual", indicator.actual)):
            if value is not None:
                node = iri(f"{row}/{side}")
                yield row, _P[side], node
                yield from _value(node, value)
                # A target split over columns has a cell for each: its figure, its sign (指标性质) and its unit.
                where = ("target", "operator", "unit") if side == "target" else (side,)
                for name in indicator.cells:
                    if name in where or name.startswith(f"{side}_"):
                        for figure in _with_parts(node, value):
                            yield figure, _P["printedIn"], _cell_iri(row, name)

    # --- budget lines, facts, issues ------------------------------------------------------------------------------
    def _budget_line(self, node: URIRef, order: int, line: records.BudgetLine) -> Iterator[Triple]:
        yield from _node(
            node,
            "BudgetLine",
            (_P["inDocument"], self.document),
            (_P["order"], _whole(order)),
            (_P["table"], _concept("table", line.table)),
            (RDFS.label, _text(line.name)),
            (_P["code"], _text(line.code)),
            (_P["columnText"], _text(line.column)),
            (_P["amount"], _decimal(line.amount)),
            (_P["originalText"], _text(line.raw)),
            (_P["unitText"], _text(line.unit)),
            (_P["fiscalYear"], _whole(line.fiscal_year)),
            (_P["unitName"], _text(line.unit_name)),
            (_P["role"], _concept("role", line.role)),
            (_P["depth"], _whole(line.level)),
            (_P["side"], _concept("side", line.side)),
            (_P["classification"], _concept("classification", line.scheme)),
            (_P["budgetClass"], class_iri(line)),
            (_DATA_SET, self.budget_lines),
            (_P["holds"], _concept("holds", line.measure)),
        )
        yield from map_printed_class(line)
        yield from _place(node, line.place)
        if line.cell is not None:
            yield from self._cells(node, {"amount": line.cell})

    def _fact_iri(self, number: int) -> URIRef:
        return iri(f"{self.document}/fact/{number}")

    def _fact(self, node: URIRef, order: int, fact: records.Fact, about: records.Project | None) -> Iterator[Triple]:
        project = iri(self.namespace.project(keys.project_key(self.info, about))) if about is not None else None
        yield from _node(
            node,
            "Fact",
            (_P["inDocument"], self.document),
            (_P["order"], _whole(order)),
            (_P["factKind"], _concept("fact", fact.kind)),
            (_P["subjectText"], _text(fact.subject)),
            (_P["originalText"], _text(fact.text)),
            (_P["amount"], _decimal(fact.amount)),
            (_P["value"], _decimal(fact.value)),
            (_P["unitText"], _text(fact.unit)),
            (_P["change"], _decimal(fact.change)),
            (_P["percent"], _decimal(fact.percent)),
            (_P["fiscalYear"], _whole(fact.fiscal_year)),
            (_P["printedFigure"], _text(fact.raw)),
            (_P["stage"], _concept("stage", fact.stage)),
            (_P["share"], _decimal(fact.share)),
            (_P["comparedYear"], _whole(fact.compared_with)),
            (_P["partOfFact"], self._fact_iri(fact.part_of) if fact.part_of is not None else None),
            (_P["cause"], _text(fact.cause)),
            (_P["aboutProject"], project),
        )
        yield from _place(node, fact.place)

    def _issue(self, node: URIRef, order: int, issue: records.Issue) -> Iterator[Triple]:
        yield from _node(
            node,
            "Issue",
            (_P["inDocument"], self.document),
            (_P["order"], _whole(order)),
            (_P["issueCode"], _text(issue.code)),
            (_P["severity"], _concept("severity", issue.severity)),
            (RDFS.label, text_literal(issue.message_zh, "zh") if issue.message_zh else None),
            (RDFS.label, text_literal(issue.message_en, "en") if issue.message_en else None),
        )
        yield from _place(node, issue.place)

    # --- where it was printed -------------------------------------------------------------------------------------
    def _cells(self, owner: URIRef, cells: records.Cells) -> Iterator[Triple]:
        for name, printed in cells.items():
            node = _cell_iri(owner, name)
            yield owner, _P["printedIn"], node
            yield from self._cell(node, name, printed)
            if (correction := self.corrected.get(spot_of(name, printed))) is not None and correction.fits(
                printed.whole
            ):
                yield node, _P["correctedBy"], iri(self.namespace.decision(correction.id))
            for number, part in enumerate(printed.more, 2):
                following = iri(f"{_cell_iri(owner, name)}/{number}")
                yield node, _P["continuedIn"], following
                yield from self._cell(following, name, part)
                node = following

    def _cell(self, node: URIRef, name: str, printed: records.PrintedCell) -> Iterator[Triple]:
        yield from _node(
            node,
            "Cell",
            (_P["inDocument"], self.document),
            (_P["field"], _text(name)),
            (_P["originalText"], _text(printed.text)),
        )
        yield from _place(node, printed.place)
        yield from map_selector(node, self.document, printed.place)


def _node(subject: URIRef, kind: str, *pairs: tuple[URIRef, Node | None]) -> Iterator[Triple]:
    """A subject of a class with its properties, those without a value left out."""
    yield subject, RDF.type, _P[kind]
    for name, value in pairs:
        if value is not None:
            yield subject, name, value


def _cell_iri(owner: URIRef, name: str) -> URIRef:
    """One cell node for each field of an owner, also where fields share a printed cell (target and its unit)."""
    return iri(f"{owner}/cell/{quote(name, safe='')}")


def _place(subject: URIRef, place: records.Place | None) -> Iterator[Triple]:
    """Where a subject was printed: page (or sheet), table, row, column and box, and how sure an optical reading is."""
    if place is None:
        return
    stated = (
        (_P["page"], _whole(place.page)),
        (_P["sheet"], _text(place.sheet)),
        (_P["tableNumber"], _whole(place.table)),
        (_P["rowNumber"], _whole(place.row)),
        (_P["columnNumber"], _whole(place.column)),
        (_P["paragraphNumber"], _whole(place.paragraph)),
        (_P["box"], _text(_box(place.box)) if place.box else None),
        (_P["reading"], _concept("reading", place.reading) if place.reading != "text" else None),
        (_P["confidence"], None if place.confidence is None else _decimal(Decimal(f"{place.confidence:.4f}"))),
    )
    for name, value in stated:
        if value is not None:
            yield subject, name, value


def _value(node: URIRef, value: records.Value) -> Iterator[Triple]:
    yield from _node(
        node,
        "Value",
        (_P["operator"], _concept("operator", value.operator)),
        (_P["originalText"], _text(value.raw)),
        (_P["value"], _decimal(value.value)),
        (_P["upperValue"], _decimal(value.upper)),
        (_P["unitText"], _text(value.unit)),
        (_P["baseValue"], _decimal(value.base_value)),
        (_P["baseUpper"], _decimal(value.base_upper)),
        (_P["baseUnit"], _text(value.base_unit)),
        (_P["date"], None if value.date is None else date_literal(value.date)),
        (_P["relativeTo"], _text(value.relative_to)),
        (_P["changeDirection"], _concept("change", value.change)),
    )
    for word in value.scale:
        yield node, _P["scaleWord"], text_literal(word)
    for number, part in enumerate(value.parts, 1):
        child = _part_iri(node, number)
        yield node, _P["hasPart"], child
        yield child, _P["order"], integer_literal(number)
        yield from _value(child, part)


def _part_iri(node: URIRef, number: int) -> URIRef:
    return iri(f"{node}/part/{number}")


def _with_parts(node: URIRef, value: records.Value) -> Iterator[URIRef]:
    """A value's node and those of its parts, which were printed in the same cell."""
    yield node
    for number, part in enumerate(value.parts, 1):
        yield from _with_parts(_part_iri(node, number), part)


def _unit(node: URIRef, unit: records.Named) -> Iterator[Triple]:
    """A unit under the name by which it is keyed (without a leading code): one label however it was printed, so that
    no query sees a unit twice."""
    yield from _node(node, "Unit", (RDFS.label, _text(keys.unit_name(unit.name))), (_P["code"], _text(unit.code)))
