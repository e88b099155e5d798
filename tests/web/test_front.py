"""The plain pages: front, login, error."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.world import PASSWORD, World

As = Callable[[str], Client]
DOORS = ("/field/", "/command/", "/planning/", "/rates/", "/burden/", "/admin/")


@pytest.mark.parametrize(
    ("name", "open_to"),
    [
        ("li", {"/field/"}),
        ("zhao", {"/field/"}),
        ("chen", {"/command/", "/planning/", "/rates/"}),
        ("sun", {"/planning/", "/rates/"}),
        ("root", {"/command/", "/planning/", "/rates/", "/burden/", "/admin/"}),
    ],
)
def test_the_front_page_shows_each_role_its_doors(login: As, name: str, open_to: set[str]) -> None:
    page = login(name).get("/").content.decode()
    assert {door for door in DOORS if f'href="{door}"' in page} == open_to


def test_the_front_page_offers_nobody_the_login_only(db: None) -> None:
    page = Client().get("/").content.decode()
    assert 'href="/login/"' in page
    assert not [door for door in DOORS if f'href="{door}"' in page]


def test_the_front_page_says_who_is_here_and_lets_them_out(login: As) -> None:
    li = login("li")
    assert "Li" in li.get("/").content.decode()
    li.post("/logout/")
    assert 'href="/login/"' in li.get("/").content.decode()


def test_a_wrong_password_is_told_without_blame_and_keeps_the_name(world: World) -> None:
    answer = Client().post("/login/", {"username": "li", "password": "wrong"})
    page = answer.content.decode()
    assert 'role="alert"' in page
    assert 'value="li"' in page


def test_the_login_leads_back_to_where_one_came_from(world: World) -> None:
    answer = Client().post("/login/", {"username": "li", "password": PASSWORD, "next": "/field/"})
    assert (answer.status_code, answer["Location"]) == (302, "/field/")


def test_the_login_leads_to_no_other_host(world: World) -> None:
    answer = Client().post(
        "/login/", {"username": "li", "password": PASSWORD, "next": "https://elsewhere.test/"}
    )
    assert answer["Location"] == "/"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_language_is_a_button_away(db: None, language: str) -> None:
    client = Client()
    client.post("/i18n/setlang/", {"language": language, "next": "/"})
    assert f'<html lang="{language}"' in client.get("/").content.decode()


def test_a_missing_page_says_so_and_shows_the_way_home(db: None) -> None:
    answer = Client().get("/nowhere/")
    page = answer.content.decode()
    assert answer.status_code == 404
    assert 'href="/"' in page
    assert "nowhere" not in page.split("<main")[1].split("</main>")[0]


def test_no_page_holds_a_script_or_style_of_its_own(login: As) -> None:
    for name, address in (("li", "/"), ("li", "/field/"), ("li", "/nowhere/")):
        page = login(name).get(address).content.decode()
        tags = [after.split(">")[0] for after in page.split("<script")[1:]]
        assert all("src=" in tag or "application/json" in tag for tag in tags), address
        assert "style=" not in page
        assert "onclick" not in page
