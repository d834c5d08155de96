"""What is signed: an in-toto Statement v1 about an asset, with any JSON predicate.

Format: in-toto Attestation Framework, spec/v1/statement.md. The bytes are RFC 8785 canonical JSON,
so that the same statement is always the same bytes.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field

from provenance.attest.encoding import Hex32, canonical
from provenance.evidence import Record

__all__ = ["PAYLOAD_TYPE", "STATEMENT_TYPE", "Statement", "Subject"]

STATEMENT_TYPE: Literal["https://in-toto.io/Statement/v1"] = "https://in-toto.io/Statement/v1"
PAYLOAD_TYPE = "application/vnd.in-toto+json"

Short = Annotated[str, Field(max_length=4096)]


class Subject(Record):
    """The bytes a statement is about; the digest counts, the name is only a label.

    Attributes:
        digest: hexadecimal digests by algorithm; `sha256` is always there.
    """

    model_config = ConfigDict(extra="ignore")  # the framework asks to pass over unknown fields

    name: str = ""
    digest: Annotated[dict[Short, Short], Field(max_length=16)]

    @property
    def sha256(self) -> str | None:
        """The digest that is compared with an asset, if there is one."""
        return self.digest.get("sha256")


class Statement(Record):
    """A predicate about subjects. `type_` is `_type` in JSON, `predicate_type` `predicateType`."""

    model_config = ConfigDict(extra="ignore", validate_by_name=True, validate_by_alias=True)

    type_: Literal["https://in-toto.io/Statement/v1"] = Field(default=STATEMENT_TYPE, alias="_type")
    subject: Annotated[tuple[Subject, ...], Field(min_length=1, max_length=1000)]
    predicate_type: Annotated[Short, Field(alias="predicateType", min_length=1)]
    predicate: dict[str, Any] = Field(default_factory=dict)

    @classmethod
    def about(cls, name: str, sha256: str, predicate_type: str, predicate: dict[str, Any]) -> Self:
        """A statement about one asset."""
        return cls(
            subject=(Subject(name=name, digest={"sha256": sha256}),),
            predicate_type=predicate_type,
            predicate=predicate,
        )

    def canonical(self) -> bytes:
        """The bytes that are signed.

        Raises:
            ReceiptError: the predicate has no canonical form.
        """
        return canonical(self.model_dump(mode="python", by_alias=True))

    def has_subject(self, sha256: Hex32) -> bool:
        """Whether it is about the bytes with this digest."""
        return any(one.sha256 == sha256 for one in self.subject)
