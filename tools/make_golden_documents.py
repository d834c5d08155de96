"""Writes the papers the tests expect: `tests/service/documents/golden/`.

Run it after a sentence was changed on purpose, and read the difference before it is committed:

    python tools/make_golden_documents.py
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "tests" / "service" / "documents" / "golden"


def main() -> None:
    """Write one file for each paper and language."""
    sys.path.insert(0, str(ROOT))
    from service.documents import protocols
    from service.documents.code import honoured_json
    from service.documents.records import DocumentKind
    from service.documents.writing import HONOURED, prepare, write
    from tests.service.documents.audits import NOTICE, TABLE, toml, written

    protocols.table = lambda: TABLE
    GOLDEN.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        audit = written(Path(folder) / "audit")
        details = Path(folder) / "details.toml"
        details.write_text(toml({"dsa16": NOTICE}), "utf-8")
        for kind in DocumentKind:
            for lang in ("en", "fr"):
                draft = prepare(kind, audit, details, lang)
                path = GOLDEN / f"{kind}.{lang}.json"
                path.write_text(write(draft).to_json(), "utf-8")
        draft = prepare(DocumentKind.CODE, audit, None, "en")
        (GOLDEN / HONOURED).write_text(honoured_json(draft), "utf-8")


if __name__ == "__main__":
    main()
