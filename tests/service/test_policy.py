"""A policy file says what an organisation decides; a wrong one says what is wrong with it."""

from __future__ import annotations

import hashlib

import pytest
import rfc8785
from pydantic import ValidationError

from provenance.errors import ConfigError
from service.policy import CHECKS, DEFAULT, Finding, Policy, load_policy

THE_ELEVEN = [
    "fully_synthetic",
    "partly_synthetic",
    "undeclared_ai",
    "provenance_broken",
    "provenance_stripped",
    "detector_disagrees",
    "optout_reserved",
    "optout_violation",
    "known_work",
    "reproduced_work",
    "unauthorised_copy",
]


def written(tmp_path, text):
    path = tmp_path / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_default_is_that_of_the_contract():
    assert Policy() == DEFAULT
    assert DEFAULT.model_dump(mode="json") == {
        "name": "default",
        "purpose": "train-genai",
        "human_level": 2,
        "max_fpr": 0.01,
        "auto_fpr": 0.002,
        "run": ["provenance", "rights", "detect", "match"],
        "require": ["provenance", "rights", "detect", "match"],
        "alert_on": [f for f in THE_ELEVEN if f not in ("known_work", "optout_reserved")],
        "detect": "unsettled",
        "review_on": [],
        "reviewing": {"hours": 72, "appeal_days": 30, "appeal_hours": 168, "two_person": False},
    }


def test_findings_are_the_eleven_of_the_contract_in_its_order():
    assert list(Finding) == THE_ELEVEN


def test_every_key_of_a_file_is_optional(tmp_path):
    assert load_policy(written(tmp_path, "")) == DEFAULT


def test_a_file_sets_what_it_names_and_nothing_else(tmp_path):
    policy = load_policy(
        written(
            tmp_path,
            'name = "radio"\npurpose = "tdm"\nhuman_level = 3\nmax_fpr = 0.05\nauto_fpr = 0.001\n'
            'run = ["detect", "provenance"]\nrequire = []\nalert_on = ["known_work"]\n'
            'detect = "always"\n',
        )
    )
    assert policy == Policy(
        name="radio",
        purpose="tdm",
        human_level=3,
        max_fpr=0.05,
        auto_fpr=0.001,
        run=("provenance", "detect"),
        require=(),
        alert_on=(Finding.KNOWN_WORK,),
        detect="always",
    )


def test_a_stricter_maximum_alone_takes_the_automatic_point_with_it(tmp_path):
    assert load_policy(written(tmp_path, "max_fpr = 0.001")).auto_fpr == 0.001
    assert load_policy(written(tmp_path, "max_fpr = 0.05")).auto_fpr == 0.002


@pytest.mark.parametrize(
    ("text", "key", "allowed"),
    [
        ('purpose = "everything"', "purpose", "train-genai, train-ai"),
        ("human_level = 0", "human_level", "1 to 4"),
        ("human_level = 5", "human_level", "1 to 4"),
        ("human_level = true", "human_level", "1 to 4"),
        ('human_level = "2"', "human_level", "1 to 4"),
        ("max_fpr = 0.0", "max_fpr", "over 0, at most 1"),
        ("max_fpr = 1.5", "max_fpr", "over 0, at most 1"),
        ("max_fpr = nan", "max_fpr", "over 0, at most 1"),
        ("auto_fpr = -0.1", "auto_fpr", "at most max_fpr"),
        ("auto_fpr = 0.5", "auto_fpr", "at most max_fpr"),
        ("run = []", "run", "provenance, rights, detect, match"),
        ('run = ["smell"]', "run", "provenance, rights, detect, match"),
        ('require = ["smell"]', "require", "provenance, rights, detect, match"),
        ('alert_on = ["bad_taste"]', "alert_on", "fully_synthetic"),
        ('detect = "sometimes"', "detect", '"unsettled" or "always"'),
        ('name = ""', "name", "1 to 100 characters"),
        ("max_fp = 0.01", "max_fp", "max_fpr"),
    ],
)
def test_a_wrong_file_names_itself_the_key_and_what_is_allowed(tmp_path, text, key, allowed):
    path = written(tmp_path, text)
    with pytest.raises(ConfigError) as error:
        load_policy(path)
    assert str(path) in str(error.value)
    assert key in str(error.value)
    assert allowed in error.value.hint


@pytest.mark.parametrize(
    ("content", "problem"),
    [(b"max_fpr =", "not valid TOML"), (b'name = "\xff"', "not UTF-8")],
)
def test_a_file_that_is_no_policy_at_all(tmp_path, content, problem):
    path = tmp_path / "policy.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=problem):
        load_policy(path)


def test_a_missing_file_is_a_configuration_error(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        load_policy(tmp_path / "nowhere.toml")


def test_the_digest_is_that_of_the_canonical_json_of_all_fields():
    canonical = rfc8785.dumps(DEFAULT.model_dump(mode="json"))
    assert DEFAULT.digest == hashlib.sha256(canonical).hexdigest()


def test_the_digest_changes_with_a_choice_and_not_with_the_order_of_writing():
    assert Policy(max_fpr=0.02).digest != DEFAULT.digest
    assert Policy(name="other").digest != DEFAULT.digest
    assert Policy(run=tuple(reversed(CHECKS)), require=CHECKS * 2).digest == DEFAULT.digest


def test_a_policy_can_be_narrowed_and_never_widened():
    narrow = DEFAULT.only(["rights", "provenance"])
    assert narrow.run == ("provenance", "rights")
    assert narrow.only(CHECKS).run == ("provenance", "rights")
    with pytest.raises(ConfigError, match="runs none of: detect"):
        narrow.only(["detect"])


def test_a_policy_is_frozen():
    with pytest.raises(ValidationError):
        DEFAULT.max_fpr = 1.0  # type: ignore[misc]
