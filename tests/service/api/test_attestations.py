"""Public pages about reports, and reports as PDF, over HTTP."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

import pypdfium2
import pytest
from pydantic import AnyHttpUrl
from sqlalchemy import update

from service.attestation import commitment
from service.storage.accounts import Scope
from service.storage.tables import reports

SAMPLES = Path(__file__).parents[3] / "samples"
NOWHERE = "/verify/" + "a" * 43


@pytest.fixture
def admin(bearer):
    return bearer(Scope.ADMINISTER)


@pytest.fixture
def attest(client, admin):
    def make(report, status=201, **body):
        path = f"/v1/reports/{report}/attestation"
        answer = client.post(path, headers=admin, **({"json": body} if body else {}))
        assert answer.status_code == status, answer.text
        return answer.json()

    return make


@pytest.fixture
def reported(submitted):
    """A report of its own for each test."""
    return lambda name="ai_image.png": submitted(name, wait=True, fresh="true")


@pytest.fixture
def public_url(served):
    """Says how others reach the service, for one test."""
    _, service = served
    usual = service.settings
    service.settings = usual.model_copy(update={"public_url": AnyHttpUrl("https://a.example/x/")})
    yield "https://a.example/x"
    service.settings = usual


def first_page(pdf):
    with pypdfium2.PdfDocument(pdf) as opened:
        text = opened[0].get_textpage().get_text_bounded()
    return "".join(text.replace("\N{ZERO WIDTH SPACE}", "").split())


class TestMaking:
    def test_a_link_is_made_once_and_given_again(self, attest, reported):
        report = reported()["report"]
        first, again = attest(report), attest(report, 200)
        assert again == first
        assert first["shows"] == ["origin"]
        assert first["commitment"] is True
        assert first["url"] is None

    def test_its_address_is_the_one_that_the_operator_gave(self, attest, reported, public_url):
        made = attest(reported()["report"])
        assert made["url"] == public_url + made["path"]

    def test_what_it_shows_is_chosen_and_can_be_changed(self, client, attest, reported):
        report = reported()["report"]
        made = attest(report, shows=["rights"], commitment=False)
        body = client.get(made["path"] + "?format=json").json()
        assert body["answers"]["origin"] is None
        assert body["answers"]["rights"] == "undeclared"
        assert body["commitment"] is None
        assert attest(report, 200, shows=["origin"])["path"] == made["path"]
        body = client.get(made["path"] + "?format=json").json()
        assert body["answers"]["origin"] == "ai_declared"
        assert body["answers"]["rights"] is None

    @pytest.mark.parametrize(
        "body", [{"shows": []}, {"shows": ["name"]}, {"shows": "origin"}, {"token": "x"}, []]
    )
    def test_what_makes_no_sense_is_refused(self, client, admin, reported, body):
        path = f"/v1/reports/{reported('unsigned.txt')['report']}/attestation"
        assert client.post(path, headers=admin, json=body).status_code == 422

    def test_of_another_organisation_s_report_there_is_none(self, client, bearer, reported):
        path = f"/v1/reports/{reported('unsigned.txt')['report']}/attestation"
        theirs = bearer(Scope.ADMINISTER, "rival")
        nobodys = "/v1/reports/rep_x/attestation"
        for method in ("POST", "DELETE"):
            answers = [client.request(method, one, headers=theirs) for one in (path, nobodys)]
            assert [one.status_code for one in answers] == [404, 404]
            assert answers[0].content == answers[1].content


class TestThePage:
    def test_it_opens_for_everyone_who_has_the_link(self, client, attest, reported):
        made = attest(reported()["report"], shows=["origin", "integrity", "rights"])
        page = client.get(made["path"])
        assert page.status_code == 200
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert page.headers["x-robots-tag"] == "noindex, nofollow, noarchive"
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "no-referrer"
        policy = page.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "unsafe" not in policy
        assert "label" in page.text
        assert "AI declared" in page.text

    def test_it_tells_nothing_of_the_work(self, client, attest, reported, admin):
        done = reported()
        made = attest(done["report"], shows=["origin", "integrity", "rights"])
        entry = client.get(f"/v1/log/entries/{done['report']}", headers=admin).json()
        for path in (made["path"], made["path"] + "?format=json", made["path"] + "?lang=fr"):
            told = client.get(path).text.rpartition("</style>")[2]
            for secret in (
                *(done["name"], done["sha256"], done["sha256"][:12], done["id"], done["report"]),
                *("image", entry["salt"]),
            ):
                assert secret not in told

    @pytest.mark.parametrize(
        ("headers", "query", "lang"),
        [
            ({}, "", "en"),
            ({"accept-language": "fr-CA, en;q=0.5"}, "", "fr"),
            ({"accept-language": "fr"}, "?lang=en", "en"),
            ({}, "?lang=fr", "fr"),
        ],
    )
    def test_it_speaks_the_language_that_is_asked_for(
        self, client, attest, reported, headers, query, lang
    ):
        made = attest(reported("unsigned.txt")["report"])
        page = client.get(made["path"] + query, headers=headers)
        assert f'<html lang="{lang}">' in page.text
        assert page.headers["content-language"] == lang
        assert page.headers["vary"] == "Accept, Accept-Language"

    def test_programs_get_the_same_as_json(self, client, attest, reported):
        done = reported()
        made = attest(done["report"])
        asked = client.get(made["path"], headers={"accept": "application/json"})
        body = asked.json()
        assert body["state"] == "valid"
        assert body["attested_by"] == "label"
        assert body["answers"] == {
            "origin": "ai_declared",
            "basis": "declared",
            "integrity": None,
            "rights": None,
        }
        assert body["human_origin_attested"] is False
        assert body["objections"] == []
        keys = client.get("/v1/receipt-keys").json()["keys"]
        assert body["key"] in {one["keyid"] for one in keys}
        data = (SAMPLES / "ai_image.png").read_bytes()
        mine = commitment(body["commitment"]["salt"], hashlib.sha256(data).hexdigest())
        assert body["commitment"]["sha256"] == mine

    def test_nothing_of_the_request_is_in_it(self, client, attest, reported):
        made = attest(reported("unsigned.txt")["report"])
        asked = {"host": "evil.example", "x-forwarded-host": "evil.example", "forwarded": "host=e"}
        page = client.get(made["path"], headers=asked)
        assert "evil.example" not in page.text + str(page.headers)

    def test_a_later_answer_that_is_another_ends_it(self, client, attest, reported, served):
        """As when a list of trusted signers changed between two examinations."""
        _, service = served
        done = reported("human_creation.png")
        made = attest(done["report"])
        assert client.get(made["path"] + "?format=json").json()["state"] == "valid"
        (label,) = [one.id for one in service.accounts.organisations() if one.name == "label"]
        stored = service.screenings.report(label, done["report"])
        document = stored.document.replace('"origin":"undetermined"', '"origin":"ai_detected"', 1)
        assert document != stored.document
        again = reported("human_creation.png")
        with service._engine.begin() as connection:
            changed = update(reports).where(reports.c.id == again["report"])
            connection.execute(changed.values(document=document))
        body = client.get(made["path"] + "?format=json").json()
        assert (body["state"], body["objections"]) == ("invalid", ["changed"])
        assert body["answers"] is None
        page = client.get(made["path"])
        assert page.status_code == 200
        assert "No longer valid" in page.text

    def test_a_revoked_key_ends_it(self, client, attest, reported, served):
        _, service = served
        made = attest(reported("unsigned.txt")["report"])
        keyid = client.get(made["path"] + "?format=json").json()["key"]
        path = service.settings.key_folder / "keys.json"
        usual = path.read_text()
        revoked = service.key_set().revoked(keyid, dt.datetime.now(dt.UTC))
        path.write_text(revoked.model_dump_json())
        try:
            body = client.get(made["path"] + "?format=json").json()
        finally:
            path.write_text(usual)
        assert (body["state"], body["objections"]) == ("invalid", ["key_revoked"])


class TestWithdrawing:
    def test_the_page_then_says_the_day_and_nothing_else(self, client, admin, attest, reported):
        done = reported()
        made = attest(done["report"])
        path = f"/v1/reports/{done['report']}/attestation"
        assert client.delete(path, headers=admin).status_code == 204
        assert client.delete(path, headers=admin).status_code == 404
        body = client.get(made["path"] + "?format=json").json()
        assert body["state"] == "withdrawn"
        assert {key for key, value in body.items() if value} == {"state", "withdrawn_on"}
        page = client.get(made["path"])
        assert page.status_code == 200
        assert f"withdrawn on {body['withdrawn_on']}" in page.text
        shown = page.text.partition("</style>")[2]
        for gone in ("label", "AI declared", "sha256sum", "urn:uuid"):
            assert gone not in shown

    def test_a_new_one_has_another_link(self, client, admin, attest, reported):
        report = reported()["report"]
        first = attest(report)
        client.delete(f"/v1/reports/{report}/attestation", headers=admin)
        second = attest(report)
        assert second["path"] != first["path"]
        states = [
            client.get(one["path"] + "?format=json").json()["state"] for one in (first, second)
        ]
        assert states == ["withdrawn", "valid"]


class TestNowhere:
    PATHS = (
        *(NOWHERE, "/verify/", "/verify/x", "/verify/" + "a" * 5000, "/verify/a/b/c"),
        *("/verify/%2e%2e/%2e%2e/etc", "/verify/%00", "/verify/%F0%9F%98%80", "/verify/rep_x"),
    )

    def test_unknown_and_malformed_links_get_the_same_page(self, client):
        answers = [client.get(path) for path in self.PATHS]
        assert {one.status_code for one in answers} == {404}
        assert len({one.content for one in answers}) == 1
        headers = {frozenset(one.headers.items()) for one in answers}
        assert len(headers) == 1
        assert "noindex" in answers[0].headers["x-robots-tag"]

    def test_and_programs_the_same_problem(self, client):
        answers = [client.get(path, headers={"accept": "application/json"}) for path in self.PATHS]
        assert {one.status_code for one in answers} == {404}
        assert len({one.content for one in answers}) == 1
        assert answers[0].json()["type"] == "urn:assay:problem:not_found"

    @pytest.mark.parametrize("query", ["?lang=de", "?format=pdf"])
    def test_a_wrong_option_is_told(self, client, query):
        assert client.get(NOWHERE + query).status_code == 422


class TestPdf:
    def test_a_report_is_a_file_too_in_both_languages(self, client, bearer, reported):
        done = reported()
        for lang, word in (("en", "Origin"), ("fr", "Origine")):
            path = f"/v1/reports/{done['report']}?format=pdf&lang={lang}"
            answers = [client.get(path, headers=bearer()) for _ in range(2)]
            assert answers[0].headers["content-type"] == "application/pdf"
            assert answers[0].content == answers[1].content
            assert word in first_page(answers[0].content)
            assert "/attestation" in first_page(answers[0].content)

    def test_its_code_leads_to_the_public_page(self, client, bearer, attest, reported, public_url):
        done = reported()
        made = attest(done["report"])
        pdf = client.get(f"/v1/reports/{done['report']}?format=pdf", headers=bearer())
        assert public_url + made["path"] in first_page(pdf.content)

    def test_what_a_request_calls_the_host_is_not_believed(self, client, bearer, attest, reported):
        done = reported()
        attest(done["report"])
        headers = bearer() | {"host": "evil.example", "x-forwarded-host": "evil.example"}
        pdf = client.get(f"/v1/reports/{done['report']}?format=pdf", headers=headers)
        assert "ASSAY_PUBLIC_URL" in first_page(pdf.content)
        assert b"evil.example" not in pdf.content
        assert "evil" not in first_page(pdf.content)

    def test_another_organisation_has_none(self, client, bearer, reported):
        path = f"/v1/reports/{reported()['report']}?format=pdf"
        assert client.get(path, headers=bearer(organisation="rival")).status_code == 404
