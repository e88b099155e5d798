"""Doors without a key: who tries too often waits a few minutes, and nobody is locked out."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection
from django.test import Client, RequestFactory
from django.utils import timezone

from gis_grid.errors import TooMany
from gis_grid.people import throttle
from gis_grid.people.entrance import COOKIE
from gis_grid.people.models import Attempts
from gis_grid.people.throttle import Limit
from tests.world import PASSWORD, World

AT = datetime(2026, 3, 5, 6, 30, tzinfo=UTC)
THREE = Limit("a door", 3, timedelta(minutes=5))


def tries(limit: Limit, knocker: str, at: datetime, times: int) -> list[bool]:
    """Return for each attempt whether it was let through."""
    told = []
    for _ in range(times):
        try:
            throttle.count(limit, knocker, at)
            told.append(True)
        except TooMany:
            told.append(False)
    return told


@pytest.mark.django_db
class TestCounts:
    """The table."""

    def test_so_many_and_no_more(self) -> None:
        assert tries(THREE, "li", AT, 5) == [True, True, True, False, False]

    def test_the_refusal_says_how_long(self) -> None:
        tries(THREE, "li", AT, 3)

        with pytest.raises(TooMany) as refused:
            throttle.count(THREE, "li", AT + timedelta(seconds=100))

        assert (refused.value.code, refused.value.retryable) == ("too_many_attempts", True)
        assert refused.value.extra == {"retry_after_s": 200}

    def test_who_goes_on_trying_is_let_in_all_the_same(self) -> None:
        tries(THREE, "li", AT, 50)
        tries(THREE, "li", AT + timedelta(minutes=4), 50)

        assert tries(THREE, "li", AT + timedelta(minutes=5), 1) == [True]

    def test_each_door_and_each_knocker_by_itself(self) -> None:
        tries(THREE, "li", AT, 4)

        assert tries(THREE, "wang", AT, 1) == [True]
        assert tries(Limit("another", 3, timedelta(minutes=5)), "li", AT, 1) == [True]

    def test_what_was_in_order_is_taken_back(self) -> None:
        for _ in range(10):
            throttle.count(THREE, "li", AT)
            throttle.take_back(THREE, "li", AT)

        assert tries(THREE, "li", AT, 4) == [True, True, True, False]
        throttle.forget(THREE, "li", AT)
        assert tries(THREE, "li", AT, 1) == [True]

    def test_no_name_and_no_address_is_stored(self) -> None:
        throttle.count(THREE, "203.0.113.7", AT)
        throttle.count(THREE, "203.0.113.7", AT + timedelta(days=1))

        keys = list(Attempts.objects.values_list("key", flat=True))
        assert len(keys) == 2, "another key every day"
        assert all(len(key) == 64 and "203" not in key[:4] for key in keys)

    def test_what_is_over_is_swept(self) -> None:
        throttle.count(THREE, "li", AT)
        throttle.count(THREE, "wang", AT + timedelta(minutes=4))

        assert throttle.sweep(AT + timedelta(minutes=5)) == 1
        assert Attempts.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_not_all_let_through() -> None:
    def knock(_: int) -> bool:
        try:
            return tries(THREE, "li", AT, 1)[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        let_in = list(threads.map(knock, range(16)))

    assert sum(let_in) == 3
    assert Attempts.objects.get().count == 16


class TestAddress:
    """Which address is believed."""

    @pytest.mark.parametrize(
        ("proxies", "forwarded", "address"),
        [
            (0, "198.51.100.9", "203.0.113.7"),  # anybody can write that header
            (1, "198.51.100.9", "198.51.100.9"),
            (1, "10.0.0.1, 198.51.100.9", "198.51.100.9"),
            (2, "198.51.100.9, 192.0.2.1", "198.51.100.9"),
            (2, "6.6.6.6, 198.51.100.9, 192.0.2.1", "198.51.100.9"),
            (2, "198.51.100.9", "203.0.113.7"),  # fewer than there are: somebody came past them
            (1, "<script>", "unknown"),
            (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            (1, "::ffff:198.51.100.9", "198.51.100.9"),
        ],
    )
    def test_as_far_as_our_own_proxies_wrote_it(
        self, settings: Any, proxies: int, forwarded: str, address: str
    ) -> None:
        settings.PROXIES = proxies
        request = RequestFactory().get(
            "/", REMOTE_ADDR="203.0.113.7", headers={"X-Forwarded-For": forwarded}
        )

        assert throttle.address_of(request) == address


# --- the log-in ---------------------------------------------------------------------------------

PAGES = ["/login/", "/admin/login/"]


def enter(client: Client, name: str, password: str = "wrong", page: str = "/login/") -> Any:
    return client.post(page, {"username": name, "password": password})


def statuses(client: Client, name: str, times: int, **how: Any) -> list[int]:
    return [enter(client, name, **how).status_code for _ in range(times)]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Return a function that lets minutes pass."""
    passed = timedelta()
    real = timezone.now

    def pass_(minutes: float) -> None:
        nonlocal passed
        passed += timedelta(minutes=minutes)

    monkeypatch.setattr(timezone, "now", lambda: real() + passed)
    return pass_


class Counted(PBKDF2PasswordHasher):
    """As the product hashes, with less work, and counted."""

    work = 0
    iterations = 1000

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        type(self).work += 1
        return super().encode(password, salt, iterations)


def without(name: str, answer: Any) -> str:
    """Return a page without what differs for each: the name, the form's token."""
    page = str(answer.content.decode()).replace(f'value="{name}"', 'value=""')
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)


class TestLogin:
    """Ours and the administration's."""

    @pytest.fixture(autouse=True)
    def _cheap(self, world: World, settings: Any) -> None:
        settings.PASSWORD_HASHERS = [f"{__name__}.Counted"]
        world.users["li"].set_password(PASSWORD)
        for user in world.users.values():
            user.password = world.users["li"].password
            user.save(update_fields=["password"])

    @pytest.mark.parametrize("page", PAGES)
    def test_after_five_wrong_ones_one_waits(self, world: World, client: Client, page: str) -> None:
        name = "root"

        assert statuses(client, name, 6, page=page) == [200] * 5 + [429]
        answer = enter(client, name, PASSWORD, page)
        assert answer.status_code == 429, "the password is not looked at meanwhile"
        assert 0 < int(answer.headers["Retry-After"]) <= 180
        assert "尝试次数太多" in answer.content.decode()
        assert "分钟" in answer.content.decode()

    def test_both_pages_count_together(self, world: World, client: Client) -> None:
        statuses(client, "root", 5)

        assert enter(client, "root", PASSWORD, "/admin/login/").status_code == 429

    def test_after_a_few_minutes_one_is_let_in(
        self, world: World, client: Client, later: Callable[[float], None]
    ) -> None:
        statuses(client, "li", 20)
        later(3.1)

        assert enter(client, "li", PASSWORD).status_code == 302

    def test_the_right_password_ends_the_count(self, world: World, client: Client) -> None:
        for _ in range(3):
            statuses(client, "li", 4)
            assert enter(client, "li", PASSWORD).status_code == 302
            client.post("/logout/")

    def test_strangers_cannot_keep_somebody_out_of_their_own_phone(
        self, world: World, client: Client
    ) -> None:
        enter(client, "li", PASSWORD)
        client.post("/logout/")
        stranger = Client(REMOTE_ADDR="198.51.100.9")

        assert statuses(stranger, "li", 6)[-1] == 429
        assert enter(Client(REMOTE_ADDR="192.0.2.1"), "li", PASSWORD).status_code == 429
        assert enter(client, "li", PASSWORD).status_code == 302

    def test_a_known_phone_has_its_limit_too(self, world: World, client: Client) -> None:
        enter(client, "li", PASSWORD)
        client.post("/logout/")

        assert statuses(client, "li", 6) == [200] * 5 + [429]

    def test_it_is_known_for_those_who_logged_in_there(self, world: World, client: Client) -> None:
        enter(client, "li", PASSWORD)
        client.post("/logout/")
        statuses(Client(REMOTE_ADDR="198.51.100.9"), "wang", 6)

        assert enter(client, "wang", PASSWORD).status_code == 429

    def test_the_mark_of_a_known_phone_tells_no_name_and_cannot_be_made_up(
        self, world: World, client: Client
    ) -> None:
        enter(client, "li", PASSWORD)
        cookie = client.cookies[COOKIE]
        client.post("/logout/")
        statuses(Client(), "li", 6)

        assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
        client.cookies[COOKIE] = f"{cookie.value}x"
        assert enter(client, "li", PASSWORD).status_code == 429

    def test_one_password_for_all_names_is_stopped_by_the_address(
        self, world: World, client: Client, settings: Any
    ) -> None:
        settings.LOGIN_TRIES_FROM_ADDRESS = 8
        answers = [enter(client, f"somebody{n}").status_code for n in range(9)]

        assert answers == [200] * 8 + [429]
        assert enter(client, "li", PASSWORD).status_code == 429
        assert enter(Client(REMOTE_ADDR="192.0.2.1"), "li", PASSWORD).status_code == 302

    def test_an_office_behind_one_address_logs_in(self, world: World, settings: Any) -> None:
        settings.LOGIN_TRIES_FROM_ADDRESS = 2

        assert [enter(Client(), "li", PASSWORD).status_code for _ in range(5)] == [302] * 5

    def test_a_forged_header_does_not_help(self, world: World, client: Client) -> None:
        def forged(number: int) -> int:
            header = {"X-Forwarded-For": f"198.51.100.{number}"}
            data = {"username": "li", "password": "wrong"}
            return int(client.post("/login/", data, headers=header).status_code)

        assert [forged(n) for n in range(6)][-1] == 429

    def test_nobody_learns_who_exists(self, world: World) -> None:
        told: dict[str, list[tuple[int, int, str]]] = {"li": [], "ghost": []}
        for name, answers in told.items():
            client = Client()
            for _ in range(6):
                Counted.work = 0
                answer = enter(client, name)
                answers.append((answer.status_code, Counted.work, without(name, answer)))

        assert [(status, work) for status, work, _ in told["li"]] == [(200, 1)] * 5 + [(429, 0)]
        assert told["li"] == told["ghost"]

    @pytest.mark.parametrize(
        ("name", "password"),
        [
            ("li\x00", "x"),
            ("\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "x"),
            ("l" * 5000, "x"),
            ("li", "p" * 1_000_000),
            ("", ""),
            ("li' OR 1=1 --", "x"),
        ],
    )
    def test_odd_input_is_a_wrong_password(
        self, world: World, client: Client, name: str, password: str
    ) -> None:
        answer = enter(client, name, password)

        assert answer.status_code == 200
        assert '<p class="notice"' in answer.content.decode()
        assert "_auth_user_id" not in client.session

    def test_a_log_in_costs_few_queries(
        self, world: World, client: Client, django_assert_max_num_queries: Any
    ) -> None:
        # counts: name, address; user; the count forgotten, the other taken back; seats and
        # session, last login
        with django_assert_max_num_queries(14):
            assert enter(client, "li", PASSWORD).status_code == 302
