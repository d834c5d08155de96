"""Files made to hurt: each ends in a reason or in bounded work, and the worker lives on."""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
import zlib
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from PIL import Image

from provenance.limits import DEFAULT, MIB
from provenance.sandbox import JobFailed, Sandbox, Task
from tests.detectors.decode.making import (
    RATE,
    asset,
    by_libsndfile,
    docx,
    encoded,
    epub,
    odt,
    package,
    sound,
)
from tests.detectors.decode.opening import told

LIMITS = replace(DEFAULT, worker_headroom=2048 * MIB)
EIGHT_HOURS = 8 * 3600
CUTS = (0.02, 0.3, 0.6, 0.97)


@pytest.fixture(scope="module")
def worker():
    with Sandbox(Task("tests.detectors.decode.opening:Opening"), limits=LIMITS) as sandbox:
        yield sandbox


def decoded(worker, data, name="work", media_type=None):
    work = asset(data, name)
    job = {"size": work.size, "media_type": media_type or work.media_type}
    return json.loads(worker.call(job, blobs=[data], size=work.size))


def chunk(name, body):
    return struct.pack("<4sI", name, len(body)) + body


def float_wav(samples, channels=1, rate=16_000):
    data = np.asarray(samples, "<f4").tobytes()
    form = struct.pack("<HHIIHH", 3, channels, rate, rate * channels * 4, channels * 4, 32)
    body = b"WAVE" + chunk(b"fmt ", form) + chunk(b"data", data)
    return chunk(b"RIFF", body)


# The worker: every library loads after it has given up its rights


@pytest.mark.parametrize("kind", ["wav", "flac", "mp3", "vorbis", "aac", "opus"])
def test_sound_is_decoded_in_the_sandbox(worker, kind):
    found = decoded(worker, encoded(kind, 12.0))
    assert found["starts"] == [0.0, 5.0, 10.0]
    assert found["loudest"] > 0.2


@pytest.mark.data
def test_heif_is_decoded_in_the_sandbox(worker, data_pack):
    path = data_pack / "c2pa/files/contentauth+c2pa-rs/sdk/tests/fixtures/sample1.heif"
    assert decoded(worker, path.read_bytes())["shape"] == [960, 1440, 3]


@pytest.mark.parametrize("form", ["AVIF", "BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP"])
def test_pictures_are_decoded_in_the_sandbox(worker, form):
    held = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(held, form)
    assert decoded(worker, held.getvalue())["shape"] == [48, 64, 3]


@pytest.mark.parametrize("made", [docx("<w:p><w:t>a</w:t></w:p>"), odt("<t:p>a</t:p>"),
                                  epub(["<html><p>a</p></html>"]), b"<html><p>a"])  # fmt: skip
def test_documents_are_decoded_in_the_sandbox(worker, made):
    assert decoded(worker, made) == {"passages": 1, "longest": 1, "of": 1}


# Sound


@pytest.mark.parametrize(
    ("value", "loudest"),
    [(np.nan, 0.0), (np.inf, 1.0), (-np.inf, 1.0), (1e38, 1.0), (-3e38, 1.0)],
)
@pytest.mark.parametrize("channels", [1, 2])
def test_what_is_no_sample_is_replaced(worker, value, loudest, channels):
    samples = np.zeros((32_000, channels), np.float32)
    samples[5000:5100] = value
    found = decoded(worker, float_wav(samples, channels))
    assert found["sizes"] == [32_000]
    assert found["loudest"] == pytest.approx(loudest, abs=1e-6)


def test_a_channel_that_is_no_number_leaves_the_others():
    samples = np.full((16_000, 2), 0.5, np.float32)
    samples[:, 0] = np.nan
    assert told(asset(float_wav(samples, 2)))["loudest"] == pytest.approx(0.25)


@pytest.mark.parametrize("data", [float_wav([]), float_wav([])[:30], b"fLaC", b"OggS", b"ID3",
                                  b"\xff\xfb\x90\x00", b"RIFF\x00\x00\x00\x00WAVE"])  # fmt: skip
def test_sound_without_a_sample_is_unreadable(worker, data):
    assert decoded(worker, data)["reason"] == "unreadable"


@pytest.mark.parametrize("channels", [33, 64, 1024])
def test_too_many_channels_are_over_the_limit(worker, channels):
    found = decoded(worker, by_libsndfile(np.zeros((channels, 100)), 8000, "WAV", "PCM_16"))
    assert found["reason"] == "limit"
    assert str(channels) in found["detail"]


def test_a_rate_that_no_converter_has_is_over_the_limit(worker):
    found = decoded(worker, float_wav(np.zeros(100), rate=1_000_000))
    assert found["reason"] in {"limit", "unreadable"}


def test_a_window_of_too_many_samples_is_over_the_limit():
    from detectors.decode import Undecodable
    from detectors.decode.audio import open_sound

    work = asset(by_libsndfile(sound(1, 48_000), 48_000, "WAV", "PCM_16"))
    with open_sound(work) as opened, pytest.raises(Undecodable) as fault:
        opened.windows(rate=48_000, seconds=600, hop=600, most=2, mono=False)
    assert fault.value.reason == "limit"


@pytest.mark.parametrize("share", CUTS)
@pytest.mark.parametrize("kind", ["wav", "flac", "mp3", "vorbis", "aac", "opus"])
def test_a_recording_that_is_cut_gives_what_is_left_or_a_reason(worker, kind, share):
    data = encoded(kind, 30.0)
    found = decoded(worker, data[: int(len(data) * share)])
    if "reason" in found:
        assert found["reason"] == "unreadable"
        assert kind == "aac" or share == 0.02  # an MP4 keeps its index at the end
    else:
        assert found["starts"] == sorted(found["starts"])
        heard = found["starts"][-1] + found["sizes"][-1] / 16_000
        assert heard == pytest.approx(30 * share, abs=5.5)


@pytest.mark.parametrize("kind", ["wav", "flac", "mp3", "vorbis", "aac", "opus"])
def test_a_recording_with_damage_on_the_way_ends_well(worker, kind):
    data = bytearray(encoded(kind, 30.0))
    noise = np.random.default_rng(1)
    for at in noise.integers(len(data) // 10, len(data), 60):
        data[at : at + 40] = noise.bytes(40)
    found = decoded(worker, bytes(data))
    assert found.get("reason") == "unreadable" or len(found["starts"]) <= 24


def test_seek_tables_that_lie_do_not_move_what_is_heard(worker):
    plain = by_libsndfile(sound(120.0, 16_000, 1), 16_000, "FLAC", "PCM_16")
    frames_at = 4
    while True:  # past the metadata blocks
        last, size = plain[frames_at] & 128, int.from_bytes(plain[frames_at + 1 : frames_at + 4])
        frames_at += 4 + size
        if last:
            break
    points = b"".join(struct.pack(">QQH", at * 16_000, 7 * (120 - at), 4096) for at in range(120))
    table = bytes([128 | 3]) + len(points).to_bytes(3) + points
    lying = plain[:4] + bytes([0]) + plain[5:42] + table + plain[frames_at:]
    honest, found = decoded(worker, plain), decoded(worker, lying)
    assert found["starts"] == honest["starts"]
    assert found["loudest"] == pytest.approx(honest["loudest"], abs=1e-3)


def lengthened_wav(size):
    data = bytearray(by_libsndfile(sound(30.0, 16_000, 1), 16_000, "WAV", "PCM_16"))
    at = data.index(b"data") + 4
    data[at : at + 4] = size.to_bytes(4, "little")
    return bytes(data)


@pytest.mark.parametrize("size", [0xFFFFFFFF, 0x7FFFFFFF, 3 * 10**9])
def test_a_wav_that_claims_to_be_longer_is_heard_to_its_end(worker, size):
    found = decoded(worker, lengthened_wav(size))
    assert found["starts"][0] == 0
    assert sum(found["sizes"]) >= 4 * 80_000
    assert found["starts"][-1] < 30


def test_a_flac_that_claims_to_be_longer_is_heard_to_its_end(worker):
    data = bytearray(by_libsndfile(sound(30.0, 16_000, 1), 16_000, "FLAC", "PCM_16"))
    data[21] |= 0x0F  # the upper bits of the number of samples: 49 days
    data[22] = 0xFF
    found = decoded(worker, bytes(data))
    assert found["starts"][0] == 0
    assert found["starts"][-1] < 30
    assert sum(found["sizes"]) >= 2 * 80_000


def test_an_mp3_that_claims_to_be_short_is_heard_on(worker):
    data = bytearray(encoded("mp3", 30.0))
    at = next(data.index(mark) for mark in (b"Xing", b"Info") if mark in data)
    data[at + 8 : at + 12] = (10).to_bytes(4)  # frames: a quarter of a second
    found = decoded(worker, bytes(data))
    assert found["starts"][0] == 0
    assert sum(found["sizes"]) > 0


def silent_flac(path):
    with soundfile.SoundFile(path, "w", 8000, 1, "PCM_16", format="FLAC") as out:
        block = np.zeros(8000 * 600, np.int16)
        for _ in range(EIGHT_HOURS // 600):
            out.write(block)


def silent(path, form, codec, rate):
    """One encoder's silent packet, again and again."""
    with av.open(io.BytesIO(), "w", format=form) as trial:
        stream = trial.add_stream(codec, rate=rate, layout="mono")
        stream.bit_rate = 8000
        stream.codec_context.open()
        context = stream.codec_context
        frame = av.AudioFrame(context.format, "mono", context.frame_size)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.sample_rate, packets = rate, []
        for number in range(40):
            frame.pts = number * context.frame_size
            packets += stream.encode(frame)
        data, size = bytes(packets[-1]), context.frame_size
        trial.mux(packets)  # writes the header, which the copy needs
        with av.open(str(path), "w", format=form) as out:
            copy = out.add_stream_from_template(stream)
            for number in range(EIGHT_HOURS * rate // size):
                packet = av.Packet(data)
                packet.stream, packet.time_base = copy, Fraction(1, rate)
                packet.pts = packet.dts = number * size
                packet.duration = size
                out.mux(packet)


@pytest.fixture(scope="module")
def long_silence(tmp_path_factory):
    folder = tmp_path_factory.mktemp("silence")
    silent_flac(folder / "silence.flac")
    silent(folder / "silence.mp3", "mp3", "libmp3lame", 8000)
    silent(folder / "silence.opus", "ogg", "libopus", 48_000)
    return folder


def measured(path):
    command = [sys.executable, "-m", "tests.detectors.decode.opening", str(path)]
    done = subprocess.run(command, capture_output=True, check=True, cwd=Path(__file__).parents[3])
    return json.loads(done.stdout)


@pytest.mark.parametrize("kind", ["flac", "mp3", "opus"])
def test_eight_hours_of_silence_cost_no_more_memory_than_a_minute(long_silence, tmp_path, kind):
    short = tmp_path / f"short.{kind}"
    short.write_bytes(encoded(kind, 60.0))
    minute, hours = measured(short), measured(long_silence / f"silence.{kind}")
    assert hours["seconds"] == pytest.approx(EIGHT_HOURS, rel=0.01)
    assert len(hours["starts"]) == 24
    assert hours["starts"][-1] > 0.98 * EIGHT_HOURS
    assert hours["loudest"] < 0.001
    assert hours["mib"] < minute["mib"] + 32
    assert hours["cpu"] < 10


def test_a_whole_hour_in_a_row_takes_flat_memory(tmp_path):
    """Every second of it is decoded, window after window."""
    path = tmp_path / "hour.wav"
    with soundfile.SoundFile(path, "w", RATE, 2, "PCM_16") as out:
        block = (sound(60.0).T * 32_767).astype(np.int16)
        for _ in range(60):
            out.write(block)
    code = (
        "import os, resource, sys; from provenance.asset import Asset; "
        "from detectors.decode.audio import open_sound; "
        "fd = os.open(sys.argv[1], os.O_RDONLY); peak = []; "
        "opened = open_sound(Asset.from_fd(fd, name='x')); "
        "windows = opened.windows(rate=16_000, seconds=10.0, hop=5.0, most=1000); "
        "[peak.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) for _ in windows]; "
        "print(len(peak), peak[10], peak[-1])"
    )
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, check=True)
    count, early, late = map(int, done.stdout.split())
    assert count == 719
    assert late - early < 8 * 1024  # KiB


# Pictures


def png(width, height, rows=b""):
    def part(name, body):
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = rows or zlib.compress(bytes((width + 1) * min(height, 1000)), 9)
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + part(b"IHDR", header) + part(b"IDAT", rows) + part(b"IEND", b"")


@pytest.mark.parametrize("form", ["PNG", "TIFF", "BMP", "GIF"])
@pytest.mark.parametrize("size", [(1, 65_000), (65_000, 1)])
def test_long_and_thin_pictures_are_decoded(worker, form, size):
    held = io.BytesIO()
    Image.new("RGB", size, "white").save(held, form)
    assert decoded(worker, held.getvalue())["shape"] == [size[1], size[0], 3]


@pytest.mark.parametrize("size", [(1, 100_000), (100_000, 1)])
def test_a_hundred_thousand_pixels_in_a_line_are_decoded(worker, size):
    held = io.BytesIO()
    Image.new("L", size, "white").save(held, "PNG")
    assert decoded(worker, held.getvalue())["shape"] == [size[1], size[0], 3]


@pytest.mark.parametrize("size", [(30_000, 30_000), (2**31 - 1, 2**31 - 1), (100_000_001, 1)])
def test_a_bomb_of_pixels_is_over_the_limit(worker, size):
    found = decoded(worker, png(*size, rows=zlib.compress(bytes(1000))))
    assert found["reason"] in {"limit", "unreadable"}


def test_the_largest_picture_fits_into_the_memory_of_a_worker(worker):
    rows = zlib.compressobj(1)
    line = bytes(10_001)
    body = b"".join(rows.compress(line) for _ in range(10_000)) + rows.flush()
    assert decoded(worker, png(10_000, 10_000, rows=body))["shape"] == [10_000, 10_000, 3]


@pytest.mark.parametrize("size", [(0, 5), (5, 0)])
def test_a_picture_without_a_pixel_is_unreadable(worker, size):
    assert decoded(worker, png(*size))["reason"] == "unreadable"


@pytest.mark.parametrize("share", CUTS[:3])
@pytest.mark.parametrize("form", ["AVIF", "BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP"])
def test_a_picture_that_is_cut_is_unreadable(worker, form, share):
    image = Image.fromarray(np.random.default_rng(0).integers(0, 256, (90, 90, 3), np.uint8))
    held = io.BytesIO()
    image.save(held, form)
    data = held.getvalue()
    media_type = asset(data).media_type
    found = decoded(worker, data[: int(len(data) * share)], media_type=media_type)
    assert found["reason"] == "unreadable"


# Text


def test_an_enormous_chapter_is_over_the_limit(worker):
    page = "<html><p>" + "word " * (4 * MIB) + "</p></html>"
    found = decoded(worker, epub([page, "<html><p>short</p></html>"]))
    assert found["reason"] == "limit"


def test_an_enormous_document_is_read_in_bounds(worker):
    body = "<w:p><w:t>Some words and a number: {}.</w:t></w:p>"
    found = decoded(worker, docx("".join(body.format(at * 7919) for at in range(200_000))))
    assert found["passages"] <= DEFAULT.characters // DEFAULT.passage_characters
    assert found["longest"] <= DEFAULT.passage_characters
    assert found["of"] > DEFAULT.characters


def test_an_archive_that_is_a_bomb_is_over_the_limit(worker):
    found = decoded(worker, docx("<w:p><w:t>" + "a" * (30 * MIB) + "</w:t></w:p>"))
    assert found["reason"] == "limit"


def test_entities_that_multiply_are_refused(worker):
    laughs = (
        '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
        '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><d><t:p xmlns:t="urn:t">&c;</t:p></d>'
    )
    kind = "application/vnd.oasis.opendocument.text"
    found = decoded(worker, package({"mimetype": kind, "content.xml": laughs}))
    assert found["reason"] == "unreadable"
    found = decoded(worker, epub([laughs]))
    assert found.get("reason") == "no_text" or found["of"] < 100


def test_no_file_outside_is_read(worker):
    page = (
        '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]><html><p>&x;</p>'
        '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/hostname"/></html>'
    )
    found = decoded(worker, epub([page]))
    assert found.get("reason") == "no_text" or found["of"] < 10


@pytest.mark.parametrize(
    "piece",
    [b"<div>", b"<!--", b"<p><b><i><a>", b"<table><tr><td>", b"&#", b"<![CDATA[", b"<a b='"],
)
def test_markup_that_never_ends_costs_little(worker, piece):
    try:
        found = decoded(worker, b"<html>" + piece * (4 * MIB // len(piece)), "x.html")
    except JobFailed as failed:
        pytest.fail(f"{failed.reason}: {failed.detail}")
    assert found.get("reason") in {None, "no_text", "unreadable"}


def test_a_text_over_the_limit_is_not_read(worker):
    assert decoded(worker, b"a" * (DEFAULT.text_bytes + 1), "x.txt")["reason"] == "limit"
