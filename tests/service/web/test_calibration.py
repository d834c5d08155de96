"""What an organisation's reports and decisions say of a detector, on its pages and over HTTP."""

from __future__ import annotations

import datetime as dt

from provenance.asset import Modality
from provenance.evidence import Attribution, Detection, Exceedance
from service.policy import Policy
from service.report import AssetInfo, Engine, build_report
from service.review.facts import Found
from service.review.records import Opinion, Outcome
from service.storage.accounts import Scope
from service.storage.screenings import Intake

NOW = dt.datetime(2026, 11, 22, 14, 3, 7, tzinfo=dt.UTC)
ENGINE = Engine(assay="0.1.0", verified_at=NOW, readers={}, models={}, trust_lists={})


def accused(number):
    """The report of a recording that a detector accuses, and takes for that of a generator."""
    model = "sha256:" + "ab" * 32
    exceedance = Exceedance(value=0.001, upper=0.004, group="rock", n_works=1000, n_sources=5)
    found = Detection(
        source="music",
        detector="music",
        model=model,
        score=0.98,
        likelihood=0.97,
        exceedance=exceedance,
        attribution=Attribution(family="songsmith", confidence=0.9),
    )
    info = AssetInfo(
        name=f"{number}.mp3",
        modality=Modality.AUDIO,
        sha256=f"{number:064x}",
        media_type="audio/mpeg",
        bytes=3,
    )
    return build_report(info, (found,), Policy(), ENGINE)


def screened(service, organisation, number):
    report = accused(number)
    sha256 = report.asset.sha256
    one, _ = service.screenings.accept(Intake(organisation, "key_x", report.asset.name, sha256, 3))
    service.screenings.begin(one.id)
    found = Found.of(report, service.policy.reviewing)
    assert service.screenings.finish_with(one, sha256, report.to_json(), "made", found)
    return one.id


def test_what_people_cleared_stands_beside_what_the_card_allows(browser, served):
    _, service = served
    ana, eve = browser(), browser()
    issued = ana.sign_in(organisation="records")
    eve.sign_in(organisation="elsewhere")
    organisation = issued.key.organisation
    for number in range(5):
        screening = screened(service, organisation, number)
        if number < 3:
            review = service.desk.open(organisation, screening)
            opinion = Opinion("key_y", "ana", Outcome.REVERSED, "heard the stems", NOW)
            service.desk.give(organisation, review.id, opinion)
    headers = {"Authorization": f"Bearer {issued.secret}"}
    told = ana.get("/v1/calibration", headers=headers).json()
    (row,) = told["items"]
    assert (row["detector"], row["group"], row["scored"], row["accused"]) == ("music", "rock", 5, 5)
    assert (row["decided"], row["upheld"], row["cleared"], row["worse"]) == (3, 0, 3, True)
    assert row["nominal"] == Policy().max_fpr
    assert row["interval"][0] > 0.4
    (family,) = told["families"]
    assert (family["family"], family["cleared"], family["decided"]) == ("songsmith", 3, 3)
    for path in ("/overview", "/models/music"):
        page = ana.get(path).text
        assert "music, rock" in page
        assert "More than its card allows" in page
        assert "music, rock" not in eve.get(path).text
    assert "songsmith" in ana.get("/models/music").text
    french = ana.get("/models/music", headers={"Accept-Language": "fr"}).text
    assert "Taux de faux positifs demandé" in french
    assert "Usage prévu" in french
    card = french.partition("<details>")[0]
    assert "intended_use" not in card
    assert "Il ne dit jamais qu\u2019une personne" in card
    assert "It never says that a person" not in card
    rival = service.issue("x", "elsewhere", [Scope.AUDIT_READ]).secret
    theirs = eve.get("/v1/calibration", headers={"Authorization": f"Bearer {rival}"}).json()
    assert (theirs["items"], theirs["families"]) == ([], [])
