"""A real time-stamping authority for tests: `openssl ts` with a root, an intermediate and a leaf.

It is made anew for each run; its keys never leave the test's folder.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

OPENSSL = shutil.which("openssl")

CONFIG = """
[req]
distinguished_name = dn
prompt = no
[dn]
CN = unnamed
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
subjectKeyIdentifier = hash
[stamping]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[mail]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,emailProtection
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[tsa]
serial = ./serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
[sha512_only]
serial = ./serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha512
ess_cert_id_alg = sha256
"""


class OpenSslAuthority:
    """Implements `TimeStampAuthority`.

    Attributes:
        root: PEM of the root certificate.
        chain: whether replies carry the whole chain, in the order of the file, unsorted.
        section: `tsa`, or `sha512_only` for an authority that refuses our requests.
    """

    def __init__(self, folder: Path, *, chain: bool = False, section: str = "tsa") -> None:
        self._folder = folder
        self.chain = chain
        self.section = section
        folder.mkdir(parents=True)
        (folder / "openssl.cnf").write_text(CONFIG)
        (folder / "serial").write_text("01\n")
        self._root("root")
        self._certificate("intermediate", "root", "ca")
        self._certificate("leaf", "intermediate", "stamping")
        self.root = (folder / "root.pem").read_bytes()
        above = [(folder / f"{name}.pem").read_text() for name in ("intermediate", "root")]
        # Longest first is not how DER sorts: one of the two orders of `-chain` is always wrong.
        (folder / "chain.pem").write_text("".join(sorted(above, key=len, reverse=True)))

    @classmethod
    def for_mail(cls, folder: Path) -> OpenSslAuthority:
        """One whose leaf may sign mail and no time stamps, though its root is the same kind."""
        authority = cls(folder)
        authority._certificate("leaf", "intermediate", "mail")
        return authority

    def reply(self, request: bytes) -> bytes:
        """The DER of a `TimeStampResp`."""
        (self._folder / "q.tsq").write_bytes(request)
        chain = ("-chain", "chain.pem") if self.chain else ("-chain", "intermediate.pem")
        self.run(
            *("ts", "-reply", "-queryfile", "q.tsq", "-config", "openssl.cnf"),
            *("-section", self.section, "-signer", "leaf.pem", "-inkey", "leaf.key"),
            *(*chain, "-out", "r.tsr"),
        )
        return (self._folder / "r.tsr").read_bytes()

    def run(self, *arguments: str) -> None:
        assert OPENSSL
        subprocess.run([OPENSSL, *arguments], check=True, capture_output=True, cwd=self._folder)

    def _root(self, name: str) -> None:
        self.run(
            *("req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout", f"{name}.key"),
            *("-out", f"{name}.pem", "-config", "openssl.cnf", "-extensions", "ca"),
            *("-subj", "/CN=Assay Tests Root", "-days", "30"),
        )

    def _certificate(self, name: str, issuer: str, kind: str) -> None:
        self.run(
            *("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
            *("-config", "openssl.cnf", "-keyout", f"{name}.key", "-out", f"{name}.csr"),
            *("-subj", f"/CN=Assay Tests {name}"),
        )
        self.run(
            *("x509", "-req", "-in", f"{name}.csr", "-CA", f"{issuer}.pem"),
            *("-CAkey", f"{issuer}.key", "-CAcreateserial", "-extfile", "openssl.cnf"),
            *("-extensions", kind, "-out", f"{name}.pem", "-days", "30"),
        )
