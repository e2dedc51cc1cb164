"""What the command line prints of projects side by side: spreads of targets, unit costs, what peers measure besides."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from graph.comparables import LINE
from graph.pairing import plain
from graph.quartiles import METHOD, PEERS_NEEDED
from graph.unit_costs import UnitCosts
from ontology.comparables import comparison
from ontology.concepts import concept_schemes
from ontology.targets import target_words
from ontology.unit_costs import unit_cost_rules
from ui.i18n import Language, Texts
from ui.terminal import say, write_table

if TYPE_CHECKING:
    from graph.comparables import Comparable, IndicatorTarget
    from graph.missing import MissingIndicator
    from graph.pairing import LeftOut, UnitCost
    from graph.quartiles import Quartiles
    from graph.target_history import Step
    from graph.target_rows import TargetRow
    from graph.targets import TargetSpread
    from graph.unit_costs import UnitCostSpread


def _text(language: Language, key: str, /, **values: object) -> str:
    return Texts(language)(f"compared.{key}", **values)


def _heads(language: Language, *names: str) -> list[str]:
    return [_text(language, name) for name in names]


def _listed(texts: Iterable[str], language: Language) -> str:
    return Texts(language)("app.and").join(texts)


def _page(page: int | None, language: Language) -> str:
    return "" if page is None else _text(language, "p", n=page)


def _year(year: int | None) -> str:
    return "" if year is None else str(year)


# --- comparable projects ------------------------------------------------------------------------------------------
def say_comparables(found: Sequence[Comparable], language: Language = "en") -> None:
    """Print comparable projects with the reasons, the indicators that ask the same, and what one of the same thing
    costs in both; or that nothing is comparable."""
    if not found:
        say(_text(language, "nothing"))
        return
    rows = [
        [
            f"{item.score:.2f}" + ("" if item.score >= LINE else f" {_text(language, 'related')}"),
            item.name,
            item.publisher,
            item.region,
            _year(item.fiscal_year),
            "" if item.funding is None else plain(item.funding),
            _listed((f"{_signal(name, language)} {value:.2f}" for name, value in item.reasons.items()), language),
        ]
        for item in found
    ]
    heads = _heads(language, "score", "project", "publisher", "region", "year", "yuan", "reasons")
    write_table(heads, rows, sys.stdout)
    pairs = [
        [mine.tier3, _both(mine), theirs.tier3, _both(theirs), item.name, item.publisher]
        for item in found
        for mine, theirs in item.matched_indicators
    ]
    if pairs:
        say()
        say(_text(language, "matched"))
        heads = _heads(language, "my_indicator", "my_target", "indicator", "their_target", "project", "publisher")
        write_table(heads, pairs, sys.stdout)
    costs = [
        [pair.per, plain(pair.mine), plain(pair.theirs), item.name, item.publisher]
        for item in found
        for pair in item.unit_costs
    ]
    if costs:
        say()
        say(_text(language, "unit_costs"))
        write_table(_heads(language, "per", "mine", "their_cost", "project", "publisher"), costs, sys.stdout)


def _signal(name: str, language: Language) -> str:
    """What a signal is called: its label in Chinese, its name in English."""
    known = {**comparison().signals, **comparison().circumstances}.get(name)
    return name if known is None or language == "en" else known.zh


def _both(indicator: IndicatorTarget) -> str:
    """A target and what was achieved, as printed."""
    return " → ".join(filter(None, (indicator.target, indicator.actual)))


def say_missing(missing: Sequence[MissingIndicator], language: Language = "en") -> None:
    """Print what comparable projects measure and this one doesn't, by tier."""
    if not missing:
        return
    say()
    say(_text(language, "missing"))
    rows = [
        [
            _concept("tier1", one.tier1, language),
            _concept("tier2", one.tier2, language),
            one.name,
            str(len(one.measured_by)),
            _listed(dict.fromkeys(_target(row) for row in one.measured_by if row.target), language),
        ]
        for one in missing
    ]
    write_table(_heads(language, "tier1", "tier2", "indicator", "peers", "theirs"), rows, sys.stdout)


def _concept(scheme: str, notation: str, language: Language) -> str:
    known = concept_schemes()[scheme].concepts.get(notation)
    return notation if known is None else str(getattr(known.label, language))


def _target(row: TargetRow | None) -> str:
    return row.target.printed if row is not None and row.target is not None else ""


# --- targets ------------------------------------------------------------------------------------------------------
def say_targets(spread: TargetSpread, language: Language) -> None:
    """Print the spread of an indicator's targets: each target, n and quartiles, what was left out, advice."""
    unit, own = spread.base_unit, {mine.target.row.row for mine in spread.mine}
    rows = [
        [
            ("* " if target.row.row in own else "") + target.row.region_name,
            target.row.publisher_name,
            _year(target.row.year),
            target.row.project_name,
            target.row.name,
            _target(target.row),
            "" if target.actual is None else f"{plain(target.actual)}{unit}",
            _page(target.row.page, language),
        ]
        for target in spread.targets
    ]
    if rows:
        heads = _heads(language, "region", "publisher", "year", "project", "indicator", "target", "actual", "page")
        write_table(heads, rows, sys.stdout)
    publishers = len({target.row.publisher for target in spread.targets})
    direction = target_words()["directions"].get(spread.direction or "")
    named = _text(language, "in_unit", name=spread.indicator, unit=unit) if unit else spread.indicator
    told = _shown_spread(spread.quartiles, len(spread.targets), publishers, language)
    more = Texts(language)("app.list") + direction.in_language(language) if direction else ""
    say(named + Texts(language)("app.colon") + told + more)
    left = [
        [one.row.project_name, one.row.name, _target(one.row), _why(one.reason, language)] for one in spread.left_out
    ]
    if left:
        say()
        write_table(_heads(language, "what_left_out", "indicator", "target", "reason"), left, sys.stdout)
    for line in spread.advice(language):
        say(line)


def _why(reason: str, language: Language) -> str:
    return target_words()["reasons"][reason].in_language(language)


def _shown_spread(spread: Quartiles | None, count: int, publishers: int, language: Language) -> str:
    """n and the quartiles in a line; without quartiles below three."""
    counted = _text(language, "counted", n=count, publishers=publishers)
    if spread is None or count < PEERS_NEEDED:
        return _text(language, "with_few", counted=counted) if count else counted
    shown = _text(
        language, "with_quartiles", counted=counted, min=plain(spread.least), p25=plain(spread.p25),
        median=plain(spread.median), p75=plain(spread.p75), max=plain(spread.greatest), method=METHOD[language],
    )  # fmt: skip
    return shown


def say_target_history(steps: Sequence[Step], language: Language) -> None:
    """Print what became of a project's targets from form to form."""
    words = target_words()
    rows = []
    for step in steps:
        for change in step.changes:
            what = words["changes"][change.what].in_language(language)
            if change.why is not None:
                what += f" ({words['why_redefined'][change.why].in_language(language)})"
            told = [
                _form(step.before, language),
                _target(change.before),
                _form(step.after, language),
                _target(change.after),
            ]
            rows.append([change.name, *told, what])
    if rows:
        say()
        write_table(_heads(language, "indicator", "before", "target", "after", "target", "what"), rows, sys.stdout)


def _form(form: tuple[int | None, str], language: Language) -> str:
    return f"{_year(form[0])} {Texts(language).name('compared', form[1])}".strip()


# --- unit costs ---------------------------------------------------------------------------------------------------
def say_services(spreads: Sequence[UnitCostSpread], language: Language) -> None:
    """Print the kinds of service with how their unit costs are spread."""
    rows = []
    for spread in spreads:
        values = [cost.value for cost in spread.costs]
        told = spread.quartiles
        middle = f" ~ {plain(told.median)}" if told else ""
        span = f"{plain(min(values))}{middle} ~ {plain(max(values))}" if values else ""
        rows.append(
            [_thing(spread.service, spread.object, language), _per(spread.per, language), str(len(values)), span]
        )
    if rows:
        write_table(_heads(language, "service", "per", "count", "spread"), rows, sys.stdout)
    else:
        say(_text(language, "none"))


def say_unit_costs(spreads: Sequence[UnitCostSpread], language: Language) -> None:
    """Print what one of a service costs, project by project, n and quartiles, and who was left out and why."""
    if not spreads:
        say(_text(language, "none"))
    for spread in spreads:
        say(f"{_thing(spread.service, spread.object, language)} / {_per(spread.per, language)}")
        _say_costs(spread.costs, language)
        say(_shown_spread(spread.quartiles, len(spread.costs), spread.publishers, language))
        _say_left_out(spread.left_out, language)
        say()


def say_project_costs(found: UnitCosts, language: Language) -> None:
    """Print the unit costs of one project, and which of its figures have none and why."""
    if found.costs:
        _say_costs(found.costs, language)
    else:
        say(_text(language, "none"))
    _say_left_out(found.left_out, language)


def _say_costs(costs: Iterable[UnitCost], language: Language) -> None:
    rows = [
        [
            cost.form.region_name,
            _year(cost.form.year),
            cost.form.name,
            cost.formula,
            _source(cost.money.name or _text(language, "funding"), cost.money.printed, cost.money.page, language),
            _source(cost.quantity.name, cost.quantity.printed, cost.quantity.page, language),
            f"{cost.sure:.2f}",
            Texts(language)("app.list").join(_said(reason, language) for reason in cost.reasons),
        ]
        for cost in costs
    ]
    heads = _heads(language, "region", "year", "project", "formula", "money", "quantity", "sure", "why")
    write_table(heads, rows, sys.stdout)


def _source(name: str, printed: str, page: int | None, language: Language) -> str:
    return " ".join(filter(None, (name, printed, _page(page, language))))


def _said(reason: str, language: Language) -> str:
    return str(getattr(unit_cost_rules().reason(reason), language))


def _thing(service: str | None, about: str, language: Language) -> str:
    return about if service is None else str(getattr(unit_cost_rules().services[service], language))


def _per(unit: str, language: Language) -> str:
    from ontology.units import unit_list  # noqa: PLC0415

    return str(getattr(unit_list().units[unit], language))


def _say_left_out(left: Sequence[LeftOut], language: Language) -> None:
    if not left:
        return
    times = Counter(
        (
            one.form.name,
            one.form.publisher_name,
            _year(one.form.year),
            one.figure.name if one.figure else "",
            one.reason,
        )
        for one in left
    )
    rows = [[name, publisher, year, figure, _said(reason, language)] for name, publisher, year, figure, reason in times]
    say()
    write_table(_heads(language, "what_left_out", "publisher", "year", "indicator", "reason"), rows, sys.stdout)


def unit_costs_json(found: UnitCosts | Sequence[UnitCostSpread], language: Language) -> Any:
    """Given the unit costs of a project, or spreads, return them as JSON values: decimals as strings."""
    if isinstance(found, UnitCosts):
        return {
            "unit_costs": [_cost_json(cost, language) for cost in found.costs],
            "left_out": [_left_json(one, language) for one in found.left_out],
        }
    return [
        {
            "service": spread.service,
            "object": spread.object,
            "per": _per(spread.per, "zh"),
            "basis": spread.basis,
            "count": len(spread.costs),
            "publishers": spread.publishers,
            **_quartiles_json(spread.quartiles),
            "unit_costs": [_cost_json(cost, language) for cost in spread.costs],
            "left_out": [_left_json(one, language) for one in spread.left_out],
        }
        for spread in found
    ]


def _quartiles_json(spread: Quartiles | None) -> dict[str, str | None]:
    names = {"min": "least", "p25": "p25", "median": "median", "p75": "p75", "max": "greatest"}
    return {name: None if spread is None else plain(getattr(spread, field)) for name, field in names.items()}


def _cost_json(cost: UnitCost, language: Language) -> dict[str, Any]:
    return {
        "project": cost.form.project,
        "name": cost.form.name,
        "publisher": cost.form.publisher_name,
        "region": cost.form.region_name,
        "fiscal_year": cost.form.year,
        "per": cost.per_label,
        "value": plain(cost.value),
        "bound": cost.bound,
        "formula": cost.formula,
        "amount": {"source": cost.money.source, "indicator": cost.money.name or None, "printed": cost.money.printed,
                   "value": plain(cost.money.number), "page": cost.money.page},
        "quantity": {"source": cost.quantity.source, "indicator": cost.quantity.name,
                     "printed": cost.quantity.printed, "value": plain(cost.count), "page": cost.quantity.page},
        "sure": cost.sure,
        "reasons": [_said(reason, language) for reason in cost.reasons],
    }  # fmt: skip


def _left_json(one: LeftOut, language: Language) -> dict[str, Any]:
    return {
        "project": one.form.project,
        "name": one.form.name,
        "publisher": one.form.publisher_name,
        "fiscal_year": one.form.year,
        "indicator": one.figure.name if one.figure else None,
        "reason": _said(one.reason, language),
    }
