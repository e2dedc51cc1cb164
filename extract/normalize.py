"""Pure repairs of strings: what the contract means by "as printed".

Nothing here knows a format or a form. The printed words stay; what goes is what typesetting did to them: line breaks
and spaces between Chinese characters, full-width figures and letters, radicals that a font's table put in the place of
characters. Punctuation, quotes and comparison signs stay as they are.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# The radicals that fonts' tables return for whole characters. Unicode itself maps the Kangxi block (U+2F00-2FD5), but
# to traditional forms where it has to choose; of the supplement (U+2E80-2EF3) it maps two. Only radicals that are
# characters in their own right are listed: a bare component (⺡, ⺮) has no character that was meant by it.
_SUPPLEMENT = (
    "⺁厂⺇几⺌小⺎兀⺏尣⺐尢⺒巳⺓幺⺕彐⺙攴⺛旡⺝月⺟母⺠民⺢水⺦丬⺧牛⺨犬⺩王⺪疋⺫目⺬示⺯糸⺰纟⺱网⺲罒⺶羊⺷羊⺹老⺺聿⺻聿⺼月"
    "⺽臼⺿艹⻁虎⻂衣⻃西⻄西⻅见⻆角⻇角⻉贝⻊足⻋车⻌辶⻍辶⻎辶⻑長⻒镸⻓长⻔门⻖阜⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻞食⻟食⻢马"
    "⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀⻳龟"
)
# Kangxi radicals whose Unicode mapping is not the character of simplified Chinese.
_KANGXI_OWN = {"⼾": "户"}


def _fold_table() -> dict[int, str]:
    table = {ord(_SUPPLEMENT[i]): _SUPPLEMENT[i + 1] for i in range(0, len(_SUPPLEMENT), 2)}
    for code in (*range(0x2F00, 0x2FD6), *range(0xF900, 0xFB00), *range(0x2F800, 0x2FA20)):
        folded = unicodedata.normalize("NFKC", chr(code))
        if folded != chr(code) and len(folded) == 1:
            table[code] = folded
    table.update({ord(radical): character for radical, character in _KANGXI_OWN.items()})
    for code in range(0xFF10, 0xFF1A):  # ０-９
        table[code] = chr(code - 0xFEE0)
    for code in (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)):  # Ａ-Ｚ, ａ-ｚ
        table[code] = chr(code - 0xFEE0)
    table[ord("％")] = "%"
    table[0x00A0] = table[0x3000] = table[0x2002] = table[0x2003] = table[0x2009] = " "
    for code in (0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD):  # marks without width
        table[code] = ""
    return table


_FOLD = _fold_table()

# Chinese characters, their punctuation, and the full-width signs: no space belongs between any two of these.
_WIDE = (
    r"\u2e80-\u2fff\u3001-\u303f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff01-\uff60\uffe0-\uffe6"
    r"\U00020000-\U0003ffff“”‘’—…·"
)
_SPACE_BETWEEN_WIDE = re.compile(rf"(?<=[{_WIDE}])[ \t]+(?=[{_WIDE}])")
_BREAK = re.compile(r"[\r\v\f]")
_SPACES = re.compile(r"[ \t]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")
_IS_WIDE = re.compile(rf"[{_WIDE}]")


def fold_characters(text: str) -> str:
    """Given a text, return it with full-width figures, letters and ％ made half-width and radicals folded."""
    return text.translate(_FOLD)


def is_wide(character: str) -> bool:
    """Given one character, return whether it is Chinese (a character or its punctuation), set without spaces."""
    return bool(_IS_WIDE.match(character))


@lru_cache(maxsize=4096)
def clean_text(text: str) -> str:
    """Given the text of a cell or paragraph, return it as the contract prints it.

    Characters are folded, spaces between Chinese characters go, other runs of spaces become one. "\\n" is kept where
    the caller put it: a reader keeps one only between blocks that the document itself sets apart.
    """
    text = fold_characters(text)
    if _BREAK.search(text) is not None:
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\v", "\n").replace("\f", "\n")
    lines = (_clean_line(_CONTROL.sub("", line)) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _clean_line(line: str) -> str:
    return _SPACE_BETWEEN_WIDE.sub("", _SPACES.sub(" ", line)).strip()


def one_line(text: str) -> str:
    """Given a text of several lines, return them joined, without the white space at their ends."""
    return "".join(line.strip() for line in text.split("\n"))


def join_wrapped(first: str, second: str, *, latin: bool = False) -> str:
    """Given two parts of one text that a wrapped line or a page break set apart, return them as one.

    No space goes between them unless both sides are Latin letters and the text is one in Latin script (`latin`): in
    Chinese text a figure or a word is broken anywhere, so "2" and "024年" are 2024年.
    """
    first, second = first.rstrip(), second.lstrip()
    if not first or not second:
        return first + second
    before, after = first[-1], second[0]
    if latin and before.isascii() and after.isascii() and (before.isalnum() or before in ",.;:)") and after.isalpha():
        return f"{first} {second}"
    return first + second


_UNIT = re.compile(r"[（(《“‘/]*(?:[\x21-\x7e]+|.)(?:[/／·](?:[\x21-\x7e]+|.))*[，。、；：！？）》”’%％,.;:)\]]*")


def width_of_unit(text: str) -> float:
    """Given a text, return the width, in Chinese characters, of what stands at its head and is never parted at the end
    of a line: one character or figure with the marks around it, or two with a stroke between them (元/人)."""
    found = _UNIT.match(text)
    return sum(1.0 if is_wide(character) else 0.5 for character in found[0]) if found else 0.0
