"""The outbox against a real receiver on this machine: signed, tried again, known by its key."""

import hashlib
import hmac
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gis_grid import settings as read
from incidents import relay
from incidents.models import Message, Told
from incidents.telling import messages, outside, teller
from tests.world import NOW, World, do, make_incident

SECRET = "a secret that is long enough to be one"
CERTIFICATE = Path(__file__).resolve().parents[1] / "samples" / "receiver.pem"
SECOND = timedelta(seconds=1)


@dataclass
class Received:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A server that takes messages; `answer` says what it does with one."""

    url: str = ""
    got: list[Received] = field(default_factory=list)
    answer: Callable[["_Handler"], None] = lambda handler: handler.reply(204)

    @property
    def keys(self) -> list[str]:
        """The keys in the order of arrival."""
        return [each.headers["Idempotency-Key"] for each in self.got]


class _Handler(BaseHTTPRequestHandler):
    receiver: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.receiver.got.append(Received(self.path, dict(self.headers), body))
        self.receiver.answer(self)

    def reply(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing: pytest shows what matters."""


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    """A receiver that the installation is told to send to."""
    with running() as told:
        settings.WEBHOOK_URL = f"{told.url}/hook?from=grid"
        settings.WEBHOOK_SECRET = SECRET
        yield told


class running:
    """Run a receiver for the length of a `with`."""

    def __init__(self, certificate: Path | None = None) -> None:
        self.told = Receiver()
        handler = type("Handler", (_Handler,), {"receiver": self.told})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
            self.server.handle_error = lambda *args: None  # type: ignore[method-assign]
            scheme = "https"
        self.told.url = f"{scheme}://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> Receiver:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self.told

    def __exit__(self, *args: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def happen(world: World, count: int = 1) -> list[Message]:
    """Let reports come in and be told; return the messages they made."""
    for _ in range(count):
        make_incident(world)
    relay.stamp_all()
    teller.tell_new(at=NOW)
    return list(Message.objects.order_by("event__sequence"))


def test_a_step_is_sent_once_and_confirmed(world: World, receiver: Receiver) -> None:
    (message,) = happen(world)

    assert messages.send_due(NOW) == 1
    assert messages.send_due(NOW + SECOND) == 0

    assert receiver.keys == [str(message.id)]
    message.refresh_from_db()
    assert (message.sent_at, message.next_at, message.tries, message.fault) == (NOW, None, 1, "")


def test_the_receiver_can_check_the_signature(world: World, receiver: Receiver) -> None:
    happen(world)
    messages.send_due(NOW)

    got = receiver.got[0]
    told = got.headers["X-Grid-Timestamp"].encode() + b"." + got.body
    expected = hmac.new(SECRET.encode(), told, hashlib.sha256).hexdigest()
    assert got.headers["X-Grid-Signature"] == f"sha256={expected}"
    assert abs(int(got.headers["X-Grid-Timestamp"]) - time.time()) < 60
    assert got.path == "/hook?from=grid"
    assert got.headers["Content-Type"] == "application/json"


def test_what_is_told_names_nobody_and_no_place(world: World, receiver: Receiver) -> None:
    incident = do(world, "accept", make_incident(world, words="找李某"), by="chen", note="张三报")
    relay.stamp_all()
    teller.tell_new(at=NOW)
    messages.send_due(NOW)

    bodies = [each.body.decode() for each in receiver.got]
    accepted = json.loads(bodies[1])
    assert {
        "kind": "accept",
        "number": incident.number,
        "category": "street_lamp",
        "state_before": "reported",
        "state": "accepted",
        "area": "A1",
        "id": receiver.keys[1],
    }.items() <= accepted.items()
    secrets = ("李某", "张三", "Li", "Chen", "chen", "13800000001", "105.0", str(incident.pk))
    assert not [secret for secret in secrets for body in bodies if secret in body]


def test_a_failure_is_tried_again_with_growing_pauses(world: World, receiver: Receiver) -> None:
    (message,) = happen(world)
    receiver.answer = lambda handler: handler.reply(500)

    assert messages.send_due(NOW) == 0
    assert messages.send_due(NOW) == 0  # its pause is not over
    message.refresh_from_db()
    assert (message.fault, message.next_at) == ("answered 500", NOW + SECOND)

    receiver.answer = lambda handler: handler.reply(200)
    assert messages.send_due(NOW + SECOND) == 1
    assert receiver.keys == [str(message.id)] * 2
    message.refresh_from_db()
    assert (message.fault, message.tries) == ("", 2)


def test_pauses_grow_from_a_second_to_an_hour() -> None:
    pauses = [messages.pause_after(tries).total_seconds() for tries in range(1, 25)]

    assert pauses[:4] == [1, 2, 4, 8]
    assert pauses == sorted(pauses)
    assert pauses[-1] == 3600


def test_after_many_tries_it_is_given_up_and_the_fault_is_kept(
    world: World, receiver: Receiver
) -> None:
    (message,) = happen(world)
    Message.objects.update(tries=messages.MAX_TRIES - 1)
    receiver.answer = lambda handler: handler.reply(503)

    messages.send_due(NOW)

    message.refresh_from_db()
    assert (message.next_at, message.sent_at, message.fault) == (None, None, "answered 503")
    assert messages.send_due(NOW + timedelta(days=2)) == 0
    assert len(receiver.got) == 1


def test_a_crash_after_sending_sends_the_same_key_again(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    (message,) = happen(world)
    with monkeypatch.context() as killed:
        killed.setattr(messages, "_confirm", _power_cut)
        with pytest.raises(KeyboardInterrupt):
            messages.send_due(NOW)

    assert messages.send_due(NOW + SECOND) == 0  # somebody may still be sending it
    assert messages.send_due(NOW + messages.LEASE) == 1

    assert receiver.keys == [str(message.id)] * 2
    assert receiver.got[0].body == receiver.got[1].body


def test_of_two_who_see_it_due_one_sends(world: World, receiver: Receiver) -> None:
    happen(world)
    seen = Message.objects.get()

    assert messages._claim(Message.objects.get(), NOW)
    assert not messages._claim(seen, NOW)


def test_who_lost_the_claim_does_not_undo_the_winner_s(world: World, receiver: Receiver) -> None:
    (message,) = happen(world)
    late = Message.objects.get()
    messages._claim(late, NOW)
    messages.send_due(NOW + messages.LEASE)

    messages._failed(late, "late", NOW)

    message.refresh_from_db()
    assert (message.sent_at, message.fault) == (NOW + messages.LEASE, "")


def test_a_receiver_that_is_away_costs_one_attempt_a_round(
    world: World, receiver: Receiver
) -> None:
    happen(world, 3)
    receiver.answer = lambda handler: handler.reply(502)

    messages.send_due(NOW)

    assert len(receiver.got) == 1


def test_they_go_out_in_the_order_of_events(world: World, receiver: Receiver) -> None:
    made = happen(world, 3)

    assert messages.send_due(NOW) == 3
    assert receiver.keys == [str(message.id) for message in made]


def test_a_redirect_is_not_followed(world: World, receiver: Receiver) -> None:
    happen(world)
    receiver.answer = lambda handler: handler.reply(307, Location=f"{receiver.url}/elsewhere")

    messages.send_due(NOW)

    assert [got.path for got in receiver.got] == ["/hook?from=grid"]
    assert Message.objects.get().fault == "answered 307"


def test_silence_ends_after_the_time_out(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = threading.Event()
    happen(world)
    receiver.answer = lambda handler: over.wait(5) and None
    monkeypatch.setattr(outside.post, "__defaults__", (0.3,))

    began = time.monotonic()
    messages.send_due(NOW)
    over.set()

    assert time.monotonic() - began < 3
    assert Message.objects.get().fault == "no answer within 0.3 s"


def test_an_answer_that_drips_ends_too(receiver: Receiver) -> None:
    def drip(handler: _Handler) -> None:
        for _ in range(60):
            try:
                handler.wfile.write(b"H")
                handler.wfile.flush()
            except OSError:
                return
            time.sleep(0.05)

    receiver.answer = drip

    began = time.monotonic()
    with pytest.raises(outside.Fault, match="no answer within"):
        outside.post(receiver.url, b"{}", {}, 0.4)
    assert time.monotonic() - began < 2


def test_nobody_there_is_a_fault(world: World, receiver: Receiver, settings: Any) -> None:
    happen(world)
    settings.WEBHOOK_URL = "http://127.0.0.1:9"  # the discard port: nobody listens

    messages.send_due(NOW)

    assert "refused" in Message.objects.get().fault


def test_a_certificate_nobody_vouches_for_is_refused() -> None:
    with running(CERTIFICATE) as told, pytest.raises(outside.Fault, match="TLS"):
        outside.post(told.url, b"{}", {})
    assert told.got == []


def test_switched_off_it_neither_takes_nor_sends(
    world: World, receiver: Receiver, settings: Any
) -> None:
    happen(world)
    settings.WEBHOOK_URL = ""

    assert len(happen(world)) == 1
    assert messages.send_due(NOW) == 0
    assert receiver.got == []


def test_sending_takes_a_fixed_number_of_queries(world: World, receiver: Receiver) -> None:
    happen(world, 3)

    with CaptureQueriesContext(connection) as queries:
        messages.send_due(NOW)

    assert len(queries) == 1 + 3 * 2  # what is due; claim and confirm for each


def test_nothing_is_written_when_nothing_is_told(world: World, receiver: Receiver) -> None:
    Told.objects.create(pk=teller.MARK)

    assert teller.tell_new(at=NOW) == 0
    assert not Message.objects.exists()


def _power_cut(*args: object) -> None:
    raise KeyboardInterrupt


class TestSettings:
    """What is unsafe or half-set stops the start with a sentence."""

    @pytest.mark.parametrize(
        ("url", "secret", "said"),
        [
            ("http://city.example.org/hook", SECRET, "https://"),
            ("ftp://city.example.org/hook", SECRET, "https://"),
            ("city.example.org/hook", SECRET, "https://"),
            ("https://user:word@city.example.org/", SECRET, "password"),
            ("https://", SECRET, "https://"),
            ("https://city.example.org/hook", "", "GRID_WEBHOOK_SECRET"),
            ("https://city.example.org/hook", "short", "GRID_WEBHOOK_SECRET"),
        ],
    )
    def test_refused(
        self, monkeypatch: pytest.MonkeyPatch, url: str, secret: str, said: str
    ) -> None:
        monkeypatch.setenv("GRID_WEBHOOK_URL", url)
        monkeypatch.setenv("GRID_WEBHOOK_SECRET", secret)

        with pytest.raises(ImproperlyConfigured, match=said):
            read._webhook()

    @pytest.mark.parametrize(
        "url",
        ["https://city.example.org/hook?a=b", "http://127.0.0.1:8080/hook", "http://[::1]/hook"],
    )
    def test_taken(self, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
        monkeypatch.setenv("GRID_WEBHOOK_URL", url)
        monkeypatch.setenv("GRID_WEBHOOK_SECRET", SECRET)

        assert read._webhook() == (url, SECRET)

    def test_off_unless_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("GRID_WEBHOOK_URL", raising=False)

        assert read._webhook()[0] == ""
