"""Pages of the training set: the manifest says what they are, their markup is taken off."""

from __future__ import annotations

import hashlib

import pytest

from detectors.gathering.items import Item, Label, Place
from detectors.text.training.sources import passages_of
from provenance.errors import ConfigError

MARKDOWN = b"""---
title: Une page
author: Personne
---
import Note from "note"

Le premier paragraphe dit <em>une chose</em>.

Le second en dit une autre.
"""
HTML = b"<html><body><nav>Menu</nav><p>Le premier.</p><p>Le second.</p></body></html>"
RST = b"""Titre
=====

.. note::

   Ce bloc n'est pas lu.

Voir :ref:`la page <autre>` pour la suite.
"""


def item(path: str, data: bytes, song: str | None = None) -> Item:
    return Item(
        sha256=hashlib.sha256(data).hexdigest(),
        bytes=len(data),
        label=Label.AI,
        source="some-blog",
        family="anthropic",
        kind="blog",
        language="fr",
        song=song,
        place=Place.GIT,
        where="somebody/some-blog",
        revision="0" * 40,
        path=path,
        known_by="its about page says so",
    )


@pytest.mark.parametrize(
    ("path", "data", "there", "gone"),
    [
        ("a/page.mdx", MARKDOWN, "dit une chose.\n\nLe second", ("title", "import", "<em>")),
        ("a/page.html", HTML, "Le premier.", ("<p>",)),
        ("a/page.rst", RST, "Voir la page pour la suite.", ("====", "n'est pas lu", ":ref:")),
    ],
)
def test_a_page_is_read_as_the_end_of_its_name_says(path, data, there, gone):
    (found,) = passages_of(item(path, data), data)

    assert there in found.text
    assert not [mark for mark in gone if mark in found.text]
    assert (found.label, found.kind, found.language) == (Label.AI, "blog", "fr")


def test_pages_of_one_work_are_one_work():
    one, other = item("1.md", MARKDOWN, "a novel"), item("2.md", MARKDOWN, "a novel")

    works = {found.work for page in (one, other) for found in passages_of(page, MARKDOWN)}

    assert works == {"a novel"}


def test_a_file_that_nothing_reads_is_an_error_that_says_where_to_go():
    with pytest.raises(ConfigError, match="no module reads files of somebody/some-blog"):
        list(passages_of(item("data.csv", b"a,b"), b"a,b"))
