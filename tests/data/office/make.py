"""Makes the old office files here from a Word case: python tests/data/office/make.py (needs LibreOffice Writer)."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
CASE = "docx-central-2020"
"""The case in ../formfiles whose record these files hold too."""


def main() -> None:
    """Write form.doc and form.rtf."""
    program = shutil.which("soffice")
    if program is None:
        sys.exit("soffice is not there: install LibreOffice Writer")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "form.docx"
        shutil.copyfile(HERE.parent / "formfiles" / CASE / "document.docx", source)
        for target in ("doc", "rtf"):
            profile = (Path(folder) / "profile").as_uri()
            command = [program, f"-env:UserInstallation={profile}", "--headless", "--convert-to", target]
            subprocess.run([*command, "--outdir", str(HERE), str(source)], check=True)


if __name__ == "__main__":
    main()
