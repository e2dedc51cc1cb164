"""Unit costs over a store: what one of a service costs, project by project, and how that is spread over cities.

Figures are read from the forms that count (superseded ones are told as left out), paired form by form
(graph.pairing), and set side by side by kind of service and unit. Each unit cost leads to its two sources: the IRI of
the indicator row or funding entry, and the page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from graph.bound import decimal_of, notation_of, text_of, whole_of
from graph.errors import AmbiguousError, NotFoundError
from graph.figures import FigureRow, FormFigures, Side, Total, read_object
from graph.lookup import find_project, find_regions
from graph.pairing import Basis, LeftOut, UnitCost, pair_form, plain
from graph.quartiles import PEERS_NEEDED, Quartiles, quartiles
from graph.store import ReadableStore, select
from graph.terms import iri, text_literal
from ontology.comparables import fold_text
from ontology.unit_costs import Service, unit_cost_rules

_AT_ONCE = 400
"""Forms that one query asks for."""

_FORMS = """SELECT DISTINCT ?form ?project ?name ?scope ?year ?publisher ?publisherName ?region ?regionName ?document
       ?newer WHERE {
  %s
  ?form a pikg:Form ; pikg:ofProject ?project ; rdfs:label ?name ; pikg:scope ?scope ; pikg:inDocument ?document .
  OPTIONAL { ?form pikg:supersededBy ?newer }
  OPTIONAL { ?form pikg:fiscalYear ?year }
  OPTIONAL { ?document pikg:publisher ?publisher }
  OPTIONAL { ?document pikg:publisherText ?publisherName }
  OPTIONAL { ?document pikg:region ?region }
  OPTIONAL { ?document pikg:regionText ?regionName }
} ORDER BY ?form"""

# The forms that may name a service: by their own name, or by the name of a row that states an amount.
_NAMING = (
    "SELECT DISTINCT ?form WHERE { ?form a pikg:Form ; rdfs:label ?name . FILTER(%s) }",
    """SELECT DISTINCT ?form WHERE {
  { ?value pikg:baseUnit "元" } UNION { ?value pikg:unitText "万" }
  { ?row pikg:target ?value } UNION { ?row pikg:actual ?value }
  ?row rdfs:label ?name ; pikg:ofForm ?form .
  FILTER(%s)
}""",
)


def _side_of(name: str) -> str:
    """The OPTIONAL of a row's target or actual, not closed yet. Oxigraph answers it row by row as it begins with one
    pattern and holds others of one pattern; a variable in the place of the property costs a thousand times more."""
    return f"""OPTIONAL {{ ?row pikg:{name} ?{name}
    OPTIONAL {{ ?{name} pikg:baseValue ?{name}Number }}
    OPTIONAL {{ ?{name} pikg:operator ?{name}Operator }}
    OPTIONAL {{ ?{name} pikg:originalText ?{name}Printed }}
    OPTIONAL {{ ?{name} pikg:baseUnit ?{name}Unit }}
    OPTIONAL {{ ?{name} pikg:unitText ?{name}PrintedUnit }}"""


_SIDE = ("Number", "Operator", "Printed", "Unit", "PrintedUnit")

_ROWS = f"""SELECT ?form ?order ?row ?name ?tier1 ?tier2 ?page ?part
  {" ".join(f"?{side}{of}" for side in ("target", "actual") for of in _SIDE)} WHERE {{
  VALUES ?form {{ %s }}
  ?row pikg:ofForm ?form ; pikg:ofIndicator ?indicator ; rdfs:label ?name ; pikg:order ?order .
  OPTIONAL {{ ?row pikg:tier1 ?tier1 }}
  OPTIONAL {{ ?row pikg:tier2 ?tier2 }}
  OPTIONAL {{ ?row pikg:page ?page }}
  {_side_of("target")}
    OPTIONAL {{ ?target pikg:hasPart ?part }} }}
  {_side_of("actual")} }}
}}"""

_PARTS = """SELECT ?row ?order ?partNumber ?partOperator ?partPrinted ?partUnit ?partPrintedUnit WHERE {
  VALUES ?row { %s }
  ?row pikg:target ?value .
  ?value pikg:hasPart ?part .
  ?part pikg:order ?order ; pikg:baseValue ?partNumber .
  OPTIONAL { ?part pikg:operator ?partOperator }
  OPTIONAL { ?part pikg:originalText ?partPrinted }
  OPTIONAL { ?part pikg:baseUnit ?partUnit }
  OPTIONAL { ?part pikg:unitText ?partPrintedUnit }
} ORDER BY ?row ?order"""

_TOTALS = """SELECT ?form ?funding ?stage ?source ?amount ?printed ?unit ?page WHERE {
  VALUES ?form { %s }
  ?funding pikg:ofForm ?form ; pikg:stage ?stage ; pikg:source ?source ; pikg:amount ?amount .
  OPTIONAL { ?funding pikg:originalText ?printed }
  OPTIONAL { ?funding pikg:unitText ?unit }
  OPTIONAL { ?funding pikg:page ?page }
} ORDER BY ?form ?funding"""


@dataclass(frozen=True, slots=True)
class UnitCosts:
    """The unit costs of forms, and what was left out."""

    costs: tuple[UnitCost, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class UnitCostSpread:
    """What one of a service costs over the projects of a store: n, quartiles, each unit cost, who was left out and why.

    `service` is a kind of service, or None with `object` where only names agree. Quartiles are None below three peers.
    """

    service: str | None
    object: str
    per: str
    basis: Basis
    costs: tuple[UnitCost, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def publishers(self) -> int:
        """How many publishers the unit costs are from: the peers."""
        return len({cost.form.publisher or cost.form.project for cost in self.costs})

    @property
    def quartiles(self) -> Quartiles | None:
        """The spread; None below three peers."""
        return quartiles(cost.value for cost in self.costs) if self.publishers >= PEERS_NEEDED else None


@dataclass(frozen=True, slots=True)
class UnitCostPair:
    """What one of the same thing costs in two projects, in yuan."""

    per: str
    mine: Decimal
    theirs: Decimal

    def to_json(self) -> dict[str, Any]:
        """The pair as the command line prints it."""
        return {"per": self.per, "mine": plain(self.mine), "theirs": plain(self.theirs)}


# --- reading --------------------------------------------------------------------------------------------------------
def read_forms(
    store: ReadableStore, projects: Iterable[str] | None = None, service: Service | None = None
) -> tuple[list[FormFigures], list[FormFigures]]:
    """Given a store and the IRIs of projects (None: all), return their forms with the figures they print: those that
    count, and (without figures) those that another edition supersedes; of a service only those that name it."""
    if service is not None:
        words = " || ".join(f"CONTAINS(LCASE(?name), {text_literal(word).n3()})" for word in service.paid)
        forms = {str(row["form"]) for query in _NAMING for row in select(store, query % words)}
        asked = sorted(forms)
        within = [f"VALUES ?form {{ {_terms(asked[at : at + _AT_ONCE])} }}" for at in range(0, len(asked), _AT_ONCE)]
    else:
        within = ["" if projects is None else f"VALUES ?project {{ {_terms(projects)} }}"]
    counting, superseded = _find_forms(store, within)
    return _with_figures(store, counting), superseded


def read_figures(store: ReadableStore, forms: Iterable[str]) -> list[FormFigures]:
    """Given a store and the IRIs of forms, return them with what they print in rows and totals."""
    counting, superseded = _find_forms(store, [f"VALUES ?form {{ {_terms(forms)} }}"])
    return _with_figures(store, [*counting, *superseded])


def _find_forms(store: ReadableStore, within: Iterable[str]) -> tuple[list[FormFigures], list[FormFigures]]:
    """Forms, as yet without figures: those that count, and those that are superseded."""
    counting: list[FormFigures] = []
    superseded: list[FormFigures] = []
    for row in (row for narrow in within for row in select(store, _FORMS % narrow)):
        form = FormFigures(
            form=str(row["form"]),
            project=str(row["project"]),
            name=str(row["name"]),
            scope=notation_of(row["scope"]),
            publisher=text_of(row["publisher"]),
            publisher_name=text_of(row["publisherName"]),
            region=text_of(row["region"]),
            region_name=text_of(row["regionName"]),
            year=whole_of(row["year"]),
            document=str(row["document"]),
        )
        (counting if row["newer"] is None else superseded).append(form)
    return counting, superseded


def _with_figures(store: ReadableStore, forms: Sequence[FormFigures]) -> list[FormFigures]:
    filled: list[FormFigures] = []
    for at in range(0, len(forms), _AT_ONCE):
        filled += _fill_some(store, forms[at : at + _AT_ONCE])
    return filled


def _fill_some(store: ReadableStore, forms: Sequence[FormFigures]) -> list[FormFigures]:
    terms = _terms(form.form for form in forms)
    rows: dict[str, dict[str, Mapping[str, Any]]] = defaultdict(dict)
    in_parts: dict[str, None] = {}
    for row in select(store, _ROWS % terms):
        rows[str(row["form"])].setdefault(str(row["row"]), row)
        if row["part"] is not None:
            in_parts[str(row["row"])] = None
    parts: dict[str, list[Side]] = defaultdict(list)
    for row in select(store, _PARTS % _terms(in_parts)) if in_parts else ():
        parts[str(row["row"])] += filter(None, [_side(row, "part")])
    totals: dict[str, dict[str, dict[str, Total]]] = defaultdict(lambda: defaultdict(dict))
    for row in select(store, _TOTALS % terms):
        page = whole_of(row["page"])
        printed, unit = text_of(row["printed"]), text_of(row["unit"])
        printed += "" if printed.endswith(unit) else unit  # the unit may stand in the table's head
        total = Total(str(row["funding"]), Decimal(str(row["amount"])), printed, page)
        totals[str(row["form"])][notation_of(row["stage"])].setdefault(notation_of(row["source"]), total)
    return [
        replace(
            form,
            rows=tuple(_row(row, parts) for row in _in_order(rows.get(form.form, {}).values())),
            totals=dict(_wholes(totals.get(form.form, {}))),
        )
        for form in forms
    ]


def _in_order(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(rows, key=lambda row: (int(str(row["order"])), str(row["row"])))


def _row(row: Mapping[str, Any], parts: Mapping[str, Sequence[Side]]) -> FigureRow:
    return FigureRow(
        row=str(row["row"]),
        name=str(row["name"]),
        tier1=notation_of(row["tier1"]),
        tier2=notation_of(row["tier2"]),
        page=whole_of(row["page"]),
        target=_side(row, "target"),
        actual=_side(row, "actual"),
        parts=tuple(parts.get(str(row["row"]), ())),
    )


def _side(row: Mapping[str, Any], name: str) -> Side | None:
    number, operator, printed, unit, printed_unit = (row[f"{name}{of}"] for of in _SIDE)
    if number is None and printed is None:
        return None
    return Side(
        printed=text_of(printed),
        operator=notation_of(operator),
        number=decimal_of(number),
        unit=None if unit is None else str(unit),
        printed_unit=None if printed_unit is None else str(printed_unit),
    )


def _wholes(by_stage: Mapping[str, Mapping[str, Total]]) -> Iterable[tuple[str, Total]]:
    """The whole amount of each stage: the printed total, else the only part that is there."""
    for stage, by_source in by_stage.items():
        present = [total for total in by_source.values() if total.amount]
        if "total" in by_source:
            yield stage, by_source["total"]
        elif len(present) == 1:
            yield stage, present[0]


def _terms(iris: Iterable[str]) -> str:
    return " ".join(iri(one).n3() for one in iris)


# --- unit costs -----------------------------------------------------------------------------------------------------
def find_unit_costs(
    store: ReadableStore, project: str | None = None, *, service: Service | None = None, basis: Basis = "planned"
) -> UnitCosts:
    """Given a store and a project (its IRI, its name or a unique part of it; None: all), return its unit costs as
    planned or as achieved, and what was left out and why; with a service, that of all forms which name it. Raises
    NotFoundError and AmbiguousError."""
    asked = None if project is None else [str(find_project(store, project))]
    forms, superseded = read_forms(store, asked, service)
    costs: list[UnitCost] = []
    left = [LeftOut(form, "superseded") for form in superseded]
    for form in forms:
        found, refused = pair_form(form, basis)
        costs += found
        left += refused
    return UnitCosts(tuple(costs), tuple(left))


def find_service(text: str) -> Service:
    """Given a kind of service (its notation, its label or a word for it), return it; raise NotFoundError, with the
    kinds there are, or AmbiguousError."""
    services, asked = unit_cost_rules().services, fold_text(text)
    for service in services.values():
        if asked in (service.name, fold_text(service.zh), fold_text(service.en)):
            return service
    found = [service for service in services.values() if any(asked in word or word in asked for word in service.paid)]
    if len(found) == 1:
        return found[0]
    if found:
        listed = [f"{service.name} {service.zh} ({service.en})" for service in found]
        raise AmbiguousError(f"several kinds of service have that word: {text}; name one", listed)
    known = ", ".join(f"{service.name} {service.zh}" for service in services.values())
    raise NotFoundError(f"no kind of service is called {text}; there are: {known}")


def find_spreads(
    store: ReadableStore,
    service: str | None = None,
    *,
    region: str | None = None,
    year: int | None = None,
    basis: Basis = "planned",
) -> list[UnitCostSpread]:
    """Given a store, return what one of each service costs over its projects, a spread for each service and unit: of
    one kind of service, of a region (a province covers its cities), of a year, or else by each project's newest.

    A spread counts what is sure enough, once for a project, and once where a publisher prints the same amount and
    quantity in two forms. Raises NotFoundError and AmbiguousError.
    """
    named = None if service is None else find_service(service)
    wanted = named.name if named else None
    inside = None if region is None else frozenset(map(str, find_regions(store, region)))
    everything = find_unit_costs(store, service=named, basis=basis)
    costs = [cost for cost in everything.costs if _is_asked(cost.form, cost.service, wanted, inside, year)]
    left = [one for one in everything.left_out if _is_asked(one.form, one.service, wanted, inside, year)]
    groups: dict[tuple[str | None, str, str], list[UnitCost]] = defaultdict(list)
    for cost in costs:
        groups[cost.service, "" if cost.service else cost.object, cost.per].append(cost)
    found = [_spread(group, left, costs) for group in groups.values()]
    if named is not None and not found:  # nobody's figures could be paired: that is told, with the reasons
        found = [UnitCostSpread(named.name, "", next(iter(named.counts)), basis, (), tuple(left))]
    return sorted(found, key=lambda spread: (-spread.publishers, -len(spread.costs), spread.service or "~", spread.per))


def _is_asked(
    form: FormFigures, service: str | None, wanted: str | None, inside: frozenset[str] | None, year: int | None
) -> bool:
    if wanted is not None and service != wanted:
        return False
    return (inside is None or form.region in inside) and (year is None or form.year == year)


def _spread(group: Sequence[UnitCost], left: Iterable[LeftOut], everyone: Iterable[UnitCost]) -> UnitCostSpread:
    first = group[0]
    counted: list[UnitCost] = []
    refused = [one for one in left if first.service is not None and one.service == first.service]
    here = {cost.form.project for cost in group}
    refused += [
        LeftOut(cost.form, "other_count", cost.service, cost.quantity)
        for cost in everyone
        if first.service is not None and cost.service == first.service and cost.form.project not in here
    ]
    printed: dict[tuple[str, int | None, Decimal, Decimal], UnitCost] = {}
    projects: set[str] = set()
    line = unit_cost_rules().line
    newest_and_surest = sorted(
        group, key=lambda c: (-(c.form.year or 0), -c.sure, c.form.scope != "project", c.form.form)
    )
    for cost in newest_and_surest:
        key = (cost.form.publisher, cost.form.year, cost.money.number, cost.count)
        reason = None
        if cost.sure < line:
            reason = "unsure"
        elif key in printed:
            reason = "printed_again"
        elif cost.form.project in projects:
            reason = "older_year"
        if reason is None:
            printed[key] = cost
            projects.add(cost.form.project)
            counted.append(cost)
        else:
            refused.append(LeftOut(cost.form, reason, cost.service, cost.quantity))
    return UnitCostSpread(
        service=first.service,
        object=first.object,
        per=first.per,
        basis=first.basis,
        costs=tuple(sorted(counted, key=lambda cost: (cost.value, cost.form.form))),
        left_out=tuple(refused),
    )


# --- two projects side by side ----------------------------------------------------------------------------------------
def match_unit_costs(
    store: ReadableStore, project: str, others: Sequence[tuple[str, int | None]]
) -> dict[str, tuple[tuple[UnitCost, UnitCost], ...]]:
    """Given a store, a project's IRI and others with their years, return for each other the unit costs of the same
    thing in both, mine and theirs, with their formulas and sources: as planned, where both are sure enough; of mine the
    newest year counts."""
    forms, _ = read_forms(store, dict.fromkeys([project, *(other for other, _ in others)]))
    return match_costs_of(forms, project, others)


def match_costs_of(
    forms: Iterable[FormFigures], project: str, others: Sequence[tuple[str, int | None]]
) -> dict[str, tuple[tuple[UnitCost, UnitCost], ...]]:
    """Given the figures of projects, return what `match_unit_costs` does."""
    by_project: dict[str, list[UnitCost]] = defaultdict(list)
    for form in forms:
        costs, _ = pair_form(form)
        by_project[form.project] += [cost for cost in costs if cost.sure >= unit_cost_rules().line]
    mine = _by_thing(by_project[project])
    return {
        other: tuple(
            (mine[thing], cost)
            for thing, cost in _by_thing([c for c in by_project[other] if year is None or c.form.year == year]).items()
            if thing in mine
        )
        for other, year in others
    }


def _by_thing(costs: Iterable[UnitCost]) -> dict[tuple[str | None, str, str], UnitCost]:
    """The newest and surest unit cost of each thing."""
    best: dict[tuple[str | None, str, str], UnitCost] = {}
    for cost in costs:
        thing = (cost.service, "" if cost.service else cost.object, cost.per)
        known = best.get(thing)
        if known is None or (cost.form.year or 0, cost.sure) > (known.form.year or 0, known.sure):
            best[thing] = cost
    return best


__all__ = [
    "LeftOut", "UnitCost", "UnitCostPair", "UnitCostSpread", "UnitCosts", "find_service", "find_spreads",
    "find_unit_costs", "match_costs_of", "match_unit_costs", "read_figures", "read_forms", "read_object",
]  # fmt: skip
