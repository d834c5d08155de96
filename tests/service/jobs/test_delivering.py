"""Messages are sent as the scheme says, to where they may be, and what comes back decides."""

from __future__ import annotations

import functools
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from standardwebhooks import Webhook as Scheme

from provenance.errors import BlockedAddress, FetchError
from provenance.fetch import UnsafeAllowAll, post
from service.jobs.delivering import Deliverer, job_of
from service.policy import Reviewing
from service.review.facts import Facts, Found
from service.storage.accounts import Accounts
from service.storage.engine import migrate, open_database
from service.storage.screenings import Intake, Screenings
from service.storage.webhooks import DeliveryState, Webhooks

SHA = "a" * 64
NOTHING = Found("undetermined", (), review=False, facts=Facts(), rules=Reviewing())


@pytest.fixture
def engine(tmp_path):
    opened = open_database(f"sqlite:///{tmp_path / 'a.sqlite'}")
    migrate(opened)
    yield opened
    opened.dispose()


@pytest.fixture
def stored(engine):
    return Webhooks(engine)


@pytest.fixture
def label(engine):
    return Accounts(engine).found("label").id


@pytest.fixture
def announced(engine, stored, label):
    """Registers a webhook, ends a screening, and gives the message there is."""

    def announce(url="https://label.example/hook"):
        webhook = stored.register(label, url)
        screenings = Screenings(engine)
        one, _ = screenings.accept(Intake(label, "key_x", "a", SHA, 3, blob=SHA))
        screenings.begin(one.id)
        screenings.finish_with(one, SHA, "{}", "made", NOTHING)
        return webhook, stored.deliveries(label, limit=1)[0]

    return announce


def answering(answer, sent=None):
    """Sends nothing, and answers so."""

    def send(url, body, headers, **_):
        if sent is not None:
            sent.append((url, body, headers))
        if isinstance(answer, Exception):
            raise answer
        return answer

    return send


@pytest.mark.parametrize("status", [200, 202, 204])
def test_a_message_that_is_taken_is_delivered_and_not_sent_again(stored, announced, status):
    sent = []
    deliver = Deliverer(stored, answering(status, sent))
    webhook, message = announced()
    deliver(job_of(message))
    deliver(job_of(message))
    (done,) = stored.deliveries(message.organisation, limit=1)
    assert (done.state, done.status, done.attempts) == (DeliveryState.DELIVERED, status, 1)
    assert [url for url, _, _ in sent] == [webhook.url]


def test_the_receiver_can_check_it_and_the_identifier_stays(stored, announced):
    sent = []
    deliver = Deliverer(stored, answering(500, sent))
    webhook, message = announced()
    for _ in range(3):
        deliver(job_of(message))
    assert {headers["webhook-id"] for _, _, headers in sent} == {message.id}
    for _, body, headers in sent:
        told = Scheme(webhook.secret).verify(body, headers)
        assert told["data"]["sha256"] == SHA
    other = Scheme("whsec_" + "A" * 43 + "=")
    with pytest.raises(Exception, match="signature"):
        other.verify(sent[0][1], sent[0][2])


@pytest.mark.parametrize(
    "answer", [301, 400, 404, 500, 503, FetchError("no answer"), BlockedAddress("inside")]
)
def test_anything_else_is_tried_again(stored, announced, answer):
    _, message = announced()
    Deliverer(stored, answering(answer))(job_of(message))
    (again,) = stored.deliveries(message.organisation, limit=1)
    assert again.state is DeliveryState.PENDING
    assert again.due_at > message.due_at
    assert again.fault


def test_one_that_is_gone_ends_the_webhook(stored, announced):
    webhook, message = announced()
    Deliverer(stored, answering(410))(job_of(message))
    assert stored.listed(webhook.organisation) == ()
    assert stored.deliveries(webhook.organisation, limit=1)[0].state is DeliveryState.DEAD


def test_what_is_due_for_a_webhook_that_has_ended_is_not_sent(stored, announced):
    sent = []
    webhook, message = announced()
    stored.end(webhook.organisation, webhook.id)
    Deliverer(stored, answering(200, sent))(job_of(message))
    assert sent == []
    assert stored.deliveries(webhook.organisation, limit=1)[0].state is DeliveryState.DEAD


def test_a_fault_of_the_machinery_leaves_it_pending(stored, announced, caplog):
    _, message = announced()
    Deliverer(stored, answering(RuntimeError("no memory")))(job_of(message))
    (still,) = stored.deliveries(message.organisation, limit=1)
    assert still.state is DeliveryState.PENDING
    assert "no memory" in caplog.text


def test_an_address_inside_is_refused_at_delivery_too(stored, announced):
    """However it was registered: what a name leads to is looked at each time."""
    _, message = announced("http://127.0.0.1/hook")
    Deliverer(stored)(job_of(message))
    (again,) = stored.deliveries(message.organisation, limit=1)
    assert again.state is DeliveryState.PENDING
    assert "public address" in again.fault


@pytest.mark.enable_socket
def test_over_http_it_arrives_whole(stored, announced):
    received = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            received.append((body, dict(self.headers)))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            """Nothing is printed."""

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        webhook, message = announced(f"http://127.0.0.1:{server.server_port}/hook")
        Deliverer(stored, functools.partial(post, allow=UnsafeAllowAll()))(job_of(message))
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    ((body, headers),) = received
    assert json.loads(body)["type"] == "screening.done"
    assert Scheme(webhook.secret).verify(body, headers)
    assert stored.deliveries(message.organisation, limit=1)[0].state is DeliveryState.DELIVERED


def test_all_that_is_due_is_submitted_once(stored, announced):
    class Queue:
        jobs: list = []  # noqa: RUF012 - one queue

        def submit(self, job):
            self.jobs.append(job)

    announced()
    announced()
    deliver, queue = Deliverer(stored, answering(200)), Queue()
    deliver.submit_due(queue)
    deliver.submit_due(queue)
    assert len(queue.jobs) == len(set(queue.jobs)) == 3, "the second end is told to both"
