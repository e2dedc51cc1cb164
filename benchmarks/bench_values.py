"""How many indicator rows a second are read: target, actual and name of each, on one core.

`python benchmarks/bench_values.py [ROWS]` makes rows out of the golden values and names of tests/data, every one with
numbers of its own so that nothing is answered from memory, reads them, and prints the rate against the one promised.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import sys
import time
from pathlib import Path

import yaml

from extract.names import parse_name
from extract.values import parse_value

DATA = Path(__file__).parent.parent / "tests" / "data"
PROMISED = 2000
"""Rows a second."""

Row = tuple[str, str, str, str, str | None]


def make_rows(count: int, seed: int = 7) -> list[Row]:
    """Given how many, return rows of name, second tier, target, actual and unit, no two of them alike."""
    values = [entry["printed"] for entry in yaml.safe_load((DATA / "values" / "golden.yaml").read_text("utf-8"))]
    with (DATA / "names" / "golden.tsv").open(encoding="utf-8", newline="") as file:
        names = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    chance = random.Random(seed)
    rows: list[Row] = []
    for number in range(count):
        name = chance.choice(names)
        target, actual = (_renumbered(chance.choice(values), chance) for _ in range(2))
        rows.append((f"{name['name']}{_in_characters(number)}期", name["tier2"], target, actual, name["unit"] or None))
    return rows


def _renumbered(text: str, chance: random.Random) -> str:
    return re.sub(r"[0-9]+", lambda match: str(chance.randint(1, 9)) + match[0][1:], text)


def _in_characters(number: int) -> str:
    return "".join("零一二三四五六七八九"[int(digit)] for digit in str(number))


def rate(rows: list[Row]) -> float:
    """Given rows, return how many a second were read."""
    parse_value("≥95%")
    parse_name("满意度")  # the vocabulary and spaCy are loaded once
    began = time.process_time()
    for name, tier2, target, actual, unit in rows:
        parse_value(target, fiscal_year=2024)
        parse_value(actual, fiscal_year=2024)
        parse_name(name, tier2_concept=tier2, unit=unit)
    return len(rows) / (time.process_time() - began)


def main() -> int:
    """Print the rate; return 1 where it is below what is promised."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=int, nargs="?", default=5000, help="how many (default 5000)")
    found = rate(make_rows(parser.parse_args().rows))
    print(f"{found:,.0f} rows a second (target, actual and name), {found / PROMISED:.1f} times what is promised")
    return int(found < PROMISED)


if __name__ == "__main__":
    sys.exit(main())
