"""An identity on one line: who it names, how, and how far that could be checked."""

from __future__ import annotations

from provenance.credentials import Identity, IdentityStatus
from service.render.cards import SHORT
from service.render.wording import Words, one_line, quotable
from service.verdict.identities import identity_name

__all__ = ["identity_line"]

DOUBTED = frozenset({IdentityStatus.INVALID, IdentityStatus.MALFORMED})


def identity_line(identity: Identity, words: Words) -> str:
    """`Ada (Example Net), by certificate: on your list for identities`; a claim is marked as one.

    Args:
        identity: of a manifest.
        words: of the reader.
    """
    name = quotable(identity_name(identity))
    if identity.status is not IdentityStatus.TRUSTED:
        name = words.ui("claimed_name", name=name)
    how = words.of("identity_method", identity.method)
    issuer = identity.issuer
    if issuer and identity.status not in DOUBTED:
        how = words.ui("identity_by", method=how, issuer=quotable(issuer))
    status = words.of("identity_status", identity.status)
    roles = ", ".join(one_line(role, SHORT) for role in identity.roles)
    line = words.ui("identity_line", name=name, method=how, status=status)
    return f"{line} [{roles}]" if roles else line
