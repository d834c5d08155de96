"""What a supplier declares of a work that it delivers, in the formats deliveries come in.

DDEX messages, ONIX messages, and labels as JSON (with Apple's transparency tags and IPTC source
types among them). All of it is unsigned, like a tag: a declaration of AI counts as declared, a
claim in one's own favour counts as nothing, and only makes AI that is found anyway undeclared.
"""

from __future__ import annotations

from provenance.supplied.records import SUPPLIED_BYTES, Said, Supplied, Unclear

__all__ = ["SUPPLIED_BYTES", "Said", "Supplied", "Unclear"]
