"""How the app is started and how it looks: options for Streamlit, and the style sheet. Imports no Streamlit itself.

A wheel has no `.streamlit` folder, so whoever starts the server passes `server_options()` on its command line.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files

from drafting import LARGEST_UPLOAD

FONT_STACK = (
    '"Noto Sans CJK SC","Noto Sans SC","Source Han Sans SC","PingFang SC","Hiragino Sans GB","Microsoft YaHei",'
    '"WenQuanYi Micro Hei",system-ui,sans-serif'
)
"""Fonts that Chinese office machines have; the app ships and fetches none."""

INK = "#1c2733"
MUTED = "#5d6b7a"
FAINT = "#8a96a3"
LINE = "#dfe4ea"
ACCENT = "#1f5582"
FOCUS = "#c2571a"


def server_options(*, read_only: bool = False) -> list[str]:
    """Return the options with which `streamlit run app.py` starts the app: our theme, no telemetry, no developer menu,
    and how large a file may be that is brought in (read only: as small as can be said).

    The theme travels as a file of this package, so it works from a checkout and from an installed wheel alike.
    """
    with as_file(files("ui") / "theme.toml") as theme:
        base = str(theme)
    return [
        f"--theme.base={base}",
        "--server.address=localhost",  # whoever opens it to others does so on purpose, behind a proxy
        "--server.headless=true",
        "--server.fileWatcherType=none",
        f"--server.maxUploadSize={1 if read_only else LARGEST_UPLOAD}",
        "--browser.gatherUsageStats=false",
        "--client.toolbarMode=minimal",
        "--client.showErrorDetails=none",
        "--client.showErrorLinks=false",
    ]


@cache
def style_sheet() -> str:
    """Return the app's style sheet."""
    return (files("ui") / "style.css").read_text("utf-8")


@cache
def icon() -> str:
    """Return the app's icon as SVG; a named icon of Streamlit's would be fetched from another host."""
    return (files("ui") / "icon.svg").read_text("utf-8")
