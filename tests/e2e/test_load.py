"""Many at once, and for long: nobody is starved, and memory stays where it is. The long lane."""

from __future__ import annotations

import asyncio
import resource

import httpx2
import pytest

from tests.e2e.running import Running

pytestmark = [pytest.mark.enable_socket, pytest.mark.scale]

SLOW = 1000
SCREENINGS, WARM = 10_000, 1000
GROWTH = 1.15
BOUNDARY = "slow"


def memory(one: Running) -> int:
    """Resident bytes of the process that was started; its workers are recycled by themselves."""
    status = (one.proc / "status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) * 1024


@pytest.fixture
def many_descriptors():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 4 * SLOW:
        pytest.skip(f"this user may open {hard} files at most")
    resource.setrlimit(resource.RLIMIT_NOFILE, (4 * SLOW, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


class SlowUpload:
    """An upload that sends a little of its body, waits, and sends the rest when it is told to."""

    def __init__(self, number: int) -> None:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{number}"'
        self.first = f"{head}\r\n\r\nslow upload {number} ".encode()
        self.last = f"and its end\r\n--{BOUNDARY}--\r\n".encode()

    async def begin(self, one: Running) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", one.port)
        size = len(self.first) + len(self.last)
        self.writer.write(
            "POST /v1/screenings HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Bearer {one.key}\r\n"
            f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
            f"Content-Length: {size}\r\nConnection: close\r\n\r\n".encode()
        )
        self.writer.write(self.first)
        await self.writer.drain()

    async def end(self) -> int:
        self.writer.write(self.last)
        await self.writer.drain()
        answer = await self.reader.read()
        self.writer.close()
        await self.writer.wait_closed()
        return int(answer.split(b" ", 2)[1])


def test_a_thousand_slow_uploads_starve_nobody(running, many_descriptors):
    one = running(ASSAY_REQUESTS_PER_MINUTE="1000000")
    one.start()

    async def all_at_once() -> list[int]:
        slow = [SlowUpload(number) for number in range(SLOW)]
        for each in slow:
            await each.begin(one)
        async with httpx2.AsyncClient(
            base_url=f"http://127.0.0.1:{one.port}",
            headers={"Authorization": f"Bearer {one.key}"},
            trust_env=False,
        ) as client:
            for number in range(20):
                files = {"file": ("a.txt", f"quick {number}".encode())}
                answer = await client.post("/v1/screenings", files=files)
                assert answer.status_code == 202
            assert (await client.get("/readyz")).status_code == 200
        return await asyncio.gather(*(each.end() for each in slow))

    assert asyncio.run(all_at_once()) == [202] * SLOW
    one.stop()


def test_memory_stays_where_it_is_over_ten_thousand_screenings(running, record_property):
    one = running(ASSAY_REQUESTS_PER_MINUTE="1000000")
    policy = one.folder / "policy.toml"
    policy.write_text('run = ["provenance", "rights"]\n')
    one.environment["ASSAY_POLICY"] = str(policy)
    one.start()
    warm = 0
    with one.client() as client:
        for number in range(SCREENINGS):
            files = {"file": (f"{number}.txt", f"A short text, number {number}.".encode())}
            assert client.post("/v1/screenings", files=files).status_code == 202
            if number % 50 == 0:
                one.wait_until_idle(client)
            if number == WARM:
                warm = memory(one)
        one.wait_until_idle(client)
        done = client.get("/v1/screenings?limit=200").json()["items"]
        assert {each["state"] for each in done} == {"done"}
    last = memory(one)
    record_property("resident_bytes", {WARM: warm, SCREENINGS: last})
    assert last < GROWTH * warm, (warm, last)
    one.stop()
