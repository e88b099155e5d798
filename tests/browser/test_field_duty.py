"""The switch for emergency duty on a real phone page: on, followed, off and forgotten."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from incidents.models import EmergencyDuty
from incidents.on_duty import roster
from tests.phone import Phone
from tests.world import World, inside

pytestmark = pytest.mark.browser


def test_a_position_is_known_only_while_the_switch_is_on(phone: Phone, world: World) -> None:
    page = phone()
    page.locator("[data-tab=mine]").click()
    assert not EmergencyDuty.objects.exists()
    page.locator("#duty summary").click()
    switch = page.locator("#duty [role=switch]")
    status = page.locator("#duty [role=status]")
    expect(switch).to_be_enabled()
    off = status.inner_text()
    with page.expect_response(lambda answer: answer.request.method == "PUT") as put:
        switch.check()
    assert put.value.ok
    expect(status).not_to_have_text(off)
    shown = roster(world.actor("chen").territory, timezone.localtime())["emergency"]
    assert [(one["name"], one["lon"], one["lat"]) for one in shown] == [("Li", *inside())]

    page.reload()  # what was left on stays on, without a tap
    page.locator("[data-tab=mine]").click()
    page.locator("#duty summary").click()
    expect(switch).to_be_checked()
    switch.uncheck()
    expect(status).to_have_text(off)
    assert not EmergencyDuty.objects.exists()
