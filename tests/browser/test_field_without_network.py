"""The page with no network at all: it opens, shows the tasks, takes deeds, and sends them later."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from incidents.actions import To
from incidents.models import Incident
from tests.net import Net, down, only, refused, well
from tests.phone import Phone, add_photo, open_task, reported
from tests.product import Product
from tests.world import PASSWORD, World, add_units, do, inside

pytestmark = pytest.mark.browser

CARRIED = "离线可用：1 件任务"


def given(world: World, *deeds: str) -> Incident:
    """A case that waits for Li's grid, and what Li did with it."""
    now = timezone.now()
    incident = do(world, "accept", reported(world), by="chen", at=now)
    incident = do(world, "dispatch", incident, by="chen", at=now, to=To(area="A1"))
    for deed in deeds:
        incident = do(world, deed, incident, by="li", at=now)
    return incident


def ready(page: Page) -> None:
    """Wait until the phone has page, files, tasks and map: from here on it needs nobody."""
    page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
    page.get_by_role("button", name="我的任务").click()
    expect(page.locator("#carried")).to_contain_text(CARRIED, timeout=20_000)
    expect(page.locator("#carried")).to_contain_text("网格地图已保存", timeout=30_000)


def delivered(page: Page) -> None:
    expect(page.locator("#queue-state")).to_contain_text("已送达", timeout=30_000)


def wait_until(holds: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for what no locator can see."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def come_back(net: Net, page: Page) -> None:
    """The network is there again, and the phone notices."""
    net.judge = well
    page.evaluate("window.dispatchEvent(new Event('online'))")


def test_it_opens_with_the_server_stopped(phone: Phone, world: World, product: Product) -> None:
    incident = given(world, "sign")
    page = phone()
    ready(page)

    product.stop("web")
    page.reload()

    expect(page.locator("#worker")).to_contain_text("Li")
    page.get_by_role("button", name="我的任务").click()
    expect(page.locator("#tasks .row")).to_have_count(1)
    expect(page.locator("#tasks .age")).to_contain_text("网络不通，这是")
    page.locator("#tasks .row").click()
    detail = page.locator("#detail")
    expect(detail).to_contain_text(incident.number)
    expect(detail.locator(".age")).to_contain_text("网络不通，这是")
    expect(detail.get_by_role("button", name="反馈", exact=True)).to_be_visible()


def test_the_list_of_types_is_asked_for_until_it_comes(phone: Phone, net: Net) -> None:
    net.judge = only("GET", r"/api/field/me$", refused(503, "database_away", retryable=True))
    page = phone(base_url=net.url)
    page.locator("#no-photo").click()
    expect(page.locator("#chips button")).to_have_count(0)

    come_back(net, page)
    expect(page.locator("#chips button").first).to_be_visible()
    expect(page.locator("#no-start")).to_be_hidden()


def test_it_opens_at_the_link_of_a_task(phone: Phone, world: World, net: Net) -> None:
    incident = given(world, "sign")
    page = phone(base_url=net.url)
    ready(page)
    net.judge = down

    other = page.context.new_page()
    other.goto(f"/field/#incident/{incident.pk}")

    expect(other.locator("#detail")).to_contain_text(incident.number)


# --- deeds ---------------------------------------------------------------------------------------


def press(page: Page, deed: str) -> None:
    """Press a deed that has a form, and wait for its questions."""
    page.locator("#detail").get_by_role("button", name=deed, exact=True).click()
    page.locator("#deed-fields .asks").wait_for()


def test_arrival_and_answer_go_out_when_the_network_is_back(
    phone: Phone, world: World, net: Net, picture: Path
) -> None:
    incident = given(world, "sign")
    page = phone(base_url=net.url)
    ready(page)
    net.judge = down
    page.reload()
    detail = open_task(page)

    press(page, "到场")
    expect(page.locator("#deed-fields .where")).to_contain_text("已定位")
    page.locator("#deed-send").click()
    expect(detail).to_contain_text("待发送：到场")
    press(page, "反馈")  # to have come changes nothing for the next step
    page.locator("#deed-fields").get_by_label("怎么办的").fill("已换灯泡")
    add_photo(page, picture)
    page.locator("#deed-send").click()

    expect(detail).to_contain_text("待发送：到场、反馈")
    expect(detail.get_by_role("button", name="反馈", exact=True)).to_have_count(0)
    expect(detail.locator(".badge").first).to_have_text("处置中")  # not done before it is done
    page.go_back()
    expect(page.locator("#tasks .row-waits")).to_have_text("待发送：到场、反馈")

    come_back(net, page)
    delivered(page)
    incident.refresh_from_db()
    assert incident.state == "answered"
    kinds = [event.kind for event in incident.events.exclude(kind="photo")]
    assert kinds == ["report", "accept", "dispatch", "sign", "arrive", "answer"]
    arrival = incident.events.get(kind="arrive").body
    assert (arrival["far"], arrival["distance_m"] < 1, arrival["accuracy_m"]) == (False, True, 8)
    assert incident.attachments.stored().count() == 1


def test_accepting_needs_no_network(phone: Phone, world: World, net: Net) -> None:
    """One press and no form: what is queued is the deed and the version the phone saw."""
    incident = reported(world)
    page = phone(base_url=net.url)
    ready(page)
    net.judge = down
    page.reload()
    detail = open_task(page)

    detail.get_by_role("button", name="受理", exact=True).click()
    expect(detail).to_contain_text("待发送：受理")
    expect(detail.locator(".badge").first).to_have_text("已上报")  # not done before it is done

    come_back(net, page)
    delivered(page)
    incident.refresh_from_db()
    assert incident.state == "accepted"
    assert incident.events.filter(kind="accept").count() == 1


def test_signing_and_returning_need_no_network_either(phone: Phone, world: World, net: Net) -> None:
    units = add_units(world)
    incident = given(world)
    page = phone(base_url=net.url)
    ready(page)
    net.judge = down
    detail = open_task(page)

    press(page, "退回")
    fields = page.locator("#deed-fields")
    fields.get_by_label("不属于法定职责").check()
    fields.get_by_label("路灯管理所").check()
    fields.get_by_label("说明").fill("路灯归路灯管理所")
    page.locator("#deed-send").click()
    expect(detail).to_contain_text("待发送：退回")

    come_back(net, page)
    delivered(page)
    incident.refresh_from_db()
    assert (incident.state, incident.returns) == ("accepted", 1)
    assert incident.dispatches.get().proposed_unit == units["lamps"]


def test_far_from_the_place_is_told_in_the_timeline(phone: Phone, world: World) -> None:
    given(world)
    page = phone(at=inside(1.5))
    detail = open_task(page)
    press(page, "到场")
    expect(page.locator("#deed-fields .where")).to_contain_text("已定位")
    page.locator("#deed-send").click()

    step = detail.locator(".timeline li").first
    expect(step).to_contain_text("到场")
    expect(step.locator(".marked")).to_contain_text("米，偏远")


# --- map, people ---------------------------------------------------------------------------------


def test_the_map_and_the_people_are_there(phone: Phone, world: World, net: Net) -> None:
    given(world)
    page = phone(base_url=net.url)
    ready(page)
    net.judge = down
    page.reload()
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(f"{request.failure} {request.url}"))

    open_task(page).get_by_role("button", name="在图上看位置").click()
    page.locator(".leaflet-tile-loaded").first.wait_for()
    page.wait_for_load_state("networkidle")
    missed = [one for one in failed if "/tiles/" in one or ".js" in one]
    assert [one for one in missed if "ERR_ABORTED" not in one] == []  # the map had moved on

    page.go_back()
    page.go_back()
    page.locator("#contacts summary").click()
    called = page.locator("#contacts a")
    expect(called.first).to_contain_text("Chen")
    expect(called.first).to_have_attribute("href", "tel:13800000001")


def test_a_map_with_holes_is_not_called_saved(phone: Phone, world: World, net: Net) -> None:
    given(world)
    net.judge = only("GET", r"/tiles/base/15/", refused(503, "unavailable", retryable=True))
    page = phone(base_url=net.url)
    page.get_by_role("button", name="我的任务").click()
    line = page.locator("#carried")
    expect(line).to_contain_text(re.compile(r"离线地图 \d+/\d+"), timeout=30_000)
    expect(line).not_to_contain_text("已保存")

    net.judge = well
    expect(line).to_contain_text("网格地图已保存", timeout=60_000)  # after a while, by itself


# --- one phone, several people -------------------------------------------------------------------


def log_out(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="退出").click()
    page.get_by_role("link", name="登录").wait_for()


def kept_pages(page: Page) -> list[str]:
    """Return whose pages are kept on this phone."""
    found: list[str] = page.evaluate(
        """async () => {
          const names = (await caches.keys()).filter((name) => name.startsWith('field-files-'));
          const opened = await Promise.all(names.map((name) => caches.open(name)));
          const pages = await Promise.all(opened.map((cache) => cache.match('/field/')));
          return pages.filter(Boolean).map((page) => page.headers.get('X-Field-User'));
        }"""
    )
    return found


def packs(page: Page) -> list[str]:
    """Return whose packs are kept on this phone."""
    found: list[str] = page.evaluate(
        """() => new Promise((resolve) => {
          const asked = indexedDB.open('gis-grid-field');
          asked.onsuccess = () => {
            const all = asked.result.transaction('packs').objectStore('packs').getAllKeys();
            all.onsuccess = () => { asked.result.close(); resolve(all.result); };
          };
        })"""
    )
    return found


def test_who_logs_out_leaves_neither_page_nor_tasks(phone: Phone, world: World) -> None:
    given(world)
    page = phone()
    ready(page)
    assert kept_pages(page) == [str(world.users["li"].pk)]
    assert packs(page) == ["li"]

    log_out(page)
    wait_until(lambda: kept_pages(page) == [] and packs(page) == [])


def test_another_one_s_page_is_never_shown(phone: Phone, world: World, net: Net) -> None:
    """Li's page is kept; Wang logs in elsewhere on the site, and the network goes."""
    given(world)
    page = phone(base_url=net.url)
    ready(page)
    page.goto("/login/?next=/notices/")
    page.context.clear_cookies(name="sessionid")
    page.goto("/login/?next=/notices/")
    page.get_by_label("用户名").fill("wang")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/notices/")
    net.judge = down

    page.goto("/field/")

    expect(page.locator("#app")).to_have_count(0)
    assert "Li" not in page.content()


def test_an_expired_session_keeps_the_page(phone: Phone, world: World, net: Net) -> None:
    """Nobody has logged out: what Li has on this phone stays Li's."""
    given(world)
    page = phone(base_url=net.url)
    ready(page)
    page.context.clear_cookies(name="sessionid")
    page.goto("/")
    net.judge = down

    page.goto("/field/")

    expect(page.locator("#worker")).to_contain_text("Li")


# --- without a worker ----------------------------------------------------------------------------


def test_without_a_service_worker_it_says_what_that_means(phone: Phone, world: World) -> None:
    given(world)
    page = phone()
    page.context.add_init_script("delete Navigator.prototype.serviceWorker")
    page.reload()
    page.get_by_role("button", name="我的任务").click()

    expect(page.locator("#tasks .row")).to_have_count(1)
    expect(page.locator("#carried")).to_contain_text("没有网络时打不开本页，请不要关闭它")
