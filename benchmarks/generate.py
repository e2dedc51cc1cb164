"""Makes the shipped examples: small disclosures typeset from published facts, each with its gold JSON.

    python benchmarks/generate.py --out examples            make every document and its gold file
    python benchmarks/generate.py --out examples --check    make nothing; say where examples and facts part ways
    python benchmarks/generate.py --out DIR --count 1000 --seed 7 --format json
                                                            random disclosures (gold only, or pdf, docx), peers.json

Facts stand in benchmarks/facts; documents need Chromium and the Noto CJK fonts (Debian: chromium, fonts-noto-cjk),
gold files need nothing. The same facts give the same bytes with the same Chromium, python-docx and fontTools.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from generator import synthetic
from generator.blocks import characters
from generator.facts import Disclosure, FactsError, read_facts
from generator.fonts import MissingToolError
from generator.gold import gold_text
from generator.pages import COVER_NOTE, pages
from generator.portable import write_pdf
from generator.word import write_docx


def make(disclosure: Disclosure, folder: Path, used: frozenset[str], note: str = COVER_NOTE) -> Path:
    """Given a disclosure's facts, a folder, the characters of the font that Word documents share and the note on the
    cover, write document and gold file there; return the document's path."""
    path = folder / disclosure.file
    if path.suffix == ".pdf":
        write_pdf(pages(disclosure, note), disclosure.title, path)
    else:
        write_docx(pages(disclosure, note), disclosure.title, path, used)
    (folder / disclosure.gold_file).write_text(gold_text(disclosure), "utf-8")
    return path


def check(disclosures: list[Disclosure], folder: Path) -> list[str]:
    """Given facts and the folder of examples, return a line for each way in which they don't fit together."""
    wrong = []
    expected = {name for disclosure in disclosures for name in (disclosure.file, disclosure.gold_file)}
    there = {path.name for path in folder.glob("*") if path.suffix in (".pdf", ".docx", ".json")}
    wrong += [f"{name}: is missing" for name in sorted(expected - there)]
    wrong += [f"{name}: no facts are behind it" for name in sorted(there - expected)]
    for disclosure in disclosures:
        pages(disclosure)
        path = folder / disclosure.gold_file
        if path.exists() and path.read_text("utf-8") != gold_text(disclosure):
            wrong.append(f"{path.name}: is not what the facts give")
    return wrong


def make_random(folder: Path, count: int, seed: int, kind: str) -> None:
    """Given a folder, a count, a seed and pdf, docx or json (gold files alone), write random disclosures there, and
    `peers.json`: for each project the one of the facts that it comes from."""
    material = synthetic.read_material()
    suffix = ".pdf" if kind == "json" else f".{kind}"
    made = list(synthetic.disclosures(count, seed, suffix, material))
    used = frozenset[str]()
    if kind != "json":
        used = used.union(*(characters(pages(disclosure, material.note)) for disclosure, _ in made))
    peers = []
    for disclosure, sources in made:
        if kind == "json":
            (folder / disclosure.gold_file).write_text(gold_text(disclosure), "utf-8")
        else:
            make(disclosure, folder, used, material.note)
        for form, source in zip(disclosure.forms, sources, strict=True):
            peer_of = {"file": source.file, "project": source.form.name}
            peers.append({"file": disclosure.file, "project": form.name, "peer_of": peer_of})
    (folder / "peers.json").write_text(json.dumps(peers, ensure_ascii=False, indent=1) + "\n", "utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Given command line arguments, make or check the examples; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="the folder of the documents and gold files")
    parser.add_argument("--check", action="store_true", help="make nothing, compare")
    parser.add_argument("--only", metavar="NAME", help="only documents whose name contains NAME")
    parser.add_argument("--count", type=int, help="make so many random disclosures instead of the examples")
    parser.add_argument("--seed", type=int, default=1, help="what the random ones begin with (default 1)")
    parser.add_argument("--format", choices=("pdf", "docx", "json"), default="json", help="of the random ones")
    options = parser.parse_args(arguments)
    try:
        disclosures = read_facts()
    except FactsError as error:
        print(error, file=sys.stderr)
        return 1
    if options.check:
        wrong = check(disclosures, options.out)
        print("\n".join(wrong) or f"{len(disclosures)} disclosures fit their facts")
        return 1 if wrong else 0
    options.out.mkdir(parents=True, exist_ok=True)
    used = frozenset[str]().union(*(characters(pages(d)) for d in disclosures if d.file.endswith(".docx")))
    try:
        if options.count is not None:
            make_random(options.out, options.count, options.seed, options.format)
            return 0
        for disclosure in disclosures:
            if not options.only or options.only in disclosure.file:
                path = make(disclosure, options.out, used)
                print(f"{path.name}: {path.stat().st_size // 1024} kB, {len(disclosure.forms)} forms")
    except MissingToolError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
