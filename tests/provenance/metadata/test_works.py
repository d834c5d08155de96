"""What all readers share: parts, repetition, faults, the door they come in by."""

from __future__ import annotations

from provenance.asset import Asset
from provenance.containers import Container
from provenance.evidence import Declaration, NotRun, NotRunReason
from provenance.metadata.aigc import AigcReader
from provenance.metadata.works import faults, works
from provenance.plugins import readers
from provenance.protocols import Reader
from tests.provenance import making

OWN = {
    "a1111",
    "aigc",
    "comfyui",
    "exif",
    "invokeai",
    "iptc",
    "midjourney",
    "novelai",
    "pdf",
    "provenance_link",
    "tags",
}


def test_all_are_found_by_their_entry_points_and_keep_the_protocol():
    found = {reader.source: reader for reader in readers()}
    assert found.keys() >= OWN
    assert all(isinstance(found[source], Reader) and found[source].version for source in OWN)


def test_a_container_is_opened_once_for_all_readers(monkeypatch):
    opened: list[str] = []

    def count(asset: Asset) -> Container:
        from provenance.containers.opening import open_container

        opened.append(asset.name)
        return open_container(asset)

    monkeypatch.setattr("provenance.containers.open_container", count)
    asset = Asset.from_bytes(making.mp3(making.apic(making.png_text(a="b"))), name="song")
    for reader in readers():
        if reader.source in OWN:
            list(reader.read(asset))
    assert opened == ["song", "picture/0"]


def test_pictures_of_a_book_are_works_of_their_own():
    book = making.epub("", ("OEBPS/a.png", making.png_text(AIGC=making.LABEL_JSON)))
    found = list(AigcReader().read(Asset.from_bytes(book, name="a.epub")))
    assert [(d.part, d.field) for d in found if isinstance(d, Declaration)] == [
        ("OEBPS/a.png", "tEXt:AIGC")
    ]


def test_the_same_statement_is_said_once():
    chunk = making.text_chunk("AIGC", making.LABEL_JSON)
    found = list(AigcReader().read(Asset.from_bytes(making.png(chunk, chunk), name="")))
    assert len(found) == 1


def test_a_thousand_declarations_are_a_limit():
    chunks = [making.text_chunk("AIGC", f"no {n}") for n in range(1000)]
    found = list(AigcReader().read(Asset.from_bytes(making.png(*chunks), name="")))
    assert len(found) == 65
    assert isinstance(found[-1], NotRun)
    assert found[-1].reason is NotRunReason.LIMIT


def test_faults_name_the_part_they_concern():
    cover = making.jpeg(making.app1_xmp(b"no xmp at all"), making.app1_exif(b"no tiff"))
    asset = Asset.from_bytes(making.mp3(making.apic(cover[:-40])), name="")
    found = list(faults(asset))
    assert {part for part, _ in found} == {"picture/0"}
    assert {fault.detail for _, fault in found} >= {
        "an XMP packet that is not well-formed",
        "an EXIF packet without a TIFF header",
    }


def test_a_file_without_metadata_is_no_work_to_look_into():
    assert works(Asset.from_bytes(making.png(), name="")) == ()


def test_a_value_cannot_forge_terminal_output():
    data = making.png_text(AIGC="\x1b]0;owned\x07" + "é" * 4000)
    (found,) = AigcReader().read(Asset.from_bytes(data, name=""))
    assert isinstance(found, Declaration)
    assert "\x1b" not in found.value
    assert len(found.value.encode()) <= 4096
