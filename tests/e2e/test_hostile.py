"""Files made to break a verifier: none crashes it, hangs it, fills the memory or fools it."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from provenance.c2pa.trust import TrustStore
from provenance.evidence import Credential, NotRun
from provenance.limits import DEFAULT, MIB
from service.screening import Screener
from tests.e2e.mutations import manifest_ranges, mutations

SAMPLES = Path(__file__).parents[2] / "samples"
SIGNED_SAMPLES = (
    "ai_audio.mp3",
    "ai_image.png",
    "ai_parent_claimed_capture.jpg",
    "human_capture.jpg",
    "human_creation.png",
    "human_creation.wav",
    "partly_ai.jpg",
)
FROM_THE_PACK = (
    "own/signed_v.mp4",
    "own/signed_a.m4a",
    "own/signed_i.avif",
    "TrustNXT+c2pa-ts/tests/fixtures/trustnxt-icon-signed-v2-bmff.heic",
    "microsoft+c2pa-extension-validator/test/media/cicadas_trusted.mp3",
    "huminify/examples/lady.png",
)
SEED = 20261122


@pytest.fixture(scope="module")
def screener():
    with Screener() as screener:
        yield screener


# Damage


def webp(authority):
    from tools.make_canary import picture

    made = {"action": "c2pa.created", "digitalSourceType": "digitalCapture"}
    return authority.sign(picture("WEBP"), "image/webp", "a picture", [made])


def damage(screener, name, data, count, caplog):
    """Screens `count` damaged copies of `data`; what every one of them must come to."""
    where = manifest_ranges(data)
    assert screener.screen(data, name=name).verdict.integrity == "intact"
    kept = 0
    for mutation in mutations(data, count, SEED, where):
        described = (name, mutation.kind.value, mutation.start, mutation.end)
        start = time.monotonic()
        report = screener.screen(mutation.data, name=name)
        assert time.monotonic() - start < 5, described
        if report.verdict.integrity == "intact":
            assert mutation.touches_only(where), described
            kept += 1
        details = [one.detail or "" for one in report.evidence if isinstance(one, NotRun)]
        assert not [one for one in details if one.startswith("the reader failed")], described
        assert not caplog.records, described  # a lost worker is logged
    return kept


@pytest.mark.parametrize("name", [*SIGNED_SAMPLES, "webp"])
def test_damage_outside_the_manifest_is_never_intact(screener, authority, caplog, name):
    data = webp(authority) if name == "webp" else (SAMPLES / name).read_bytes()
    kept = damage(screener, name, data, 250, caplog)
    assert kept > 0  # some did fall into the padding of the manifest: the ranges are right


@pytest.mark.data
@pytest.mark.parametrize("name", FROM_THE_PACK)
def test_nor_in_the_files_of_others(screener, data_pack, caplog, name):
    data = (data_pack / "c2pa/files" / name).read_bytes()
    damage(screener, name, data, 100, caplog)


@pytest.mark.scale
@pytest.mark.parametrize("name", SIGNED_SAMPLES)
def test_nor_in_a_hundred_thousand(screener, caplog, name):
    damage(screener, name, (SAMPLES / name).read_bytes(), 100_000 // len(SIGNED_SAMPLES), caplog)


@pytest.mark.parametrize("name", SIGNED_SAMPLES)
def test_every_byte_around_the_manifest_and_at_both_ends_is_bound(screener, name):
    data = (SAMPLES / name).read_bytes()
    where = manifest_ranges(data)
    near = {at for start, end in where for at in (*range(start - 8, start), *range(end, end + 8))}
    ends = {*range(8), *range(len(data) - 8, len(data))}
    for at in sorted(near | ends):
        if at < len(data) and not any(start <= at < end for start, end in where):
            changed = bytearray(data)
            changed[at] ^= 0x10
            report = screener.screen(bytes(changed), name=name)
            assert report.verdict.integrity != "intact", at


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("first", ["trusted", "stranger", "both trusted"])
def test_a_second_manifest_beside_the_first_is_never_intact(authority, impostor, kind, first):
    """Which of two the library reads must not be the choice of whoever pastes the second."""
    from tools.make_canary import picture

    def signed(by, source_type):
        base = "http://cv.iptc.org/newscodes/digitalsourcetype/"
        made = {"action": "c2pa.created", "digitalSourceType": base + source_type}
        return by.sign(picture(kind), f"image/{kind.lower()}", "a picture", [made])

    def with_box_of(whole, other, *, before):
        ((start, end),) = manifest_ranges(whole)
        ((other_start, other_end),) = manifest_ranges(other)
        at = start if before else end
        return whole[:at] + other[other_start:other_end] + whole[at:]

    human = signed(authority, "digitalCapture")
    machine = signed(impostor, "trainedAlgorithmicMedia")
    doubled = {
        "trusted": with_box_of(human, machine, before=False),
        "stranger": with_box_of(human, machine, before=True),
        "both trusted": with_box_of(human, human, before=False),
    }[first]
    trust = TrustStore.shipped().with_private(authority.root)
    with Screener(trust=trust) as screener:
        assert screener.screen(human).verdict.origin == "human_attested"
        verdict = screener.screen(doubled).verdict
    assert verdict.integrity in {"broken", "unreadable"}
    assert verdict.origin == "undetermined"


def box(kind, payload=b""):
    return struct.pack(">I", 8 + len(payload)) + kind + payload


@pytest.mark.data
def test_what_the_specification_leaves_unbound_in_iso_files_is_known(screener, data_pack):
    """The BMFF-based hash leaves out `ftyp`, and the library `free`; nothing else may be added."""
    data = (data_pack / "c2pa/files/own/signed_v.mp4").read_bytes()
    intact = {
        kind: screener.screen(data + box(kind, b"payload!" * 4)).verdict.integrity == "intact"
        for kind in (b"free", b"skip", b"uuid", b"meta", b"moov", b"mdat", b"udta", b"XMP_")
    }
    assert {kind for kind, one in intact.items() if one} <= {b"free", b"skip"}


# Bombs


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, *chunks):
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + b"".join(chunks)


def large_picture():
    """144 million pixels in 18 KB."""
    rows = zlib.compress(bytes((12_000 // 8 + 1) * 12_000), 9)
    return png(12_000, 12_000, png_chunk(b"IDAT", rows), png_chunk(b"IEND", b""))


def text_bomb():
    """A compressed text chunk of a kilobyte-thousandfold."""
    text = b"comment\0\0" + zlib.compress(bytes(64 * MIB), 9)
    return png(8, 8, png_chunk(b"zTXt", text), png_chunk(b"IEND", b""))


def zip_bomb(first, size=200 * MIB):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        for name, data in first:
            file.writestr(zipfile.ZipInfo(name), data)
        with file.open("word/bomb.jpg", "w", force_zip64=True) as entry:
            for _ in range(size // MIB):
                entry.write(bytes(MIB))
    return held.getvalue()


def epub_bomb():
    first = [("mimetype", b"application/epub+zip"), ("META-INF/container.xml", b"<container/>")]
    return zip_bomb(first)


def docx_bomb():
    return zip_bomb([("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>")])


def nested_boxes():
    inner = b""
    for _ in range(1000):
        inner = box(b"moov", inner)
    return box(b"ftyp", b"isom\0\0\0\0isom") + inner


def nested_riff():
    inner = b""
    for _ in range(2000):
        inner = b"LIST" + struct.pack("<I", 4 + len(inner)) + b"INFO" + inner
    return b"RIFF" + struct.pack("<I", 4 + len(inner)) + b"WAVE" + inner


def riff_that_claims_four_gigabytes():
    return b"RIFF\xff\xff\xff\xffWAVEC2PA\xf0\xff\xff\xff" + b"x" * 100


def cyclic_tiff():
    """A directory whose next directory is itself."""
    entry = struct.pack("<HHII", 270, 2, 4, 0x41414141)
    return b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 1) + entry + struct.pack("<I", 8)


def tiff_of_sub_directories():
    """A directory that names itself as its own EXIF and GPS directory."""
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, 8) for tag in (330, 34665, 34853))
    return b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 3) + entries + struct.pack("<I", 8)


def syncsafe(size):
    return bytes(size >> shift & 127 for shift in (21, 14, 7, 0))


def id3_whose_sizes_lie():
    """A frame of version 2.3 that says it is compressed and is shorter than that takes.

    Older versions of the C2PA library end their process on it.
    """
    frame = b"GEOB" + struct.pack(">I", 2) + b"\0\x80" + b"\0\0"
    return b"ID3\x03\0\0" + syncsafe(len(frame)) + frame + b"\xff\xfb\x90\0" + b"\0" * 413


def id3_bomb():
    data = zlib.compress(bytes(100 * MIB), 9)
    frame = b"TXXX" + struct.pack(">I", len(data) + 4) + b"\0\x80" + struct.pack(">I", 10) + data
    return b"ID3\x03\0\0" + syncsafe(len(frame)) + frame + b"\xff\xfb\x90\0" + b"\0" * 413


def entity_bomb():
    """A billion laughs."""
    letters = "abcdefghijkl"
    entities = "".join(
        f'<!ENTITY {name} "{f"&{before};" * 9}">' for before, name in pairwise(letters)
    )
    svg = "<svg xmlns='http://www.w3.org/2000/svg'><metadata>&l;</metadata></svg>"
    return f"<!DOCTYPE svg [<!ENTITY a 'ha'>{entities}]>{svg}".encode()


def deep_svg():
    return b'<svg xmlns="http://www.w3.org/2000/svg"><metadata/>' + b"<g>" * 100_000


def many_segments():
    return b"\xff\xd8" + b"\xff\xe1\0\x04ab" * 200_000 + b"\xff\xd9"


REFUSED = {
    "large.png": large_picture,
    "book.epub": epub_bomb,
    "letter.docx": docx_bomb,
    "nested.mp4": nested_boxes,
    "claims.wav": riff_that_claims_four_gigabytes,
    "cyclic.tif": cyclic_tiff,
    "laughs.svg": entity_bomb,
    "deep.svg": deep_svg,
    "text.png": text_bomb,
}
HARMLESS = {
    "nested.wav": nested_riff,
    "directories.tif": tiff_of_sub_directories,
    "lying.mp3": id3_whose_sizes_lie,
    "bomb.mp3": id3_bomb,
    "segments.jpg": many_segments,
}


def judge(screener, name, data):
    start = time.monotonic()
    report = screener.screen(data, name=name)
    assert time.monotonic() - start < 10
    assert report.verdict.integrity != "intact"
    assert report.verdict.origin == "undetermined"
    records = [one for one in report.evidence if isinstance(one, NotRun)]
    assert not [one for one in records if (one.detail or "").startswith("the reader failed")]
    return [one.reason for one in records if one.reason in ("limit", "unreadable", "timeout")]


@pytest.mark.parametrize("name", REFUSED)
def test_a_bomb_is_refused_and_says_so(screener, name):
    assert set(judge(screener, name, REFUSED[name]())) & {"limit", "unreadable"}


@pytest.mark.parametrize("name", HARMLESS)
def test_a_bomb_whose_explosive_part_is_never_needed_is_read(screener, name):
    assert "timeout" not in judge(screener, name, HARMLESS[name]())


def test_all_bombs_together_leave_the_worker_alive(screener, caplog):
    for name, make in (REFUSED | HARMLESS).items():
        judge(screener, name, make())
    assert not caplog.records
    assert screener.screen(SAMPLES / "ai_image.png").verdict.integrity == "intact"


# Large files

MEASURED = """
import sys
from service.screening import Screener

def peak(pid):  # not ru_maxrss: it remembers the process that started this one
    status = open(f"/proc/{pid}/status").read()
    return status.partition("VmHWM:")[2].split()[0]

with Screener() as screener:
    report = screener.screen(sys.argv[1])
    print(report.verdict.integrity, report.asset.bytes, len(report.evidence))
    print(peak(screener._sandbox._idle[0]._process.pid))
    print(peak("self"))
"""


def silent_wav(path, size):
    with path.open("wb") as file:
        head = b"WAVEfmt \x10\0\0\0\x01\0\x01\0\x44\xac\0\0\x88\x58\x01\0\x02\0\x10\0data"
        data = size - 8 - len(head) - 4
        file.write(b"RIFF" + struct.pack("<I", size - 8) + head + struct.pack("<I", data))
        file.truncate(size)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="measured through /proc")
def test_a_recording_of_600_megabytes_costs_no_more_memory_than_a_small_one(tmp_path):
    path = tmp_path / "long.wav"
    silent_wav(path, 600 * MIB)
    command = [sys.executable, "-c", MEASURED, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    first, worker, parent = done.stdout.splitlines()
    assert first.startswith(f"absent {600 * MIB} ")
    assert int(worker) < 200 * 1024
    assert int(parent) < 200 * 1024


def signed_wav(authority, path, size):
    silent_wav(path, size)
    made = {"action": "c2pa.created", "digitalSourceType": "digitalCapture"}
    path.write_bytes(authority.sign(path.read_bytes(), "audio/wav", "long", [made]))


@pytest.mark.scale
def test_a_signed_recording_of_600_megabytes_is_verified_under_its_cap(authority, tmp_path):
    path = tmp_path / "long.wav"
    signed_wav(authority, path, 600 * MIB)
    with Screener() as screener:
        assert screener.screen(path).verdict.integrity == "intact"


def test_a_signed_file_over_the_size_that_is_verified_says_so(authority, tmp_path):
    """Its data is given a hole of 400 MiB, which the library must hash to find that out."""
    path = tmp_path / "long.wav"
    signed_wav(authority, path, 1 * MIB)
    data = path.read_bytes()
    ((start, end),) = manifest_ranges(data)
    hole = 400 * MIB
    with path.open("wb") as file:
        file.write(data[:4] + struct.pack("<I", len(data) - 8 + hole))
        file.write(data[8:40] + struct.pack("<I", start - 44 + hole) + data[44:start])
        file.seek(start + hole)
        file.write(data[start:end])
    limits = replace(DEFAULT, c2pa_bytes=8 * MIB)
    with Screener(limits=limits) as screener:
        report = screener.screen(path)
        assert screener.screen(SAMPLES / "ai_image.png").verdict.integrity == "intact"
    credential = next(one for one in report.evidence if isinstance(one, Credential))
    (not_run,) = (
        one for one in report.evidence if isinstance(one, NotRun) and one.source == "c2pa"
    )
    assert (credential.carrier, not_run.reason) == ("unreadable", "limit")
    assert report.verdict.integrity == "unreadable"


# Files that are none


def test_a_file_that_fails_while_it_is_read_is_an_error_of_that_file_only(screener):
    from provenance.errors import InputError

    memory = Path("/proc/self/mem")  # looks like a regular file; reading its start fails
    if not memory.exists():
        pytest.skip("needs /proc")
    with pytest.raises(InputError, match="cannot be read"):
        screener.screen(memory)
    assert screener.screen(SAMPLES / "ai_image.png").verdict.integrity == "intact"


@pytest.mark.parametrize("kind", ["folder", "pipe", "loop", "missing", "device", "nul"])
def test_what_is_no_regular_file_is_refused_at_once(screener, tmp_path, kind):
    from provenance.errors import InputError

    path = tmp_path / kind
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "loop":
        path.symlink_to(path)
    elif kind == "device":
        path = Path("/dev/zero")
    elif kind == "nul":
        path = Path("a\0b")
    with pytest.raises(InputError):
        screener.screen(path)
