"""A platform's day from the upload to the reversal, in a real browser, on the real server."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from service.client import Client
from service.running import Service
from service.settings import Settings
from service.storage.accounts import Scope
from tests.e2e.browsing import SAMPLES, browser, browser_program, receiver, serving, unguarded

ROOT = Path(__file__).parents[2]

pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.skipif(
        browser_program() is None, reason="there is no browser: apt-get install chromium"
    ),
]
ERN = (
    "<ern:NewReleaseMessage xmlns:ern='http://ddex.net/xml/ern/432'><ResourceList><Image>"
    "<ResourceReference>A2</ResourceReference><ContainsAI>None</ContainsAI></Image>"
    "</ResourceList></ern:NewReleaseMessage>"
)
POLICY = 'run = ["provenance", "rights"]\n'


@pytest.fixture
def service(tmp_path):
    policy = tmp_path / "policy.toml"
    policy.write_text(POLICY)
    return Service(Settings.read(data=tmp_path / "data", policy=policy))


def sign_in(page, address, key):
    page.goto(f"{address}/sign-in")
    page.fill("#key", key)
    page.click("main button")
    page.wait_for_url("**/works")


def violations(page):
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found]


def messages(taken, kind, many=1):
    until = time.monotonic() + 60
    while True:
        found = [each for each in taken if json.loads(each[1])["type"] == kind]
        if len(found) >= many:
            return found
        assert time.monotonic() < until, [json.loads(body)["type"] for _, body in taken]
        time.sleep(0.1)


def test_an_upload_a_verdict_a_review_an_appeal_and_a_reversal(  # noqa: PLR0915 - one walk
    service, monkeypatch, tmp_path
):
    """DDEX says there is no AI, the file says there is; in the end its maker is heard."""
    ingest = service.issue("ingest", "label", [Scope.SUBMIT])
    desk = service.issue("ana", "label", [Scope.REVIEW])
    other = service.issue("ben", "label", [Scope.REVIEW])
    cover = tmp_path / "cover.png"
    cover.write_bytes((SAMPLES / "prompt_in_metadata.png").read_bytes())
    draft = tmp_path / "layers.txt"
    draft.write_text("The layers of the cover, one by one.")

    with receiver() as (hook, taken), browser(locale="en-GB") as page:
        monkeypatch.setattr(service._deliverer, "_send", unguarded(hook))
        told = service.webhooks.register(ingest.key.organisation, "https://hooks.label.example/")
        with serving(service) as address, Client(address, ingest.secret) as client:
            # the platform hands in what a distributor delivered, with its DDEX message
            one = client.wait(client.submit(cover, declared=ERN.encode()))
            assert one["findings"] == ["fully_synthetic", "undeclared_ai"]
            ((headers, body),) = messages(taken, "screening.done")
            data = Webhook(told.secret).verify(body, headers)["data"]
            assert data["standing_findings"] == one["findings"]
            assert data["review"]

            # a reviewer finds it in the queue, by keys, and upholds
            sign_in(page, address, desk.secret)
            page.goto(f"{address}/queue")
            page.keyboard.press("j")
            page.keyboard.press("Enter")
            page.wait_for_url("**/queue/rev_*")
            page.keyboard.press("u")
            page.keyboard.type("The file names its generator.")
            page.click(".decide button")
            page.wait_for_url("**/works/scr_*")
            assert "found that this stands" in page.inner_text("main")
            messages(taken, "decision.made")

            # the platform gives the maker a link
            made = service.desk.offer(ingest.key.organisation, one["id"])
            page.context.clear_cookies()
            page.goto(f"{address}/appeal/{made.token}")
            assert "Fully synthetic" in page.inner_text("main")
            page.fill("#statement", "I drew it; a friend pasted that text into the file.")
            page.click("text=State the case")
            page.wait_for_selector("blockquote")
            page.set_input_files("#exhibit", str(draft))
            page.select_option("#kind", "project")
            page.click("text=Hand it in")
            page.wait_for_selector("text=layers.txt")
            ((_, body),) = messages(taken, "appeal.stated")
            review = json.loads(body)["data"]["review"]

            # another reviewer reads the case, and reverses
            sign_in(page, address, other.secret)
            page.goto(f"{address}/queue/{review}")
            assert "I drew it" in page.inner_text("main")
            page.click("text=They do not stand")
            page.fill("#reason", "The layers show it.")
            page.click(".decide button")
            page.wait_for_url("**/works/scr_*")
            assert "No finding stands." in page.inner_text("main")
            messages(taken, "decision.made", many=2)

            # the maker sees it, and the next identical upload is not held against anyone
            page.goto(f"{address}/appeal/{made.token}")
            text = page.inner_text("main")
            assert "the findings do not stand" in text
            assert "The layers show it." in text
            assert "ben" not in text
            again = client.wait(client.submit(cover, declared=ERN.encode()))
            assert again["findings"] == one["findings"]
            assert again["standing_findings"] == []
            last = messages(taken, "screening.done", many=3)[-1]  # the exhibit is one too
            data = json.loads(last[1])["data"]
            assert (data["standing_findings"], data["review"]) == ([], None)
            counted = service.desk.reviews.all_decisions(
                ingest.key.organisation, made.appeal.created_at.replace(year=2020)
            )
            assert [each.decided.outcome for each in counted] == ["upheld", "reversed"]
        assert page.complaints == []
    ids = [headers["webhook-id"] for headers, _ in taken]
    assert len(ids) == len(set(ids))


CORPUS = ROOT / "docs" / "example-audit"


def assay(*arguments, status=0):
    done = subprocess.run(
        [sys.executable, "-c", "from service.cli import main; main()", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stderr


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_corpus_with_its_history_its_findings_and_the_papers(service, tmp_path, lang):
    """A developer's corpus: judged at the time of each use, and what is asked of a provider."""
    audit, papers = tmp_path / "audit", tmp_path / "papers"
    history = CORPUS / "snapshots"
    assay(
        *("optout", "audit", CORPUS / "corpus.csv", "--history", history),
        *("--agent", "GPTBot", "--out", audit, "--lang", lang),
        status=1,  # there are violations
    )
    found = [json.loads(line) for line in (audit / "findings.ndjson").read_text().splitlines()]
    verdicts = [one["verdict"] for one in found]
    assert "violation" in verdicts
    assay("optout", "document", "art53", audit, "--out", papers, "--lang", lang)
    assert (papers / f"art53.{lang}.pdf").read_bytes().startswith(b"%PDF")
    told = json.loads((papers / f"art53.{lang}.json").read_text())
    assert (told["kind"], told["lang"]) == ("art53", lang)

    issued = service.issue("audit", "developer", [Scope.SUBMIT, Scope.AUDIT_READ])
    with browser(locale=lang) as page:
        for path in (audit / "index.html", papers / f"art53.{lang}.html"):
            page.goto(path.as_uri())
            assert violations(page) == [], path.name
            page.complaints.clear()
        page.goto((audit / "index.html").as_uri())
        shown = page.inner_text("main")
        assert str(len(found)) in shown
        # one work of the corpus, looked at by itself on the running service
        with serving(service) as address:
            sign_in(page, address, issued.secret)
            page.set_input_files("#file", str(SAMPLES / "no_training.png"))
            page.click(".drop button")
            page.wait_for_selector("#verify")
            assert {"en": "Reserved", "fr": "Usage réservé"}[lang] in page.inner_text(".answers")
            assert page.complaints == []


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_for_everyone(service, tmp_path, lang, scheme):
    """What axe knows of the rules for people who do not see, or see little, is kept."""
    issued = service.issue("ana", "label", list(Scope))
    shots = os.environ.get("ASSAY_SHOTS")
    with browser(locale=lang, color_scheme=scheme) as page, serving(service) as address:
        seen = []

        def look(name):
            page.wait_for_load_state("networkidle")
            assert page.complaints == [], name
            assert violations(page) == [], name
            page.complaints.clear()  # axe looks with styles of its own, which the policy refuses
            seen.append(name)
            if shots:
                page.screenshot(path=f"{shots}/{name}-{lang}-{scheme}.png", full_page=True)

        page.goto(f"{address}/sign-in")
        look("sign-in")
        sign_in(page, address, issued.secret)
        look("no-works")
        for name in ("prompt_in_metadata.png", "human_creation.wav", "unsigned.txt"):
            page.goto(f"{address}/works")
            page.set_input_files("#file", str(SAMPLES / name))
            page.click(".drop button")
            page.wait_for_selector("#verify")
            page.wait_for_selector(".seen")
            look(name)
        page.goto(f"{address}/works")
        page.fill("#name", "human")
        page.wait_for_selector("#found tbody tr:nth-child(2)", state="detached")
        look("works")
        page.goto(f"{address}/queue")
        look("queue")
        page.keyboard.press("Enter")
        page.wait_for_url("**/queue/rev_*")
        look("review")
        page.goto(f"{address}/organisation")
        page.fill("#document", 'name = "ours"\nreview_on = ["provenance_broken"]\n')
        page.click('form[action="/organisation/policies"] button')
        page.wait_for_selector('form[action$="/dry-run"] button')
        page.click('form[action$="/dry-run"] button')
        page.wait_for_selector("#tried")
        look("organisation")
        for path in ("overview", "models", "models/music"):
            page.goto(f"{address}/{path}")
            look(path.replace("/", "-"))
        (work,) = service.screenings.listed(
            issued.key.organisation, limit=1, origin="ai_declared"
        ).screenings
        token = service.desk.offer(issued.key.organisation, work.id).token
        page.goto(f"{address}/appeal/{token}")
        look("appeal")
        assert re.search(rf'lang="{lang}"', page.content())
        assert len(seen) == 13
