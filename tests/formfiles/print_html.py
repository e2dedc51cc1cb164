# ruff: noqa: E501 - a form's row, a page's markup and a list of facts read best on one line
"""Documents as web pages: one that a browser prints as a PDF, and one as a government's web site shows it."""

from __future__ import annotations

import base64
import html
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from generator.fonts import Face, subset_font
from generator.portable import normalise

from formfiles.model import Cell, PageBreak, Pages, Table, Words

_HEI = Face("Noto Sans CJK SC", Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"), 2)
_CSS = """
@page { size: A4; margin: 18mm 15mm; } @page { size: %(size)s; }
body { font: %(font)s/1.3 hei; margin: 0; color: #000; }
p { margin: 1mm 0; } .title { font-size: 16pt; text-align: center; } .line { text-align: center; } .right { text-align: right; }
.heading { font-size: 12pt; } .text { text-indent: 2em; line-height: 1.8; } .break { break-before: page; }
table { border-collapse: collapse; width: 100%%; table-layout: fixed; margin-bottom: 6mm; }
td { padding: 0.9mm 0.8mm; text-align: center; vertical-align: middle; word-break: break-all; }
td.left { text-align: left; } tr { break-inside: %(rows)s; }
"""
_LOOKS = {
    "ruled": "td { border: 0.75pt solid #000; }",
    "thin": "td { border: 0.25pt solid #666; }",
    "horizontal": "td { border-top: 0.75pt solid #000; border-bottom: 0.75pt solid #000; }",
    "unruled": "td { padding: 1.6mm 3mm; vertical-align: top; }",
    "filled": "td { border: 0; background: #eef3f8; box-shadow: none; } table { border-collapse: separate; border-spacing: 1pt; }",
    "open": "td { border: 0.75pt solid #000; } td:first-child { border-left: 0; } td:last-child { border-right: 0; }",
}


def _text(text: str) -> str:
    return html.escape(text, quote=False).replace("\n", "<br>")


def _table(table: Table, widths: bool = True) -> str:
    share = sum(table.widths)
    columns = "".join(f'<col style="width:{100 * width / share:.2f}%">' for width in table.widths) if widths else ""
    rows = []
    for cells in table.rows:
        made = []
        for one in cells:
            spans = f' colspan="{one.columns}"' if one.columns > 1 else ""
            spans += f' rowspan="{one.rows}"' if one.rows > 1 else ""
            made.append(f"<td{spans}{' class=left' if one.left else ''}>{_text(one.text)}</td>")
        rows.append(f"<tr>{''.join(made)}</tr>")
    head, body = "".join(rows[: table.head_rows]), "".join(rows[table.head_rows :])
    return (
        f"<table><colgroup>{columns}</colgroup>{f'<thead>{head}</thead>' if head else ''}<tbody>{body}</tbody></table>"
    )


def _characters(pages: Pages) -> frozenset[str]:
    used = set("0123456789")
    for block in pages.blocks:
        if isinstance(block, Words):
            used.update(block.text)
        elif isinstance(block, Table):
            for cells in block.rows:
                for one in cells:
                    used.update(one.text)
    return frozenset(used)


def print_page(pages: Pages) -> str:
    """Given a document, return it as HTML for a printer. Looks: lines (ruled …), font, heads (repeated), turned, rows."""
    look = pages.look
    size = "A4 landscape" if pages.landscape and look.get("turned") != "content" else "A4"
    css = _CSS % {"size": size, "font": look.get("font", "9.5pt"), "rows": look.get("rows", "auto")}
    data = base64.b64encode(subset_font(_HEI, _characters(pages))).decode()
    css = (
        f"@font-face {{ font-family: hei; src: url(data:font/ttf;base64,{data}) }}"
        + css
        + _LOOKS[look.get("lines", "ruled")]
    )
    body = []
    for block in pages.blocks:
        if isinstance(block, PageBreak):
            body.append('<p class="break"></p>')
        elif isinstance(block, Words):
            body.append(f'<p class="{block.style}">{_text(block.text)}</p>')
        else:
            made = _table(block if look.get("heads") == "repeated" else Table(block.widths, block.rows))
            body.append(made)
    inside = "".join(body)
    if look.get("turned") == "content":
        inside = (
            f'<div style="transform-origin:0 0;transform:translate(180mm,0) rotate(90deg);width:255mm">{inside}</div>'
        )
    return f'<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><style>{css}</style></head><body>{inside}</body></html>'


def write_pdf(pages: Pages, path: Path) -> None:
    """Given a document and a path, print the PDF there with Chromium."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        raise RuntimeError("chromium is missing: install Debian's package chromium")
    with tempfile.TemporaryDirectory() as folder:
        page, made = Path(folder, "page.html"), Path(folder, "made.pdf")
        page.write_text(print_page(pages), "utf-8")
        command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", f"--user-data-dir={folder}/profile",
                   "--disable-background-networking", "--no-pdf-header-footer", "--disable-pdf-tagging",
                   f"--print-to-pdf={made}", page.as_uri()]  # fmt: skip
        done = subprocess.run(command, capture_output=True, timeout=120, check=False)
        if not made.exists():
            raise RuntimeError(f"chromium printed no PDF: {done.stderr.decode(errors='replace')[-500:]}")
        printed = normalise(made.read_bytes())
        path.write_bytes(turn_pages(printed) if pages.look.get("turned") == "page" else printed)


def turn_pages(pdf: bytes) -> bytes:
    """Given a PDF as Chromium prints it, return it with its pages turned by 90 degrees (/Rotate), by an update behind
    its end as PDF editors write it."""
    trailer = pdf[pdf.rindex(b"trailer") :]
    previous = int(re.findall(rb"startxref\s+(\d+)", trailer)[-1])
    made, places = bytearray(pdf), []
    for found in re.finditer(rb"(?m)^(\d+) 0 obj\s*<<\s*/Type\s*/Page\b(?!s)", pdf):
        end = pdf.index(b"endobj", found.start()) + len(b"endobj")
        text = pdf[found.start() : end].replace(b"/Type /Page", b"/Type /Page\n/Rotate 90", 1)
        places.append((int(found[1]), len(made)))
        made += text + b"\n"
    start = len(made)
    made += b"xref\n" + b"".join(b"%d 1\n%010d 00000 n \n" % (number, at) for number, at in places)
    keys = b" ".join(re.findall(rb"/(?:Size|Root|Info) [^/>]+", trailer))
    made += b"trailer\n<<%s /Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (keys, previous, start)
    return bytes(made)


_SITE = """<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN">
<html><head><meta charset="%(charset)s"><title>%(title)s-某某政府网</title><style>.nav{display:flex}td{border:1px solid}</style>
<script>var total = "项目名称"; function go(){ return '<table><tr><td>项目名称</td></tr></table>'; }</script></head><body>
<div class="top"><a href="/">网站首页</a> | <a href="/zwgk">政务公开</a> | <a href="/hd">互动交流</a>
<form><input name="q"><select><option>项目名称</option><option>绩效指标</option></select><button>搜索</button></form></div>
<div class="nav"><ul><li>机构职能</li><li>预算公开</li><li>决算公开</li><li>绩效目标</li></ul></div>
<table width="1000" border="0" cellspacing="0"><tr><td width="220" valign="top">
<table width="100%%"><tr><td>信息公开指南</td></tr><tr><td>信息公开目录</td></tr><tr><td>财政预决算</td></tr></table>
</td><td valign="top">
<table width="100%%" class="meta"><tr><td>索 引 号</td><td>SZ-2024-00123</td><td>主题分类</td><td>财政</td></tr>
<tr><td>发布机构</td><td>%(publisher)s</td><td>发布日期</td><td>2024-02-28</td></tr></table>
<h1>%(title)s</h1><div>发布时间：2024-02-28　来源：本站　浏览次数：<span id="hits">325</span></div>
<div class="TRS_Editor">%(body)s</div>
<div style="display:none">项目名称 一级指标 二级指标</div>
</td></tr></table>
<table width="1000"><tr><td>上一篇：<a href="#">2023年度部门决算</a></td><td>下一篇：<a href="#">政府采购意向</a></td></tr></table>
<div class="footer">主办：某某政府办公室　备案号：某ICP备00000000号　网站标识码：0000000000</div></body></html>
"""


def _word_cell(one: Cell) -> str:
    # What Word's "save as web page" makes of a cell.
    spans = f" colspan={one.columns}" if one.columns > 1 else ""
    spans += f" rowspan={one.rows}" if one.rows > 1 else ""
    lines = "".join(
        f"<p class=MsoNormal align=center style='text-align:center'><span style='font-family:宋体'>{_text(line)}<o:p></o:p></span></p>"
        if line
        else "<p class=MsoNormal><span lang=EN-US>&nbsp;</span></p>"
        for line in one.text.split("\n")
    )
    return f"<td{spans} style='border:solid windowtext 1.0pt;padding:0cm 5.4pt 0cm 5.4pt'>{lines}</td>"


def write_site(pages: Pages, path: Path) -> None:
    """Given a document and a path, write the page of a web site there. Looks: markup (plain, word), charset."""
    body = []
    title = next(
        (block.text for block in pages.blocks if isinstance(block, Words) and block.style == "title"), "绩效目标公开"
    )
    for block in pages.blocks:
        if isinstance(block, PageBreak):
            body.append("<hr>")
        elif isinstance(block, Words):
            body.append(f'<p style="text-align:center">{_text(block.text)}</p>')
        elif pages.look.get("markup") == "word":
            rows = "".join(f"<tr>{''.join(map(_word_cell, cells))}</tr>" for cells in block.rows)
            body.append(f"<div align=center><table class=MsoNormalTable border=0 cellspacing=0>{rows}</table></div>")
        else:
            body.append(_table(block, widths=False))
    charset = pages.look.get("charset", "utf-8")
    publisher = pages.look.get("publisher", "本单位")
    made = _SITE % {
        "charset": charset,
        "title": re.sub(r"\s+", "", title),
        "publisher": publisher,
        "body": "\n".join(body),
    }
    path.write_bytes(made.encode(charset, "xmlcharrefreplace"))
