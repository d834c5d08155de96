"""`provenance_stripped` against an original: when it holds, and what is said then."""

from __future__ import annotations

from service.policy import DEFAULT, Finding
from service.survival import MarkKind, Sighting, Survival, SurvivalOutcome
from service.verdict import ReasonCode, decide
from tests.service.verdict.cases import NONE, manifest, tag

STRIPPED = ReasonCode.STRIPPED_AGAINST_ORIGINAL


def gone(what=MarkKind.DECLARATION, place="tEXt:AIGC", *, stripped=True, **more):
    seen = Sighting(evidence=1, place=place, value="urn:c2pa:1")
    given = {"source": "aigc", "present": None, "outcome": SurvivalOutcome.LOST, **more}
    return Survival(what=what, original=seen, stripped=stripped, **given)


def judge(survived, *evidence):
    numbered = tuple(one.model_copy(update={"id": n}) for n, one in enumerate(evidence))
    return decide(numbered, DEFAULT, tuple(survived))


def reasons(verdict):
    return [one for one in verdict.reasons if one.code is STRIPPED]


def test_what_is_gone_is_a_finding_with_its_reason_and_no_review():
    verdict = judge([gone()], NONE)
    (reason,) = reasons(verdict)
    assert verdict.findings == (Finding.PROVENANCE_STRIPPED,)
    assert not verdict.review
    assert reason.params == {"mark": "declaration", "names": "tEXt:AIGC"}
    assert "(Declaration: tEXt:AIGC)" in reason.text
    assert reason.evidence == ()


def test_a_watermark_that_is_gone_is_for_a_person():
    assert judge([gone(MarkKind.WATERMARK, "AudioSeal")], NONE).review


def test_what_is_kept_or_said_nothing_is_no_finding():
    survived = [gone(stripped=False), gone(stripped=False, outcome=SurvivalOutcome.KEPT)]
    assert judge(survived, NONE) == judge([], NONE)


def test_the_origin_of_the_copy_is_its_own():
    said = judge([gone(MarkKind.CREDENTIAL)], NONE)
    assert (said.origin, said.integrity) == ("undetermined", "absent")


def test_there_is_one_reason_for_each_kind_of_mark_and_it_names_each_mark_once():
    survived = [
        gone(MarkKind.CREDENTIAL, "embedded", source="c2pa"),
        *(gone(place=f"tEXt:{n}") for n in (1, 1, 2)),
        gone(MarkKind.WATERMARK, "AudioSeal", name="AudioSeal"),
        gone(place="TXXX:AIGC", part="picture/0"),
    ]
    told = {one.params["mark"]: one for one in reasons(judge(survived, NONE))}
    assert {mark: one.params["names"] for mark, one in told.items()} == {
        "credential": "urn:c2pa:1",
        "declaration": "tEXt:1, tEXt:2, picture/0: TXXX:AIGC",
        "watermark": "AudioSeal",
    }
    assert told["credential"].evidence == (0,)


def test_what_a_mark_was_changed_to_is_the_evidence():
    now = Sighting(evidence=1, place="TXXX:AIGC", value="{}")
    changed = gone(present=now, outcome=SurvivalOutcome.CHANGED)
    (reason,) = reasons(judge([changed], manifest(), tag()))
    assert reason.evidence == (1,)


def test_the_lack_of_a_manifest_in_a_part_is_not_shown_by_that_of_the_whole():
    lost = gone(MarkKind.CREDENTIAL, part="picture/0")
    assert reasons(judge([lost], manifest()))[0].evidence == ()


def test_many_names_are_cut_short_and_steer_nothing():
    survived = [gone(place=f"tEXt:{n}\u202e\n") for n in range(50)]
    (reason,) = reasons(judge(survived, NONE))
    assert reason.params["names"].count("tEXt:") == 6
    assert reason.params["names"].endswith(", …")
    assert not {"\u202e", "\n"} & set(reason.text)
