"""Every status that the API documents is produced, by a request that is shown here.

What all operations share (no key, a key that may not, too many requests, a field that is wrong, a
database that breaks, a log that cannot be written) is asked of each of them; the rest is a table.
One that is documented and stands in neither is a failure, and so is one here that is documented no
more.
"""

from __future__ import annotations

import datetime as dt
import secrets
import time

import pytest
from sqlalchemy import event, update
from sqlalchemy.exc import OperationalError

from service.api.access import Pace
from service.api.optout import HISTORY_BYTES
from service.api.records import BODY_BYTES
from service.storage.accounts import Scope
from service.storage.tables import appeals, screenings

SCREENING = "/v1/screenings/scr_" + "0" * 26
LONG = "x" * 600
FILE = {"files": {"file": ("a.txt", b"a few words")}}
OPINION = {"outcome": "upheld", "reason": "heard"}
DRY_RUN = "/v1/policies/pol_x/dry-run"

REQUESTS = {
    "POST /v1/screenings": ("/v1/screenings", FILE),
    "GET /v1/screenings": ("/v1/screenings", {}),
    "GET /v1/screenings/{screening}": (SCREENING, {}),
    "DELETE /v1/screenings/{screening}": (SCREENING, {}),
    "GET /v1/screenings/{screening}/events": (f"{SCREENING}/events", {}),
    "GET /v1/reports/{report}": ("/v1/reports/rep_x", {}),
    "GET /v1/receipts/{report}": ("/v1/receipts/rep_x", {}),
    "GET /v1/accesses": ("/v1/accesses", {}),
    "POST /v1/reports/{report}/attestation": ("/v1/reports/rep_x/attestation", {}),
    "DELETE /v1/reports/{report}/attestation": ("/v1/reports/rep_x/attestation", {}),
    "GET /verify/{token}": ("/verify/" + "a" * 43, {}),
    "GET /v1/log/checkpoint": ("/v1/log/checkpoint", {}),
    "GET /v1/log/consistency": ("/v1/log/consistency?first=1&second=1", {}),
    "GET /v1/log/entries/{signed}": ("/v1/log/entries/rep_x", {}),
    "GET /v1/reviews": ("/v1/reviews", {}),
    "GET /v1/reviews/{review}": ("/v1/reviews/rev_x", {}),
    "PUT /v1/reviews/{review}/assignee": (
        "/v1/reviews/rev_x/assignee",
        {"json": {"assignee": "me"}},
    ),
    "POST /v1/reviews/{review}/opinions": ("/v1/reviews/rev_x/opinions", {"json": OPINION}),
    "POST /v1/screenings/{screening}/review": (f"{SCREENING}/review", {}),
    "GET /v1/screenings/{screening}/decisions": (f"{SCREENING}/decisions", {}),
    "GET /v1/decisions/{decision}": ("/v1/decisions/dec_x", {}),
    "GET /v1/reversals": ("/v1/reversals", {}),
    "GET /v1/calibration": ("/v1/calibration", {}),
    "POST /v1/screenings/{screening}/appeals": (f"{SCREENING}/appeals", {}),
    "GET /v1/screenings/{screening}/appeals": (f"{SCREENING}/appeals", {}),
    "GET /v1/appeals/{token}": ("/v1/appeals/nobody", {}),
    "POST /v1/appeals/{token}": ("/v1/appeals/nobody", {"json": {"statement": "It is mine."}}),
    "POST /v1/appeals/{token}/exhibits": ("/v1/appeals/nobody/exhibits", FILE),
    "GET /v1/policies": ("/v1/policies", {}),
    "POST /v1/policies": ("/v1/policies", {"json": {"document": 'name = "ours"\n'}}),
    "POST /v1/policies/{policy}/dry-run": (DRY_RUN, {}),
    "POST /v1/policies/{policy}/activate": ("/v1/policies/pol_x/activate", {}),
    "POST /v1/optout/check": ("/v1/optout/check", {"json": {"screening": SCREENING[15:]}}),
    "POST /v1/optout/origin": (
        "/v1/optout/origin",
        {
            "json": {
                "url": "https://a.example/p",
                "agent": "GPTBot",
                "at": "2024-02-01",
                "history": [{"seen": "2024-01-01", "text": "User-agent: *\nDisallow:\n"}],
            }
        },
    ),
    "GET /v1/keys": ("/v1/keys", {}),
    "POST /v1/keys": ("/v1/keys", {"json": {"name": "new", "scopes": ["submit"]}}),
    "DELETE /v1/keys/{revoked}": ("/v1/keys/key_x", {}),
    "POST /v1/keys/{rotated}/rotate": ("/v1/keys/key_x/rotate", {}),
    "GET /v1/usage": ("/v1/usage", {}),
    "GET /v1/webhooks": ("/v1/webhooks", {}),
    "POST /v1/webhooks": ("/v1/webhooks", {"json": {"url": "https://93.184.215.14/hook"}}),
    "DELETE /v1/webhooks/{webhook}": ("/v1/webhooks/whk_x", {}),
    "GET /v1/deliveries": ("/v1/deliveries", {}),
    "POST /v1/deliveries/{message}/again": ("/v1/deliveries/msg_x/again", {}),
    "GET /v1/models": ("/v1/models", {}),
    "GET /v1/trust": ("/v1/trust", {}),
    "GET /v1/receipt-keys": ("/v1/receipt-keys", {}),
    "GET /healthz": ("/healthz", {}),
    "GET /readyz": ("/readyz", {}),
    "GET /metrics": ("/metrics", {}),
}
"""A request of each operation that is as it should be; what it is about need not be there."""

ALLOWED = {
    "POST /v1/screenings": Scope.SUBMIT,
    "POST /v1/optout/check": Scope.SUBMIT,
    "POST /v1/optout/origin": Scope.SUBMIT,
    "PUT /v1/reviews/{review}/assignee": Scope.REVIEW,
    "POST /v1/reviews/{review}/opinions": Scope.REVIEW,
    "POST /v1/screenings/{screening}/review": Scope.REVIEW,
}
"""Scopes that may, where an administrator may not."""

INVALID = {
    "POST /v1/screenings": ("/v1/screenings", {"files": {"nope": b"x"}}),
    "GET /verify/{token}": ("/verify/" + "a" * 43 + "?lang=xx", {}),
    "GET /v1/log/consistency": ("/v1/log/consistency?first=5&second=2", {}),
    "GET /v1/reversals": ("/v1/reversals?since=when", {}),
    "POST /v1/policies": ("/v1/policies", {"json": {"document": "max_fpr = 7"}}),
    "POST /v1/optout/check": ("/v1/optout/check", {"json": {}}),
    "POST /v1/optout/origin": ("/v1/optout/origin", {"json": {"url": "x"}}),
    "POST /v1/keys": ("/v1/keys", {"json": {"name": "", "scopes": ["king"]}}),
    "POST /v1/webhooks": ("/v1/webhooks", {"json": {"url": "http://127.0.0.1/"}}),
    "POST /v1/appeals/{token}": ("/v1/appeals/nobody", {"json": {}}),
    "POST /v1/appeals/{token}/exhibits": ("/v1/appeals/nobody/exhibits?kind=song", FILE),
}
"""Requests with a field that is wrong, where it is another one than a limit or an identifier."""

SHARED = frozenset({"401", "403", "422", "429", "500", "503"})
PRODUCED = {}
"""What shows one status of one operation, by both."""


def produces(operation, status):
    """Says which status of which operation a function produces."""

    def kept(function):
        PRODUCED[operation, str(status)] = function
        return function

    return kept


def documented(client) -> set[tuple[str, str]]:
    paths = client.app.openapi()["paths"]
    return {
        (f"{method.upper()} {path}", status)
        for path, operations in paths.items()
        for method, operation in operations.items()
        for status in operation["responses"]
    }


@pytest.fixture
def send(client, keys):
    """Sends the request of an operation with a key that may, or as given."""

    def one(operation, path=None, *, headers=None, **changed):
        method = operation.partition(" ")[0]
        usual, body = REQUESTS[operation]
        scope = ALLOWED.get(operation, Scope.ADMINISTER)
        if headers is None:
            headers = {"Authorization": f"Bearer {keys['label', scope]}"}
        return client.request(method, path or usual, headers=headers, **(changed or body))

    return one


@pytest.fixture
def broken(served):
    """Breaks the database for statements that name a table, until the test ends."""
    _, service = served
    heard = []

    def breaks(fault, table=""):
        def listener(connection, cursor, statement, *_):
            if table in statement:
                raise fault

        event.listen(service._engine, "before_cursor_execute", listener)
        heard.append(listener)

    yield breaks
    for listener in heard:
        event.remove(service._engine, "before_cursor_execute", listener)


def test_there_is_a_request_of_every_operation(client):
    assert {operation for operation, _ in documented(client)} == set(REQUESTS)


@pytest.mark.parametrize("operation", REQUESTS)
def test_what_operations_share(served, world, broken, operation):
    client, service = served
    send = world.send
    told = {status for one, status in documented(client) if one == operation}
    if "401" in told:
        assert send(operation, headers={}).status_code == 401
    if "403" in told:
        nobody = service.issue(secrets.token_hex(4), "label", []).secret
        headers = {"Authorization": f"Bearer {nobody}"}
        assert send(operation, headers=headers).status_code == 403
    if "422" in told:
        assert invalid(send, operation) == 422
    path = led_to(world, operation)
    if "429" in told:
        state, name = client.app.state, "pace" if "401" in told else "public_pace"
        usual = getattr(state, name)
        setattr(state, name, Pace(1))
        try:
            send(operation, path)
            slow = send(operation, path)
        finally:
            setattr(state, name, usual)
        assert slow.status_code == 429
        assert int(slow.headers["retry-after"]) >= 1
    if "503" in told and operation != "GET /readyz":
        scope = ALLOWED.get(operation, Scope.ADMINISTER)
        new = service.issue(secrets.token_hex(4), "label", [scope]).secret  # noted anew
        headers = {"Authorization": f"Bearer {new}"}
        path = led_to(world, operation)
        broken(OperationalError("insert", {}, Exception("disk full")), "INSERT INTO accesses")
        assert send(operation, path, headers=headers).status_code == 503


def led_to(world, operation):
    """The path of an appeal that is there: such a link has a pace, and is noted."""
    if "/appeals/" not in operation:
        return None
    return operation.partition(" ")[2].format(token=world.appeal()[1])


def invalid(send, operation):
    if operation in INVALID:
        path, body = INVALID[operation]
        return send(operation, path, **body).status_code
    usual, body = REQUESTS[operation]
    if "{" in operation:
        end = usual.rpartition("/")[2] if not operation.endswith("}") else ""
        start = operation.partition(" ")[2].partition("{")[0]
        path = start + LONG + (f"/{end}" if end else "")
    else:
        path = f"{usual}?limit=0"
    return send(operation, path, **body).status_code


@pytest.mark.parametrize("operation", REQUESTS)
def test_what_breaks_is_told_without_saying_what(served, world, broken, monkeypatch, operation):
    client, service = served
    if (operation, "500") not in documented(client):
        return
    hidden = "what the database says"
    log_something(world)
    if operation == "GET /v1/receipt-keys":
        monkeypatch.setattr(service, "key_set", lambda: 1 / 0)
    broken(RuntimeError(hidden))
    answer = world.send(operation)
    assert answer.status_code == 500
    assert hidden not in answer.text
    assert answer.json()["type"] == "urn:assay:problem:internal"


LISTS = (
    "screenings", "accesses", "reviews", "reversals", "calibration", "policies", "keys", "usage",
    "webhooks", "deliveries", "models", "trust", "receipt-keys", "log/checkpoint",
)  # fmt: skip
for name in LISTS:
    produces(f"GET /v1/{name}", 200)(lambda world, name=name: world.send(f"GET /v1/{name}"))
for operation in ("GET /healthz", "GET /readyz", "GET /metrics", "POST /v1/optout/origin"):
    produces(operation, 200)(lambda world, operation=operation: world.send(operation))

UNKNOWN = [
    operation
    for operation, (path, _) in REQUESTS.items()
    if "{" in operation or operation == "POST /v1/optout/check"
]
for operation in UNKNOWN:
    produces(operation, 404)(lambda world, operation=operation: world.send(operation))

IN_MEMORY = (
    "POST /v1/reports/{report}/attestation",
    "PUT /v1/reviews/{review}/assignee",
    "POST /v1/reviews/{review}/opinions",
    "POST /v1/policies",
    "POST /v1/optout/check",
    "POST /v1/keys",
    "POST /v1/keys/{rotated}/rotate",
    "POST /v1/webhooks",
    "POST /v1/appeals/{token}",
)
for operation in IN_MEMORY:
    produces(operation, 400)(
        lambda world, operation=operation: world.send(operation, content=b" " * (BODY_BYTES + 1))
    )


class World:
    """What there is to ask about."""

    def __init__(self, client, service, send, submitted, flagged, reviewer, bearer):
        self.client, self.service, self.send = client, service, send
        self.submitted, self.flagged = submitted, flagged
        self.reviewer, self.bearer = reviewer, bearer

    def work(self):
        """A work with a report, of its own."""
        return self.submitted("ai_image.png", wait=True, fresh="true")

    def at(self, operation, **names):
        """Asks about something that is there."""
        path = operation.partition(" ")[2].format(**names)
        return self.send(operation, path)

    def appeal(self):
        """A link to appeal by."""
        one, _ = self.flagged()
        made = self.at("POST /v1/screenings/{screening}/appeals", screening=one["id"])
        return one, made.json()["token"]

    def review(self):
        """A review that is open, with its work."""
        one, _ = self.flagged()
        ana = self.reviewer(secrets.token_hex(4))
        queue = self.client.get("/v1/reviews?state=open&limit=200", headers=ana).json()["items"]
        return one, next(each["id"] for each in queue if each["screening"] == one["id"])

    def decided(self):
        """A work that was decided on, and the decision."""
        one, review = self.review()
        made = self.at("POST /v1/reviews/{review}/opinions", review=review)
        return one, review, made.json()["decision"]


@pytest.fixture
def world(served, send, submitted, flagged, reviewer, bearer):
    client, service = served
    return World(client, service, send, submitted, flagged, reviewer, bearer)


UPLOADS = {
    202: {},
    413: {"files": {"file": ("a", b"x" * 3_100_000)}},
    415: {"content": b"x"},
}
for status, given in UPLOADS.items():

    @produces("POST /v1/screenings", status)
    def _(world, given=given):
        return world.send("POST /v1/screenings", **given)

    @produces("POST /v1/appeals/{token}/exhibits", 201 if status == 202 else status)
    def _(world, given=given):
        return hand_in(world, world.appeal()[1], **given)


@produces("POST /v1/screenings", 400)
def _(world):
    headers = world.bearer() | {"Content-Type": "multipart/form-data; boundary=x"}
    return world.send("POST /v1/screenings", headers=headers, content=b"--y\r\nnothing")


@produces("POST /v1/screenings", 409)
def _(world):
    headers = world.bearer() | {"Idempotency-Key": secrets.token_hex(8)}
    world.send("POST /v1/screenings", headers=headers)
    other = {"file": ("b.txt", b"other words")}
    return world.send("POST /v1/screenings", headers=headers, files=other)


for operation in (
    "GET /v1/screenings/{screening}",
    "DELETE /v1/screenings/{screening}",
    "GET /v1/screenings/{screening}/events",
    "GET /v1/screenings/{screening}/decisions",
    "GET /v1/screenings/{screening}/appeals",
):

    @produces(operation, 200)
    def _(world, operation=operation):
        return world.at(operation, screening=world.work()["id"])


for operation in (
    "GET /v1/reports/{report}",
    "GET /v1/receipts/{report}",
    "GET /v1/log/entries/{signed}",
):

    @produces(operation, 200)
    def _(world, operation=operation):
        report = world.work()["report"]
        world.at("GET /v1/receipts/{report}", report=report)
        return world.at(operation, report=report, signed=report)


def log_something(world):
    """A log without an entry has no sizes to be asked about."""
    world.at("GET /v1/receipts/{report}", report=world.work()["report"])


@produces("GET /v1/log/consistency", 200)
def _(world):
    log_something(world)
    return world.send("GET /v1/log/consistency")


@produces("POST /v1/reports/{report}/attestation", 201)
def attest(world):
    return world.at("POST /v1/reports/{report}/attestation", report=world.work()["report"])


@produces("POST /v1/reports/{report}/attestation", 200)
def _(world):
    report = world.work()["report"]
    world.at("POST /v1/reports/{report}/attestation", report=report)
    return world.at("POST /v1/reports/{report}/attestation", report=report)


@produces("DELETE /v1/reports/{report}/attestation", 204)
def _(world):
    report = world.work()["report"]
    world.at("POST /v1/reports/{report}/attestation", report=report)
    return world.at("DELETE /v1/reports/{report}/attestation", report=report)


@produces("GET /verify/{token}", 200)
def _(world):
    return world.client.get(attest(world).json()["path"])


@produces("GET /v1/reviews/{review}", 200)
def _(world):
    return world.at("GET /v1/reviews/{review}", review=world.review()[1])


@produces("PUT /v1/reviews/{review}/assignee", 204)
def _(world):
    return world.at("PUT /v1/reviews/{review}/assignee", review=world.review()[1])


@produces("POST /v1/reviews/{review}/opinions", 201)
def _(world):
    return world.at("POST /v1/reviews/{review}/opinions", review=world.review()[1])


@produces("POST /v1/reviews/{review}/opinions", 409)
def _(world):
    return world.at("POST /v1/reviews/{review}/opinions", review=world.decided()[1])


@produces("POST /v1/screenings/{screening}/review", 201)
def _(world):
    return world.at("POST /v1/screenings/{screening}/review", screening=world.work()["id"])


@produces("GET /v1/decisions/{decision}", 200)
def _(world):
    return world.at("GET /v1/decisions/{decision}", decision=world.decided()[2])


@produces("POST /v1/screenings/{screening}/appeals", 201)
def _(world):
    one, _ = world.flagged()
    return world.at("POST /v1/screenings/{screening}/appeals", screening=one["id"])


@produces("GET /v1/appeals/{token}", 200)
def _(world):
    return world.at("GET /v1/appeals/{token}", token=world.appeal()[1])


@produces("POST /v1/appeals/{token}", 200)
def _(world):
    return world.at("POST /v1/appeals/{token}", token=world.appeal()[1])


@produces("POST /v1/appeals/{token}", 409)
def _(world):
    _, token = world.appeal()
    world.at("POST /v1/appeals/{token}", token=token)
    return world.at("POST /v1/appeals/{token}", token=token)


def hand_in(world, token, **given):
    path = f"/v1/appeals/{token}/exhibits"
    return world.send("POST /v1/appeals/{token}/exhibits", path, **given)


@produces("POST /v1/appeals/{token}/exhibits", 400)
def _(world):
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    return hand_in(world, world.appeal()[1], headers=headers, content=b"--y\r\nnothing")


@produces("POST /v1/appeals/{token}/exhibits", 409)
def _(world):
    one, token = world.appeal()
    past = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1)
    with world.service._engine.begin() as connection:
        mine = appeals.c.screening == one["id"]
        connection.execute(update(appeals).where(mine).values(expires_at=past))
    return hand_in(world, token)


@produces("POST /v1/policies", 201)
def write_policy(world):
    document = f'name = "{secrets.token_hex(4)}"\nrun = ["provenance", "rights"]\n'
    return world.send("POST /v1/policies", json={"document": document})


for operation in ("POST /v1/policies/{policy}/dry-run", "POST /v1/policies/{policy}/activate"):

    @produces(operation, 200)
    def _(world, operation=operation):
        return world.at(operation, policy=write_policy(world).json()["id"])


@produces("POST /v1/optout/check", 200)
def _(world):
    return world.send("POST /v1/optout/check", json={"screening": world.work()["id"]})


@produces("POST /v1/optout/check", 409)
def _(world):
    one = world.send("POST /v1/screenings", files={"file": ("a.txt", secrets.token_bytes(9))})
    with world.service._engine.begin() as connection:
        mine = screenings.c.id == one.json()["id"]
        connection.execute(update(screenings).where(mine).values(report=None))
    return world.send("POST /v1/optout/check", json={"screening": one.json()["id"]})


@produces("POST /v1/optout/origin", 413)
def _(world):
    return world.send("POST /v1/optout/origin", content=b" " * (HISTORY_BYTES + 1))


@produces("POST /v1/keys", 201)
def make_key(world):
    return world.send("POST /v1/keys")


@produces("DELETE /v1/keys/{revoked}", 204)
def _(world):
    return world.at("DELETE /v1/keys/{revoked}", revoked=make_key(world).json()["key"]["id"])


@produces("POST /v1/keys/{rotated}/rotate", 201)
def _(world):
    return world.at("POST /v1/keys/{rotated}/rotate", rotated=make_key(world).json()["key"]["id"])


@produces("POST /v1/webhooks", 201)
def make_webhook(world):
    return world.send("POST /v1/webhooks")


@produces("DELETE /v1/webhooks/{webhook}", 204)
def _(world):
    made = make_webhook(world).json()
    return world.at("DELETE /v1/webhooks/{webhook}", webhook=made["webhook"]["id"])


@produces("POST /v1/deliveries/{message}/again", 204)
def _(world):
    make_webhook(world)
    world.work()
    until = time.monotonic() + 30
    while not (found := world.send("GET /v1/deliveries").json()["items"]):
        assert time.monotonic() < until
        time.sleep(0.1)
    return world.at("POST /v1/deliveries/{message}/again", message=found[0]["id"])


@produces("GET /readyz", 503)
def _(world):
    world.broken(OperationalError("select", {}, Exception("gone")))
    return world.send("GET /readyz")


@produces("GET /metrics", 404)
def _(world):
    usual = world.service.settings
    world.service.settings = usual.model_copy(update={"metrics_port": 9464})
    try:
        return world.send("GET /metrics")
    finally:
        world.service.settings = usual


def test_every_documented_status_has_a_request_that_shows_it(client):
    told = {(operation, status) for operation, status in documented(client) if status not in SHARED}
    shown = {pair for pair in PRODUCED if pair[1] not in SHARED}
    unknown = {(operation, "404") for operation in UNKNOWN}
    assert told - shown == set()
    assert shown - told - unknown == set()


@pytest.mark.parametrize(("operation", "status"), PRODUCED)
def test_a_status_is_what_the_request_gets(client, world, broken, operation, status):
    if (operation, status) not in documented(client):
        return
    world.broken = broken
    assert str(PRODUCED[operation, status](world).status_code) == status
