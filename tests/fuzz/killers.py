"""Files in the manner of those that killed verifiers, made by script.

- An ID3v2.3 frame that says it is compressed and is shorter than the length that must stand first:
  the subtraction underflowed, and c2pa-rs up to 0.36 ended its process on 445 bytes.
- A TIFF whose directories name thousands of others: c2pa-rs up to 0.36 walked them without end.
- Boxes in boxes without end, and RIFF chunks whose sizes are not true.
"""

from __future__ import annotations

import struct
import zlib
from itertools import pairwise

from tests.provenance.making import FMT, MP3_FRAME, box, chunk, frame, ftyp, id3, riff

__all__ = ["id3s", "nested_boxes", "riffs", "tiffs"]

COMPRESSED, COMPRESSED_GROUPED = 0x0080, 0x00A0
V24_COMPRESSED, V24_COMPRESSED_LENGTH = 0x0008, 0x0009
SUB_DIRECTORIES = 330
TEXT = (270, 2, 4, 0x41)


def id3s() -> dict[str, bytes]:
    """MP3 files with one compressed frame whose sizes cannot be."""
    body = zlib.compress(b"\x03title")
    frames = {
        "shorter_by_one": frame("TIT2", bytes(3), 3, COMPRESSED),
        "shorter_by_two": frame("GEOB", bytes(2), 3, COMPRESSED),
        "nothing_in_it": frame("TIT2", b"", 3, COMPRESSED),
        "length_alone": frame("TIT2", bytes(4), 3, COMPRESSED),
        "huge_length": frame("TIT2", b"\xff\xff\xff\xff" + body, 3, COMPRESSED),
        "zero_length": frame("GEOB", bytes(4) + body, 3, COMPRESSED),
        "grouped": frame("TIT2", bytes(4), 3, COMPRESSED_GROUPED),
        "no_stream": frame("TIT2", bytes(4) + b"not zlib", 3, COMPRESSED),
    }
    made = {f"id3_{name}": id3(one, version=3) for name, one in frames.items()}
    for name, flags in (("v24", V24_COMPRESSED), ("v24_length", V24_COMPRESSED_LENGTH)):
        made[f"id3_{name}"] = id3(frame("TIT2", bytes(3), 4, flags))
    return {name: (tag + MP3_FRAME).ljust(445, b"\0")[:445] for name, tag in made.items()}


def tiff(first: int, *pieces: bytes) -> bytes:
    """A little-endian TIFF: where its first directory is, and what follows the header."""
    return b"II*\0" + struct.pack("<I", first) + b"".join(pieces)


def directory(*entries: tuple[int, int, int, int], after: int = 0) -> bytes:
    """Entries (tag, type, count, value or place), and the place of the next directory."""
    table = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return struct.pack("<H", len(entries)) + table + struct.pack("<I", after)


def tiffs(*, small: bool = False) -> dict[str, bytes]:
    """TIFF files whose directories lead round in circles, multiply or are not there."""
    many = 100 if small else 5000
    places = 14
    at = places + 4 * many
    one = directory((SUB_DIRECTORIES, 4, many, places))
    layer = struct.pack("<H", 1) + struct.pack("<HHII", SUB_DIRECTORIES, 4, many, places)
    layers = layer * (many // 5)
    targets = [at + len(layer) * number for number in range(many // 5)] * 5
    pointing = struct.pack(f"<{many}I", *targets)
    chain = [8 + 18 * number for number in range(many)]
    return {
        "tiff_that_names_itself": tiff(8, directory((SUB_DIRECTORIES, 4, 1, 8), after=8)),
        "tiff_of_two_in_a_circle": tiff(
            8, directory((270, 2, 4, 0x41), after=26), directory((270, 2, 4, 0x41), after=8)
        ),
        "tiff_of_many_at_one_place": tiff(at, bytes(6), struct.pack("<I", 8) * many, one),
        "tiff_of_layers": tiff(at, bytes(6), pointing, layers, bytes(4)),
        "tiff_of_a_long_chain": tiff(
            8,
            *(directory(TEXT, after=after) for _, after in pairwise([*chain, 8])),
        ),
        "tiff_of_a_huge_count": tiff(8, directory((SUB_DIRECTORIES, 4, 0xFFFFFFFF, 8))),
        "tiff_of_many_entries": tiff(8, b"\xff\xff" + bytes(64)),
        "tiff_beyond_its_end": tiff(0xFFFFFFF0, bytes(64)),
        "tiff_values_beyond_its_end": tiff(8, directory((700, 1, 0x7FFFFFFF, 0xFFFFFFF0))),
    }


def nested_boxes(depth: int, kind: bytes = b"moov") -> bytes:
    """An MP4 whose boxes lie in one another."""
    inner = box(b"free", b"innermost")
    for _ in range(depth):
        inner = box(kind, bytes(4) if kind == b"meta" else b"", inner)
    return ftyp(b"mp42") + inner


def riffs() -> dict[str, bytes]:
    """WAV files with sizes that are not true; the name says whose."""
    data = chunk(b"data", bytes(range(64)))
    whole = riff(b"WAVE", FMT, data)

    def with_size(at: int, size: int) -> bytes:
        return whole[:at] + struct.pack("<I", size) + whole[at + 4 :]

    behind_format = 12 + len(FMT) + 4
    return {
        "riff_larger_than_the_file": with_size(4, len(whole) + 1_000_000),
        "riff_smaller_than_its_chunks": with_size(4, 20),
        "riff_format_too_large": with_size(16, 0x7FFFFFFF),
        "riff_data_too_large": with_size(behind_format, 0xFFFFFFF0),
        "riff_data_of_one_byte_more": with_size(behind_format, 65),
        "riff_manifest_too_large": riff(b"WAVE", FMT, data, b"C2PA" + struct.pack("<I", 1 << 31)),
        "riff_list_of_no_kind": riff(b"WAVE", FMT, b"LIST\xff\xff\xff\x7fINFO"),
    }
