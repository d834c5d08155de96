"""Files signed for a test, and the manifest store in a file, as the library gives it."""

from __future__ import annotations

import io
import json

import c2pa

from tools.make_canary import picture

TERMS = "http://cv.iptc.org/newscodes/digitalsourcetype/"
SETTINGS = {"verify": {"remote_manifest_fetch": False}, "core": {"allowed_network_hosts": []}}


def signed(authority, source="trainedAlgorithmicMedia", **options):
    """A small picture signed by `authority`, which says how it was made."""
    actions = [{"action": "c2pa.created", "digitalSourceType": TERMS + source}]
    return authority.sign(picture("JPEG"), "image/jpeg", "a.jpg", actions, **options)


def store_of(data, media_type="image/jpeg"):
    """The whole manifest store (JUMBF), None when there is none."""
    try:
        context = c2pa.Context.from_dict(SETTINGS)
        reader = c2pa.Reader(media_type, io.BytesIO(data), context=context)
    except c2pa.C2paError:
        return None
    active = json.loads(reader.json())["active_manifest"]
    found = io.BytesIO()
    reader.resource_to_stream(f"self#jumbf=/c2pa/{active}/c2pa.signature", found)
    return found.getvalue()
