"""The Streamlit front end: ui/ holds the frame and the pages. Started by `pikg app`, which names the store."""

from __future__ import annotations

from ui.frame import run

run()
