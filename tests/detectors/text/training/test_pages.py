"""Pages of the training set: the manifest says what they are, their markup is taken off."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath

import pytest

from detectors.gathering.items import Item, Label, Place, read_items
from detectors.text.training.sources import passages_of, places
from detectors.text.training.sources.domains import KINDS, domain
from detectors.text.training.sources.machine import articles
from detectors.text.training.sources.pages import is_page
from provenance.errors import ConfigError

MATERIAL = Path(__file__).parents[4] / "material" / "text.jsonl"
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


def test_the_texts_of_one_domain_are_told_by_who_wrote_them():
    data = b'["A person wrote this.", "And this."]'

    (person, _) = domain("LegalDocument/human.json", data)
    (machine, _) = domain("LegalDocument/Gemini-1.5-Pro.json", data)

    assert (person.label, person.family, person.source) == (Label.HUMAN, None, "l2r-LegalDocument")
    assert (machine.label, machine.family) == (Label.AI, "google")
    assert person.prompt == machine.prompt


def test_every_domain_and_machine_of_the_material_is_known():
    items = [one for one in read_items(MATERIAL) if one.where == "ranhli/l2r_data"]

    assert {PurePosixPath(one.path).parts[0] for one in items} == set(KINDS)
    assert {one.family for one in items} == {None, "openai", "google", "meta"}


def test_articles_in_a_table_are_read_without_their_tags():
    data = b'[{"slug": "a", "content": "<p>Un.</p><h3>Deux</h3><ul><li>Trois.</li></ul>"}]'

    (found,) = articles("data/generated.json", data)

    assert found.text.split() == ["Un.", "Deux", "Trois."]
    assert found.work == "viraia/a"


def test_whatever_the_material_names_can_be_read():
    known = places()
    unread = [one for one in read_items(MATERIAL) if one.where not in known and not is_page(one)]

    assert unread == []
