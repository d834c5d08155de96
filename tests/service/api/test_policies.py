"""Policies of organisations: tried on past reports, put in force, put back."""

from __future__ import annotations

import pytest

from service.storage.accounts import Scope

ONLY = 'run = ["provenance", "rights"]\n'


@pytest.fixture
def admin(bearer):
    return bearer(Scope.ADMINISTER)


@pytest.fixture
def add(client, admin):
    def new(document):
        answer = client.post("/v1/policies", headers=admin, json={"document": document})
        assert answer.status_code == 201, answer.text
        return answer.json()

    return new


def test_versions_follow_each_other_and_none_is_in_force_by_itself(client, admin, add):
    first, second = add(ONLY + 'name = "one"\n'), add(ONLY + 'name = "two"\n')
    assert second["version"] == first["version"] + 1
    assert not second["in_force"]
    listed = client.get("/v1/policies", headers=admin).json()["items"]
    assert [each["id"] for each in listed[:2]] == [second["id"], first["id"]]
    assert listed[0]["author"] == "administer"


def test_a_policy_in_force_makes_the_next_report_and_no_earlier_one(
    client, admin, add, bearer, submitted
):
    before = submitted("untouched.jpg", wait=True)
    made = add(ONLY + 'name = "ours"\nhuman_level = 3\n')
    assert client.post(f"/v1/policies/{made['id']}/activate", headers=admin).json()["in_force"]
    after = submitted("untouched.jpg", wait=True)

    def policy(screening, organisation="label"):
        headers = bearer(organisation=organisation)
        report = client.get(f"/v1/reports/{screening['report']}", headers=headers).json()
        return report["verdict"]["policy"]

    assert policy(after) == {"name": "ours", "digest": made["digest"]}
    assert policy(before)["name"] != "ours"
    theirs = submitted("untouched.jpg", wait=True, organisation="rival")
    assert policy(theirs, "rival")["name"] != "ours"


def test_a_dry_run_shows_what_would_flip_and_changes_nothing(client, admin, add, bearer, submitted):
    one = submitted("tampered.jpg", wait=True)
    assert one["findings"] == ["provenance_broken"]
    before = client.get(f"/v1/reports/{one['report']}", headers=bearer()).content
    made = add(ONLY + 'review_on = ["provenance_broken"]\n')
    tried = client.post(f"/v1/policies/{made['id']}/dry-run", headers=admin).json()
    (flip,) = [each for each in tried["flips"] if each["report"] == one["report"]]
    assert (flip["review_before"], flip["review_after"]) == (False, True)
    assert flip["before"] == flip["after"] == "undetermined"
    assert tried["judged"] == tried["unchanged"] + len(tried["flips"])
    assert client.get(f"/v1/reports/{one['report']}", headers=bearer()).content == before


def test_what_takes_the_file_is_counted_by_reason(client, admin, add, submitted):
    submitted("tampered.jpg", wait=True)
    made = add('name = "asks for more"\n')
    tried = client.post(f"/v1/policies/{made['id']}/dry-run", headers=admin).json()
    assert tried["needs_file"].get("check_not_run", 0) > 0


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("max_fpr = 2.0\n", "max_fpr"),
        ("nonsense", "TOML"),
        ("unknown = 1\n", "unknown"),
        ("[reviewing]\nhours = 0\n", "reviewing.hours"),
        ('review_on = ["x"]\n', "review_on"),
    ],
)
def test_what_is_no_policy_is_told_by_its_key(client, admin, document, said):
    answer = client.post("/v1/policies", headers=admin, json={"document": document})
    assert answer.status_code == 422
    assert said in answer.json()["detail"]


def test_next_door_has_its_own(client, bearer, add):
    made = add(ONLY)
    theirs = bearer(Scope.ADMINISTER, "rival")
    for what in ("activate", "dry-run"):
        answer = client.post(f"/v1/policies/{made['id']}/{what}", headers=theirs)
        assert answer.status_code == 404
    listed = client.get("/v1/policies", headers=theirs).json()["items"]
    assert made["id"] not in {each["id"] for each in listed}


def test_an_older_version_can_be_put_back(client, admin, add):
    first, second = add(ONLY + 'name = "a"\n'), add(ONLY + 'name = "b"\n')
    for one in (first, second, first):
        client.post(f"/v1/policies/{one['id']}/activate", headers=admin)
    listed = client.get("/v1/policies", headers=admin).json()["items"]
    assert [each["id"] for each in listed if each["in_force"]] == [first["id"]]
