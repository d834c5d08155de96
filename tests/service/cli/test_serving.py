"""What the service writes to its log."""

from __future__ import annotations

import logging

import pytest
from typer.testing import CliRunner

from service.cli.app import app
from service.cli.serving import without_links
from service.running import Service
from service.settings import Settings
from service.storage.accounts import Scope


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("/verify/s3cr-et_", "/verify/..."),
        ("/v1/appeals/s3cr-et_", "/v1/appeals/..."),
        ("/v1/appeals/s3cr-et_/exhibits", "/v1/appeals/.../exhibits"),
        ("/v1/reports/rep_x", "/v1/reports/rep_x"),
    ],
)
def test_a_fault_names_its_address_without_the_secret_of_a_link(path, written):
    record = logging.LogRecord("x", logging.ERROR, "x.py", 1, "%s %s failed", ("GET", path), None)
    assert without_links(record)
    assert record.getMessage() == f"GET {written} failed"


class TestErasing:
    @pytest.fixture
    def erase(self, tmp_path):
        def run(name, again):
            arguments = ["serve", "--data", str(tmp_path), "--erase-organisation", name]
            return CliRunner().invoke(app, arguments, input=f"{again}\n")

        return run

    @pytest.fixture
    def service(self, tmp_path):
        one = Service(Settings.read(data=tmp_path), works=False)
        one.issue("x", "label", [Scope.SUBMIT])
        yield one
        one.stop()

    def names(self, service):
        return [one.name for one in service.accounts.organisations()]

    def test_an_organisation_goes_once_its_name_was_said_again(self, erase, service):
        refused = erase("label", "lable")
        assert refused.exit_code != 0
        assert self.names(service) == ["label"]
        done = erase("label", "label")
        assert done.exit_code == 0, done.output
        assert "label is erased" in done.output
        assert self.names(service) == []

    def test_one_that_is_not_there_or_not_the_only_one_is_told(self, erase, service):
        assert erase("nobody", "nobody").exit_code != 0
        service.accounts.found("label")
        assert erase("label", "label").exit_code != 0
        assert self.names(service) == ["label", "label"]
