"""A set is brought again from repositories, packages and folders, each file held to its digest."""

from __future__ import annotations

import shutil
import subprocess
import zipfile

import pytest

from detectors.gathering.items import Place
from detectors.gathering.places import DebianPlace, FolderPlace, GitPlace
from detectors.gathering.rebuild import rebuild
from provenance.errors import ConfigError
from tests.detectors.gathering.making import item, put


def git(folder, *arguments):
    done = subprocess.run(
        ["git", "-C", folder, "-c", "user.name=a", "-c", "user.email=a@b", *arguments],
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path):
    """A repository whose newest commit no longer holds what an older one did."""
    folder = tmp_path / "mirrors" / "anna+songs"
    folder.mkdir(parents=True)
    git(folder, "init", "-q")
    (folder / "song.txt").write_text("one")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "one")
    commit = git(folder, "rev-parse", "HEAD")
    (folder / "song.txt").write_text("two")
    git(folder, "commit", "-qam", "two")
    return commit


def test_files_of_a_commit_are_brought_and_not_brought_twice(tmp_path, repository):
    where = {"place": Place.GIT, "where": "anna/songs", "revision": repository}
    items = [item(b"one", "song.txt", **where), item(b"none", "gone.txt", **where)]
    places = {Place.GIT: GitPlace(tmp_path / "mirrors")}
    shown = []
    done = rebuild(items, tmp_path / "out", places, shown=shown.append)
    assert (done.there, done.fetched, done.missing) == ([items[0]], 1, [items[1]])
    assert (tmp_path / "out" / items[0].name).read_bytes() == b"one"
    assert len(shown) == 2
    assert rebuild(items[:1], tmp_path / "out", places).fetched == 0


def test_a_file_that_was_damaged_is_brought_again(tmp_path):
    one = put(tmp_path / "own", b"one", "one.txt")
    places = {Place.FOLDER: FolderPlace(tmp_path / "own")}
    rebuild([one], tmp_path / "out", places)
    (tmp_path / "out" / one.name).write_bytes(b"onf")
    assert rebuild([one], tmp_path / "out", places).fetched == 1


def test_other_bytes_are_told_and_not_kept(tmp_path, repository):
    where = {"place": Place.GIT, "where": "anna/songs", "revision": repository}
    one = item(b"another", "song.txt", **where)
    done = rebuild([one], tmp_path / "out", {Place.GIT: GitPlace(tmp_path / "mirrors")})
    assert done.changed == [one]
    assert not (tmp_path / "out").exists()


def test_a_folder_does_not_lead_outside(tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "own" / "link").symlink_to(tmp_path / "secret")
    done = rebuild(
        [item(b"secret", "link")], tmp_path / "out", {Place.FOLDER: FolderPlace(tmp_path / "own")}
    )
    assert len(done.missing) == 1


@pytest.mark.parametrize(
    ("where", "revision"),
    [("anna/songs", "main"), ("--upload-pack=x/y", "0" * 40), ("anna", "0" * 40)],
)
def test_names_that_are_none_reach_no_program(tmp_path, where, revision):
    one = item(b"one", "song.txt", place=Place.GIT, where=where, revision=revision)
    with pytest.raises(ConfigError, match="whole commit"):
        rebuild([one], tmp_path / "out", {Place.GIT: GitPlace(tmp_path)})


@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="dpkg-deb is not installed")
def test_a_file_of_a_package_is_brought_without_installing_it(tmp_path):
    tree = tmp_path / "tree"
    (tree / "DEBIAN").mkdir(parents=True)
    (tree / "DEBIAN" / "control").write_text(
        "Package: songs\nVersion: 1:2.0-1\nArchitecture: all\nMaintainer: a <a@b>\nDescription: x\n"
    )
    (tree / "usr").mkdir()
    (tree / "usr" / "song.txt").write_text("one")
    with zipfile.ZipFile(tree / "usr" / "music.pk3", "w") as archive:
        archive.writestr("in/two.txt", "two")
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-b", tree, tmp_path / "songs_1%3a2.0-1_all.deb"],
        check=True,
        capture_output=True,
    )
    where = {"place": Place.DEBIAN, "where": "songs", "revision": "1:2.0-1"}
    items = [
        item(b"one", "usr/song.txt", **where),
        item(b"two", "usr/music.pk3!in/two.txt", **where),
        item(b"x", "usr/none", **where),
        item(b"y", "usr/music.pk3!in/none", **where),
        item(b"z", "usr/song.txt!in/two.txt", **where),
    ]
    with DebianPlace(tmp_path) as packages:
        done = rebuild(items, tmp_path / "out", {Place.DEBIAN: packages})
    assert {one.path for one in done.there} == {one.path for one in items[:2]}
    assert {one.path for one in done.missing} == {one.path for one in items[2:]}
