"""The frame around every page: the bar with the pages and the language, the store, and what to say without one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from graph.errors import GraphError, NotFoundError
from ui.html import Html, show, tag
from ui.i18n import Language, Texts, read_language
from ui.links import HIDDEN_PAGES, PAGES, address, follow_links, link, read_page
from ui.store import Answers, may_write, open_answers, store_folder
from ui.theme import icon, style_sheet
from ui.wrong import told

_MODULES: Mapping[str, str] = {
    "overview": "ui.overview:show_overview",
    "projects": "ui.projects:show_projects",
    "project": "ui.project:show_project",
    "indicators": "ui.indicators_page:show_indicators",
    "graph": "ui.network_page:show_network",
    "comparables": "ui.comparables_page:show_comparables",
    "sparql": "ui.sparql:show_sparql",
    "checks": "ui.checks:show_checks",
    "import": "ui.import_page:show_import",
    "evidence": "ui.evidence:show_evidence_page",
}
"""Where each page's function is; imported when the page is first asked for, so that the first one comes fast."""


def run() -> None:
    """Show the app: the bar, then the page that the address names."""
    parameters = st.query_params.to_dict()
    language = read_language(parameters.get("lang"))
    t = Texts(language)
    page = read_page(parameters)
    in_bar = HIDDEN_PAGES.get(page, page)
    # A named icon of Streamlit's would be fetched from another host.
    st.set_page_config(page_title=f"{t(f'page.{in_bar}')} · {t('app.name')}", page_icon=icon(), layout="wide")
    with st.container(key="frame"):
        show(Html(f"<style>{style_sheet()}</style>"))
        follow_links(language)
        show(_bar(in_bar, t))
    _show_page(page, parameters, t)


def _bar(current: str, t: Texts) -> Html:
    brand = link(address(PAGES[0], t.language), tag("b", "pikg"), tag("i", t("app.name")), class_="pk-brand")
    pages = [
        link(address(name, t.language), t(f"page.{name}"), aria_current="page" if name == current else None)
        for name in PAGES
        if name != "import" or may_write()
    ]
    other: Language = "en" if t.language == "zh" else "zh"
    same = {key: value for key, value in st.query_params.items() if key not in {"lang", "page"}}
    switch = link(
        address(read_page(st.query_params), other, **same),
        t("app.language"), class_="pk-lang", title=t("app.language_hint"), lang=other,
    )  # fmt: skip
    inner = tag("div", brand, tag("nav", *pages, class_="pk-nav", aria_label=t("app.name")), switch, class_="pk-inner")
    return tag("header", inner, class_="pk-bar", data_at=urlencode(st.query_params.to_dict()))


def _show_page(name: str, parameters: Mapping[str, str], t: Texts) -> None:
    try:
        answers = open_answers()
    except GraphError as error:
        show_missing(store_folder(), error, t)
        return
    if answers.is_empty and name != "import":
        show_missing(store_folder(), None, t)
        return
    module, _, function = _MODULES[name].partition(":")
    show_page: Callable[[Answers, Mapping[str, str], Texts], None] = getattr(import_module(module), function)
    try:
        show_page(answers, parameters, t)
    except (GraphError, OSError) as error:
        show(tag("div", tag("b", t("app.wrong_title")), tag("p", told(error, t)), class_="pk-wrong", role="alert"))


def show_missing(folder: Path, error: GraphError | None, t: Texts) -> None:
    """Say that there is nothing to show yet, and how to fill the store; or that it can't be opened, and why."""
    if error is not None and not isinstance(error, NotFoundError):
        show(tag("div", tag("h1", t("app.unusable_title")), tag("p", told(error, t)), class_="pk-head"))
        return
    show(tag("div", tag("h1", t("app.empty_title")), tag("p", t("app.empty_body")), class_="pk-head"))
    if error is None and may_write():
        show(tag("p", link(address("import", t.language), t("app.to_import"))))
    st.code(f"pikg ingest FILE … --store {folder}", language=None)
