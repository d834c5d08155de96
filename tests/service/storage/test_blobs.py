"""Works by organisation and digest, in a folder and in an object store."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest

from provenance.errors import ConfigError
from service.storage.blobs import FolderBlobs, ObjectBlobs, open_blobs

BYTES = b"a song" * 1000
SHA = hashlib.sha256(BYTES).hexdigest()


@pytest.fixture(params=["folder", "objects"])
def blobs(request, tmp_path):
    if request.param == "folder":
        return FolderBlobs(tmp_path / "blobs")
    memory = pytest.importorskip("obstore.store").MemoryStore()
    return ObjectBlobs(memory, tmp_path / "quarantine")


@pytest.fixture
def upload(tmp_path):
    path = tmp_path / "upload-1"
    path.write_bytes(BYTES)
    return path


def test_what_is_put_is_there_and_taken_from_where_it_was(blobs, upload):
    blobs.put("org_a", SHA, upload)
    assert not upload.exists()
    with blobs.opened("org_a", SHA) as path:
        assert path.read_bytes() == BYTES


def test_another_organisation_does_not_have_it(blobs, upload):
    blobs.put("org_a", SHA, upload)
    with pytest.raises(FileNotFoundError), blobs.opened("org_b", SHA):
        pass


def test_what_is_deleted_is_gone_and_again_is_nothing(blobs, upload):
    blobs.put("org_a", SHA, upload)
    blobs.delete("org_a", SHA)
    blobs.delete("org_a", SHA)
    with pytest.raises(FileNotFoundError), blobs.opened("org_a", SHA):
        pass


def test_the_same_bytes_twice_are_one_work(blobs, upload, tmp_path):
    blobs.put("org_a", SHA, upload)
    upload.write_bytes(BYTES)
    blobs.put("org_a", SHA, upload)
    with blobs.opened("org_a", SHA) as path:
        assert path.read_bytes() == BYTES


def test_a_folder_is_the_owner_s_alone(tmp_path, upload):
    blobs = FolderBlobs(tmp_path / "blobs")
    blobs.put("org_a", SHA, upload)
    assert (tmp_path / "blobs").stat().st_mode & 0o077 == 0


def test_a_setting_names_the_store(tmp_path):
    assert isinstance(open_blobs(None, tmp_path), FolderBlobs)
    assert isinstance(open_blobs(str(tmp_path / "x"), tmp_path), FolderBlobs)
    pytest.importorskip("obstore")
    assert isinstance(open_blobs("memory:///", tmp_path), ObjectBlobs)
    with pytest.raises(ConfigError, match="gopher"):
        open_blobs("gopher://x/y", tmp_path)


def test_what_is_kept_is_listed_with_its_age(blobs, upload):
    assert list(blobs.listed()) == []
    assert not blobs.has("org_a", SHA)
    blobs.put("org_a", SHA, upload)
    assert blobs.has("org_a", SHA)
    (one,) = blobs.listed()
    assert (one.organisation, one.name) == ("org_a", SHA)
    assert abs(dt.datetime.now(dt.UTC) - one.since) < dt.timedelta(minutes=5)
    blobs.delete("org_a", SHA)
    assert list(blobs.listed()) == []


def test_a_copy_that_broke_off_is_listed_and_can_be_deleted(tmp_path):
    blobs = FolderBlobs(tmp_path / "blobs")
    place = tmp_path / "blobs" / "org_a" / SHA[:2] / f"{SHA}.upload-x"
    place.parent.mkdir(parents=True)
    place.write_bytes(b"half")
    (one,) = blobs.listed()
    blobs.delete(one.organisation, one.name)
    assert not place.exists()
