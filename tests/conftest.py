"""Fixtures for every test: a real PostGIS, a small town, real data, a real browser."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import TransactionTestCase
from playwright.sync_api import Browser, expect, sync_playwright
from pytest_django.plugin import DjangoDbBlocker
from whitenoise.middleware import WhiteNoiseMiddleware

from incidents.deadlines import calendars
from tests.kept import Kept, empty_tables, keep
from tests.killed import chromium_path
from tests.login import client_of
from tests.phone import phone, picture
from tests.product import Product, database_url, end_other_sessions, run_product
from tests.world import World, build_world

# Fixtures that live beside their helpers.
__all__ = ["phone", "picture"]

# Playwright's sync API runs its own loop; Django would refuse the ORM beside it. Tests only.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# For a machine that is busy with other tests; who is well waits no longer than it takes.
expect.set_options(timeout=15_000)

PROGRAMS = pytest.StashKey[Product]()
REAL_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


# What a busy machine does to a browser, three servers and a database; never a wrong answer.
MISSED_IN_TIME = [
    "TimeoutError",
    "AssertionError: (Locator|Page) expected",
    "is not ready",
    "deadlock detected",  # emptying tables while a program reads them
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say in what order, and what may be tried twice.

    What is `early` comes first: a process takes its work from the front of its part, others help it
    from the back. So one process builds for all what is shared, and nobody is left with a long one.

    What stands on running programs and missed a time-out is tried once more; the summary says so.
    What proves that nothing is lost is never tried again: once lost is lost.
    """
    items.sort(key=lambda item: item.get_closest_marker("early") is None)
    for item in items:
        if "product" in getattr(item, "fixturenames", ()) and not item.get_closest_marker("proof"):
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=MISSED_IN_TIME))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The test database; at the end nobody is connected, so that it can be dropped."""
    yield
    with django_db_blocker.unblock():
        end_other_sessions()


@pytest.fixture(scope="session", autouse=True)
def _static_files_are_listed_once() -> Iterator[None]:
    """Every test client builds all middleware anew: WhiteNoise would walk through every file."""
    build, built = WhiteNoiseMiddleware.__init__, []

    def build_once(self: Any, get_response: Any = None, settings: Any = settings) -> None:
        if not built:
            build(self, get_response, settings)
            built.append(self)
        self.__dict__.update(built[0].__dict__, get_response=get_response)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "__init__", build_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def _few_rows_are_deleted(request: pytest.FixtureRequest) -> Iterator[None]:
    """After a test that commits: for a few rows DELETE takes a tenth of what TRUNCATE takes.

    A program may have been halted with a lock in hand: its statement was still on its way when all
    looked quiet. Who waits for that lock gives up soon, halts the programs anew and tries again.
    """

    def empty(_case: TransactionTestCase) -> None:
        for _ in range(4):
            with suppress(OperationalError):
                return empty_tables()
            if running := request.config.stash.get(PROGRAMS, None):
                running.rest()
        return empty_tables()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty)
        yield


@pytest.fixture(scope="session")
def _kept_worlds() -> list[Kept]:
    """The world as it was first built, once it was."""
    return []


@pytest.fixture
def world(db: None, _kept_worlds: list[Kept]) -> World:
    """The small town of `tests/world.py` with its cast; its calendar is read, as after a while.

    Where programs look on it is built each time: for them nothing may come back as it was.
    """
    if not connection.in_atomic_block:
        built = build_world()
    elif _kept_worlds:
        built = _kept_worlds[0].put_back()
    else:
        built = build_world()
        _kept_worlds.append(keep(built))
    calendars.forget()
    calendars.calendar_of()
    return built


@pytest.fixture
def media(settings, tmp_path: Path) -> Path:  # type: ignore[no-untyped-def]
    """An empty media folder."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return tmp_path / "media"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data beside the checkout; where it is expected, it must be there."""
    if REAL_DATA.is_dir():
        return REAL_DATA
    if os.environ.get("CI") == "true":
        pytest.fail(f"real data is expected at ../shared/data (looked in {REAL_DATA})")
    pytest.skip("no ../shared/data beside the checkout: tests on real data are left out")


@pytest.fixture
def login(world: World):  # type: ignore[no-untyped-def]
    """Return a function: name of the cast -> a client that is logged in as them."""

    return lambda name: client_of(world.users[name])


@pytest.fixture(scope="session")
def _programs(
    request: pytest.FixtureRequest,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Product]:
    with django_db_blocker.unblock():
        url = database_url()
    with run_product(tmp_path_factory.mktemp("product"), url) as running:
        request.config.stash[PROGRAMS] = running
        yield running
        del request.config.stash[PROGRAMS]


@pytest.fixture
def product(transactional_db: None, _programs: Product) -> Iterator[Product]:
    """The running product: web, live and worker, as `./gridctl up` starts them.

    Started once; every test finds all three up and the tables empty.
    """
    _programs.ensure()
    yield _programs
    _programs.rest()


@pytest.fixture
def no_worker(request: pytest.FixtureRequest, transactional_db: None) -> None:
    """No worker leads on the test database: the test starts its own."""
    running = request.config.stash.get(PROGRAMS, None)
    if running and "worker" in running.processes:
        running.stop("worker")


@pytest.fixture
def ctrl_c_counts() -> Iterator[None]:
    """What the test starts can be interrupted, though a suite in the background ignores Ctrl+C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A real, headless Chromium; a missing one fails with what to do."""
    path = chromium_path()
    if not path:
        pytest.fail("no Chromium: run the tests with ./gridctl test, which installs one")
    with sync_playwright() as playwright:
        # Without a graphics card, playing one in software costs more than drawing without.
        browser = playwright.chromium.launch(executable_path=path, args=["--disable-gpu"])
        yield browser
        browser.close()
