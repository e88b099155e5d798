"""The notice centre: mine and nobody else's, in my language, read when I say so."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents import feed, relay
from incidents.actions import To
from incidents.deadlines.sla import Limit, LimitKind
from incidents.grounds import ReturnGround, SuspendGround
from incidents.models import Incident, Message, Notice, ToldAs
from incidents.telling import notices, teller
from incidents.telling.notices import SENTENCES
from incidents.telling.teller import TABLE
from tests.web.contract import refused
from tests.world import NOW, World, add_units, do, inside, make_incident

Login = Callable[[str], Client]
LIST = "/api/notices"
ENGLISH = {"accept-language": "en"}
# 24 hours after the report; in another year the year is said as well
NEXT_DAY = f"{'' if timezone.localdate().year == 2026 else '2026年'}3月6日 14:30"


def tell() -> None:
    relay.stamp_all()
    teller.tell_new(at=NOW)


@pytest.fixture
def incident(world: World) -> Incident:
    """Zhao's report in Li's grid: Li is told of it, Wang is not."""
    made = make_incident(world, by="zhao")
    tell()
    return made


@pytest.fixture
def li(login: Login) -> Client:
    return login("li")


def items(client: Client, **query: Any) -> list[dict[str, Any]]:
    answer = client.get(LIST, query)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


class TestWhatIsTold:
    """Words, link and note of one notice."""

    def test_a_notice_says_what_where_and_leads_there(self, incident: Incident, li: Client) -> None:
        (told,) = items(li)

        assert told["text"] == f"{incident.number} 路灯不亮 新上报，在翠湖第一网格，请受理"
        assert told["url"] == f"/field/#incident/{incident.pk}"
        assert told["unread"] is True
        assert told["state"] == "reported"

    def test_it_is_told_in_the_reader_s_language(self, incident: Incident, li: Client) -> None:
        (told,) = li.get(LIST, headers=ENGLISH).json()["items"]

        assert told["text"] == (
            f"{incident.number} Street lamp out is new in 翠湖第一网格: please accept it."
        )

    def test_the_desk_is_led_to_the_map(self, world: World, login: Login) -> None:
        incident = make_incident(world, place=inside(0.5, 5))
        tell()

        (told,) = items(login("chen"))

        assert told["text"].endswith("不在任何网格内，请分派")
        assert told["url"] == f"/command/#17/31.02000/105.00200/{incident.pk}"

    def test_a_unit_is_told_whose_it_is_and_until_when(self, world: World, login: Login) -> None:
        add_units(world)
        incident = do(world, "accept", make_incident(world), by="chen")
        do(world, "dispatch", incident, by="chen", to=To(unit="lamps"))
        tell()

        (told,) = items(login("guo"))

        assert told["text"].endswith(f"路灯不亮 派给你们（路灯管理所），{NEXT_DAY} 前办结")
        assert told["url"].startswith("/field/#incident/")

    def test_the_reporter_reads_plain_words_and_nobody_s_note(
        self, world: World, login: Login
    ) -> None:
        add_units(world)
        incident = do(world, "accept", make_incident(world, by="zhao"), by="chen")
        incident = do(world, "dispatch", incident, by="chen", to=To(unit="lamps"), note="内部")
        do(world, "suspend", incident, by="chen", reason=SuspendGround.MATERIALS, note="内部")
        tell()

        told = items(login("zhao"))

        assert [each["text"].partition("：")[2] for each in told] == [
            "暂停办理：等待材料",
            f"已派给路灯管理所，预计 {NEXT_DAY} 前办结",
            "已受理",
        ]
        assert {each["note"] for each in told} == {""}

    def test_what_has_left_my_sight_has_no_link_and_no_note(
        self, world: World, incident: Incident, li: Client
    ) -> None:
        do(world, "hand_over", incident, by="chen", area="B1", note="不归这里")
        tell()

        left, new = items(li)

        assert left["text"].endswith("已转出你的网格，由其他网格负责")
        assert (left["url"], left["incident"], left["note"]) == (None, None, "")
        assert new["url"] is None
        assert "北门" not in str((left, new))

    def test_a_second_return_asks_the_leader(self, world: World, login: Login) -> None:
        add_units(world)
        incident = do(world, "accept", make_incident(world, by="zhao"), by="chen")
        for _ in range(2):
            incident = do(world, "dispatch", incident, by="chen", to=To(unit="lamps"))
            incident = do(
                world,
                "return",
                incident,
                by="guo",
                reason=ReturnGround.NOT_OUR_AREA,
                proposed=To(area="A1"),
            )
        tell()

        assert items(login("luo"))[0]["text"].endswith("已两次退回，请领导裁定归属")

    def test_how_much_more_time_is_asked_for(self, world: World, login: Login) -> None:
        add_units(world)
        incident = do(world, "accept", make_incident(world), by="chen")
        incident = do(world, "dispatch", incident, by="chen", to=To(unit="lamps"))
        more = Limit(2, LimitKind.WORKING_DAYS)
        do(world, "ask_extension", incident, by="guo", more=more, note="等灯具")
        tell()

        told = items(login("chen"))[0]

        assert told["text"].endswith("申请延期 2 工作日")
        assert told["note"] == "等灯具"

    def test_every_part_of_every_deed_has_its_own_words(self) -> None:
        """What the table tells has a sentence; the reporter's and the loser's are shared."""
        named = {
            (kind, part)
            for kind, parts in TABLE.items()
            for part in parts
            if part not in ("reporter", "left", "next")
        }
        missing = [
            pair for pair in named if pair not in SENTENCES and (pair[0], "") not in SENTENCES
        ]

        assert missing == []

    def test_words_are_never_wanting(self, incident: Incident) -> None:
        """Even an event without a body, from an older version, makes a sentence."""
        for kind in TABLE:
            event = feed.append(incident, kind, by=None, at=NOW)
            for part in ToldAs.values:
                assert incident.number in notices.sentence(event, part), (kind, part)


class TestList:
    """GET /api/notices."""

    def test_nobody_sees_another_s(self, incident: Incident, login: Login) -> None:
        assert items(login("wang")) == []

    def test_it_goes_on_where_a_page_ended(self, world: World, li: Client) -> None:
        for _ in range(5):
            make_incident(world, by="zhao")
        tell()

        first = li.get(LIST, {"page_size": 2}).json()
        second = li.get(LIST, {"page_size": 2, "after": first["next"]}).json()
        third = li.get(LIST, {"page_size": 2, "after": second["next"]}).json()

        ids = [each["id"] for page in (first, second, third) for each in page["items"]]
        assert ids == sorted(Notice.objects.values_list("pk", flat=True), reverse=True)
        assert third["next"] is None

    def test_unread_only(self, world: World, incident: Incident, li: Client) -> None:
        make_incident(world, by="zhao")
        tell()
        Notice.objects.filter(event__incident=incident).update(read_at=NOW)

        assert len(items(li, unread=True)) == 1
        assert len(items(li)) == 2

    @pytest.mark.parametrize(
        "query", [{"page_size": 0}, {"page_size": 201}, {"after": "x"}, {"after": 0}, {"then": 1}]
    )
    def test_nonsense_is_400(self, li: Client, query: dict[str, Any]) -> None:
        assert li.get(LIST, query).status_code == 400

    def test_nobody_logged_in_is_401(self, world: World, client: Client) -> None:
        refused(client.get(LIST), 401, "login_required")
        refused(client.get(f"{LIST}/unread"), 401, "login_required")


class TestUnread:
    """GET /api/notices/unread."""

    def test_it_counts_mine(self, incident: Incident, login: Login) -> None:
        assert login("li").get(f"{LIST}/unread").json() == {"unread": 1}
        assert login("wang").get(f"{LIST}/unread").json() == {"unread": 0}

    def test_it_counts_no_further_than_it_shows(self, incident: Incident, li: Client) -> None:
        event = incident.events.get()
        user = Notice.objects.get().user
        events = [feed.append(incident, "remark", by=None, at=NOW) for _ in range(120)]
        Notice.objects.bulk_create(
            Notice(user=user, event=each, told_as="area", at=NOW) for each in events
        )

        assert event.pk
        assert li.get(f"{LIST}/unread").json() == {"unread": notices.MOST_COUNTED}


class TestRead:
    """POST /api/notices/read."""

    def read(self, client: Client, body: dict[str, Any]) -> Any:
        return client.post(f"{LIST}/read", body, "application/json")

    def test_some_by_id(self, world: World, incident: Incident, li: Client) -> None:
        make_incident(world, by="zhao")
        tell()
        newest, oldest = items(li)

        assert self.read(li, {"ids": [oldest["id"]]}).json() == {"unread": 1}
        assert [each["id"] for each in items(li, unread=True)] == [newest["id"]]

    def test_all_up_to_one_leaves_what_came_later(
        self, world: World, incident: Incident, li: Client
    ) -> None:
        (seen,) = items(li)
        make_incident(world, by="zhao")
        tell()

        assert self.read(li, {"all_before": seen["id"]}).json() == {"unread": 1}

    def test_again_changes_nothing(self, incident: Incident, li: Client) -> None:
        (told,) = items(li)
        self.read(li, {"ids": [told["id"]]})
        first = Notice.objects.get().read_at

        assert self.read(li, {"ids": [told["id"]]}).json() == {"unread": 0}
        assert Notice.objects.get().read_at == first

    def test_another_s_stays_unread(self, incident: Incident, login: Login) -> None:
        notice = Notice.objects.get()

        self.read(login("wang"), {"ids": [notice.pk]})
        self.read(login("wang"), {"all_before": notice.pk})

        assert Notice.objects.get().read_at is None

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"ids": []},
            {"ids": [1], "all_before": 1},
            {"ids": ["1"]},
            {"ids": [0]},
            {"ids": [2**63]},
            {"ids": list(range(1, 202))},
            {"all_before": "now"},
            {"every": True},
        ],
    )
    def test_nonsense_is_422(self, li: Client, body: dict[str, Any]) -> None:
        assert self.read(li, body).status_code == 422


class TestPage:
    """/notices/, without a script."""

    def test_it_shows_what_is_unread(self, incident: Incident, li: Client) -> None:
        page = li.get("/notices/").content.decode()

        assert incident.number in page
        assert "data-unread" in page
        assert "全部标为已读" in page

    def test_opening_reads_and_leads_there(self, incident: Incident, li: Client) -> None:
        notice = Notice.objects.get()

        answer = li.post("/notices/", {"open": notice.pk})

        assert (answer.status_code, answer.url) == (302, f"/field/#incident/{incident.pk}")
        assert Notice.objects.get().read_at is not None

    def test_all_at_once(self, incident: Incident, li: Client) -> None:
        answer = li.post("/notices/", {"all_before": Notice.objects.get().pk})

        assert (answer.status_code, answer.url) == (302, "/notices/")
        assert "已全部读完" in li.get("/notices/?show=unread").content.decode()

    def test_it_teaches_when_empty(self, world: World, login: Login) -> None:
        assert "还没有通知" in login("sun").get("/notices/").content.decode()

    def test_another_s_notice_opens_nothing(self, incident: Incident, login: Login) -> None:
        answer = login("wang").post("/notices/", {"open": Notice.objects.get().pk})

        assert answer.url == "/notices/"
        assert Notice.objects.get().read_at is None

    @pytest.mark.parametrize("query", ["after=x", "after=-1", "after=" + "9" * 40, "show=what"])
    def test_nonsense_shows_the_first_page(
        self, incident: Incident, li: Client, query: str
    ) -> None:
        assert incident.number in li.get(f"/notices/?{query}").content.decode()

    def test_who_has_many_turns_pages(self, incident: Incident, li: Client) -> None:
        user = Notice.objects.get().user
        events = [feed.append(incident, "remark", by=None, at=NOW) for _ in range(60)]
        Notice.objects.bulk_create(
            Notice(user=user, event=each, told_as="area", at=NOW) for each in events
        )

        first = li.get("/notices/").content.decode()
        last = li.get(f"/notices/?after={events and Notice.objects.order_by('pk')[11].pk}")

        assert first.count("<li data-state") == 50
        assert 'rel="next"' in first
        assert 'rel="next"' not in last.content.decode()

    def test_words_from_people_are_only_words(self, world: World, login: Login) -> None:
        incident = make_incident(world, by="li")
        do(world, "remark", incident, by="li", note="<script>alert(1)</script>")
        add_units(world)
        event = incident.events.get(kind="remark")
        Notice.objects.create(user=world.users["chen"], event=event, told_as="desk", at=NOW)

        page = login("chen").get("/notices/").content.decode()

        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize("many", [1, 12])
@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (f"{LIST}/unread", 2),  # session with its user; the count
        (LIST, 5),  # notices, which are in sight, names of areas, the count
        ("/notices/", 5),
    ],
)
def test_reading_takes_a_fixed_number_of_queries(
    world: World, li: Client, address: str, expected: int, many: int
) -> None:
    for _ in range(many):
        make_incident(world, by="zhao")
    tell()
    li.get(address)

    with CaptureQueriesContext(connection) as queries:
        assert li.get(address).status_code == 200

    assert len(queries) == expected


def test_marking_takes_a_fixed_number_of_queries(incident: Incident, li: Client) -> None:
    body = {"ids": [Notice.objects.get().pk]}

    with CaptureQueriesContext(connection) as queries:
        li.post(f"{LIST}/read", body, "application/json")

    assert len(queries) == 3  # session with its user; mark, count


class TestAdministration:
    """Messages with their faults, for the administrator."""

    @pytest.mark.parametrize("stands", ["", "?stands=sent", "?stands=waiting", "?stands=given_up"])
    def test_a_fault_can_be_found(
        self, world: World, login: Login, settings: Any, stands: str
    ) -> None:
        settings.WEBHOOK_URL = "http://127.0.0.1:9/"
        settings.WEBHOOK_SECRET = "x" * 32
        make_incident(world)
        tell()
        Message.objects.update(fault="answered 503", next_at=None, id=uuid4())
        page = login("root").get(f"/admin/incidents/message/{stands}").content.decode()

        assert ("answered 503" in page) is (stands in ("", "?stands=given_up"))
