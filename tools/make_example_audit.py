"""Writes the small corpus and history that the README audits: `docs/example-audit`.

    python -m tools.make_example_audit

Hosts are those reserved for examples (RFC 2606); the files are made up here, and a test compares
them with what this writes.
"""

from __future__ import annotations

import json
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "docs/example-audit"

OPEN = "User-agent: *\nDisallow: /admin/\n"
CLOSED = """\
User-agent: GPTBot
User-agent: CCBot
User-agent: Google-Extended
Disallow: /

User-agent: *
Disallow: /admin/
"""
SIGNALS = """\
User-agent: *
Content-Signal: search=yes, ai-train=no
Allow: /
"""
PREFERENCES = """\
User-agent: *
Allow: /
Content-Usage: train-ai=n
Content-Usage: /open/ train-ai=y
"""
TDMREP = [
    {"location": "/press/*", "tdm-reservation": 0},
    {"location": "/", "tdm-reservation": 1, "tdm-policy": "https://www.example.net/rights"},
]
SNAPSHOTS = {
    "www.example.com_20240110.txt": OPEN,
    "www.example.com_20240210.txt": CLOSED,
    "www.example.com_20240310.txt": CLOSED,
    "www.example.net_20240101.txt": OPEN,
    "www.example.net_20240401.txt": OPEN,
    "www.example.net_20240101.tdmrep.json": json.dumps(TDMREP, indent=2) + "\n",
    "www.example.net_20240401.tdmrep.json": json.dumps(TDMREP, indent=2) + "\n",
    "www.example.org_20240101.txt": SIGNALS,
    "www.example.org_20240401.txt": SIGNALS,
    "example.org_20240101.txt": PREFERENCES,
    "example.org_20240401.txt": PREFERENCES,
}
ROWS = """\
url,date
https://www.example.com/photo.jpg,2024-01-10
https://www.example.com/photo.jpg,2024-01-25
https://www.example.com/photo.jpg,2024-02-10
https://www.example.com/photo.jpg,2024-02-25
https://www.example.com/photo.jpg,2023-06-01
https://www.example.net/story.html,2024-02-15
https://www.example.net/press/kit.html,2024-02-15
https://www.example.org/story.html,2024-02-15
https://example.org/story.html,2024-02-15
https://example.org/open/story.html,2024-02-15
https://nowhere.example/story.html,2024-02-15
https://www.example.net/story.html,
"""


def files() -> dict[str, str]:
    """Path below the folder, and content."""
    return {"corpus.csv": ROWS} | {f"snapshots/{name}": text for name, text in SNAPSHOTS.items()}


if __name__ == "__main__":
    for path, text in files().items():
        (FOLDER / path).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / path).write_text(text, encoding="utf-8", newline="\n")
