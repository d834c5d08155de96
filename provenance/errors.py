"""Every error Assay raises on purpose, in one tree.

    AssayError
    ├── InputError            the input is not what was asked for
    │   ├── NotFound          no such file, folder or pattern
    │   └── LimitExceeded     over a limit of `provenance.limits`
    ├── TrustError            a trust list cannot be read
    ├── FetchError            a URL was not fetched
    │   ├── BlockedAddress    it leads to an address the guard refuses
    │   └── FetchTooLarge     it is over the byte cap
    ├── ModelError            a model is not as its card says
    │   └── NoModel           no weights for it are installed
    ├── KeyFault              a key, or a published set of keys, cannot be used
    ├── ReceiptError          a receipt cannot be made
    │   └── LogFault          the log it would be entered in is in use, or damaged
    ├── SigningRefused        a file is not signed, and is left as it was
    ├── ConfigError           a policy, setting or option is wrong
    ├── PluginError           a plug-in does not keep its contract
    └── EngineError           the machinery itself failed: a canary, a worker that cannot start

A hostile or damaged *file* never raises out of the library: it yields `not_run` records and a
report. What raises is the environment, and the mistakes of whoever called.
"""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "AssayError",
    "BlockedAddress",
    "ConfigError",
    "EngineError",
    "FetchError",
    "FetchTooLarge",
    "InputError",
    "KeyFault",
    "LimitExceeded",
    "LogFault",
    "ModelError",
    "NoModel",
    "NotFound",
    "PluginError",
    "ReceiptError",
    "SigningRefused",
    "TrustError",
]


class AssayError(Exception):
    """Base of the tree.

    Attributes:
        code: stable machine name of the error, the same in exit messages and problem documents.
        hint: what the user can do about it, one sentence, or an empty string.
    """

    code: ClassVar[str] = "error"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint

    def diagnostics(self) -> str:
        """The text for people: what was wrong and what to do next."""
        return f"{self}\n{self.hint}" if self.hint else str(self)


class InputError(AssayError):
    """The input is not what was asked for."""

    code = "input"


class NotFound(InputError):  # noqa: N818 - the names of this tree read as findings
    """No such file, folder or pattern."""

    code = "not_found"


class LimitExceeded(InputError):  # noqa: N818
    """A limit of `provenance.limits` was passed."""

    code = "limit"


class TrustError(AssayError):
    """A trust list cannot be read or has no certificate."""

    code = "trust"


class FetchError(AssayError):
    """A URL was not fetched."""

    code = "fetch_failed"


class BlockedAddress(FetchError):  # noqa: N818
    """The URL leads to an address the guard refuses."""

    code = "blocked_address"


class FetchTooLarge(FetchError):  # noqa: N818
    """The response is over the byte cap."""

    code = "fetch_too_large"


class ModelError(AssayError):
    """A model is not as its card says."""

    code = "model"


class NoModel(ModelError):  # noqa: N818
    """No weights for this detector are installed."""

    code = "no_model"


class KeyFault(AssayError):  # noqa: N818
    """A key, or a published set of keys, cannot be used."""

    code = "key"


class ReceiptError(AssayError):
    """A receipt cannot be made. What is wrong with one that was given is data, not an error."""

    code = "receipt"


class LogFault(ReceiptError):  # noqa: N818
    """The log is in use by another writer, or does not hold what it once signed."""

    code = "log"


class SigningRefused(AssayError):  # noqa: N818
    """A file is not signed, and is left as it was: the claim cannot stand, or did not hold."""

    code = "signing_refused"


class ConfigError(AssayError):
    """A policy, setting or option is wrong."""

    code = "config"


class PluginError(AssayError):
    """A plug-in does not keep its contract."""

    code = "plugin"


class EngineError(AssayError):
    """The machinery itself failed: nothing can be said about any file."""

    code = "engine"
