"""What may be trained on, by Assay's own readers: real files with each kind of reservation."""

from __future__ import annotations

import json

import pytest

from detectors.evaluation.manifest import Item, Label
from detectors.training.audit import Auditor, Journal
from detectors.training.licences import Mark, mark_of
from provenance.c2pa.claim import NO_TRAINING, Claim
from provenance.c2pa.signing import FileSigner
from provenance.c2pa.signing_key import pem_signer
from provenance.errors import ConfigError
from tests.detectors import tiny
from tests.provenance import making

PLUS = 'xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/"'
PROHIBITED = "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED"


def data_mining(value=PROHIBITED):
    return making.xmp(f"<plus:DataMining>{value}</plus:DataMining>", prefixes=PLUS)


@pytest.fixture(scope="module")
def auditor():
    one = Auditor(workers=1)
    yield one
    one.close()


@pytest.fixture
def judged(auditor, tmp_path):
    """What comes of one work, given as its bytes and a name."""
    numbers = iter(range(100))

    def judge(data, name, licence=None, **beside):
        path = tmp_path / name
        path.write_bytes(data)
        for ending, text in beside.items():
            (tmp_path / f"{name}.{ending}").write_bytes(text)
        item = Item(0, name, Label.HUMAN, path=path, licence=licence)
        journal = Journal(tmp_path / f"journal{next(numbers)}")
        ((one, known),) = auditor.audit([item], journal)
        journal.close()
        assert not known
        return one

    return judge


def test_a_work_without_a_word_may_be_trained_on_and_is_listed_as_such(judged):
    one = judged(tiny.picture(synthetic=False, seed=1), "w.png")
    assert (one.reason, one.licence) == (None, None)
    assert one.media_type == "image/png"


def test_data_mining_in_a_picture_reserves(judged):
    one = judged(making.png(making.itxt_chunk("XML:com.adobe.xmp", data_mining())), "w.png")
    assert one.reason == "reservation_reserved"
    assert "DMI-PROHIBITED" in one.detail


def test_a_training_mining_assertion_reserves(judged, authority, tmp_path):
    path = tmp_path / "signed.png"
    path.write_bytes(tiny.picture(synthetic=False, seed=2))
    with FileSigner(pem_signer(authority.key, authority.chain)) as signer:
        signer.sign(path, Claim("digitalCreation", training=NO_TRAINING))
    one = judged(path.read_bytes(), "w.png")
    assert one.reason == "reservation_reserved"
    assert "training" in one.detail


def test_tdmrep_in_a_book_reserves(judged):
    book = making.epub('<meta property="tdm:reservation">1</meta>')
    assert judged(book, "w.epub").reason == "reservation_reserved"


def test_a_condition_is_no_permission(judged):
    packet = data_mining("http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-SEECONSTRAINT")
    one = judged(making.png(making.itxt_chunk("XML:com.adobe.xmp", packet)), "w.png")
    assert one.reason == "reservation_conditional"


def test_a_permission_keeps_nothing_out(judged):
    packet = data_mining("http://ns.useplus.org/ldf/vocab/DMI-ALLOWED")
    one = judged(making.png(making.itxt_chunk("XML:com.adobe.xmp", packet)), "w.png")
    assert one.reason is None


def test_an_xmp_sidecar_speaks_for_its_file(judged):
    data = tiny.sound(synthetic=False, seed=3)
    assert judged(data, "w.wav", xmp=data_mining()).reason == "reservation_reserved"


def test_a_sidecar_that_cannot_be_read_is_not_silence(judged):
    data = tiny.sound(synthetic=False, seed=3)
    one = judged(data, "w.wav", xmp=b" " * 70_000)
    assert one.reason == "rights_unread"


@pytest.mark.parametrize(
    ("beside", "reason"),
    [
        ({"json": json.dumps({"license": "CC-BY-NC-4.0"}).encode()}, "licence_nc"),
        ({"license": b"SPDX-License-Identifier: CC-BY-ND-4.0\n"}, "licence_nd"),
        ({"json": b'{"licence": "for research purposes only"}'}, "licence_research_only"),
        ({"json": b'{"licence": "CC-BY-4.0"}'}, None),
        ({"json": b"not json"}, None),
    ],
)
def test_a_licence_beside_the_work_counts(judged, beside, reason):
    assert judged(tiny.sound(synthetic=False, seed=4), "w.wav", **beside).reason == reason


def test_the_stricter_of_two_licences_counts(judged):
    one = judged(
        tiny.sound(synthetic=False, seed=4),
        "w.wav",
        licence="CC-BY-4.0",
        license=b"SPDX-License-Identifier: CC-BY-NC-4.0",
    )
    assert one.reason == "licence_nc"
    assert one.licence == "CC-BY-4.0 / CC-BY-NC-4.0"


@pytest.mark.parametrize(
    ("licence", "mark"),
    [
        ("CC-BY-NC-4.0", Mark.NON_COMMERCIAL),
        ("cc by-nc-sa 3.0", Mark.NON_COMMERCIAL),
        ("https://creativecommons.org/licenses/by-nc-nd/4.0/", Mark.NON_COMMERCIAL),
        ("Attribution-NonCommercial 4.0", Mark.NON_COMMERCIAL),
        ("free for non-commercial use", Mark.NON_COMMERCIAL),
        ("CC-BY-ND-4.0", Mark.NO_DERIVATIVES),
        ("Attribution-NoDerivs", Mark.NO_DERIVATIVES),
        ("Research only", Mark.RESEARCH_ONLY),
        ("academic use", Mark.RESEARCH_ONLY),
        ("CC-BY-4.0", None),
        ("CC0-1.0", None),
        ("MIT", None),
        ("Acme Inc, all rights reserved", None),
        ("2nd edition, public domain", None),
        ("Brand New and free", None),
        ("", None),
        (None, None),
    ],
)
def test_marks_of_licences(licence, mark):
    assert mark_of(licence) == mark


def test_what_was_looked_at_is_not_read_again(auditor, tmp_path, monkeypatch):
    items = []
    for number in range(3):
        path = tmp_path / f"{number}.png"
        path.write_bytes(tiny.picture(synthetic=False, seed=number))
        items.append(Item(number, path.name, Label.HUMAN, path=path))
    journal = Journal(tmp_path / "journal")
    first = [one for one, _ in auditor.audit(items, journal)]
    journal.close()

    (tmp_path / "1.png").write_bytes(tiny.picture(synthetic=False, seed=9))
    with (tmp_path / "journal").open("ab") as file:
        file.write(b'{"key": "cut o')  # the power went
    asked = []
    monkeypatch.setattr(
        auditor,
        "_read",
        lambda held, read=auditor._read: (asked.extend(one.item.id for one in held), read(held))[1],
    )
    journal = Journal(tmp_path / "journal")
    again = list(auditor.audit(items, journal))
    journal.close()
    assert asked == ["1.png"]
    assert [one.sha256 for one, _ in again][::2] == [one.sha256 for one in first][::2]
    assert again[1][0].sha256 != first[1].sha256
    assert again[-1][1] == 2
    assert len((tmp_path / "journal").read_bytes().splitlines()) == 4


def test_a_file_that_is_gone_is_left_out_with_the_reason(auditor, tmp_path):
    item = Item(0, "gone", Label.HUMAN, path=tmp_path / "gone.png")
    journal = Journal(tmp_path / "journal")
    ((one, _),) = auditor.audit([item], journal)
    journal.close()
    assert one.reason == "unreadable"
    assert "no such file" in one.detail


def test_two_trainings_do_not_write_one_journal(tmp_path):
    journal = Journal(tmp_path / "journal")
    with pytest.raises(ConfigError, match="another training works there"):
        Journal(tmp_path / "journal")
    journal.close()
    Journal(tmp_path / "journal").close()
