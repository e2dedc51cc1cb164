"""Addresses within the app, and following them without a reload.

Every state worth sharing is in the address: `?page=project&iri=…&lang=en`. (All pages live at the app's root:
Streamlit's own page paths make its client look for the server below the path first, a failed request each time.)
A link is a real one, to be opened in a new tab or copied; a plain click on it is caught and answered over the
connection that is already open. The browser's way back works the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from ui.html import Html, Piece, tag
from ui.i18n import Language

PAGES = ("overview", "projects", "indicators", "graph", "comparables", "sparql", "checks", "import")
"""The pages in the bar, by the name that the address gives them; an address without one means the first."""

HIDDEN_PAGES = {"project": "projects", "evidence": "projects"}
"""Pages that others lead to, with the page of the bar that they belong to."""

_FOLLOW = """
export default function ({ data, setTriggerValue }) {
  const follow = (event) => {
    const link = event.target.closest && event.target.closest("a[data-go]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    setTriggerValue("go", link.getAttribute("href"));
  };
  const back = () => setTriggerValue("go", window.location.search || "?");
  document.addEventListener("click", follow, true);
  window.addEventListener("popstate", back);
  document.documentElement.lang = data.lang;
  if (window.pikgPlace !== undefined && window.pikgPlace !== data.place) {
    const main = document.querySelector('[data-testid="stMain"]');
    if (main) main.scrollTo(0, 0);
  }
  window.pikgPlace = data.place;
  return () => {
    document.removeEventListener("click", follow, true);
    window.removeEventListener("popstate", back);
  };
}
"""


def address(page: str, language: Language, **parameters: object) -> str:
    """Given a page, the language and parameters (None and "" are left out), return the address within the app.

    Chinese is what an address without a language means.
    """
    given = {} if page == PAGES[0] else {"page": page}
    given |= {key: str(value) for key, value in parameters.items() if value is not None and value != ""}
    if language != "zh":
        given["lang"] = language
    return f"?{urlencode(given)}"


def link(where: str, *children: Piece, **attributes: str | int | bool | None) -> Html:
    """Given an address of ours and what to show, return a link that is followed without a reload."""
    return tag("a", *children, href=where, target="_self", data_go="1", **attributes)


def read_address(where: str) -> dict[str, str]:
    """Given an address of ours, return its parameters."""
    return dict(parse_qsl(where.partition("?")[2]))


_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")


def read_count(parameters: Mapping[str, str], name: str) -> int | None:
    """Given an address's parameters, return the whole number from 1 that one of them gives; None where it is none."""
    said = parameters.get(name, "")
    return int(said) or None if _WHOLE_NUMBER.fullmatch(said) else None


def read_page(parameters: Mapping[str, str]) -> str:
    """Given an address's parameters, return the page that it names: the first one where it names none of ours."""
    page = parameters.get("page", "")
    return page if page in PAGES or page in HIDDEN_PAGES else PAGES[0]


@st.cache_resource(show_spinner=False)
def _follower() -> Any:
    return st.components.v2.component("pikg_links", js=_FOLLOW)


def follow_links(language: Language) -> None:
    """Watch for clicks on our links and for the way back; where one was clicked, start again at its address."""
    parameters = st.query_params.to_dict()
    place = {"page": read_page(parameters), "iri": parameters.get("iri", "")}
    data = {"place": urlencode(place), "lang": "zh-CN" if language == "zh" else "en"}
    result = _follower()(key="links", data=data, on_go_change=lambda: None, height=0)
    if result.go is not None:
        st.query_params.from_dict(read_address(result.go))
        st.rerun()
