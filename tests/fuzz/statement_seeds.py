"""Seeds of the protocols whose statements stand around a work."""

from __future__ import annotations

from tools import make_vectors_statements as vectors

Named = dict[str, bytes]


def robots(protocol: str) -> Named:
    """A header field, a line and a file, after a letter that says which of them it is."""
    made = [b"H" + value for value in _fields(protocol)]
    made += [b"R" + one["robots"].encode() for one in _questions(protocol) if "robots" in one]
    return {f"{number:02d}": data for number, data in enumerate(dict.fromkeys(made))}


def tdmrep() -> Named:
    """Header fields, pages and files, each after its letter."""
    made = [b"H" + value for value in _fields("tdmrep")]
    for one in _questions("tdmrep"):
        if len(one.get("tdmrep", "")) > 2000:
            continue
        made += [b"F" + one["tdmrep"].encode()] if "tdmrep" in one else []
        made += [b"P" + one["html"].encode()] if "html" in one else []
    return {f"{number:02d}": data for number, data in enumerate(dict.fromkeys(made))}


def robots_directives() -> Named:
    """Header fields and pages."""
    made = [b"H" + value for value in _fields("robots-directives")]
    made += [
        b"P" + one["html"].encode() for one in _questions("robots-directives") if "html" in one
    ]
    return {f"{number:02d}": data for number, data in enumerate(dict.fromkeys(made))}


def _questions(protocol: str) -> list[vectors.Question]:
    return [one for make in vectors.PROTOCOLS[protocol] for one in make()]


def _fields(protocol: str) -> list[bytes]:
    return [
        "\n".join(value for _, value in one["headers"]).encode()
        for one in _questions(protocol)
        if "headers" in one
    ]
