"""Many listen, one looks; whoever has gone leaves nothing behind."""

from __future__ import annotations

import asyncio
import contextlib

from service.api.following import Following
from service.storage.accounts import Scope
from service.storage.screenings import Intake, State
from service.storage.watching import Progress

NEVER = 3600.0


def progress(state=State.QUEUED, attempts=0):
    return Progress(state, attempts, "a" * 64, None, None, None)


class House:
    """A database that is looked at when the test says so."""

    def __init__(self, **known):
        self.known, self.looks, self.faults = dict(known), [], []
        self._turns, self._looked = asyncio.Semaphore(0), asyncio.Event()
        self.following = Following(self.look, self._until_told)

    def look(self, followed):
        self.looks.append(followed)
        if self.faults:
            raise self.faults.pop()
        return {one: self.known[one] for one in followed if one in self.known}

    async def _until_told(self):
        self._looked.set()
        await self._turns.acquire()

    async def looked(self):
        """Wait for the end of a look, and for all that follows from it."""
        await self._looked.wait()
        self._looked.clear()
        await everything()

    async def tick(self):
        """One look more."""
        self._turns.release()
        await self.looked()


async def everything():
    """Let all tasks run until each of them waits; nothing here takes time."""
    for _ in range(20):
        await asyncio.sleep(0)


async def heard(turns, into):
    async with contextlib.aclosing(turns):
        async for changed in turns:
            into.append(changed)


def listens(house, screening="scr_a", still=NEVER):
    into = []
    task = asyncio.create_task(heard(house.following.changes(screening, still), into))
    return task, into


async def gone(*tasks):
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await everything()


def test_a_thousand_listeners_cost_one_look_a_tick():
    async def run():
        house = House(scr_a=progress(), scr_b=progress())
        listeners = [listens(house, f"scr_{'ab'[n % 2]}") for n in range(1000)]
        await house.looked()
        assert house.following.listeners == 1000
        for _ in range(3):
            await house.tick()
        assert len(house.looks) == 4, "the first, and one for each tick"
        assert all(sorted(look) == ["scr_a", "scr_b"] for look in house.looks)
        await gone(*(task for task, _ in listeners))

    asyncio.run(run())


def test_only_who_follows_it_is_told_of_a_change():
    async def run():
        house = House(scr_a=progress(), scr_b=progress())
        (one, of_a), (two, of_b) = listens(house, "scr_a"), listens(house, "scr_b")
        await house.looked()
        await house.tick()
        before = len(of_a), len(of_b)
        house.known["scr_a"] = progress(State.RUNNING, 1)
        await house.tick()
        await house.tick()
        assert (len(of_a), len(of_b)) == (before[0] + 1, before[1])
        await gone(one, two)

    asyncio.run(run())


def test_one_that_changed_before_the_first_look_is_read_again():
    """It was read before anyone looked, and may have changed in between."""

    async def run():
        house = House(scr_a=progress())
        task, of_a = listens(house)
        await house.looked()
        assert of_a == [True, True]
        await gone(task)

    asyncio.run(run())


def test_one_that_was_erased_is_a_change_too():
    async def run():
        house = House(scr_a=progress())
        task, of_a = listens(house)
        await house.looked()
        before = len(of_a)
        del house.known["scr_a"]
        await house.tick()
        assert len(of_a) > before
        await gone(task)

    asyncio.run(run())


def test_whoever_has_gone_leaves_nothing_behind_and_the_looking_ends_with_the_last():
    async def run():
        house = House(scr_a=progress(), scr_b=progress())
        (one, _), (two, _) = listens(house, "scr_a"), listens(house, "scr_b")
        await house.looked()
        await gone(one)
        await house.tick()
        assert house.looks[-1] == ("scr_b",)
        await gone(two)
        assert house.following.listeners == 0
        assert [task for task in asyncio.all_tasks() if task.get_name() == "following"] == []
        again, of_a = listens(house, "scr_a")
        await house.looked()
        assert of_a, "the next one is told again"
        await gone(again)

    asyncio.run(run())


def test_a_database_that_is_away_for_a_moment_comes_back(caplog):
    async def run():
        house = House(scr_a=progress())
        task, of_a = listens(house)
        await house.looked()
        before = len(of_a)
        house.faults.append(RuntimeError("away"))
        await house.tick()
        assert len(of_a) == before
        house.known["scr_a"] = progress(State.DONE, 1)
        await house.tick()
        assert len(of_a) == before + 1
        await gone(task)

    asyncio.run(run())
    assert "cannot be followed" in caplog.text


def test_who_hears_nothing_for_a_while_is_told_so():
    async def run():
        house = House(scr_a=progress())
        turns = house.following.changes("scr_a", still=0.0)
        async with contextlib.aclosing(turns):
            assert await anext(turns) is True
            assert await anext(turns) is False
        assert house.following.listeners == 0
        await everything()

    asyncio.run(run())


def test_a_client_that_goes_away_unfollows(client, served, keys):
    """Over HTTP, of a screening that nobody examines: only the disconnection can end it."""
    _, service = served
    secret = keys["label", Scope.SUBMIT]
    organisation = service.accounts.opened_by(secret).organisation
    one, _ = service.screenings.accept(Intake(organisation, "key_x", "x", "a" * 64, 1))
    path = f"/v1/screenings/{one.id}/events"
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"authorization", f"Bearer {secret}".encode())],
        "server": ("testserver", 80),
        "client": ("testclient", 50000),
    }
    following = client.app.state.following

    async def run():
        begun, told = asyncio.Event(), [{"type": "http.request", "body": b""}]
        during = []

        async def receive():
            if told:
                return told.pop()
            await begun.wait()
            during.append(following.listeners)
            return {"type": "http.disconnect"}

        async def send(message):
            if message.get("body"):
                begun.set()

        await client.app(scope, receive, send)
        await everything()
        return during, following.listeners

    assert client.portal.call(run) == ([1], 0)
    service.screenings.fail(one.id, "over")
