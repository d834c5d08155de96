"""Recordings and documents made for the tests, by the encoders that people use."""

from __future__ import annotations

import io
import zipfile

import av
import numpy as np
import soundfile

from provenance.asset import Asset

RATE = 44_100


def sound(seconds, rate=RATE, channels=2):
    """A glide over noise: every stretch of it differs from every other."""
    time = np.arange(int(seconds * rate)) / rate
    noise = np.random.default_rng(0).normal(size=time.size) * 0.02
    left = 0.3 * np.sin(2 * np.pi * (200 + 20 * time) * time) + noise
    return np.stack([np.roll(left, 7 * channel) for channel in range(channels)]).astype(np.float32)


def by_libsndfile(samples, rate, form, subtype):
    held = io.BytesIO()
    with soundfile.SoundFile(held, "w", rate, len(samples), subtype, format=form) as out:
        for at in range(0, samples.shape[1], 4096):  # it crashes on more Vorbis at once
            out.write(np.ascontiguousarray(samples[:, at : at + 4096].T))
    return held.getvalue()


def by_ffmpeg(samples, rate, form, codec, bits=128_000):
    held = io.BytesIO()
    layout = {1: "mono", 2: "stereo"}[len(samples)]
    with av.open(held, "w", format=form) as out:
        stream = out.add_stream(codec, rate=rate, layout=layout)
        stream.bit_rate = bits
        stream.codec_context.open()
        context = stream.codec_context
        cutter = av.AudioResampler(context.format, layout, rate, context.frame_size)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), "fltp", layout)
        frame.sample_rate, frame.pts = rate, 0
        for piece in (*cutter.resample(frame), *cutter.resample(None)):
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
    return held.getvalue()


def encoded(kind, seconds=40.0):
    match kind:
        case "wav":
            return by_libsndfile(sound(seconds), RATE, "WAV", "PCM_16")
        case "flac":
            return by_libsndfile(sound(seconds), RATE, "FLAC", "PCM_16")
        case "vorbis":
            return by_libsndfile(sound(seconds), RATE, "OGG", "VORBIS")
        case "mp3":
            return by_ffmpeg(sound(seconds), RATE, "mp3", "libmp3lame")
        case "aac":
            return by_ffmpeg(sound(seconds), RATE, "ipod", "aac")
        case "opus":
            return by_ffmpeg(sound(seconds, 48_000), 48_000, "ogg", "libopus")
    raise ValueError(kind)


def asset(data, name="work"):
    return Asset.from_bytes(data, name=name)


def package(entries):
    """A ZIP of names and texts; an entry `mimetype` is stored, as EPUB and ODF want it."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as out:
        for name, text in entries.items():
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            out.writestr(name, text, kind)
    return held.getvalue()


def epub(chapters, *, more=None):
    items = "".join(
        f'<item id="c{at}" href="ch%20{at}.xhtml" media-type="application/xhtml+xml"/>'
        for at in range(len(chapters))
    )
    order = "".join(f'<itemref idref="c{at}"/>' for at in range(len(chapters)))
    nav = '<item id="n" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
    entries = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": (
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
        ),
        "OEBPS/book.opf": (
            f'<package xmlns="http://www.idpf.org/2007/opf"><manifest>{nav}{items}</manifest>'
            f'<spine><itemref idref="n"/>{order}</spine></package>'
        ),
        "OEBPS/nav.xhtml": "<html><body><p>Contents</p></body></html>",
    }
    entries |= {f"OEBPS/ch {at}.xhtml": text for at, text in enumerate(chapters)}
    return package(entries | (more or {}))


def docx(body):
    return package(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": (
                '<Relationships><Relationship Target="word/document.xml" Type="http://schemas.'
                'openxmlformats.org/officeDocument/2006/relationships/officeDocument"/>'
                "</Relationships>"
            ),
            "word/document.xml": (
                f"<w:document xmlns:w='urn:w'><w:body>{body}</w:body></w:document>"
            ),
        }
    )


def odt(body):
    return package(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": (
                "<o:document-content xmlns:o='urn:o' xmlns:t='urn:t'><o:body><o:text>"
                f"{body}</o:text></o:body></o:document-content>"
            ),
        }
    )
