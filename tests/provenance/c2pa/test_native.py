"""The one module that touches the C2PA library gets from it what we set, and nothing else."""

from __future__ import annotations

import io
import socket
import subprocess
import sys
import threading

import c2pa
import pytest

from provenance.c2pa import native
from provenance.c2pa.building import build_graph
from provenance.c2pa.trust import TrustList, TrustStore
from provenance.errors import EngineError
from provenance.evidence import Integrity
from tools.make_canary import XMP, picture


@pytest.fixture(scope="module")
def contexts():
    return native.Contexts(TrustStore.shipped())


class Listener:
    """Counts who connects to a port of this machine."""

    def __init__(self, port: int = 0) -> None:
        self._server = socket.create_server(("127.0.0.1", port))
        self.port = self._server.getsockname()[1]
        self.connections = 0
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            self.connections += 1
            connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join(5)


def linked_to(port):
    return io.BytesIO(picture("PNG", xmp=XMP.format(url=f"http://127.0.0.1:{port}/a.c2pa")))


@pytest.mark.enable_socket
def test_a_remote_manifest_is_named_and_never_fetched(contexts):
    with Listener() as listener:
        with pytest.raises(native.ManifestRemote) as remote:
            native.read(contexts.signers, "image/png", linked_to(listener.port))
        with pytest.raises(native.ManifestRemote):
            native.read(contexts.wider, "image/png", linked_to(listener.port))
    assert remote.value.url == f"http://127.0.0.1:{listener.port}/a.c2pa"
    assert listener.connections == 0


@pytest.mark.enable_socket
def test_the_listener_would_have_seen_it():
    """The library's own default does connect; without this the test above could not fail."""
    with Listener() as listener, pytest.raises(c2pa.C2paError):
        c2pa.Reader("image/png", linked_to(listener.port), context=c2pa.Context.from_dict({}))
    assert listener.connections > 0


@pytest.mark.data
@pytest.mark.enable_socket
def test_the_file_that_showed_the_hole_first_connects_nowhere(contexts, data_pack):
    name = "contentauth+c2pa-rs/sdk/tests/fixtures/libpng-test_with_url.png"
    try:
        listener = Listener(5000)
    except OSError:
        pytest.skip("port 5000 is in use on this machine")
    with (
        listener,
        (data_pack / "c2pa/files" / name).open("rb") as file,
        pytest.raises(native.ManifestRemote) as remote,
    ):
        native.read(contexts.signers, "image/png", file)
    assert remote.value.url == "http://localhost:5000/libpng-test.c2pa"
    assert listener.connections == 0


def test_the_canary_lives():
    native.check_canary()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda settings: settings["trust"].pop("trust_config"),
        lambda settings: settings["trust"].pop("anchors"),
        lambda settings: settings["verify"].update(verify_trust=False),
        lambda settings: settings["verify"].update(remote_manifest_fetch=True),
        lambda settings: settings["trust"]["anchors"].extend(
            [native._anchors(TrustList("z", (native.CANARY / "root.pem").read_text()), "manifest")]
        ),
    ],
    ids=["no key usages", "no anchors", "no trust checked", "fetching", "trusts all"],
)
def test_the_canary_dies_of_any_setting_that_has_no_effect(spoil, monkeypatch):
    settings = native._settings

    def spoilt(*lists):
        chosen = settings(*lists)
        spoil(chosen)
        return chosen

    monkeypatch.setattr(native, "_settings", spoilt)
    with pytest.raises(EngineError):
        native.check_canary()


@pytest.mark.parametrize(
    ("media_type", "data", "outcome"),
    [
        ("image/png", picture("PNG"), native.ManifestAbsent),
        ("image/png", picture("JPEG"), native.ManifestAbsent),
        ("text/plain", b"a text", native.ManifestUnsupported),
        ("application/octet-stream", b"\0" * 100, native.ManifestUnsupported),
        ("audio/ogg", b"OggS" + b"\0" * 100, native.ManifestUnsupported),
        ("image/png", b"", native.ManifestUnreadable),
        ("image/png", b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffcaBX", native.ManifestUnreadable),
        ("nonsense/\0", b"x", native.ManifestUnreadable),
    ],
)
def test_each_way_of_not_reading_a_manifest_has_its_own_exception(
    contexts, media_type, data, outcome
):
    every = (
        native.ManifestAbsent,
        native.ManifestRemote,
        native.ManifestUnreadable,
        native.ManifestUnsupported,
    )
    with pytest.raises(every) as caught:
        native.read(contexts.signers, media_type, io.BytesIO(data))
    assert caught.type is outcome


class FailingStream(io.BytesIO):
    """A file on a disk that fails after a number of bytes."""

    def __init__(self, data, readable):
        super().__init__(data)
        self._readable = readable

    def _check(self):
        if self.tell() >= self._readable:
            raise OSError(5, "Input/output error")

    def read(self, size=-1, /):
        self._check()
        return super().read(size)

    def readinto(self, buffer, /):
        self._check()
        return super().readinto(buffer)


@pytest.mark.parametrize("readable", [0, 100, 1000, 3000])
def test_a_stream_that_fails_never_gives_an_intact_manifest(contexts, readable):
    signed = (native.CANARY / "trusted.jpg").read_bytes()
    stream = FailingStream(signed, readable)
    try:
        store = native.read(contexts.signers, "image/jpeg", stream)
    except (native.ManifestAbsent, native.ManifestUnreadable):
        return
    assert build_graph(store.summary).integrity is Integrity.BROKEN


def test_each_list_is_named_and_none_is_allowed_beyond_its_context():
    trust = TrustStore.shipped()
    first = native._settings((trust.official, trust.private), trust.tsa)["trust"]
    assert {one["trust_uri"] for one in first["anchors"]} <= {"official", "tsa"}
    assert first["anchors"][0]["trust_anchors"] == trust.official.anchors
    assert trust.interim.allowed
    assert trust.interim.allowed not in str(first)


AFTER_A_FORK = """
import io, multiprocessing, sys
from provenance.c2pa import native
from provenance.c2pa.trust import TrustStore

def child():
    native.check_canary()

if __name__ == "__main__":
    fork = multiprocessing.get_context("fork")
    if sys.argv[1] == "used":
        native.check_canary()
    process = fork.Process(target=child)
    process.start()
    process.join(30)
    print(process.exitcode)
"""


@pytest.mark.parametrize("parent", ["used", "unused"])
def test_contexts_made_in_a_forked_child_work(parent):
    """A context of the parent is dead in its child, so none is kept from one to the other."""
    command = [sys.executable, "-W", "ignore", "-c", AFTER_A_FORK, parent]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout.strip() == "0", done.stderr
