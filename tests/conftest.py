"""Fixtures every test may use."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tools.authority import Authority

REPOSITORY = Path(__file__).resolve().parents[1]
POSTGRES = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture(scope="session")
def data_pack() -> Path:
    """The folder of real material, which is never copied into the repository."""
    pack = Path(os.environ.get("ASSAY_TEST_DATA", REPOSITORY / ".." / "shared" / "data"))
    if not pack.is_dir():
        pytest.skip(f"no test data at {pack}: set ASSAY_TEST_DATA to the folder that holds it")
    return pack.resolve()


@pytest.fixture(scope="session")
def authority() -> Authority:
    """A certificate authority made for this run, with one claim signer below it."""
    from tools.authority import Authority

    return Authority.new("Assay Tests")


@pytest.fixture(scope="session")
def impostor() -> Authority:
    """An authority that calls itself by a name everybody trusts."""
    from tools.authority import Authority

    return Authority.new("Google LLC")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL that was started for this run, on a socket of its own."""
    if not (POSTGRES / "initdb").exists():
        pytest.skip("PostgreSQL 15 is not installed: apt-get install postgresql-15")
    folder = Path(tempfile.mkdtemp(prefix="assay-pg-", dir="/tmp"))
    as_user = []
    if os.geteuid() == 0:
        try:
            owner = pwd.getpwnam("postgres")
        except KeyError:
            pytest.skip("PostgreSQL does not run as root, and there is no user 'postgres'")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    data = folder / "data"

    def run(program: str, *arguments: str) -> None:
        command = [*as_user, str(POSTGRES / program), "-D", str(data), *arguments]
        subprocess.run(command, check=True, capture_output=True, cwd=folder)

    run("initdb", "-A", "trust", "-U", "assay", "--no-sync", "-E", "UTF8")
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
    run("pg_ctl", "-o", options, "-w", "-l", str(folder / "log"), "start")
    try:
        yield f"postgresql+psycopg://assay@/postgres?host={folder}"
    finally:
        run("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres, tmp_path) -> Iterator[str]:
    """An empty database of that server."""
    from sqlalchemy import text

    from service.storage.engine import open_database

    name = f"t{os.getpid()}_{abs(hash(str(tmp_path))) % 10**12}"
    admin = open_database(postgres).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield postgres.replace("/postgres?", f"/{name}?")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path) -> str:
    """An empty database, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'assay.sqlite'}"
    return request.getfixturevalue("postgres_url")
