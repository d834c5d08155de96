"""The example of deploy/ names what there is, keeps no secret, and asks for no rights."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from service.api import about
from service.cli.app import app
from service.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8")
GIVEN = {
    "ASSAY_DATABASE_PASSWORD": "p4ss",
    "ASSAY_STORE_USER": "u",
    "ASSAY_STORE_PASSWORD": "s3cret",
}
VARIABLE = re.compile(r"\$\{(\w+):\?[^}]*\}")
OURS = ("serve", "worker-1", "worker-2")


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def services(compose):
    return compose["services"]


def settings_of(service, monkeypatch, tmp_path):
    """The settings that a container would read."""
    for name, value in service["environment"].items():
        monkeypatch.setenv(name, VARIABLE.sub(lambda found: GIVEN[found[1]], value))
    return Settings.read(data=tmp_path)


@pytest.mark.parametrize("name", OURS)
def test_every_variable_of_ours_is_a_setting(services, name):
    fields = {f"{PREFIX}{field.upper()}" for field in Settings.model_fields}
    given = {one for one in services[name]["environment"] if one.startswith(PREFIX)}
    assert len(given) > 5
    assert given <= fields


def test_one_takes_works_in_and_two_examine_them_in_one_place(services, monkeypatch, tmp_path):
    read = [settings_of(services[name], monkeypatch, tmp_path) for name in OURS[1:]]
    front = settings_of(services["serve"], monkeypatch, tmp_path)
    assert (front.host, front.port, front.work) == ("0.0.0.0", 8000, False)  # noqa: S104
    assert len({one.worker_name for one in (front, *read)}) == 3
    for one in read:
        assert one.database_url == front.database_url
        assert one.blobs == front.blobs
        assert one.work_days == front.work_days == 30
        assert one.jobs_url.startswith("postgresql")


def test_the_commands_are_those_of_assay(services):
    known = set(get_command(app).commands)
    assert [services[name]["command"] for name in OURS] == [["serve"], ["worker"], ["worker"]]
    assert {"serve", "worker"} <= known
    assert 'ENTRYPOINT ["assay"]' in DOCKERFILE
    assert 'CMD ["serve"]' in DOCKERFILE


def test_every_image_is_pinned(services):
    images = [one["image"] for one in services.values()]
    images += re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    for image in images:
        name, _, tag = image.rpartition(":")
        assert name, image
        assert re.search(r"\d+\.\d+|\d{4}-\d{2}-\d{2}", tag), image


def test_no_secret_stands_in_it(services):
    asked = set()
    for one in services.values():
        for name, value in one.get("environment", {}).items():
            asked |= set(VARIABLE.findall(value))
            if re.search("PASSWORD|SECRET|ACCESS_KEY|_USER$", name) and name != "POSTGRES_USER":
                assert VARIABLE.fullmatch(value), name
            if "://" in value and "@" in value:
                assert re.search(r"//\w+:\$\{\w+:\?[^}]*\}@", value), name
    example = dict(
        line.split("=", 1)
        for line in (DEPLOY / "example.env").read_text().splitlines()
        if line and not line.startswith("#")
    )
    assert set(example) == asked == set(GIVEN)
    assert set(example.values()) == {""}


@pytest.mark.parametrize("name", OURS)
def test_a_container_of_ours_may_do_no_more_than_it_needs(services, name):
    one = services[name]
    assert one["read_only"] is True
    assert one["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in one["security_opt"]
    assert one["tmpfs"]
    assert not one.get("privileged")
    (volume,) = one["volumes"]
    assert volume.endswith(":/var/lib/assay")


def test_the_outside_reaches_one_port_of_this_machine(compose, services):
    ports = [port for one in services.values() for port in one.get("ports", ())]
    assert ports == ["127.0.0.1:8000:8000"]
    assert compose["networks"]["inside"]["internal"] is True
    assert {name for name, one in services.items() if one["networks"] == ["inside"]} == {
        "database",
        "store",
        "bucket",
    }


def test_what_is_named_elsewhere_is_there(compose, services):
    volumes = {
        one.partition(":")[0] for each in services.values() for one in each.get("volumes", ())
    }
    assert volumes == set(compose["volumes"])
    for one in services.values():
        assert set(one.get("depends_on", ())) <= set(services)


class TestImage:
    def test_it_runs_as_a_user_that_owns_nothing(self):
        user = re.findall(r"^USER (\S+)", DOCKERFILE, re.MULTILINE)
        assert user == ["10001"]
        assert DOCKERFILE.index("USER ") > DOCKERFILE.index("pip install")

    def test_it_is_healthy_when_works_can_be_taken_in(self):
        (path,) = re.findall(r"127\.0\.0\.1:8000(/\w+)", DOCKERFILE)
        assert path == "/readyz"
        assert path in {route.path for route in about.router.routes}

    def test_it_installs_what_the_example_needs(self):
        project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
        (extras,) = re.findall(r"pip install '\.\[([\w,]+)\]'", DOCKERFILE)
        assert set(extras.split(",")) == {"postgres", "objects"}
        assert {"postgres", "objects"} <= set(project["optional-dependencies"])

    def test_it_copies_what_the_build_reads_and_nothing_is_left_out(self):
        built = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
        wanted = {*built["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]}
        wanted |= {built["project"]["readme"], *built["project"]["license-files"], "pyproject.toml"}
        copied = {
            word for line in re.findall(r"^COPY (.+)", DOCKERFILE, re.M) for word in line.split()
        }
        ignored = (DEPLOY / "Dockerfile.dockerignore").read_text().split()
        assert wanted <= copied
        assert {f"!{one}" for one in wanted} <= set(ignored)
