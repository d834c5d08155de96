"""Sentences that reserve: where they may stand, what is made of them, and what never is."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.asset import Asset
from provenance.evidence import NotRun, ReservationState
from provenance.rights.readers.natural_language import (
    MOST,
    NaturalLanguageReader,
    Source,
    read_source,
)
from provenance.rights.records import Authority, Channel
from provenance.rights.surroundings import RightsFile, Surroundings
from tests.provenance.making import png, text_chunk

HOST = "https://host.example"
CLAUSE = "You may not use our articles to train AI."


def read(name, text, around=None):
    body = text if isinstance(text, bytes) else text.encode()
    asset = replace(Asset.from_bytes(body, name=name), around=around)
    return list(NaturalLanguageReader().read(asset))


def site(channel, body, url=f"{HOST}/terms", status=200):
    data = body if isinstance(body, bytes) else body.encode()
    around = Surroundings(f"{HOST}/a", files=(RightsFile(channel, url, data, status=status),))
    return read("work.txt", "A work.", around)


def said(records):
    return [one.native_value for one in records if not isinstance(one, NotRun)]


# What a record says


def test_a_clause_of_the_terms_is_contested_evidence_of_what_the_site_wants():
    (record,) = site(Channel.TERMS, f"Welcome.\n\n{CLAUSE} Have fun.")
    assert record.protocol == "natural-language"
    assert record.purposes == {"train-ai": ReservationState.RESERVED}
    assert (record.intent, record.formal, record.standing) == ("reserved", "nonconforming", "D")
    assert (record.channel, record.scope, record.authority) == (
        "terms",
        "origin",
        "origin-controlled",
    )
    assert record.warnings[0].startswith("contested:")
    assert record.native_value == CLAUSE
    assert record.document.span == (10, 10 + len(CLAUSE))


def test_a_span_counts_bytes_of_the_document():
    body = "Préface évidente.\n\nLa fouille de textes et de données est interdite.".encode()
    (record,) = site(Channel.TERMS, body)
    assert body[slice(*record.document.span)].decode() == record.native_value


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "latin-1"])
def test_other_encodings_are_read_in_place(codec):
    text = "Déjà lu.\n\nLa fouille de données est interdite."
    body = ("\ufeff" + text if "16" in codec else text).encode(codec)
    (record,) = site(Channel.TERMS, body)
    assert body[slice(*record.document.span)].decode(codec) == record.native_value


def test_an_item_is_read_under_the_line_that_leads_its_list_in():
    (record,) = site(Channel.TERMS, "You may not:\n- sell our maps;\n- use them to train AI.\n")
    assert record.native_value.startswith("You may not:")
    assert record.native_value.endswith("train AI.")


def test_a_permission_is_kept_and_permits_nothing():
    (record,) = site(Channel.TERMS, "Text and data mining of our articles is permitted.")
    assert record.intent == "allowed"
    assert any(one.startswith("permits_nothing") for one in record.warnings)


def test_a_licence_offer_is_a_condition_and_a_prior_authorisation_is_not():
    (offer,) = site(Channel.TERMS, "AI training on our archive requires a paid licence.")
    (consent,) = site(Channel.TERMS, "AI training on our archive requires our prior consent.")
    assert (offer.intent, consent.intent) == ("conditional", "reserved")


def test_scraping_alone_is_weak():
    (record,) = site(Channel.TERMS, "You may not scrape this website.")
    assert record.purposes == {"tdm": ReservationState.UNKNOWN}
    assert any(one.startswith("scraping_only") for one in record.warnings)


def test_a_general_notice_says_nothing():
    assert site(Channel.TERMS, "© 2025 The Harbour Ltd. All rights reserved.") == []
    assert site(Channel.TERMS, "Tous droits réservés. Reproduction interdite.") == []


# Where a sentence may stand


def test_the_body_of_a_work_is_never_read():
    for name in ("novel.txt", "article.md", "readme.txt", "chapter-licence.txt"):
        assert read(name, CLAUSE) == []


def test_licence_files_and_dataset_cards_are_read():
    card = f"---\nlicense: other\ntask_categories:\n- text-generation\n---\n# News\n\n{CLAUSE}\n"
    assert said(read("LICENSE", CLAUSE)) == [CLAUSE]
    assert said(read("terms-of-use.txt", CLAUSE)) == [CLAUSE]
    assert said(read("README.md", card)) == [CLAUSE]
    assert read("README.md", f"# A tool\n\n{CLAUSE}") == []


def test_front_matter_is_read_line_by_line():
    card = "---\nlicense: other\nlicense_details: do not use for AI training\n---\nNews.\n"
    assert said(read("README.md", card)) == ["license_details: do not use for AI training"]


def test_quotations_and_code_of_a_card_are_not():
    quoted = f"---\nlicense: mit\n---\n\n> {CLAUSE}\n\n```\n{CLAUSE}\n```\n"
    assert read("README.md", quoted) == []


def test_of_an_article_only_comment_and_footer_speak_for_it():
    page = (
        f"<html><title>News</title><p>{CLAUSE}</p><!-- no AI training -->"
        "<div class='site-footer'><p>Text and data mining is prohibited.</p></div>"
        f"<blockquote>{CLAUSE}</blockquote></html>"
    )
    assert set(said(read("a.html", page))) == {
        "no AI training",
        "Text and data mining is prohibited.",
    }


@pytest.mark.parametrize("title", ["Terms of use", "Mentions légales", "CGU", "Copyright"])
def test_a_page_whose_title_says_so_is_read_whole(title):
    page = f"<html><title>{title}</title><p>Hello.</p><p>{CLAUSE}</p></html>"
    (record,) = read("a.html", page)
    assert page.encode()[slice(*record.document.span)].decode() == CLAUSE


def test_a_page_under_an_address_of_terms_is_read_whole():
    page = f"<html><title>Us</title><p>{CLAUSE}</p></html>"
    assert read("a.html", page, Surroundings(f"{HOST}/legal/tdm")) != []
    assert read("a.html", page, Surroundings(f"{HOST}/news/1")) == []


def test_entities_are_read_and_kept_in_place():
    page = "<html><footer>Don&rsquo;t train AI on our texts &amp; pictures.</footer></html>"
    (record,) = read("a.html", page)
    start, end = record.document.span
    assert page[start:end] == "Don&rsquo;t train AI on our texts &amp; pictures."


def test_comments_of_robots_txt_speak_for_the_site_and_its_rules_do_not():
    (record,) = site(
        Channel.ROBOTS_TXT,
        "# No AI training\n# on this site.\nUser-agent: *\n",
        f"{HOST}/robots.txt",
    )
    assert record.scope == "origin"
    assert site(Channel.ROBOTS_TXT, "User-agent: no AI training\nDisallow: /\n") == []


def test_signals_that_reserve_are_no_reservation_by_themselves():
    preamble = (
        "# If a signal is set to no, you may not use the content for AI training.\n"
        "# Restrictions made by these signals are reservations under Article 4 of Directive "
        "2019/790.\nUser-agent: *\nContent-Signal: ai-train=no\n"
    )
    assert site(Channel.ROBOTS_TXT, preamble) == []


def test_prose_in_ai_txt_is_read_and_a_declaration_is_left_to_its_reader():
    assert said(site(Channel.AI_TXT, "No AI training on this site.")) != []
    assert site(Channel.AI_TXT, "# No AI training.\nUser-Agent: *\nDisallow: *.jpg\n") == []


def test_rights_fields_inside_a_file_are_embedded():
    (record,) = read("a.png", png(text_chunk("Copyright", "No AI training. (c) A. Smith")))
    assert (record.channel, record.scope, record.authority) == ("embedded", "asset", "unknown")


def test_what_is_not_there_says_nothing():
    assert site(Channel.TERMS, CLAUSE, status=404) == []


# Languages and limits


def test_another_language_is_named_and_not_read():
    (record,) = site(
        Channel.TERMS,
        "Die Nutzung der Inhalte ist für das Text und Data Mining nicht gestattet.",
    )
    assert isinstance(record, NotRun)
    assert "(de)" in record.detail


def test_each_language_of_a_bilingual_page_is_read():
    text = f"{CLAUSE}\n\nIl est interdit d'entraîner une IA avec les contenus de ce site.\n"
    assert len(said(site(Channel.TERMS, text))) == 2


def test_many_statements_are_cut_and_said_to_be():
    many = "\n\n".join(f"You may not use list {one} of our works to train AI." for one in range(90))
    records = site(Channel.TERMS, many)
    assert len(records) == MOST + 1
    assert isinstance(records[-1], NotRun)


def test_a_language_that_was_measured_badly_is_refused(monkeypatch):
    from provenance.rights.readers import natural_language

    monkeypatch.setattr(natural_language, "shipped", lambda: frozenset({"fr"}))
    (record,) = site(Channel.TERMS, CLAUSE)
    assert isinstance(record, NotRun)


@given(st.text(max_size=400), st.sampled_from(["text", "html", "page", "comments", "markdown"]))
def test_any_text_is_read_within_its_bounds(text, kind):
    body = text.encode("utf-8", "surrogatepass")
    source = Source(body, "x", Channel.TERMS, "origin", Authority.UNKNOWN, kind)
    for one in read_source(source):
        if not isinstance(one, NotRun):
            start, end = one.document.span
            assert 0 <= start < end <= len(body)


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_clause_is_found_whatever_stands_around_it(before, after):
    clean = str.maketrans("", "", '"“”«»„‟')
    text = f"{before.translate(clean)}\n\n{CLAUSE}\n\n{after.translate(clean)}"
    assert CLAUSE in said(site(Channel.TERMS, text.encode("utf-8", "surrogatepass")))


@pytest.mark.data
def test_the_sentences_that_were_collected(data_pack):
    for line in (data_pack / "optout/nl_reservations.jsonl").read_text("utf-8").splitlines():
        one = json.loads(line)
        wanted = one["expect"]["reservation"] is True and one["lang"] in {"en", "fr"}
        records = site(Channel.TERMS, one["text"])
        found = {
            purpose
            for record in records
            if not isinstance(record, NotRun)
            for purpose, state in record.purposes.items()
            if state is ReservationState.RESERVED
        }
        assert found == (set(one["expect"]["purposes"]) if wanted else set()), one["id"]
