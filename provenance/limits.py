"""Every limit in one place, each with the reason it has its size.

Reaching a limit is never an error of the program: it leaves a `not_run` record with reason `limit`
or `timeout`, and the rest of the report stands.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DEFAULT", "KIB", "MIB", "Limits"]

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps on what one file may cost. Sizes in bytes, times in seconds."""

    c2pa_bytes: int = 1024 * MIB
    """Largest file whose manifest is verified: the library hashes a whole range in one buffer."""

    second_bytes: int = 96 * MIB
    """Largest file the second engine is given for a second opinion, all of it in memory."""

    text_bytes: int = 16 * MIB
    """Largest text whose manifest is verified: the engine takes 18 times its size in memory."""

    text_weight: int = 20
    """How much memory such a text may take, in its own size."""

    worker_headroom: int = 256 * MIB
    """Address space a worker has beyond the size of the file it reads."""

    wall_seconds: float = 30.0
    """Wall time of one job in the sandbox; one second a 20 MiB is added for large files."""

    cpu_seconds: int = 20
    """CPU time of one job in the sandbox, with the same addition."""

    worker_jobs: int = 2000
    """Jobs after which a worker is replaced, so that a leak or a poisoned state ends."""

    reply_bytes: int = 16 * MIB
    """Largest answer a worker may send."""

    pixels: int = 100_000_000
    """Largest picture, width times height, that is decoded."""

    sound_seconds: float = 86_400.0
    """Of a recording, what is heard at most: its first day, whatever duration it claims."""

    sound_channels: int = 32
    """Channels of a recording; what a mixing desk delivers has fewer."""

    sound_rate: int = 768_000
    """Samples a second of a recording: the highest that converters are sold with."""

    window_samples: int = 32_000_000
    """Samples of one window of sound, over all channels, as stored: 128 MB in memory."""

    windows: int = 1000
    """Windows of one recording: by then the features of all are what fills the answer."""

    characters: int = 4_000_000
    """Characters of one work that are taken out: the longest novels have three million; of a
    longer one, passages are taken evenly."""

    passage_characters: int = 20_000
    """Characters of one passage: some pages, so that a detector can cut its own windows in it."""

    pages: int = 5000
    """Chapters or pages of one document that are opened."""

    page_characters: int = 200_000
    """Characters of one page of a PDF: a page of a newspaper has 40,000."""

    graph_bytes: int = 512 * MIB
    """Largest file of a network or of its weights that is loaded, all of it in memory."""

    metadata_bytes: int = 8 * MIB
    """Largest single metadata packet (XMP, EXIF, text chunk) that is read."""

    metadata_packets: int = 2000
    """Packets read from one file."""

    nesting: int = 32
    """Depth of boxes, chunks or elements."""

    boxes: int = 100_000
    """Boxes, chunks or segments visited in one file."""

    zip_entries: int = 10_000
    """Entries of a ZIP container."""

    zip_entry_bytes: int = 64 * MIB
    """Size of one entry once inflated."""

    zip_total_bytes: int = 512 * MIB
    """Declared size of all entries once inflated."""

    zip_ratio: int = 200
    """Declared size over stored size, for entries over 1 MiB: beyond is a bomb."""

    parts: int = 64
    """Embedded works (cover art, pictures of a book) read from one container."""

    value_bytes: int = 4 * KIB
    """Longest declared value kept in a report."""

    receipt_bytes: int = 24 * MIB
    """Largest receipt that is read: a report is at most a worker's answer, a third larger in
    base64."""

    key_set_bytes: int = MIB
    """Largest published set of keys."""

    timestamp_bytes: int = 256 * KIB
    """Largest time stamp: a token with a long chain of large certificates is 20 KiB."""

    json_items: int = 2_000_000
    """Commas and brackets in JSON that is signed or verified, which is what it costs in memory."""

    receipt_items: int = 2000
    """The same in a receipt, whose statement is base64 and has none."""

    json_nesting: int = 128
    """Depth of JSON that is signed or verified; a report with its ingredients stays far below."""

    fetch_bytes: int = 512 * MIB
    """Largest response body, counted after decompression."""

    fetch_seconds: float = 60.0
    """Wall time of one fetch, redirects included."""

    rights_bytes: int = 4 * MIB
    """Largest document about rights (robots.txt, tdmrep.json, RSL) that is downloaded; readers cut
    earlier."""

    redirects: int = 5
    """Redirects followed, each checked like the first URL."""

    def job_seconds(self, size: int) -> float:
        """Wall seconds for a job on a file of `size` bytes."""
        return self.wall_seconds + size / (20 * MIB)

    def job_cpu(self, size: int) -> int:
        """CPU seconds for a job on a file of `size` bytes."""
        return self.cpu_seconds + size // (20 * MIB)

    def job_memory(self, size: int) -> int:
        """Address space, in bytes, for a job on a file of `size` bytes."""
        return min(size, self.c2pa_bytes) + self.worker_headroom


DEFAULT = Limits()
