"""Generators as creator or producer of a PDF."""

from __future__ import annotations

import pytest

from provenance.evidence import Strength
from provenance.metadata.pdf import PdfReader
from tests.provenance import making

READER = PdfReader()


def test_information_and_xmp_are_weak(declared):
    found = declared(READER, making.pdf(Producer="ChatGPT", Creator="Canva"))
    assert [(d.field, d.generator, d.strength) for d in found] == [
        ("Info:Producer", "ChatGPT", Strength.WEAK)
    ]
    packet = making.xmp(attributes='xmp:CreatorTool="Adobe Firefly"')
    found = declared(READER, making.pdf(packet))
    assert [(d.field, d.generator) for d in found] == [("xmp:CreatorTool", "Adobe Firefly")]


@pytest.mark.parametrize(
    "information",
    [
        {"Producer": "pdfTeX-1.40", "Creator": "LaTeX"},
        {"Title": "ChatGPT", "Author": "Claude Monet", "Subject": "Midjourney"},
        {"Creator": "Claude"},
        {"Creator": "Adobe Illustrator 29"},
    ],
)
def test_human_metadata_that_resembles_says_nothing(declared, information):
    assert declared(READER, making.pdf(**information)) == []
