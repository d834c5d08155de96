"""A classifier of a hub: listed, fetched through the guard, held to its digests, pinned.

The hub is a real server on the loopback interface, which answers as huggingface.co does.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

import detectors
from detectors.models.folder import open_model
from detectors.plugins import hub as hubs
from detectors.plugins.adding import add
from detectors.plugins.hub import Address
from provenance.addresses import PublicOnly
from provenance.errors import BlockedAddress, ConfigError, FetchError, ModelError, NotFound
from provenance.limits import MIB
from tests.detectors.plugins import classifiers
from tests.provenance.test_fetch import Server, ok, redirect

pytest.importorskip("torch")
pytest.importorskip("transformers")

COMMIT = "0123456789abcdef0123456789abcdef01234567"
OTHER = "f" * 40
WEIGHTS = "model.safetensors"


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    return classifiers.sequence(tmp_path_factory.mktemp("saved") / "tiny")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch, tmp_path):
    """No hub and no cache but those that a test names."""
    for name in ("HF_ENDPOINT", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))


class Hub:
    """A hub with one model, whose files may be exchanged behind its back.

    Attributes:
        listed: what it says of the model.
        files: what it gives.
        location: where a file redirects to, with its name at the end.
    """

    def __init__(self, folder):
        self.files = {one.name: one.read_bytes() for one in folder.iterdir()}
        self.listed = {"sha": COMMIT, "siblings": [described(*one) for one in self.files.items()]}
        self.location = "/cdn/"
        self.status = {}
        self.server = Server(self.answer)

    def answer(self, path):
        if path in self.status:
            return [b"HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n" % self.status[path]]
        if path.startswith("/api/models/owner/tiny/revision/"):
            return ok(json.dumps(self.listed).encode(), "Content-Type: application/json")
        name = path.rpartition("/")[2]
        if path == f"/owner/tiny/resolve/{COMMIT}/{name}":
            return redirect(f"{self.location}{name}")
        return ok(self.files[name])

    @property
    def asked(self):
        """The paths it was asked for, in order."""
        return [one.split(b" ")[1].decode() for one in self.server.requests]

    def list(self, name, data=b""):
        self.listed["siblings"].append(described(name, data))


def described(name, data):
    """A file as the hub lists it: large ones by SHA-256, others by the SHA-1 of git."""
    one = {"rfilename": name, "size": len(data)}
    if name.endswith(".safetensors"):
        one["lfs"] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    blob = b"blob %d\0" % len(data) + data
    return one | {"blobId": hashlib.sha1(blob, usedforsecurity=False).hexdigest()}


@pytest.fixture
def hub(saved, monkeypatch):
    """A hub of which `HF_ENDPOINT` tells."""
    made = Hub(saved)
    monkeypatch.setenv("HF_ENDPOINT", f"http://localhost:{made.server.port}/")
    yield made
    made.server.close()


def added_files(model):
    return {name: model.place(name).read_bytes() for name in model.record.files}


@pytest.mark.enable_socket
@pytest.mark.parametrize("revision", [COMMIT, "main", "refs/pr/1"])
def test_a_model_is_fetched_and_pinned_to_its_commit(hub, models, saved, revision):
    for name in ("modeling_evil.py", "pytorch_model.bin", "onnx/model.onnx", "../config.json"):
        hub.list(name)
    model = add(f"hf:owner/tiny@{revision}")
    assert model.record.name == "owner--tiny"
    assert model.record.version == COMMIT
    assert model.record.classifier.origin == f"hf:owner/tiny@{COMMIT}"
    assert model.record.classifier.revision == COMMIT
    assert added_files(model) == {one.name: one.read_bytes() for one in saved.iterdir()}
    quoted = revision.replace("/", "%2F")
    assert hub.asked[0] == f"/api/models/owner/tiny/revision/{quoted}?blobs=true"
    wanted = {one.name for one in saved.iterdir()}
    assert {one.rpartition("/")[2] for one in hub.asked[1:]} == wanted
    assert hub.asked[-1] == f"/cdn/{WEIGHTS}"
    assert {one.name for one in models.iterdir()} == {"owner--tiny"}
    for address in (f"hf:owner/tiny@{COMMIT}", "hf:owner/tiny", "owner--tiny"):
        assert detectors.load(address).card.model == open_model(model.path).digest


@pytest.mark.enable_socket
def test_no_credentials_are_sent(hub, models, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    add(f"hf:owner/tiny@{COMMIT}")
    sent = b"".join(hub.server.requests).lower()
    assert b"authorization" not in sent
    assert b"cookie" not in sent
    assert b"secret" not in sent


@pytest.mark.enable_socket
def test_every_file_is_told_of(hub, models):
    told = []
    add(f"hf:owner/tiny@{COMMIT}", told=lambda *one: told.append(one))
    assert told[-1] == (f"fetching {WEIGHTS}", len(told) - 1, len(told))


@pytest.mark.enable_socket
def test_a_mirror_that_lists_names_only_will_do(hub, models):
    hub.listed["siblings"] = [{"rfilename": one} for one in hub.files]
    assert add(f"hf:owner/tiny@{COMMIT}").record.version == COMMIT


# What is not taken


@pytest.mark.enable_socket
@pytest.mark.parametrize("name", ["config.json", WEIGHTS])
def test_a_file_with_another_digest_is_not_taken(hub, models, name):
    data = hub.files[name]
    hub.files[name] = data[:-2] + bytes([data[-2] ^ 1]) + data[-1:]
    with pytest.raises(FetchError, match=f"{name}: its digest is not"):
        add(f"hf:owner/tiny@{COMMIT}")
    assert list(models.iterdir()) == []


@pytest.mark.enable_socket
@pytest.mark.parametrize("change", [-1, 1])
def test_a_file_of_another_size_is_not_taken(hub, models, change):
    data = hub.files[WEIGHTS]
    hub.files[WEIGHTS] = data[:change] if change < 0 else data + b"x"
    with pytest.raises(FetchError, match="bytes"):
        add(f"hf:owner/tiny@{COMMIT}")


@pytest.mark.enable_socket
def test_more_bytes_than_a_model_may_have_are_not_fetched(hub, models, monkeypatch):
    monkeypatch.setattr(hubs, "FOR_WEIGHTS", replace(hubs.FOR_WEIGHTS, fetch_bytes=1000))
    with pytest.raises(FetchError, match="more than 1,000"):
        add(f"hf:owner/tiny@{COMMIT}")
    assert f"/owner/tiny/resolve/{COMMIT}/{WEIGHTS}" not in hub.asked
    hub.listed["siblings"] = [{"rfilename": one} for one in hub.files]
    with pytest.raises(FetchError, match="larger than 1000 bytes"):
        add(f"hf:owner/tiny@{COMMIT}")
    assert list(models.iterdir()) == []


@pytest.mark.enable_socket
def test_an_endless_list_is_not_read(hub, models):
    hub.listed["more"] = "x" * (17 * MIB)
    with pytest.raises(FetchError, match="larger than"):
        add(f"hf:owner/tiny@{COMMIT}")


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    "location",
    [
        "http://localhost:9/",
        "http://10.0.0.1/",
        "http://169.254.169.254/",
        "http://[::ffff:a00:1]/",
    ],
)
def test_a_hub_sends_nobody_into_the_network_it_stands_in(hub, models, location):
    hub.location = location
    with pytest.raises(BlockedAddress):
        add(f"hf:owner/tiny@{COMMIT}")
    assert list(models.iterdir()) == []


@pytest.mark.enable_socket
def test_only_the_hub_that_the_user_named_may_be_private():
    loopback, private = map(ipaddress.ip_address, ("127.0.0.1", "10.0.0.1"))
    named = hubs.policy_of("http://127.0.0.1:8080")
    assert named.allows_address(loopback)
    assert not named.allows_address(private)
    assert [named.allows_port(one) for one in (8080, 443, 22)] == [True, True, False]
    assert hubs.policy_of(hubs.ENDPOINT) == PublicOnly()


@pytest.mark.enable_socket
@pytest.mark.parametrize(("status", "fault"), [(401, NotFound), (404, NotFound), (503, FetchError)])
@pytest.mark.parametrize("of", ["list", "file"])
def test_what_the_hub_does_not_give_is_not_added(hub, models, status, fault, of):
    listing = f"/api/models/owner/tiny/revision/{COMMIT}?blobs=true"
    file = f"/owner/tiny/resolve/{COMMIT}/config.json"
    hub.status[listing if of == "list" else file] = status
    with pytest.raises(fault):
        add(f"hf:owner/tiny@{COMMIT}")
    assert list(models.iterdir()) == []


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    "listed",
    [
        {},
        [],
        {"sha": "main", "siblings": []},
        {"sha": OTHER, "siblings": []},
        {"sha": COMMIT, "siblings": [{"rfilename": "config.json", "size": -1}]},
        {"sha": COMMIT, "siblings": [{"rfilename": "config.json", "blobId": "x"}]},
    ],
)
def test_a_list_that_is_none_is_not_believed(hub, models, listed):
    hub.listed = listed
    with pytest.raises(FetchError):
        add(f"hf:owner/tiny@{COMMIT}")


@pytest.mark.enable_socket
def test_a_model_that_is_not_run_is_refused_before_its_weights_come(hub, models):
    about = json.loads(hub.files["config.json"])
    plain = {"id2label": {"0": "LABEL_0", "1": "LABEL_1"}}
    cases = (
        (about | {"auto_map": {"AutoModel": "m.Evil"}}, ModelError, "names code of its own"),
        (about | {"problem_type": "regression"}, ModelError, "estimates a quantity"),
        (about | plain, ConfigError, "cannot be told from: LABEL_0, LABEL_1"),
    )
    for changed, fault, said in cases:
        hub.files["config.json"] = json.dumps(changed).encode()
        hub.listed["siblings"] = [described(*one) for one in hub.files.items()]
        with pytest.raises(fault, match=said):
            add(f"hf:owner/tiny@{COMMIT}")
    assert not any(one.endswith(WEIGHTS) for one in hub.asked)
    assert list(models.iterdir()) == []


@pytest.mark.enable_socket
def test_a_model_of_pickles_is_refused_by_its_list(hub, models):
    hub.listed["siblings"] = [described("config.json", b"{}"), described("pytorch_model.bin", b"")]
    with pytest.raises(ModelError, match=r"only pytorch_model\.bin, which can run code"):
        add(f"hf:owner/tiny@{COMMIT}")
    assert len(hub.asked) == 1


# How it is written


def test_a_revision_is_required(models):
    with pytest.raises(ConfigError, match="a revision is needed"):
        add("hf:owner/tiny")


@pytest.mark.parametrize("written", ["hf:tiny@main", "hf:../x@main", "hf:a/b/c@main", "hf:a/b@"])
def test_an_address_is_written_one_way(written):
    with pytest.raises(ConfigError):
        Address(written)


@pytest.mark.parametrize("said", ["localhost:8080", "file:///tmp", "http://u:p@host/", "http://"])
def test_an_endpoint_is_a_url(models, monkeypatch, said):
    monkeypatch.setenv("HF_ENDPOINT", said)
    with pytest.raises(ConfigError, match="HF_ENDPOINT"):
        add("hf:owner/tiny@main")


# The cache of the hub's own client


@pytest.fixture
def cached(saved, tmp_path):
    """The cache of the hub's client, filled as it fills it."""
    place = tmp_path / "cache" / "models--owner--tiny"
    snapshot = place / "snapshots" / COMMIT
    (place / "blobs").mkdir(parents=True)
    snapshot.mkdir(parents=True)
    (place / "refs").mkdir()
    (place / "refs" / "main").write_text(COMMIT)
    for number, one in enumerate(sorted(saved.iterdir())):
        shutil.copy(one, place / "blobs" / str(number))
        (snapshot / one.name).symlink_to(Path("../../blobs") / str(number))
    return snapshot


def test_a_commit_that_is_in_the_cache_is_taken_from_there(cached, models, saved):
    model = add(f"hf:owner/tiny@{COMMIT}")
    assert model.record.classifier.origin == f"hf:owner/tiny@{COMMIT}"
    assert added_files(model) == {one.name: one.read_bytes() for one in saved.iterdir()}


def test_offline_the_cache_says_where_a_branch_is(cached, models, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert add("hf:owner/tiny@main").record.version == COMMIT
    for address in ("hf:owner/tiny@other", f"hf:owner/tiny@{OTHER}", "hf:owner/none@main"):
        with pytest.raises(NotFound, match="is not in"):
            add(address)


def test_the_place_of_the_cache_is_the_clients(cached, models, monkeypatch, tmp_path):
    monkeypatch.delenv("HF_HUB_CACHE")
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    (tmp_path / "hub").symlink_to(tmp_path / "cache")
    assert add(f"hf:owner/tiny@{COMMIT}").record.version == COMMIT


@pytest.mark.enable_socket
def test_a_branch_is_asked_of_the_hub(cached, hub, models):
    add("hf:owner/tiny@main")
    assert hub.asked[0].startswith("/api/models/owner/tiny/revision/main")


@pytest.mark.enable_socket
@pytest.mark.parametrize("lacking", ["config.json", "tokenizer.json", WEIGHTS])
def test_a_cache_that_is_not_whole_is_left_aside(cached, hub, models, lacking):
    (cached / lacking).unlink()
    assert add(f"hf:owner/tiny@{COMMIT}").record.version == COMMIT
    assert hub.asked
