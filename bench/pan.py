"""Does the command centre's map stay smooth: a browser pans and zooms over a whole city.

Counted are the tasks of the page's main thread above 100 ms, from the moment the page is at rest;
loading is not part of it. The browser reports them twice: by the clock, as a user would wait, and
by the processor's time. A desk's browser has its machine for itself, so the web server and the
database, which share this one with it, are put behind it. Each round is a fresh page: all closed
incidents, which come as tiles, then the live view.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

import ops.browser
from bench import scratch, server
from bench.outcome import Check, Effort, Outcome
from bench.rounds import Spread

LONG_MS = 100
PANS = [(-420, 60), (300, 220), (260, -300), (-380, -120)]
VIEWS = {"tiles": "?state=closed", "live": ""}
TASKS = {"RunTask", "ThreadControllerImpl::RunTask"}  # as a trace calls them


class Task(NamedTuple):
    """A task of the page's main thread: milliseconds by the clock and of the processor."""

    clock: float
    processor: float


def run(effort: Effort) -> Outcome:
    """Seed, open the page, pan and zoom, and count what held the page up."""
    scratch.city(effort.grids, effort.points)
    call_command("collectstatic", interactive=False, verbosity=0)  # as `./gridctl up` does
    session = _session()  # the browser's own event loop forbids questions to the database
    with server.web_behind() as (port, put_behind), browser() as chromium:
        found = {
            name: [
                held_up(chromium, port, session, query, put_behind) for _ in range(effort.rounds)
            ]
            for name, query in VIEWS.items()
        }
        allowed = put_behind()
    sides = []
    for name, pages in found.items():
        for what in Task._fields:
            tasks = [[getattr(task, what) for task in page] for page in pages]
            long = [float(sum(ms > LONG_MS for ms in each)) for each in tasks]
            sides.append(Spread(f"{name}, {what}: above {LONG_MS} ms, count", long))
            longest = [max(each, default=0.0) for each in tasks]
            sides.append(Spread(f"{name}, {what}: longest, ms", longest))
    title = f"panning over {effort.grids} grids and {effort.points} incidents"
    stood_back = Check("server and database stood back", expected=True, found=allowed)
    return Outcome(title, "", sides, [], [stood_back])


@contextmanager
def browser() -> Iterator[Any]:
    """Run a headless Chromium."""
    with import_module("playwright.sync_api").sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=ops.browser.find(), args=["--disable-gpu"]
        )
        yield chromium
        chromium.close()


def held_up(
    chromium: Any, port: int, session: str, query: str, put_behind: Callable[[], bool]
) -> list[Task]:
    """Return the tasks of the page while the map is moved about."""
    url = f"http://127.0.0.1:{port}"
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
    page = context.new_page()
    page.goto(f"{url}/command/#13/31.06/105.06{query}")
    page.wait_for_selector("body[data-ready]", timeout=120_000)
    page.wait_for_selector("#layers-button:enabled", timeout=120_000)
    page.wait_for_load_state("networkidle")
    chromium.start_tracing(page=page, categories=["toplevel", "devtools.timeline"])
    box = page.locator("#map").bounding_box()
    middle = (box["x"] + box["width"] * 0.6, box["y"] + box["height"] / 2)
    for zoom in (0, 1, 1, -1, -1, -1):
        put_behind()
        _zoom(page, zoom)
        for pan in PANS:
            _drag(page, middle, pan)
    trace = json.loads(chromium.stop_tracing())["traceEvents"]
    context.close()
    return list(_tasks(trace))


def _tasks(trace: list[dict[str, Any]]) -> Iterator[Task]:
    """Yield the tasks of the main threads; a trace has microseconds."""
    threads = {
        (event["pid"], event["tid"])
        for event in trace
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    for event in trace:
        if (
            event["name"] in TASKS
            and event["ph"] == "X"
            and (event["pid"], event["tid"]) in threads
        ):
            yield Task(event["dur"] / 1000, event.get("tdur", 0) / 1000)


def _zoom(page: Any, step: int) -> None:
    if step:
        page.click(".leaflet-control-zoom-in" if step > 0 else ".leaflet-control-zoom-out")
    page.wait_for_timeout(600)


def _drag(page: Any, middle: tuple[float, float], by: tuple[int, int]) -> None:
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + by[0], middle[1] + by[1], steps=25)
    page.mouse.up()
    page.wait_for_timeout(300)


def _session() -> str:
    user, _new = User.objects.get_or_create(username="bench-admin", defaults={"is_superuser": True})
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value
