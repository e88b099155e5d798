"""Which datum a phone's positions are in: by its user agent, as the settings name it."""

import json
import re
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from gis_grid.geo.datum import Datum
from gis_grid.settings import _datums
from tests.world import World

NAME = "GRID_PHONE_DATUMS"
CONFIG = re.compile(r'id="config"[^>]*>(.*?)</script>', re.DOTALL)
IN_APP = "Mozilla/5.0 (Linux; Android 10; wv) Chrome/80.0 Mobile SomeApp/3.2"


@pytest.mark.parametrize(
    ("user_agent", "datum"),
    [(IN_APP, "gcj02"), ("Mozilla/5.0 Chrome/126.0", "wgs84"), ("SomeApp OtherApp", "bd09")],
)
def test_the_page_is_told_by_its_user_agent(  # type: ignore[no-untyped-def]
    world: World, login, settings: Any, user_agent: str, datum: str
) -> None:
    settings.PHONE_DATUMS = [
        (re.compile("SomeApp/"), Datum.GCJ02),
        (re.compile("OtherApp"), Datum.BD09),
        (re.compile("App"), Datum.CGCS2000),
    ]

    page = login("li").get("/field/", headers={"user-agent": user_agent}).content.decode()

    found = CONFIG.search(page)
    assert found
    assert json.loads(found[1])["datum"] == datum


def test_the_setting_is_read_in_its_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, '{"SomeApp/": "gcj02", "OtherApp/7\\\\.": "bd09"}')

    read = [(pattern.pattern, datum) for pattern, datum in _datums(NAME)]

    assert read == [("SomeApp/", Datum.GCJ02), ("OtherApp/7\\.", Datum.BD09)]


@pytest.mark.parametrize("words", ["{", "[1]", '{"(": "gcj02"}', '{"App": "mars"}', '{"App": 1}'])
def test_what_makes_no_sense_stops_the_start(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    monkeypatch.setenv(NAME, words)

    with pytest.raises(ImproperlyConfigured, match=NAME):
        _datums(NAME)
