"""导入: files dropped by a reader, read in a draft that only that reader sees, then stored or thrown away."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import ExitStack

import streamlit as st
from streamlit.runtime.scriptrunner import RerunException, StopException

from drafting import LARGEST_UPLOAD, MOST_FILES, MOST_PAGES, Draft, DraftFile
from ui.data import read_contents
from ui.format import number
from ui.html import Html, join, rewording, show, tag
from ui.i18n import Texts
from ui.import_preview import count_read, show_preview
from ui.links import address, link, read_count
from ui.store import Answers, may_write
from ui.wrong import told

_STEP = 1.0  # seconds between two looks at what is being read
_MEGABYTE = 1_000_000


def show_import(answers: Answers, parameters: Mapping[str, str], t: Texts) -> None:
    """Show the page; `file` is the file of the draft that is looked at, `form` its form and `at` its page."""
    show(tag("div", tag("h1", t("page.import")), tag("p", t("import.lead")), class_="pk-head"))
    if not may_write():
        show(tag("p", t("import.read_only"), class_="pk-none"))
        return
    draft = _draft()
    _upload(draft, t)
    said: Html | None = st.session_state.pop("import_said", None)
    if said is not None:
        show(said)
    if not draft.files:
        return
    chosen = _chosen(draft, parameters)
    states = _states(draft)
    st.fragment(_show_files, run_every=_STEP if draft.is_busy else None)(answers, draft, chosen, states, t)
    if chosen is not None and chosen.state in ("read", "stored"):
        show_preview(chosen, parameters, t)


def _draft() -> Draft:
    """The draft of this reader, which goes with the session."""
    draft: Draft | None = st.session_state.get("draft")
    if draft is None or draft.is_discarded:
        draft = st.session_state["draft"] = Draft()
        _presence.clear()
    _presence(draft)
    draft.stay()
    return draft


# What is cached for a session is released when its connection ends; the session itself may be kept for longer.
@st.cache_resource(scope="session", show_spinner=False, on_release=lambda draft: draft.leave())
def _presence(_draft: Draft) -> Draft:
    return _draft


def _states(draft: Draft) -> tuple[str, ...]:
    return tuple(file.state for file in draft.files)


def _chosen(draft: Draft, parameters: Mapping[str, str]) -> DraftFile | None:
    asked = read_count(parameters, "file")
    found = draft.find(asked) if asked is not None else None
    return found or next((file for file in draft.files if file.state in ("read", "stored")), None)


# --- bringing files in --------------------------------------------------------------------------------------------
def _upload(draft: Draft, t: Texts) -> None:
    round_ = st.session_state.setdefault("import_round", 0)
    # Streamlit's own words are English.
    hint = '[data-testid="stFileUploaderDropzoneInstructions"] span'
    show(rewording({".st-key-upload button p": t("import.choose"), f".st-key-upload {hint}": t("import.or_drop")}))
    with st.container(key="upload"):
        files = st.file_uploader(
            t("import.drop"), accept_multiple_files=True, key=f"import-{round_}", max_upload_size=LARGEST_UPLOAD,
            label_visibility="collapsed",
        )  # fmt: skip
    show(tag("p", t("import.limits", size=LARGEST_UPLOAD, pages=MOST_PAGES, files=MOST_FILES), class_="pk-limits"))
    if not files:
        return
    passed_over = [file.name for file in files if draft.add(file.name, file.getbuffer()) is None]
    if passed_over:
        _say(t("import.passed_over", names=t("app.and").join(passed_over), files=MOST_FILES), bad=True)
    st.session_state["import_round"] = round_ + 1  # a new field: the server need not keep the files twice
    st.rerun()


def _say(text: str, detail: Html | None = None, *, bad: bool = False) -> None:
    inner = [tag("b", text), tag("p", detail) if detail else None]
    st.session_state["import_said"] = tag("div", *inner, class_="pk-wrong" if bad else "pk-done", role="status")


# --- the files of the draft ---------------------------------------------------------------------------------------
def _show_files(answers: Answers, draft: Draft, chosen: DraftFile | None, states: tuple[str, ...], t: Texts) -> None:
    if _states(draft) != states:
        st.rerun()  # something was read: the preview shows it
    with st.container(key="draft"):
        for file in list(draft.files):
            text, button = st.columns([6, 1], vertical_alignment="center")
            with text:
                show(_file(answers, file, t, current=file is chosen))
            with button:
                label = t("import.stop") if file.is_busy else t("import.remove")
                if st.button(
                    label, key=f"drop-{file.number}", type="tertiary", help=f"{label}{t('app.colon')}{file.name}"
                ):
                    file.stop() if file.is_busy else draft.remove(file.number)
                    st.rerun()
    ready = sum(file.state == "read" for file in draft.files)
    with st.container(horizontal=True, key="draft-ends"):
        if st.button(t("import.store", n=ready), type="primary", disabled=not ready, key="store"):
            _store(answers, draft, t)
        if st.button(t("import.discard"), key="discard", help=t("import.discard_hint")):
            draft.discard()
            st.rerun()


def _file(answers: Answers, file: DraftFile, t: Texts, *, current: bool) -> Html:
    name: Html = tag("span", file.name)
    if file.state in ("read", "stored"):
        name = link(
            address("import", t.language, file=file.number), file.name, aria_current="true" if current else None
        )
    state = tag("span", t(f"import.state_{file.state}"), class_=f"pk-state pk-state-{file.state}")
    return tag(
        "div", tag("div", state, name, tag("i", _size(file.size, t))), tag("small", *_told(answers, file, t)),
        class_="pk-draft",
    )  # fmt: skip


def _size(size: int, t: Texts) -> str:
    if size < _MEGABYTE:
        return t("import.kilobytes", n=max(1, size // 1000))
    return t("import.megabytes", n=f"{size / _MEGABYTE:.1f}")


def _told(answers: Answers, file: DraftFile, t: Texts) -> list[Html | str]:
    """What is to be said of a file beside its name."""
    match file.state:
        case "waiting":
            return [t("import.told_waiting")]
        case "reading":
            seconds = t("import.told_reading", seconds=int(time.monotonic() - file.began))
            at = file.progress
            return [
                seconds
                if at is None
                else t("place.join").join([t("import.told_page", page=at[0], pages=at[1]), seconds])
            ]
        case "failed":
            said = t(f"import.failed_{file.failure}", most=MOST_PAGES)
            return [said, told(file.reason, t)] if file.reason and file.failure != "too_long" else [said]
        case "stopped":
            return [t("import.told_stopped")]
        case "read":
            read = count_read(file.disclosure, file.pages, t)
            known = any(one.sha256 == file.sha256 for one in read_contents(answers).documents)
            return [read, tag("span", t("import.already"))] if known else [read]
    forms = [form for form in read_contents(answers).forms if form.document.sha256 == file.sha256]
    if not forms:
        return [t("import.told_stored")]
    links = [link(address("project", t.language, iri=form.project, form=form.iri), form.name) for form in forms[:12]]
    more = t("import.more_projects", n=number(len(forms) - len(links))) if len(forms) > len(links) else None
    return [t("import.see"), join([*links, more], t("app.and"))]


def _store(answers: Answers, draft: Draft, t: Texts) -> None:
    interrupted: RerunException | StopException | None = None
    with ExitStack() as spinning:

        def tell(stored: int, of: int) -> None:
            nonlocal interrupted
            if interrupted is not None:
                return
            text = t("import.storing_one", n=stored + 1, of=of) if stored < of else t("import.putting_together")
            try:
                spinning.close()
                spinning.enter_context(st.spinner(text))
            except (RerunException, StopException) as asked:
                interrupted = asked  # the reader clicked elsewhere, or left: the draft first notes what was stored

        spinning.enter_context(st.spinner(t("import.storing")))
        outcome = draft.store(answers.folder, tell)
    if interrupted is not None:
        raise interrupted
    if outcome.locked:
        _say(t("import.locked"), told(outcome.reason or "", t), bad=True)
    elif outcome.reason is not None:
        _say(t("import.not_stored"), told(outcome.reason, t), bad=True)
    elif outcome.refused:
        why = [join([name, told(said, t)], t("app.colon")) for name, said in outcome.refused]
        _say(t("import.refused"), join(why, t("app.list")), bad=True)
    else:
        _say(t("import.stored", n=len(outcome.stored)))
    st.rerun()
