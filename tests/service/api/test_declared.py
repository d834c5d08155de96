"""What comes with a delivery: beside a file or a URL, and part of what makes a report."""

from __future__ import annotations

import hashlib

import pytest

from provenance.supplied import SUPPLIED_BYTES
from service.api.records import FromUrl

ERN = (
    b"<NewReleaseMessage><ResourceList><Image><ResourceReference>A1</ResourceReference>"
    b"<ContainsAI>None</ContainsAI></Image></ResourceList></NewReleaseMessage>"
)


@pytest.fixture
def deliver(client, bearer, submitted):
    """Hands in a picture with a declaration, and waits for its report."""

    def give(declared, name="prompt_in_metadata.png", **form):
        one = submitted(name, wait=True, declared=declared, **form)
        report = client.get(f"/v1/reports/{one['report']}", headers=bearer()).json()
        return one, report

    return give


def test_ai_that_the_delivery_denies_is_undeclared(deliver):
    one, report = deliver(ERN)
    assert one["findings"] == ["fully_synthetic", "undeclared_ai"]
    codes = {reason["code"] for reason in report["verdict"]["reasons"]}
    assert "undeclared_ai_supplied" in codes
    (said,) = [each for each in report["evidence"] if each["source"] == "supplied-ddex"]
    assert (said["value"], said["ai_denied"]) == ("None", True)
    digest = hashlib.sha256(ERN).hexdigest()
    assert report["supplied"] == {"sha256": digest, "bytes": len(ERN), "resource": None}


def test_a_report_on_a_work_that_came_alone_says_nothing_of_supplies(client, bearer, submitted):
    one = submitted("untouched.jpg", wait=True)
    report = client.get(f"/v1/reports/{one['report']}", headers=bearer()).json()
    assert "supplied" not in report


def test_another_declaration_is_another_report_and_the_same_one_is_not(deliver):
    first, _ = deliver(b'{"ai": "partly"}', "untouched.jpg")
    again, _ = deliver(b'{"ai": "partly"}', "untouched.jpg")
    other, _ = deliver(b'{"ai": "none"}', "untouched.jpg")
    assert first["report"] == again["report"] != other["report"]
    assert (first["origin"], other["origin"]) == ("ai_assisted_declared", "undetermined")


def test_one_that_cannot_be_read_is_told_in_the_report(deliver):
    _, report = deliver(b"nonsense", "untouched.jpg")
    (unread,) = [each for each in report["evidence"] if each["source"] == "supplied"]
    assert (unread["kind"], unread["reason"]) == ("not_run", "unreadable")


def test_which_resource_is_meant_can_be_said(deliver):
    two = ERN.replace(
        b"</ResourceList>",
        b"<Image><ResourceReference>A2</ResourceReference><ContainsAI>All</ContainsAI></Image>"
        b"</ResourceList>",
    )
    one, _ = deliver(two, "untouched.jpg", resource="A2")
    assert one["origin"] == "ai_declared"


def test_the_same_key_with_another_declaration_is_another_request(client, bearer):
    headers = bearer() | {"Idempotency-Key": "declared-1"}
    files = {"file": ("a.txt", b"a text"), "declared": ("d", b'{"ai": "none"}')}
    assert client.post("/v1/screenings", headers=headers, files=files).status_code == 202
    assert client.post("/v1/screenings", headers=headers, files=files).status_code == 202
    files["declared"] = ("d", b'{"ai": "fully"}')
    assert client.post("/v1/screenings", headers=headers, files=files).status_code == 409


def test_a_message_as_large_as_allowed_is_read_and_nothing_stays_in_quarantine(deliver, served):
    padded = ERN + b" " * (SUPPLIED_BYTES - len(ERN))
    one, _ = deliver(padded)
    assert "undeclared_ai" in one["findings"]
    assert list(served[1].settings.quarantine.iterdir()) == []


@pytest.mark.parametrize("resource", ["A\n1", "A\x001", "A" * 301])
def test_a_resource_is_one_line(client, bearer, resource):
    files = {"file": ("a.txt", b"a text"), "declared": ("d", ERN)}
    answer = client.post(
        "/v1/screenings", headers=bearer(), files=files, data={"resource": resource}
    )
    assert answer.status_code == 422
    body = {"url": "https://label.example/a", "declared": "x", "resource": resource}
    assert client.post("/v1/screenings", headers=bearer(), json=body).status_code == 422


def test_one_work_has_one_declaration(client, bearer):
    files = [("file", ("a.txt", b"a text")), ("declared", ("d", b"{}")), ("declared", ("e", b"{}"))]
    assert client.post("/v1/screenings", headers=bearer(), files=files).status_code == 422


def test_beside_a_url_labels_are_given_as_they_are(client, bearer):
    body = {"url": "https://label.example/a.png", "declared": {"ai": "none", "tools": ["été"]}}
    answer = client.post("/v1/screenings", headers=bearer(), json=body)
    assert answer.status_code == 202
    assert FromUrl.model_validate(body).told == '{"ai": "none", "tools": ["été"]}'.encode()
    assert FromUrl(url="https://a.example/", declared="<x/>").told == b"<x/>"
    assert FromUrl(url="https://a.example/").told is None


def test_what_is_too_much_or_about_nothing_is_told(client, bearer):
    files = {"file": ("a.txt", b"a text"), "declared": ("d", b" " * (SUPPLIED_BYTES + 1))}
    large = client.post("/v1/screenings", headers=bearer(), files=files)
    assert large.status_code == 413
    alone = client.post(
        "/v1/screenings",
        headers=bearer(),
        files={"file": ("a.txt", b"a text")},
        data={"resource": "A1"},
    )
    assert alone.status_code == 422
    body = {"url": "https://label.example/a.png", "resource": "A1"}
    assert client.post("/v1/screenings", headers=bearer(), json=body).status_code == 422
