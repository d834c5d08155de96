"""What deliveries declare: each vocabulary, value by value, and what cannot be told."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.asset import Asset
from provenance.evidence import Declaration, NotRun, NotRunReason
from provenance.rights.surroundings import Surroundings
from provenance.supplied import SUPPLIED_BYTES, Supplied
from provenance.supplied.reader import SuppliedReader

WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(30)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(30)


def asset(body, *, resource=None, data=WAV, name="track.wav"):
    if isinstance(body, str):
        body = body.encode()
    made = Asset.from_bytes(data, name=name)
    around = Surroundings(supplied=Supplied(body, resource))
    return Asset(made.name, made.size, made.media_type, made.modality, made.backing, around=around)


def read(body, **options):
    return list(SuppliedReader().read(asset(body, **options)))


def ern(*resources, release=""):
    return (
        '<ern:NewReleaseMessage xmlns:ern="http://ddex.net/xml/ern/432" AvsVersionId="12">'
        f"<ResourceList>{''.join(resources)}</ResourceList>"
        f"<ReleaseList><Release>{release}</Release></ReleaseList></ern:NewReleaseMessage>"
    )


def recording(contains="", reference="A1", more="", isrc="FRX762600001"):
    told = f"<ContainsAI>{contains}</ContainsAI>" if contains else ""
    return (
        f"<SoundRecording><ResourceReference>{reference}</ResourceReference>"
        f"<ResourceId><ISRC>{isrc}</ISRC></ResourceId>{told}{more}</SoundRecording>"
    )


def onix(*products):
    return f"<ONIXMessage release='3.1'>{''.join(products)}</ONIXMessage>"


def product(inside, isbn="9780306406157"):
    return (
        f"<Product><RecordReference>r-{isbn}</RecordReference><ProductIdentifier>"
        f"<ProductIDType>15</ProductIDType><IDValue>{isbn}</IDValue></ProductIdentifier>"
        f"<DescriptiveDetail>{inside}</DescriptiveDetail></Product>"
    )


def person(code, role="A01"):
    return (
        f"<Contributor><ContributorRole>{role}</ContributorRole>"
        f"<UnnamedPersons>{code}</UnnamedPersons></Contributor>"
    )


class TestDdex:
    @pytest.mark.parametrize(
        ("value", "statement", "denied"),
        [
            ("All", "fully_ai", False),
            ("Partly", "partly_ai", False),
            ("None", "none", True),
        ],
    )
    def test_a_recording_by_the_allowed_values(self, value, statement, denied):
        (one,) = read(ern(recording(value)))
        assert (one.field, one.value) == ("SoundRecording/ContainsAI", value)
        assert (one.statement, one.ai_denied, one.strength) == (statement, denied, "medium")

    def test_a_value_of_no_set_hints_and_no_more(self):
        (one,) = read(ern(recording("Mostly")))
        assert (one.statement, one.strength, one.ai_denied) == ("none", "weak", False)

    def test_what_a_contributor_made_is_part_of_the_work(self):
        machine = "<Contributor><SpecialContributor>GenerativeAI</SpecialContributor></Contributor>"
        person_ = "<Contributor><AiContribution>None</AiContribution></Contributor>"
        (one,) = read(ern(recording(more=machine + person_)))
        assert one.field == "SoundRecording/Contributor/SpecialContributor"
        assert one.statement == "partly_ai"

    def test_a_delivery_that_contradicts_itself_denies_nothing(self):
        contributed = "<Contributor><AiContribution>All</AiContribution></Contributor>"
        found = read(ern(recording("None", more=contributed)))
        assert [one.statement for one in found] == ["none", "partly_ai"]
        assert not any(one.ai_denied for one in found)

    def test_partly_of_a_release_may_be_another_of_its_resources(self):
        (one,) = read(ern(recording(), release="<ContainsAI>Partly</ContainsAI>"))
        assert (one.field, one.statement) == ("Release/ContainsAI", "may_contain_ai")

    def test_a_release_of_other_resources_says_nothing_of_this_one(self):
        release = (
            "<ReleaseResourceReference>A2</ReleaseResourceReference><ContainsAI>All</ContainsAI>"
        )
        assert read(ern(recording(), release=release)) == []

    @pytest.mark.parametrize("resource", ["A2", "a2", "FRX762600002", "FR-X76-26-00002"])
    def test_one_of_several_is_named(self, resource):
        message = ern(recording("None"), recording("All", "A2", isrc="FRX762600002"))
        (one,) = read(message, resource=resource)
        assert one.statement == "fully_ai"

    @pytest.mark.parametrize("resource", [None, "A9"])
    def test_without_a_name_nobody_can_tell(self, resource):
        message = ern(recording("None"), recording("All", "A2", isrc="FRX762600002"))
        (one,) = read(message, resource=resource)
        assert isinstance(one, NotRun)
        assert one.reason is NotRunReason.NOT_APPLICABLE
        assert "resources" in one.detail

    def test_a_cover_is_not_the_song(self):
        image = (
            "<Image><ResourceReference>A2</ResourceReference><ContainsAI>All</ContainsAI></Image>"
        )
        message = ern(recording("None"), image)
        (song,) = read(message)
        (cover,) = read(message, data=PNG, name="cover.png")
        assert (song.ai_denied, cover.statement) == (True, "fully_ai")


class TestOnix:
    @pytest.mark.parametrize(
        ("people", "statements"),
        [
            ((person("09"),), ["fully_ai"]),
            ((person("09"), person("01")), ["partly_ai"]),
            ((person("05", "E07"),), ["partly_ai"]),
            ((person("01"),), []),
        ],
    )
    def test_persons_that_are_machines(self, people, statements):
        found = read(onix(product("".join(people))), name="book.txt", data=b"A text.")
        assert [one.statement for one in found] == statements

    @pytest.mark.parametrize("role", ["55", "56"])
    def test_a_page_that_vouches_for_no_ai_denies_it_and_proves_nothing(self, role):
        site = (
            f"<Website><WebsiteRole>{role}</WebsiteRole>"
            "<WebsiteLink>https://certified.example/1</WebsiteLink></Website>"
        )
        (one,) = read(onix(product(site)), name="book.txt", data=b"A text.")
        assert (one.ai_denied, one.statement) == (True, "none")

    def test_short_tags_are_read(self):
        short = (
            "<ONIXmessage><product><a001>r</a001><contributor><b035>A01</b035><b249>09</b249>"
            "</contributor></product></ONIXmessage>"
        )
        (one,) = read(short)
        assert one.statement == "fully_ai"

    def test_one_of_several_is_named_by_its_isbn(self):
        message = onix(product(person("09")), product("", isbn="9782070360024"))
        (one,) = read(message, resource="978-0-306-40615-7")
        assert one.statement == "fully_ai"
        assert isinstance(read(message)[0], NotRun)


class TestLabels:
    @pytest.mark.parametrize(
        ("labels", "statements"),
        [
            ({"ai": "fully", "tools": ["Suno"]}, ["fully_ai"]),
            ({"ai": "partly"}, ["partly_ai"]),
            ({"ai": "unknown"}, ["none"]),
            ({"tools": ["Suno"]}, ["none"]),
            ({"apple": ["Track"]}, ["partly_ai"]),
            ({"apple": ["Artwork"]}, ["none"]),
            (
                {
                    "digital_source_type": "http://cv.iptc.org/newscodes/digitalsourcetype/"
                    "trainedAlgorithmicMedia"
                },
                ["fully_ai"],
            ),
            ({}, []),
        ],
    )
    def test_each_label(self, labels, statements):
        assert [one.statement for one in read(json.dumps(labels))] == statements

    def test_none_denies_and_unknown_does_not(self):
        assert [one.ai_denied for one in read('{"ai": "none"}')] == [True]
        assert [one.ai_denied for one in read('{"ai": "unknown"}')] == [False]

    def test_a_tool_is_named(self):
        (one,) = read('{"ai": "fully", "tools": ["Suno\\u001b[31m"]}')
        assert one.generator == "Suno\\x1b[31m"

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            ("nonsense", "neither XML nor JSON"),
            ("[1]", "one JSON object"),
            ('{"ia": "none"}', "unknown label 'ia'"),
            ('{"ai": "no"}', "ai is one of"),
            ('{"tools": "Suno"}', "list of texts"),
            ('{"apple": ["Lyrics"]}', "apple holds"),
            ("[" * 100_000, "neither XML nor JSON"),
        ],
    )
    def test_what_is_wrong_is_said(self, body, said):
        (one,) = read(body)
        assert isinstance(one, NotRun)
        assert said in one.detail


class TestHostility:
    @pytest.mark.parametrize(
        "body",
        [
            "<a>" * 200,
            "<NewReleaseMessage>",
            '<!DOCTYPE x [<!ENTITY a "b">]><NewReleaseMessage>&a;</NewReleaseMessage>',
            '<!DOCTYPE x SYSTEM "file:///etc/passwd"><NewReleaseMessage/>',
            "<other/>",
            "<",
            b"\xff\xfe<\x00",
        ],
    )
    def test_xml_that_is_none_or_hostile_leaves_a_record(self, body):
        (one,) = read(body)
        assert isinstance(one, NotRun)

    def test_one_that_is_too_large_is_not_read(self):
        (one,) = read(b" " * (SUPPLIED_BYTES + 1))
        assert one.reason is NotRunReason.LIMIT

    def test_a_work_that_came_alone_has_none(self):
        assert list(SuppliedReader().read(Asset.from_bytes(WAV, name="a.wav"))) == []

    @given(st.binary(max_size=400))
    def test_anything_is_read_without_an_error(self, body):
        for one in read(body):
            assert isinstance(one, Declaration | NotRun)

    @given(st.sampled_from(["All", "Partly", "None", "x", ""]), st.text(max_size=40))
    def test_any_resource_is(self, value, resource):
        for one in read(ern(recording(value)), resource=resource):
            assert isinstance(one, Declaration | NotRun)
