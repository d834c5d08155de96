"""Sheets on which a person looks at every source: small pictures, players, beginnings of texts.

One HTML page a source, and a page that lists them. Pictures and sounds are strangers' files: what
is shown of them is made in the sandbox and drawn anew, and a sound is only played when somebody
asks for it. Pages hold no script and ask the network for nothing.
"""

from __future__ import annotations

import base64
import html
import io
import logging
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np

from detectors.decode import Undecodable
from detectors.decode.workers import LIMITS, Workers, asset_of, on_one_thread
from detectors.gathering.items import Item
from provenance.asset import Asset, Modality
from provenance.sandbox import JobFailed, Task

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Showing", "write_sheets"]

log = logging.getLogger(__name__)

TASK = Task("detectors.gathering.sheets:Showing")
SIDE = 220
"""Pixels of the longer side of a small picture."""

RATE, SECONDS, FRAME = 16_000, 20.0, 512
CHARACTERS = 900
MOST_SHOWN = 120
"""Files of one source on its sheet, spread evenly over them."""

PICTURE, TEXT = b"P", b"T"
STYLE = """
body{font:15px/1.4 system-ui,sans-serif;margin:2rem;max-width:80rem}
ul{list-style:none;padding:0;display:grid;gap:1rem;
grid-template-columns:repeat(auto-fill,minmax(15rem,1fr))}
li{border:1px solid #ccc;padding:.5rem;overflow:hidden}img{max-width:100%}
code{font-size:12px}audio{width:100%}p{margin:.3rem 0}
table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:.2rem .5rem;text-align:left}
"""


# The worker's side


class Showing:
    """Answers a job of one file with what is shown of it: a PNG, or text, behind one letter."""

    def __init__(self) -> None:
        on_one_thread()

    def __call__(self, job: dict[str, Any], fds: list[int], blobs: list[bytes]) -> bytes:
        """What is shown of the one work of a job; nothing where nothing can be."""
        try:
            return _shown(asset_of(job, fds, blobs))
        except Undecodable:
            return b""


def _shown(asset: Asset) -> bytes:
    match asset.modality:
        case Modality.IMAGE:
            from detectors.decode.image import picture

            return PICTURE + _png(picture(asset, LIMITS)[0])
        case Modality.AUDIO | Modality.VIDEO:
            from detectors.decode.audio import open_sound

            with open_sound(asset, LIMITS) as sound:
                heard = sound.windows(rate=RATE, seconds=SECONDS, hop=SECONDS, most=1)
                return PICTURE + _png(_spectrogram(next(heard)[1][0]))
        case Modality.TEXT | Modality.DOCUMENT:
            from detectors.decode.text import passages

            return TEXT + passages(asset, LIMITS)[0][0].text[:CHARACTERS].encode()
        case _:
            return b""


def _png(pixels: NDArray[np.uint8]) -> bytes:
    from PIL import Image

    picture = Image.fromarray(pixels)
    picture.thumbnail((SIDE, SIDE))
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()


def _spectrogram(samples: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Grey, time to the right and frequency up, 80 dB deep."""
    padded = np.pad(samples, (0, max(0, FRAME - samples.size)))
    frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME)[:: FRAME * 2]
    power = np.abs(np.fft.rfft(frames * np.hanning(FRAME), axis=1)).T ** 2
    loud = 10 * np.log10(np.maximum(power, 1e-12))
    shade = np.clip((loud - loud.max()) / 80 + 1, 0, 1)[::-1]
    return np.repeat((255 * shade).astype(np.uint8)[:, :, None], 3, axis=2)


# The caller's side


def write_sheets(
    items: Iterable[Item], folder: Path, out: Path, *, shown: Callable[[Item], None] | None = None
) -> int:
    """Write a page for each source, and `index.html`.

    Args:
        items: of the set.
        folder: in which it was rebuilt.
        out: where the pages go.
        shown: told of each file when it is done.

    Returns:
        How many files could not be shown; their places say so.
    """
    out.mkdir(parents=True, exist_ok=True)
    sources: dict[str, list[Item]] = {}
    for item in items:
        sources.setdefault(item.source, []).append(item)
    hidden = 0
    with closing(Workers(TASK)) as workers:
        for source, held in sorted(sources.items()):
            entries = []
            for item in _spread(held):
                entry = _entry(workers, item, folder)
                hidden += entry is None
                entries.append(entry or _framed(item, "<p>It cannot be shown.</p>"))
                if shown is not None:
                    shown(item)
            (out / f"{source}.html").write_text(_page(source, held, entries), "utf-8")
    (out / "index.html").write_text(_index(sources), "utf-8")
    return hidden


def _spread(held: list[Item]) -> list[Item]:
    step = max(1.0, len(held) / MOST_SHOWN)
    return [held[int(n * step)] for n in range(min(len(held), MOST_SHOWN))]


def _entry(workers: Workers, item: Item, folder: Path) -> str | None:
    path = folder / item.name
    try:
        with path.open("rb") as file:
            answer = workers.call(Asset.from_fd(file.fileno(), name=path.name))
    except (OSError, JobFailed) as fault:
        log.warning("%s: cannot be shown (%s)", path, fault)
        return None
    if answer.startswith(TEXT):
        text = html.escape(answer[1:].decode("utf-8", "replace"))
        return _framed(item, f"<p>{text}</p>")
    if answer.startswith(PICTURE):
        data = base64.b64encode(answer[1:]).decode()
        drawn = f'<img alt="" src="data:image/png;base64,{data}">'
        if path.suffix in SOUNDS:
            address = html.escape(quote(str(path.resolve())))
            drawn += f'<audio controls preload="none" src="{address}"></audio>'
        return _framed(item, drawn)
    return None


SOUNDS = frozenset({".aac", ".flac", ".m4a", ".mp3", ".ogg", ".opus", ".wav"})


def _framed(item: Item, inside: str) -> str:
    where = html.escape(f"{item.where} {item.path}")
    return f"<li>{inside}<p><code>{item.sha256[:12]}</code> {where}</p></li>"


def _page(source: str, held: list[Item], entries: list[str]) -> str:
    first = held[0]
    rows = {
        "label": first.label,
        "family": first.family or "",
        "kinds": ", ".join(sorted({item.kind for item in held})),
        "licences": ", ".join(sorted({item.licence or "none stated" for item in held})),
        "known by": "; ".join(sorted({item.known_by for item in held})),
        "files": f"{len(held)}, of which {len(entries)} are shown",
    }
    table = "".join(
        f"<tr><th>{name}</th><td>{html.escape(str(value))}</td></tr>"
        for name, value in rows.items()
    )
    return _html(source, f"<table>{table}</table><ul>{''.join(entries)}</ul>")


def _index(sources: dict[str, list[Item]]) -> str:
    rows = "".join(
        f'<tr><td><a href="{quote(source)}.html">{html.escape(source)}</a></td>'
        f"<td>{held[0].label}</td><td>{len(held)}</td></tr>"
        for source, held in sorted(sources.items())
    )
    heading = "<tr><th>source</th><th>label</th><th>files</th></tr>"
    return _html("Sources", f"<table>{heading}{rows}</table>")


def _html(title: str, inside: str) -> str:
    return (
        "<!doctype html><html lang=en><meta charset=utf-8>"
        "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; img-src data:; "
        "media-src file: 'self'; style-src 'unsafe-inline'\">"
        f"<title>{html.escape(title)}</title><style>{STYLE}</style>"
        f"<h1>{html.escape(title)}</h1>{inside}</html>\n"
    )
