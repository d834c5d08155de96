"""Puts what a work says and what it gives away together, and decides.

`check` is the door for programs: `check(path or bytes) -> Report`. Importing this package loads no
web, job or database library, and reads no setting.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from provenance.c2pa.trust import TrustStore
    from service.policy import Policy
    from service.report import Report

__all__ = ["check"]


def check(
    source: str | Path | bytes,
    *,
    policy: Policy | str | Path | None = None,
    trust: TrustStore | str | Path | bytes | None = None,
    name: str | None = None,
) -> Report:
    """Examine one file.

    Args:
        source: a path, or the bytes of a file.
        policy: what counts, or a policy file (TOML); the default policy when None.
        trust: private anchors to add (a PEM file, or its bytes), or a whole `TrustStore`; the
            shipped lists alone when None.
        name: how the report calls it; the path as given when None.

    Returns:
        The report. A hostile or damaged file yields a report that says so.

    Raises:
        NotFound: there is no such file.
        ConfigError: the policy file is not valid.
        TrustError: `trust` holds no certificate.
        EngineError: the machinery itself does not work.
    """
    from provenance.c2pa.trust import TrustStore
    from service.policy import DEFAULT, load_policy
    from service.screening import Screener

    if trust is None:
        trust = TrustStore.shipped()
    elif not isinstance(trust, TrustStore):
        pem = trust if isinstance(trust, bytes) else Path(trust).read_bytes()
        trust = TrustStore.shipped().with_private(pem)
    if isinstance(policy, str | Path):
        policy = load_policy(policy)
    with Screener(policy=policy or DEFAULT, trust=trust) as screener:
        return screener.screen(source, name=name)
