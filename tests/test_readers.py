"""The app, the endpoint and two commands read while `pikg ingest` writes, all of them processes of their own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))

from bench_readers import Meanwhile, read_meanwhile, write_copies  # noqa: E402

import pipeline  # noqa: E402


@pytest.fixture(scope="module")
def meanwhile(tmp_path_factory) -> Meanwhile:
    folder = tmp_path_factory.mktemp("meanwhile")
    write_copies(folder / "before", 2, (".docx",))
    write_copies(folder / "files", 7, (".docx",))
    for path in (folder / "before").iterdir():
        (folder / "files" / path.name).unlink()
    assert pipeline.ingest([folder / "before"], folder / "store").ok
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIKG_STORE", str(folder / "store"))
        return read_meanwhile(folder / "store", folder / "files", seconds=1.0, publish_every=0.0)


def test_nobody_who_reads_while_a_folder_is_ingested_sees_an_error(meanwhile, record_property):
    assert (meanwhile.status, meanwhile.said.count("failed")) == (0, 0), meanwhile.said
    assert {reader.name: reader.errors for reader in (*meanwhile.alone, *meanwhile.beside) if reader.errors} == {}
    for reader in meanwhile.beside:
        record_property(reader.name, f"{len(reader.waits)} answers, the longest after {reader.longest:.2f} s")


def test_whoever_reads_while_a_folder_is_ingested_sees_whole_documents_and_ever_more(meanwhile):
    assert meanwhile.torn() == []
    assert len(meanwhile.final) == 7
    counting = {reader.name for reader in meanwhile.beside if any(reader.answers)}
    assert counting == {"what the app's pages ask", "pikg serve", "pikg query --sparql"}
    seen = {len(counts) for reader in meanwhile.beside for counts in reader.answers if counts}
    assert len(seen) > 2, "nobody read in the midst of it"
