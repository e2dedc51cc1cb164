"""总览, further parts: how well documents were read, and search over everything that is in the graph."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import TypeVar

from ontology.keys import fold
from ui.data import Contents, Document, FormSummary, is_behind, read_digest
from ui.format import money, number
from ui.html import Html, Piece, join, tag
from ui.i18n import Texts
from ui.indicator_data import Asked, find_worded, read_asked
from ui.links import address, link
from ui.store import Answers

_FOUND = 8
"""Things of a kind that a search lists; the rest is a click away."""


def behind(answers: Answers, t: Texts) -> Html | None:
    """Return a word on what is listed being of the edition before, while the newest is still being counted."""
    return tag("p", t("app.behind"), class_="pk-behind", role="status") if is_behind(answers) else None


# --- how well documents were read ---------------------------------------------------------------------------------
def quality(answers: Answers, contents: Contents, t: Texts) -> Html:
    """Given what is in the graph, return how much of it was read: shares with their bars."""
    rows, targets, numbers, tiers, measures = read_digest(answers).select(
        "SELECT count(*), sum(target IS NOT NULL), sum(number IS NOT NULL), sum(tier1 IS NOT NULL), "
        "sum(measure IS NOT NULL) FROM row JOIN form ON form.id = row.form WHERE newer IS NULL"
    )[0]
    reported, actuals = read_digest(answers).select(
        "SELECT count(*), sum(actual IS NOT NULL) FROM row JOIN form ON form.id = row.form "
        "WHERE newer IS NULL AND form.kind = 'SelfEvaluation'"
    )[0]
    with_forms = len({form.document.iri for form in contents.forms} | contents.superseded)
    funded = sum(form.money is not None for form in contents.forms)
    told = [
        ("documents", with_forms, len(contents.documents)),
        ("funded", funded, len(contents.forms)),
        ("targets", targets or 0, rows),
        ("numbers", numbers or 0, targets or 0),
        ("actuals", actuals or 0, reported),
        ("tiers", tiers or 0, rows),
        ("measures", measures or 0, rows),
    ]
    lines = [_share(t(f"overview.quality_{name}"), part, whole) for name, part, whole in told if whole]
    head = tag("div", tag("h2", t("overview.quality")), class_="pk-section")
    return join([head, tag("ul", *lines, class_="pk-list pk-quality")])


def _share(name: str, part: int, whole: int) -> Html:
    share = part * 100 / whole
    # Only what is all of it says 100.
    said = "100%" if part == whole else f"{min(share, 99.9):.1f}%"
    bar = tag("span", tag("i", style=f"width:{share:.1f}%"), class_="pk-meter")
    return tag("li", tag("span", name), bar, tag("b", said), title=f"{number(part)} / {number(whole)}")


# --- search over everything ---------------------------------------------------------------------------------------
@lru_cache(maxsize=200_000)
def folded(text: str) -> str:
    """Given a name, return it as searches compare it; kept, as every search asks for all of them."""
    return fold(text)


def find_everything(answers: Answers, contents: Contents, words: Sequence[str], t: Texts) -> Html:
    """Given words, return the projects, indicators, units and documents whose names have all of them."""
    asked_words = [fold(word) for word in words]

    def fits(text: str) -> bool:
        said = folded(text)
        return all(word in said for word in asked_words)

    asked = " ".join(words)
    projects: dict[str, FormSummary] = {}
    for form in sorted(contents.forms, key=lambda form: (-(form.year or 0), form.name)):
        if form.project not in projects and fits(form.name):
            projects[form.project] = form
    worded = find_worded(answers, words)
    indicators = [one for one in read_asked(answers) if one.iri in worded or fits(one.label)]
    units = Counter(form.document.publisher for form in contents.forms if form.document.publisher)
    regions = Counter(form.document.region for form in contents.forms if form.document.region)
    documents = [document for document in contents.documents if fits(f"{document.title or ''} {document.file}")]
    groups = [
        _group("projects", list(projects.values()), lambda form: _project(form, t), t,
               address("projects", t.language, q=asked)),
        _group("indicators", indicators, lambda one: _indicator(one, t), t,
               address("indicators", t.language, q=asked)),
        _group("units", [unit for unit, _ in units.most_common() if fits(unit)],
               lambda unit: _place("unit", unit, units[unit], t), t),
        _group("regions", [region for region, _ in regions.most_common() if fits(region)],
               lambda region: _place("region", region, regions[region], t), t),
        _group("documents", documents, lambda document: _document(document, t), t),
    ]  # fmt: skip
    found = [group for group in groups if group is not None]
    clear = link(address("overview", t.language), t("overview.search_clear"))
    if not found:
        return tag("p", t("overview.search_none", words=asked), " ", clear, class_="pk-none")
    return join([tag("p", clear, class_="pk-none"), tag("div", *found, class_="pk-everything")])


def _project(form: FormSummary, t: Texts) -> tuple[str, str, str]:
    facts = [form.document.region, form.document.publisher, str(form.year) if form.year else None]
    facts += [money(form.money, t)] if form.money is not None else []
    return (
        address("project", t.language, iri=form.project, form=form.iri),
        form.name,
        " · ".join(fact for fact in facts if fact),
    )


def _indicator(one: Asked, t: Texts) -> tuple[str, str, str]:
    said = t("overview.asked_by", units=number(one.units), regions=number(one.regions))
    return address("indicators", t.language, of=one.iri), one.label, said


def _place(facet: str, name: str, forms: int, t: Texts) -> tuple[str, str, str]:
    return address("projects", t.language, **{facet: name}), name, t("overview.forms_n", n=number(forms))


def _document(document: Document, t: Texts) -> tuple[str, str, str]:
    note = " · ".join(str(part) for part in (document.year, document.region) if part)
    return address("projects", t.language, document=document.sha256), document.title or document.file, note


_Thing = TypeVar("_Thing")


def _group(
    name: str,
    found: Sequence[_Thing],
    show_one: Callable[[_Thing], tuple[str, str, str]],
    t: Texts,
    every: str | None = None,
) -> Html | None:
    if not found:
        return None
    items = []
    for one in found[:_FOUND]:
        where, label, note = show_one(one)
        items.append(tag("li", link(where, label), tag("small", note)))
    rest: Iterable[Piece] = ()
    if len(found) > _FOUND:
        more = t("overview.more_found", n=number(len(found) - _FOUND))
        rest = [tag("p", link(every, more) if every else more, class_="pk-none")]
    head = tag("div", tag("h2", t(f"overview.found_{name}")), tag("small", number(len(found))), class_="pk-section")
    return tag("section", head, tag("ul", *items, class_="pk-list"), *rest)
