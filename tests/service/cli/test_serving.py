"""What the service writes to its log."""

from __future__ import annotations

import logging

import pytest

from service.cli.serving import without_links


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
