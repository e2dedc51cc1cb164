"""Lines of text in a picture to characters, by the recognition model that the rapidocr package ships.

The model gives for each place along a line how probable each character is. rapidocr's own interface returns only the
best text of a line; here the probabilities are kept, for they say how sure each character is, where it stands, and what
else it may be. Nothing is downloaded: the model is a file of the installed package.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from extract.errors import ExtractError
from extract.readers.scan_ink import Grey

_MODEL = "PP-OCRv6_rec_small.onnx"
_HEIGHT = 48  # pixels: the height of a line that the model was made for
_NARROWEST, _WIDEST = 32, 3200  # pixels of the same
_MOST_THREADS = 2  # more gain little on lines of text, and other documents may be read beside this one
_LEAST = 0.005  # a less probable character is no rival


@dataclass(frozen=True, slots=True)
class Read:
    """A character as it was read: its middle along the line (from 0 to 1), how probable it is, and what else it may be
    (characters with their probabilities)."""

    text: str
    middle: float
    confidence: float
    rivals: Mapping[str, float]


def threads() -> int:
    """The number of processors that this process may use, but no more than recognition can."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(_MOST_THREADS, usable))


def read_line(grey: Grey) -> list[Read]:
    """Given the picture of one line of text, return its characters (spaces among them) from left to right."""
    model = _model()
    probable = model.run(grey)
    best = probable.argmax(axis=1)
    found = []
    first = 0
    for last in range(1, len(best) + 1):
        if last < len(best) and best[last] == best[first]:
            continue
        if best[first]:  # 0 stands for no character
            at = first + int(probable[first:last, best[first]].argmax())
            row = probable[at]
            others = np.flatnonzero(row >= _LEAST)
            rivals = {model.characters[i]: float(row[i]) for i in others.tolist() if i not in (0, best[first])}
            middle = (first + last) / 2 / len(best)
            found.append(Read(model.characters[best[first]], middle, float(row[best[first]]), rivals))
        first = last
    return found


class _Model:
    def __init__(self, path: Path) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1  # lines are read beside each other instead
        options.inter_op_num_threads = 1
        options.log_severity_level = 4
        options.enable_cpu_mem_arena = False  # it would keep what the longest line needed
        self._session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name
        characters = self._session.get_modelmeta().custom_metadata_map["character"].splitlines()
        self.characters = ["", *characters, " "]

    def run(self, grey: Grey) -> NDArray[np.float32]:
        """Given the picture of a line, return the probability of each character at each place along it."""
        height, width = grey.shape
        wide = min(_WIDEST, max(_NARROWEST, round(width * _HEIGHT / height)))
        sized = cv2.resize(grey, (wide, _HEIGHT), interpolation=cv2.INTER_AREA if height > _HEIGHT else cv2.INTER_CUBIC)
        values = sized.astype(np.float32) / 127.5 - 1.0
        batch = np.repeat(values[np.newaxis, np.newaxis], 3, axis=1)
        return np.asarray(self._session.run(None, {self._input: batch})[0][0], np.float32)


@cache
def _model() -> _Model:
    package = find_spec("rapidocr")
    path = Path(package.origin).parent / "models" / _MODEL if package is not None and package.origin else None
    if path is None or not path.is_file():
        raise ExtractError(f"the model that reads scans ({_MODEL}) is missing: install the package rapidocr again")
    return _Model(path)
