"""The readers of declarations answer in the worker, where files of the machine are out of reach."""

from __future__ import annotations

import json
from dataclasses import replace

from provenance.asset import Asset
from provenance.c2pa.trust import TrustStore
from provenance.evidence import Reservation
from provenance.reading import Wanted, read_asset, reading_task
from provenance.rights.records import Channel
from provenance.rights.surroundings import RightsFile, Surroundings
from provenance.sandbox import Sandbox
from tools.make_vectors_registers import ISBN, message, product, usage

HOST = "https://host.example"
RSL = (
    b'<rsl xmlns="https://rslstandard.org/rsl"><content url="/"><license>'
    b'<prohibits type="usage">ai-train</prohibits></license></content></rsl>'
)
CODE = "ISCC:KACYPXW445FTYNJ3CYSXHAFJMA2HUWULUNRFE3BLHRSCXYH2M5AEGQY"


def test_every_reader_of_declarations_is_heard():
    declared = json.dumps([{"iscc": CODE, "train-ai": "false"}]).encode()
    files = (
        RightsFile(Channel.RSL, f"{HOST}/rsl.xml", RSL),
        RightsFile(Channel.AI_TXT, f"{HOST}/ai.txt", b"User-agent: *\nDisallow: *.txt\n"),
        RightsFile(Channel.REGISTRY, "onix.xml", message(product(usage("11", "03"))).encode()),
        RightsFile(Channel.REGISTRY, "tdmai.json", declared),
        RightsFile(Channel.REGISTRY, "side.json", json.dumps({"iscc": CODE}).encode()),
    )
    asset = Asset.from_bytes(b"a quiet text", name=f"{ISBN}.txt")
    asset = replace(asset, around=Surroundings(f"{HOST}/{ISBN}.txt", (), files))
    with Sandbox(reading_task(TrustStore.shipped())) as sandbox:
        found = read_asset(sandbox, asset, Wanted(provenance=False)).evidence
    reserved = {one.source for one in found if isinstance(one, Reservation)}
    assert {"ai_txt", "onix", "rsl", "tdm_ai"} <= reserved
