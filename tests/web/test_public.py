"""The reporter's timeline: plain words for whoever has the link, nothing personal, two deeds."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from incidents.actions import Spot, To
from incidents.grounds import NoCase, ReturnGround, SuspendGround
from incidents.models import Incident, Rating
from incidents.reports import Photo
from incidents.telling import links
from tests.world import World, add_units, announced, do, inside, make_incident

PRIVATE = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
WAY: list[tuple[str, str, dict[str, Any]]] = [
    ("accept", "chen", {}),
    ("dispatch", "chen", {"to": To(unit="lamps")}),
    ("sign", "guo", {}),
    ("answer", "guo", {}),
    ("pass", "zhao", {"spot": Spot(*inside())}),
]


class Reporter:
    """Somebody with the link and no login."""

    def __init__(self, incident: Incident) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.url = links.timeline_url(incident.pk)

    def look(self, query: str = "") -> str:
        answer = self.client.get(self.url + query)
        assert answer.status_code == 200
        return str(answer.content.decode())

    def sheet(self) -> str:
        found = re.search(r'name="sheet" value="([^"]+)"', self.look())
        assert found, "the page has no form"
        return found[1]

    def send(self, **form: Any) -> Any:
        return self.client.post(self.url, {"sheet": self.sheet(), **form})


def on_the_way(world: World, until: str = "pass", **changes: Any) -> Incident:
    """Take an incident through its life, today, up to a deed."""
    incident = make_incident(world, **changes)
    at = timezone.now()
    for deed, by, details in WAY:
        photos = (Photo(uuid4(), "5e" * 32, "verify"),) if deed == "pass" else ()
        incident = do(
            world, deed, incident, by=by, at=at, note="王五说的", photos=photos, **details
        )
        if deed == until:
            break
    return incident


@pytest.fixture
def closed(world: World) -> Incident:
    add_units(world)
    return on_the_way(world)


@pytest.fixture
def reporter(closed: Incident) -> Reporter:
    return Reporter(closed)


class TestShows:
    """GET."""

    def test_every_step_in_plain_words(self, reporter: Reporter) -> None:
        steps = re.findall(r'<li data-state="\w+">\s*<p>(.*?)</p>', reporter.look())

        assert [step.split("，")[0] for step in steps] == [
            "核查通过",
            "已处置完毕",
            "已开始处置",
            "已派给路灯管理所",
            "已受理",
            "已收到上报",
        ]

    def test_it_speaks_english_when_asked(self, reporter: Reporter) -> None:
        page = reporter.look("?lang=en")

        assert "It was checked and is closed." in page
        assert '<html lang="en"' in page
        assert "Street lamp out" in page

    def test_no_word_of_anybody_and_nothing_to_fetch(self, world: World) -> None:
        add_units(world)
        incident = on_the_way(world, words="李大爷报的", photos=announced(uuid4(), "a" * 64))
        page = Reporter(incident).look()

        told = [
            "李大爷",
            "王五",
            "Li",
            "Zhao",
            "Guo",
            "Chen",
            "13800000001",
            "105.0",
            "/photos/",
            "<script",
            str(incident.pk),
        ]
        assert [word for word in told if word in page] == []

    def test_it_is_kept_by_nobody_and_sets_no_cookie(self, reporter: Reporter) -> None:
        answer = reporter.client.get(reporter.url)

        assert PRIVATE.items() <= answer.headers.items()
        assert answer.cookies == {}
        assert 'name="robots" content="noindex, nofollow"' in answer.content.decode()

    def test_when_it_is_due(self, world: World) -> None:
        add_units(world)
        page = Reporter(on_the_way(world, until="dispatch")).look()

        assert re.search(r"路灯管理所正在办理，预计 \d+月\d+日 \d\d:\d\d 前办结。", page)

    def test_why_it_pauses(self, world: World) -> None:
        add_units(world)
        incident = on_the_way(world, until="sign")
        do(world, "suspend", incident, by="chen", reason=SuspendGround.WEATHER, note="王五不在")

        assert "暂停办理：天气原因。暂停期间不计时。" in Reporter(incident).look()

    def test_that_it_is_late(self, world: World) -> None:
        add_units(world)
        incident = on_the_way(world, until="sign")
        Incident.objects.update(due_at=timezone.now() - timedelta(hours=1))

        assert "现已超时" in Reporter(incident).look()

    def test_that_it_is_dealt_with_elsewhere(self, world: World) -> None:
        other, incident = make_incident(world), make_incident(world)
        do(world, "merge", incident, by="chen", into=other.pk, at=timezone.now())

        page = Reporter(incident).look()

        assert f"与 {other.number} 合并办理，目前：" in page
        assert links.timeline_url(other.pk) not in page

    def test_why_it_is_no_case(self, world: World) -> None:
        incident = make_incident(world)
        do(
            world,
            "refuse",
            incident,
            by="chen",
            reason=NoCase.OUT_OF_SCOPE,
            at=timezone.now(),
        )

        assert f"不予受理：{NoCase.OUT_OF_SCOPE.label}" in Reporter(incident).look()

    def test_a_return_is_told_without_blame(self, world: World) -> None:
        add_units(world)
        incident = on_the_way(world, until="sign")
        do(
            world,
            "return",
            incident,
            by="guo",
            reason=ReturnGround.NOT_OUR_DUTY,
            proposed=To(unit="garden"),
        )

        page = Reporter(incident).look()

        assert "承办单位退回，正在重新安排" in page
        assert "园林所" not in page

    def test_an_open_case_has_no_forms(self, world: World) -> None:
        page = Reporter(make_incident(world)).look()

        assert "<form" not in page


class TestNowhere:
    """A link that is none."""

    @pytest.mark.parametrize("token", ["x", "x.y", "中文", "a" * 300, "%00"])
    def test_a_bad_link_is_explained(self, world: World, client: Client, token: str) -> None:
        answer = client.get(f"/t/{token}")

        assert answer.status_code == 404
        assert "链接无效或已过期" in answer.content.decode()
        assert PRIVATE.items() <= answer.headers.items()

    def test_a_bad_link_takes_nothing(self, world: World, client: Client) -> None:
        assert client.post("/t/x.y", {"deed": "rate", "stars": "5"}).status_code == 404

    def test_the_same_page_for_a_link_whose_time_is_over(self, reporter: Reporter) -> None:
        Incident.objects.update(closed_at=timezone.now() - timedelta(days=91))

        assert reporter.client.get(reporter.url).status_code == 404


class TestRates:
    """Stars and words."""

    def test_stars_arrive_and_are_shown(self, closed: Incident, reporter: Reporter) -> None:
        answer = reporter.send(deed="rate", stars="4", words="挺快")

        assert (answer.status_code, answer.url) == (302, f"{reporter.url}?said=rate")
        rating = Rating.objects.get(incident=closed)
        assert (rating.stars, rating.words) == (4, "挺快")
        page = reporter.look("?said=rate")
        assert "谢谢，已收到你的评价。" in page
        assert "★★★★☆" in page
        assert "挺快" not in page

    def test_the_same_form_twice_is_one_rating(self, closed: Incident, reporter: Reporter) -> None:
        form = {"sheet": reporter.sheet(), "deed": "rate", "stars": "5"}

        answers = [reporter.client.post(reporter.url, form).status_code for _ in range(2)]

        assert answers == [302, 302]
        assert closed.events.filter(kind="rate").count() == 1

    def test_another_form_after_that_is_told_so(self, reporter: Reporter) -> None:
        sheets = [reporter.sheet(), reporter.sheet()]
        first, second = (
            reporter.client.post(reporter.url, {"sheet": sheet, "deed": "rate", "stars": "5"})
            for sheet in sheets
        )

        assert (first.status_code, second.status_code) == (302, 409)
        assert Rating.objects.count() == 1

    @pytest.mark.parametrize("stars", ["", "0", "6", "five", "４"])
    def test_stars_are_one_to_five(self, reporter: Reporter, stars: str) -> None:
        answer = reporter.send(deed="rate", stars=stars, words="写了半天")

        assert answer.status_code == 422
        page = answer.content.decode()
        assert "请选择 1 到 5 星" in page
        assert "写了半天" in page
        assert not Rating.objects.exists()

    @pytest.mark.parametrize("words", ["太" * 1001, "\x00"])
    def test_words_have_their_limit(self, reporter: Reporter, words: str) -> None:
        assert reporter.send(deed="rate", stars="1", words=words).status_code == 422

    def test_a_form_made_elsewhere_is_refused(self, reporter: Reporter) -> None:
        answer = reporter.client.post(
            reporter.url, {"sheet": "forged", "deed": "rate", "stars": "1"}
        )

        assert answer.status_code == 422
        assert not Rating.objects.exists()

    def test_what_changed_meanwhile_is_shown_first(
        self, world: World, closed: Incident, reporter: Reporter
    ) -> None:
        sheet = reporter.sheet()
        do(world, "reopen", closed, by="chen", note="再查", at=timezone.now())

        answer = reporter.client.post(reporter.url, {"sheet": sheet, "deed": "rate", "stars": "5"})

        assert answer.status_code == 409
        assert "已重新打开" in answer.content.decode()


class TestReopens:
    """Not settled."""

    def test_it_is_open_again(self, closed: Incident, reporter: Reporter) -> None:
        answer = reporter.send(deed="reopen", words="又不亮了")

        assert answer.url == f"{reporter.url}?said=reopen"
        closed.refresh_from_db()
        assert (closed.state, closed.reopenings) == ("accepted", 1)
        assert closed.events.get(kind="reopen").note == "又不亮了"
        assert "又不亮了" not in reporter.look("?said=reopen")

    def test_it_needs_words(self, reporter: Reporter) -> None:
        answer = reporter.send(deed="reopen", words=" ")

        assert answer.status_code == 422
        assert "<details" in answer.content.decode()

    def test_after_the_time_it_is_not_offered(self, reporter: Reporter) -> None:
        Incident.objects.update(closed_at=timezone.now() - timedelta(days=16))

        page = reporter.look()

        assert "没有解决" not in page
        assert "办得怎么样" in page

    def test_too_late_is_explained(self, reporter: Reporter) -> None:
        sheet = reporter.sheet()
        Incident.objects.update(closed_at=timezone.now() - timedelta(days=16))

        answer = reporter.client.post(
            reporter.url, {"sheet": sheet, "deed": "reopen", "words": "还是不亮"}
        )

        assert answer.status_code == 409
        assert "15" in answer.content.decode()

    @pytest.mark.parametrize("deed", ["", "close", "accept", "remark"])
    def test_only_the_reporter_s_two_deeds_can_be_done(
        self, closed: Incident, reporter: Reporter, deed: str
    ) -> None:
        before = closed.events.count()

        assert reporter.send(deed=deed, words="x").status_code == 422
        assert closed.events.count() == before


class TestWhoGetsTheLink:
    """`timeline_url` in the detail."""

    @pytest.mark.parametrize(
        ("name", "has"), [("chen", True), ("li", True), ("zhao", False), ("root", False)]
    )
    def test_desk_and_reporter(self, world: World, login: Any, name: str, has: bool) -> None:
        incident = make_incident(world, by="li")

        url = login(name).get(f"/api/incidents/{incident.pk}").json()["timeline_url"]

        assert url == (links.timeline_url(incident.pk) if has else None)
