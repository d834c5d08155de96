"""Pages: who sees what, what a form needs, and what a hostile work can never do to one."""

from __future__ import annotations

import io
import re
import tomllib
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from service.policy import DEFAULT, as_toml
from service.storage.accounts import Scope

SAMPLES = Path(__file__).parents[3] / "samples"
MARKUP = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
PAGES = {
    "/works": frozenset(Scope),
    "/queue": frozenset({Scope.REVIEW}),
    "/overview": frozenset(Scope),
    "/models": frozenset(Scope),
    "/organisation": frozenset({Scope.ADMINISTER}),
}


class TestTheWayIn:
    @pytest.mark.parametrize("path", [*PAGES, "/works/scr_x", "/queue/rev_x"])
    def test_whoever_is_not_signed_in_is_asked_to_be(self, browser, path):
        answer = browser().get(path)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in?next=")

    def test_a_key_that_is_none_opens_nothing(self, browser):
        one = browser()
        answer = one.http.post("/sign-in", data={"key": "assay_nope"})
        assert answer.status_code == 401
        assert "assay_nope" not in answer.text
        assert not one.http.cookies

    def test_the_cookie_is_for_no_script_and_not_the_key(self, browser):
        one = browser()
        issued = one.service.issue("ana", "label", [Scope.SUBMIT])
        answer = one.http.post("/sign-in", data={"key": issued.secret})
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert issued.secret not in cookie

    def test_the_session_ends_with_its_key_and_by_hand(self, browser):
        one = browser()
        issued = one.sign_in()
        assert one.get("/works").status_code == 200
        one.service.accounts.revoke(issued.key.organisation, issued.key.id)
        assert one.get("/works").status_code == 303
        other = browser()
        other.sign_in()
        assert other.post("/sign-out").status_code == 303
        assert other.get("/works").status_code == 303

    @pytest.mark.parametrize(
        "onward", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1"]
    )
    def test_it_leads_nowhere_else(self, browser, onward):
        one = browser()
        secret = one.service.issue("ana", "label", [Scope.SUBMIT]).secret
        answer = one.http.post("/sign-in", data={"key": secret, "next": onward})
        assert answer.headers["location"] == "/works"
        assert one.get(f"/language/fr?next={onward}").headers["location"] == "/works"


class TestWhoSeesWhat:
    @pytest.mark.parametrize("scope", Scope)
    @pytest.mark.parametrize("path", PAGES)
    def test_each_page_with_each_scope(self, browser, path, scope):
        one = browser()
        one.sign_in(scope)
        allowed = scope in PAGES[path]
        answer = one.get(path)
        assert answer.status_code == (200 if allowed else 403)
        assert (f'href="{path}"' in one.get("/works").text) is allowed

    @pytest.mark.parametrize(
        ("path", "scope"),
        [
            ("/works", Scope.SUBMIT),
            ("/works/scr_x/review", Scope.REVIEW),
            ("/queue/rev_x/opinions", Scope.REVIEW),
            ("/queue/rev_x/assignee", Scope.REVIEW),
            ("/organisation/keys", Scope.ADMINISTER),
            ("/organisation/webhooks", Scope.ADMINISTER),
            ("/organisation/policies", Scope.ADMINISTER),
            ("/organisation/policies/pol_x/activate", Scope.ADMINISTER),
            ("/organisation/policies/pol_x/dry-run", Scope.ADMINISTER),
            ("/works/scr_x/attestation", Scope.ADMINISTER),
        ],
    )
    def test_no_form_does_what_the_scope_does_not_allow(self, browser, path, scope):
        one = browser()
        one.sign_in(*(other for other in Scope if other is not scope))
        assert one.post(path).status_code == 403

    def test_next_door_there_is_nothing(self, browser, ana):
        path = ana.hand_in()
        eve = browser()
        eve.sign_in(organisation="rival", name="eve")
        nobody = eve.get("/works/scr_" + "0" * 26)
        for below in ("", "/progress", "/seen", "/report.json", "/report.html", "/receipt.json"):
            answer = eve.get(path + below)
            assert answer.status_code == 404
            assert "prompt_in_metadata" not in answer.text
        assert re.sub(r"scr_\w+|nonce\S+|csp-nonce.*", "", eve.get(path).text) == re.sub(
            r"scr_\w+|nonce\S+|csp-nonce.*", "", nobody.text
        )
        for below in ("/review", "/appeals", "/attestation"):
            assert eve.post(path + below).status_code == 404


class TestForms:
    FORMS = ("/sign-out", "/organisation/keys", "/queue/rev_x/opinions", "/works/scr_x/review")

    @pytest.mark.parametrize("path", FORMS)
    @pytest.mark.parametrize("token", [None, "", "0" * 64])
    def test_one_without_the_token_of_the_session_does_nothing(self, ana, path, token):
        data = {} if token is None else {"form_token": token}
        assert ana.http.post(path, data=data).status_code == 403

    @pytest.mark.parametrize(
        "headers",
        [
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
        ],
    )
    def test_one_from_elsewhere_does_nothing_even_with_the_token(self, ana, headers):
        assert ana.post("/sign-out", headers=headers).status_code == 403
        upload = ana.http.post(
            "/works",
            headers=headers,
            data={"form_token": ana.token()},
            files={"file": ("a.txt", b"a")},
        )
        assert upload.status_code == 403
        assert ana.get("/works").status_code == 200

    def test_an_upload_without_the_token_is_not_taken(self, ana):
        answer = ana.http.post("/works", files={"file": ("a.txt", b"not taken")})
        assert answer.status_code == 403

    def test_the_token_of_another_session_is_none(self, browser, ana):
        other = browser()
        other.sign_in()
        answer = ana.http.post("/sign-out", data={"form_token": other.token()})
        assert answer.status_code == 403


class TestHostileWorks:
    def test_names_are_text_on_every_page(self, ana):
        path = ana.hand_in(name=MARKUP + ".png")
        for page in ("/works", path, f"{path}/report.html", "/queue"):
            text = ana.get(page).text
            assert "<script>alert" not in text
            assert "<img src=x" not in text
            assert "alert(1)" in text

    def test_metadata_is_text_on_the_page(self, ana):
        told = PngInfo()
        told.add_text("parameters", f"{MARKUP}\nSteps: 20, Sampler: Euler, Seed: 1")
        held = io.BytesIO()
        Image.new("RGB", (8, 8)).save(held, "PNG", pnginfo=told)
        data = held.getvalue()
        path = ana.hand_in(data=data)
        assert "<script>alert" not in ana.get(path).text

    def test_every_page_forbids_what_it_did_not_bring(self, ana):
        path = ana.hand_in()
        for page in ("/works", path, "/organisation", "/nowhere"):
            policy = ana.get(page).headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "script-src 'self';" in policy
            assert "unsafe" not in policy
            assert "<script>" not in ana.get(page).text
            assert not re.search(r'\son\w+="', ana.get(page).text)

    def test_only_a_recording_is_played_and_as_nothing_else(self, ana):
        path = ana.hand_in(name="page.html", data=b"<!DOCTYPE html><script>alert(1)</script>")
        assert ana.get(f"{path}/sound").status_code == 404

    def test_a_recording_is_served_in_parts_and_runs_nowhere(self, ana):
        data = (SAMPLES / "human_creation.wav").read_bytes()
        path = ana.hand_in(name="tune.wav", data=data)
        whole = ana.get(f"{path}/sound")
        assert whole.content == data
        assert whole.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert whole.headers["x-content-type-options"] == "nosniff"
        part = ana.get(f"{path}/sound", headers={"Range": "bytes=10-19"})
        assert (part.status_code, part.content) == (206, data[10:20])
        assert part.headers["content-range"] == f"bytes 10-19/{len(data)}"
        past = ana.get(f"{path}/sound", headers={"Range": f"bytes={len(data)}-"})
        assert (past.status_code, past.content) == (200, data)
        assert "wave" in ana.get(f"{path}/seen").text


class TestWords:
    def test_the_browsers_language_and_the_chosen_one(self, ana):
        assert '<html lang="fr">' in ana.get("/works", headers={"Accept-Language": "fr-CA"}).text
        assert '<html lang="en">' in ana.get("/works", headers={"Accept-Language": "de"}).text
        ana.get("/language/fr")
        french = ana.get("/works").text
        assert '<html lang="fr">' in french
        assert "Œuvres" in french

    def test_a_page_that_is_not_there_says_so_in_words(self, ana):
        answer = ana.get("/works/scr_x")
        assert answer.status_code == 404
        assert "There is no such page" in answer.text

    def test_a_program_gets_a_problem_document(self, ana):
        answer = ana.get("/works/scr_x", headers={"Accept": "application/json"})
        assert answer.headers["content-type"] == "application/problem+json"

    def test_a_policy_is_offered_as_it_is_and_read_back(self):
        assert tomllib.loads(as_toml(DEFAULT)) == DEFAULT.model_dump(mode="json")

    def test_what_is_wrong_with_a_policy_is_said_above_it(self, ana):
        answer = ana.post("/organisation/policies", {"document": "max_fpr = 7.0\n"})
        assert answer.status_code == 422
        assert "max_fpr" in answer.text
        assert "max_fpr = 7.0" in answer.text


def test_a_decision_stands_above_the_report_and_changes_nothing_in_it(ana):
    path = ana.hand_in()
    before = ana.get(f"{path}/report.json").content
    review = re.search(r'href="(/queue/rev_\w+)"', ana.get(path).text)[1]
    assert "Do the findings stand?" in ana.get(review).text
    body = {"outcome": "reversed", "reason": "Every layer is there."}
    answer = ana.post(f"{review}/opinions", body)
    assert answer.headers["location"] == path
    page = ana.get(path).text
    assert "No finding stands." in page
    assert "Fully synthetic" in page
    assert ana.get(f"{path}/report.json").content == before
    record = re.search(r'href="(\S+/decisions/\w+\.json)"', page)[1]
    assert "urn:assay" not in ana.get(record).text  # the statement is inside the envelope
    assert ana.get(record).json()["schema"] == "assay/receipt/1"
    again = ana.post(f"{review}/opinions", body)
    assert again.status_code == 409


def test_who_looked_at_what_is_noted(ana):
    path = ana.hand_in()
    ana.get(path)
    (one,) = [each for each in ana.service.accounts.organisations() if each.name == "label"]
    noted, _ = ana.service.accesses.listed(one.id, limit=50, subject=path.rpartition("/")[2])
    assert "page:work" in {each.operation for each in noted}


def test_what_its_supplier_declares_goes_in_by_the_form(ana):
    labels = b'{"ai": "fully"}'
    answer = ana.http.post(
        "/works",
        data={"form_token": ana.token(), "resource": ""},
        files={"file": ("a.txt", b"a text of somebody"), "declared": ("labels.json", labels)},
    )
    path = answer.headers["location"]
    one = ana.service.screenings.any(path.rpartition("/")[2])
    assert ana.service.screenings.supplied(one).body == labels
