"""A notice under article 16 of the DSA is written whole or not at all."""

from __future__ import annotations

import pytest

from provenance.errors import ConfigError
from service.documents.details import Notice
from service.documents.dsa16 import missing
from tests.service.documents.audits import NOTICE
from tests.service.documents.test_papers import blocks, sentences

REQUIRED = ("reasons", "urls", "name", "email", "good_faith", "right", "ownership")


def notice(**changes):
    return Notice.model_validate(NOTICE | changes)


def without(key):
    return Notice.model_validate({name: value for name, value in NOTICE.items() if name != key})


def test_a_whole_notice_lacks_nothing():
    assert missing(notice()) == ()


@pytest.mark.parametrize("key", REQUIRED)
def test_a_notice_is_refused_for_each_element_it_lacks(key):
    assert missing(without(key)) == (key,)


def test_an_empty_notice_is_told_all_it_lacks():
    assert missing(Notice()) == REQUIRED


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"good_faith": False}, "good_faith"),
        ({"reasons": "It is mine."}, "reasons_short"),
        ({"email": "droits(at)quai.example"}, "email_form"),
        ({"email": "droits@quai"}, "email_form"),
        ({"urls": ["www.example.org/a"]}, "urls_exact"),
        ({"urls": ["https://example.org/*"]}, "urls_exact"),
        ({"urls": ["https:///a"]}, "urls_exact"),
        ({"urls": ["https://[::1"]}, "urls_exact"),
        ({"urls": ["javascript:alert(1)"]}, "urls_exact"),
        ({"urls": ["https://example.org/a", "all of them"]}, "urls_exact"),
        ({"urls": []}, "urls"),
    ],
)
def test_an_element_that_says_nothing_is_no_element(changes, code):
    assert missing(notice(**changes)) == (code,)


@pytest.mark.parametrize("key", ["coordinator", "reference", "expertise"])
def test_a_trusted_flagger_proves_the_status_or_does_not_claim_it(key):
    flagger = {"coordinator": "Arcom", "reference": "2025-44", "expertise": "propriété littéraire"}
    assert missing(notice(trusted_flagger=flagger)) == ()
    del flagger[key]
    assert missing(notice(trusted_flagger=flagger)) == (f"flagger_{key}",)


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "only you can make it"), ("fr", "vous seul pouvez la faire")]
)
def test_the_refusal_says_how_to_give_what_is_missing(paper, details, audit, lang, said):
    from service.documents.records import DocumentKind
    from service.documents.writing import prepare

    path = details(dsa16={"name": "Société des auteurs du quai"})
    with pytest.raises(ConfigError) as refused:
        prepare(DocumentKind.DSA16, audit, path, lang)
    message = refused.value.diagnostics()
    for key in set(REQUIRED) - {"name"}:
        assert f"- {key} = " in message
    assert "- name = " not in message
    assert said in message
    assert "[dsa16]" in message
    assert "--details" in message


def test_a_refusal_comes_before_the_audit_is_read(details, tmp_path):
    from service.documents.records import DocumentKind
    from service.documents.writing import prepare

    with pytest.raises(ConfigError, match="notice is not written"):
        prepare(DocumentKind.DSA16, tmp_path / "no-such-audit", None, "en")


def test_a_notice_holds_all_it_must(paper):
    document = paper("dsa16", "fr")
    known = {one.code: one.value for one in blocks(document, "field")}
    assert known["name"] == NOTICE["name"]
    assert known["email"] == NOTICE["email"]
    assert known["right"] == NOTICE["right"]
    assert known["ownership"] == NOTICE["ownership"]
    (urls,) = [one for one in blocks(document, "table") if one.code == "urls"]
    assert [row[1] for row in urls.rows] == NOTICE["urls"]
    said = {one.code: one.text for one in sentences(document)}
    assert "de bonne foi" in said["good_faith"]
    assert NOTICE["name"] in said["good_faith"]
    reasons = [one.text for one in sentences(document) if one.code == "reasons"]
    assert reasons == NOTICE["reasons"].splitlines()


def test_the_audit_is_quoted_only_on_the_addresses_of_the_notice(paper):
    document = paper("dsa16")
    (findings,) = [one for one in blocks(document, "table") if one.code == "findings"]
    assert [row[0] for row in findings.rows] == ["https://presse.example/2025/article-1"]
    silent = {one.code: one.text for one in sentences(document)}["audit_silent"]
    assert silent == "It says nothing about the addresses with these numbers: 2."


def test_an_address_of_any_length_stands_whole(paper):
    long = "https://hub.example/" + "a" * 900 + "?part=7"
    document = paper("dsa16", urls=[long])
    (urls,) = [one for one in blocks(document, "table") if one.code == "urls"]
    assert urls.rows == (("1", long),)


def test_a_trusted_flagger_is_named_with_its_status(paper):
    document = paper(
        "dsa16",
        **{
            "trusted_flagger.coordinator": "Arcom",
            "trusted_flagger.reference": "2025-44",
            "trusted_flagger.expertise": "propriété intellectuelle",
        },
    )
    assert "notice_flagger" in {section.code for section in document.sections}
    said = {one.code: one for one in sentences(document)}["flagger"]
    assert not said.verified
