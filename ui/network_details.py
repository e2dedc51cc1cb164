"""What the graph says of a node of a picture, where it is printed, and where it leads."""

from __future__ import annotations

from collections.abc import Sequence

from graph.network import Neighbourhood
from ontology.namespaces import CONCEPT, PIKG
from ui.data import Labels, Row, read_text
from ui.html import Html, join, tag
from ui.i18n import Texts
from ui.links import address, link
from ui.network_elements import full_name
from ui.store import Answers

_HIDDEN_PROPERTIES = frozenset({"order", "inDocument", "printedIn", "ofIndicator", "type", "tierScheme", "sha256"})

_FORMS = frozenset({"TargetForm", "SelfEvaluation", "ProjectDescription"})


def show_details(
    answers: Answers, node: str, shown: Neighbourhood, actions: Sequence[Html], *, labels: Labels, t: Texts
) -> Html:
    """Given a node of a neighbourhood and what may be done with it, return what the graph says of it."""
    attributes = shown.graph.nodes[node]
    kind = str(attributes.get("kind") or "")
    leads = []
    if kind == "Project":
        leads.append(link(address("project", t.language, iri=node), t("network.open_project")))
        leads.append(link(address("comparables", t.language, iri=node), t("project.comparables")))
    evidence = _evidence(answers, node, kind, shown, t)
    if evidence is not None:
        leads.append(evidence)
    return tag(
        "div",
        tag("small", t.name("kind", kind)),
        tag("h2", full_name(node, attributes, labels, t)),
        tag("nav", *leads, *actions, class_="pk-actions") if leads or actions else None,
        tag("dl", *_statements(answers, node, shown, labels, t)),
        class_="pk-details",
    )


def _evidence(answers: Answers, node: str, kind: str, shown: Neighbourhood, t: Texts) -> Html | None:
    """The way to where a node is printed: the project's page at the form, and at the cell where it is known."""
    form = node if kind in _FORMS else _leads_to(node, "ofForm", shown)
    project = None if form is None else _leads_to(form, "ofProject", shown)
    if form is None or project is None:
        return None
    cells = [read_text(row, "value") for row in answers.rows("thing", iri=node) if _property(row) == "printedIn"]
    at = None if kind in _FORMS or not cells else cells[-1]
    return link(address("project", t.language, iri=project, form=form, at=at), t("network.evidence"))


def _leads_to(node: str, name: str, shown: Neighbourhood) -> str | None:
    if node not in shown.graph:
        return None
    found = (target for _, target, said in shown.graph.out_edges(node, data=True) if said["property"] == name)
    return next(found, None)


def _statements(answers: Answers, node: str, shown: Neighbourhood, labels: Labels, t: Texts) -> list[Html]:
    said: dict[str, list[Html | str]] = {}
    for row in answers.rows("thing", iri=node):
        name = _property(row)
        value: Html | str = read_text(row, "value") or ""
        if ":" in name or name in _HIDDEN_PROPERTIES:
            continue
        if value.startswith(CONCEPT):
            scheme, _, notation = value.removeprefix(CONCEPT).partition("/")
            value = labels(scheme, notation)
        elif row["valueText"] is not None:
            value = str(row["valueText"])
        elif value in shown.graph:
            said_of = full_name(value, shown.graph.nodes[value], labels, t)
            value = link(address("graph", t.language, iri=value), said_of)
        elif value.startswith(("http://", "https://")):
            continue
        title = t.pick(read_text(row, "propertyZh"), read_text(row, "propertyEn")) or name
        if value not in said.setdefault(title, []):
            said[title].append(value)
    return [tag("div", tag("dt", title), tag("dd", join(values, t("app.and")))) for title, values in said.items()]


def _property(row: Row) -> str:
    return (read_text(row, "property") or "").removeprefix(PIKG)
