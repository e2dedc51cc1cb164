"""Blocks as a PDF: HTML printed by Chromium, then rid of what differs from run to run."""

from __future__ import annotations

import base64
import html
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from generator.blocks import Section, Table, characters
from generator.fonts import HEI, SONG, MissingToolError, subset_font

_CSS = """
@page { size: A4; margin: 24mm 20mm 22mm; @bottom-center { content: "— " counter(page) " —"; font: 10.5pt song; } }
@page wide { size: A4 landscape; margin: 20mm 16mm 18mm; }
@page front { margin: 24mm 20mm; @bottom-center { content: ""; } }
body { font: 12pt/1.75 song; margin: 0; color: #000; }
section { break-before: page; } section.wide { page: wide; } section.front { page: front; break-before: auto; }
p { margin: 0; }
.cover { font: 26pt/1.5 hei, song; text-align: center; padding: 60mm 0 25mm; }
.cover_year { font-size: 16pt; text-align: center; }
.cover_note { font-size: 9pt; text-align: center; padding-top: 75mm; color: #444; }
.contents_head { font: 18pt hei, song; text-align: center; margin-bottom: 10mm; }
.contents { font-size: 13pt; line-height: 2.1; } .contents_inner { padding-left: 2em; line-height: 2; }
.part { font: 18pt hei, song; text-align: center; margin: 3mm 0 7mm; break-after: avoid; }
* + .part { margin-top: 12mm; }
.heading { font: 14pt/1.9 hei, song; margin-top: 3mm; text-indent: 2em; break-after: avoid; }
.text { font-size: 13pt; text-indent: 2em; text-align: justify; line-height: 1.85; }
.label { font: 11pt hei, song; break-after: avoid; } * + .label { margin-top: 8mm; }
.title { font: 17pt/1.4 hei, song; text-align: center; margin: 1mm 0 2mm; break-after: avoid; }
.year { text-align: center; line-height: 1.5; break-after: avoid; }
.unit { text-align: right; font-size: 10.5pt; line-height: 1.5; break-after: avoid; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; line-height: 1.3; }
td { border: 0.75pt solid #000; padding: 1.1mm 0.9mm; text-align: center; vertical-align: middle; }
td { word-break: break-all; }
td.left { text-align: left; } td.right { text-align: right; }
table.whole { break-inside: avoid; }
"""

_FIXED = "20250101000000"


def _table(table: Table) -> str:
    share = sum(table.widths)
    columns = "".join(f'<col style="width:{100 * width / share:.3f}%">' for width in table.widths)
    rows = []
    for row in table.rows:
        cells = []
        for cell in row:
            spans = f' colspan="{cell.columns}"' if cell.columns > 1 else ""
            spans += f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
            align = f' class="{cell.align}"' if cell.align != "center" else ""
            cells.append(f"<td{spans}{align}>{html.escape(cell.text, quote=False).replace(chr(10), '<br>')}</td>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    head, body = "".join(rows[: table.head_rows]), "".join(rows[table.head_rows :])
    head = f"<thead>{head}</thead>" if head else ""
    kind = ' class="whole"' if table.whole else ""
    inner = f"<colgroup>{columns}</colgroup>{head}<tbody>{body}</tbody>"
    return f'<table{kind} style="font-size:{table.size}pt">{inner}</table>'


def write_html(sections: Sequence[Section], title: str) -> str:
    """Given pages and a title, return them as HTML with its fonts inside."""
    used = characters(sections)
    sources = ""
    for name, face in (("song", SONG), ("hei", HEI)):
        data = base64.b64encode(subset_font(face, used)).decode()
        sources += f"@font-face {{ font-family: {name}; src: url(data:font/ttf;base64,{data}) }}"
    body = []
    for number, section in enumerate(sections):
        blocks = [
            _table(block) if isinstance(block, Table) else f'<p class="{block.style}">{html.escape(block.text)}</p>'
            for block in section.blocks
        ]
        kind = "front" if number == 0 else "wide" if section.landscape else "tall"
        body.append(f'<section class="{kind}">{"".join(blocks)}</section>')
    head = f'<meta charset="utf-8"><title>{html.escape(title)}</title><style>{sources}{_CSS}</style>'
    return f'<!DOCTYPE html><html lang="zh-CN"><head>{head}</head><body>{"".join(body)}</body></html>'


def normalise(pdf: bytes) -> bytes:
    """Given a PDF as Chromium prints it, return it with a fixed date and maker; no byte moves its place."""
    pdf = re.sub(rb"\(D:\d{14}", b"(D:" + _FIXED.encode(), pdf)

    def maker(found: re.Match[bytes]) -> bytes:
        name = b"benchmarks/generate.py"
        return b"/Creator (" + name + b" " * (len(found[0]) - len(name) - 11) + b")"

    return re.sub(rb"/Creator \(Mozilla.*?[^\\]\)(?=\s*/Producer)", maker, pdf, flags=re.DOTALL)


def write_pdf(sections: Sequence[Section], title: str, path: Path) -> None:
    """Given pages, a title and a path, print the PDF there; raise MissingToolError without Chromium."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        raise MissingToolError("chromium is missing: install Debian's package chromium")
    with tempfile.TemporaryDirectory() as folder:
        page, made = Path(folder, "page.html"), Path(folder, "made.pdf")
        page.write_text(write_html(sections, title), "utf-8")
        command = [
            browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
            f"--user-data-dir={folder}/profile", "--no-pdf-header-footer", "--disable-pdf-tagging",
            f"--print-to-pdf={made}", page.as_uri(),
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, timeout=120, check=False)
        if not made.exists():
            raise RuntimeError(f"chromium printed no PDF: {done.stderr.decode(errors='replace')[-500:]}")
        path.write_bytes(normalise(made.read_bytes()))
