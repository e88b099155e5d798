"""The administration of who handles what: units, lists, categories, calendar, hours."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gis_grid.people.models import HandlingUnit, UnitMember
from gis_grid.territory.models import Level
from incidents.actions import Spot, To
from incidents.deadlines import calendars
from incidents.deadlines.calendars import calendar_of
from incidents.deadlines.sla import Limit, LimitKind
from incidents.dispatching.rulebook import store
from incidents.models import (
    CalendarDay,
    Category,
    Competence,
    DayKind,
    DispatchRule,
    Incident,
    MatterListEntry,
    WorkingHours,
)
from incidents.reports import Photo
from tests.web.test_admin import faults, url
from tests.world import World, add_units, do, inside, make_incident

Login = Callable[[str], Client]
CHINA = ZoneInfo("Asia/Shanghai")
WEEK = {f"day_{day}": "09:00-12:00 13:00-17:00" for day in range(1, 6)}
NO_LINES = {
    f"{inline}-{count}_FORMS": 0
    for inline in ("members", "competences", "working_hours")
    for count in ("TOTAL", "INITIAL")
}


@pytest.fixture(autouse=True)
def _fresh_calendar() -> Any:
    calendars.forget()
    yield
    calendars.forget()


def lived_through(world: World) -> Incident:
    """A case with a dispatch, an extension, a rating and a call-back."""
    add_units(world)
    case = do(world, "accept", make_incident(world))
    case = do(world, "dispatch", case, "chen", to=To(unit="lamps"))
    case = do(world, "sign", case, "guo")
    case = do(world, "ask_extension", case, "guo", more=Limit(4, LimitKind.HOURS))
    case = do(world, "grant_extension", case, "chen")
    case = do(world, "answer", case, "guo")
    shown = (Photo(case.pk, "5e" * 32, "verify"),)
    case = do(world, "pass", case, "li", photos=shown, spot=Spot(*inside()))
    case = do(world, "rate", case, "li", stars=5)
    return do(world, "call_back", case, "chen", reached=True, resolved=True, satisfied=True)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_lists_and_rows_open_with_their_history(world: World, login: Login, language: str) -> None:
    case = lived_through(world)
    given = case.dispatches.get()
    rows = [
        given,
        given.extensions.get(),
        case.ratings.get(),
        case.call_backs.get(),
        HandlingUnit.objects.get(code="lamps"),
        Competence.objects.create(unit=given.unit, category=case.category),
        MatterListEntry.objects.create(category=case.category, level=Level.DISTRICT),
        CalendarDay.objects.create(day=date(2026, 10, 1), kind=DayKind.HOLIDAY, name="国庆节"),
        WorkingHours.objects.create(unit=given.unit),
    ]
    root = login("root")

    for row in rows:
        label = row._meta.label_lower
        pages = [url(label), *(url(label, page, row.pk) for page in ("change", "history"))]
        for page in pages:
            assert root.get(page, headers={"accept-language": language}).status_code == 200, page


def test_lists_do_not_ask_once_per_row(world: World, login: Login) -> None:
    root, labels = login("root"), ("people.handlingunit", "incidents.dispatch")
    lived_through(world)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            for label in labels:
                root.get(url(label))
        return len(queries)

    cost()
    few = cost()
    for number in range(4):
        HandlingUnit.objects.create(code=f"u{number}", name="单位", kind="department")
        case = do(world, "accept", make_incident(world))
        do(world, "dispatch", case, "chen", to=To(unit=f"u{number}"))

    assert cost() <= few + 1  # one more unit to filter by is one more count


class TestUnits:
    """A unit on one page: who, what, where, when."""

    def save(self, client: Client, unit: HandlingUnit | None = None, **changes: Any) -> Any:
        form = {
            "code": "lamps",
            "name": "路灯所",
            "kind": "department",
            "level": Level.DISTRICT,
            "active": "on",
            **NO_LINES,
            **changes,
        }
        label = "people.handlingunit"
        return client.post(url(label, "change", unit.pk) if unit else url(label, "add"), form)

    def test_all_of_it_in_one_form(self, world: World, login: Login) -> None:
        answer = self.save(
            login("root"),
            **{
                "areas": [world.areas["S"].pk],
                "members-TOTAL_FORMS": 1,
                "members-0-worker": world.users["li"].worker.pk,  # type: ignore[attr-defined]
                "members-0-during_0": "2026-01-01",
                "members-0-during_1": "2026-12-31",
                "competences-TOTAL_FORMS": 1,
                "competences-0-category": world.categories["street_lamp"].pk,
                "working_hours-TOTAL_FORMS": 1,
                "working_hours-0-day_1": "08：00—12：00，14:00-18:00",
                "working_hours-0-day_6": "20:00-24:00",
            },
        )

        assert answer.status_code == 302, answer.context["errors"]
        unit = HandlingUnit.objects.get()
        assert list(unit.areas.all()) == [world.areas["S"]]
        assert UnitMember.objects.get().during == DateRange(date(2026, 1, 1), date(2027, 1, 1))
        assert Competence.objects.get().category == world.categories["street_lamp"]
        assert unit.working_hours.week == {
            "1": [["08:00", "12:00"], ["14:00", "18:00"]],
            "6": [["20:00", "00:00"]],
        }

    def test_a_code_is_used_once(self, world: World, login: Login) -> None:
        root = login("root")
        self.save(root)

        assert faults(self.save(root)) == {"code": ["unique"]}

    def test_its_rules_learn_its_name_and_break_when_it_closes(
        self, world: World, login: Login
    ) -> None:
        root = login("root")
        self.save(root)
        unit = HandlingUnit.objects.get()
        store(DispatchRule(name="lamps", unit=unit, live=True))

        self.save(root, unit, name="路灯管理所")
        assert DispatchRule.objects.get().unit_name == "路灯管理所"

        self.save(root, unit, active="")
        answer = root.get(url("people.handlingunit"))
        assert "warning" in [told.level_tag for told in answer.context["messages"]]
        listed = root.get(url("incidents.dispatchrule")).content.decode()
        assert "⚠" in listed

    def test_one_that_has_cases_is_not_deleted(self, world: World, login: Login) -> None:
        case = lived_through(world)
        unit = case.dispatches.get().unit
        assert unit is not None

        answer = login("root").post(url("people.handlingunit", "delete", unit.pk), {"post": "yes"})

        assert answer.status_code == 200
        assert HandlingUnit.objects.filter(pk=unit.pk).exists()


class TestWorkingHours:
    """One line a weekday, an error at the line it is about."""

    def save(self, client: Client, **lines: str) -> Any:
        return client.post(url("incidents.workinghours", "add"), {**WEEK, **lines})

    def test_a_week_is_kept_and_counted_by(self, world: World, login: Login) -> None:
        saturday = datetime(2026, 3, 7, 10, tzinfo=CHINA)
        assert not calendar_of().is_working(saturday)

        answer = self.save(login("root"), day_6="9:30-11:30")

        assert answer.status_code == 302
        assert WorkingHours.objects.get().week["6"] == [["09:30", "11:30"]]
        assert calendar_of().is_working(saturday)

    def test_the_form_shows_what_is_kept(self, world: World, login: Login) -> None:
        root = login("root")
        self.save(root, day_7="20:00-24:00")
        row = WorkingHours.objects.get()

        page = root.get(url("incidents.workinghours", "change", row.pk)).content.decode()

        assert 'value="09:00-12:00 13:00-17:00"' in page
        assert 'value="20:00-00:00"' in page
        assert "day_7" in page
        root.post(url("incidents.workinghours", "change", row.pk), {**WEEK, "day_7": "20:00-00:00"})
        assert WorkingHours.objects.get().week == row.week

    @pytest.mark.parametrize(
        ("line", "code"),
        [
            ("nine to five", "hours_unreadable"),
            ("09:00", "hours_unreadable"),
            ("09:00-12:00 13:00", "hours_unreadable"),
            ("25:00-26:00", "hours_unreadable"),
            ("09:60-12:00", "hours_unreadable"),
            ("24:00-24:00", "hours_unreadable"),
            ("12:00-09:00", "hours_in_disorder"),
            ("09:00-09:00", "hours_in_disorder"),
            ("09:00-12:00 11:00-17:00", "hours_in_disorder"),
            ("20:00-24:00 08:00-12:00", "hours_in_disorder"),
            ("x" * 200, "max_length"),
        ],
    )
    def test_nonsense_is_an_error_of_its_line(
        self, world: World, login: Login, line: str, code: str
    ) -> None:
        assert faults(self.save(login("root"), day_3=line)) == {"day_3": [code]}
        assert not WorkingHours.objects.exists()

    def test_somebody_works_at_some_time(self, world: World, login: Login) -> None:
        nothing = {f"day_{day}": "" for day in range(1, 6)}

        assert faults(self.save(login("root"), **nothing)) == {"__all__": ["no_hours"]}

    def test_one_row_for_everybody_else(self, world: World, login: Login) -> None:
        root = login("root")
        self.save(root)

        assert faults(self.save(root))["__all__"]
        assert WorkingHours.objects.count() == 1


class TestCalendar:
    """Holidays and make-up workdays."""

    def test_a_holiday_closes_at_once(self, world: World, login: Login) -> None:
        thursday = datetime(2026, 3, 5, 10, tzinfo=CHINA)
        assert calendar_of().is_working(thursday)
        root, form = login("root"), {"day": "2026-03-05", "kind": "holiday", "name": "休"}

        assert root.post(url("incidents.calendarday", "add"), form).status_code == 302
        assert not calendar_of().is_working(thursday)

        row = CalendarDay.objects.get()
        root.post(url("incidents.calendarday", "delete", row.pk), {"post": "yes"})
        assert calendar_of().is_working(thursday)

    @pytest.mark.parametrize(
        ("form", "field"),
        [
            ({"day": "2026-02-30", "kind": "holiday"}, "day"),
            ({"day": "2026-03-01", "kind": "party"}, "kind"),
            ({"day": "", "kind": "holiday"}, "day"),
        ],
    )
    def test_nonsense_is_refused(
        self, world: World, login: Login, form: dict[str, str], field: str
    ) -> None:
        assert list(faults(login("root").post(url("incidents.calendarday", "add"), form))) == [
            field
        ]

    def test_a_day_is_special_once(self, world: World, login: Login) -> None:
        root, form = login("root"), {"day": "2026-03-05", "kind": "holiday"}
        root.post(url("incidents.calendarday", "add"), form)

        assert faults(root.post(url("incidents.calendarday", "add"), form)) == {"day": ["unique"]}


class TestCategories:
    """Two levels, limits the clock can count, and who may receive what."""

    def save(self, client: Client, category: Category | None = None, **changes: Any) -> Any:
        form = {
            "code": "bins",
            "name": "垃圾桶满溢",
            "major": Category.objects.get(code="facility").pk,
            "position": 3,
            "active": "on",
            "limit_amount": 2,
            "limit_kind": "working_days",
            "photo": "asked",
            "verify": "desk",
            "duplicate_m": 30,
            "duplicate_hours": 48,
            **{
                f"{inline}-{count}_FORMS": 0
                for inline in ("levels", "competences")
                for count in ("TOTAL", "INITIAL")
            },
            **changes,
        }
        label = "incidents.category"
        page = url(label, "change", category.pk) if category else url(label, "add")
        return client.post(page, form)

    def test_it_is_kept_with_its_levels_and_receivers(self, world: World, login: Login) -> None:
        units = add_units(world)
        answer = self.save(
            login("root"),
            **{
                "levels-TOTAL_FORMS": 1,
                "levels-0-level": Level.STREET,
                "competences-TOTAL_FORMS": 1,
                "competences-0-unit": units["lamps"].pk,
            },
        )

        assert answer.status_code == 302, answer.context["errors"]
        bins = Category.objects.get(code="bins")
        assert str(bins.limit.kind) == "working_days"
        assert bins.levels.get().level == Level.STREET
        assert bins.competences.get().unit == units["lamps"]

    @pytest.mark.parametrize(
        ("changes", "wanted"),
        [
            ({"limit_amount": 0}, {"limit_amount": ["limit_out_of_range"]}),
            ({"limit_amount": -1}, {"limit_amount": ["limit_out_of_range"]}),
            ({"limit_amount": 1e9}, {"limit_amount": ["limit_out_of_range"]}),
            ({"limit_amount": "nan"}, {"limit_amount": ["invalid"]}),
            ({"limit_amount": "soon"}, {"limit_amount": ["invalid"]}),
            ({"limit_kind": "weeks"}, {"limit_kind": ["invalid_choice"]}),
            ({"verify": "never"}, {"verify": ["invalid_choice"]}),
            ({"duplicate_m": -5}, {"duplicate_m": ["min_value"]}),
            ({"code": "street_lamp"}, {"code": ["unique"]}),
        ],
    )
    def test_nonsense_is_refused(
        self, world: World, login: Login, changes: dict[str, Any], wanted: dict[str, list[str]]
    ) -> None:
        assert faults(self.save(login("root"), **changes)) == wanted

    def test_there_is_no_third_level(self, world: World, login: Login) -> None:
        root, lamp = login("root"), world.categories["street_lamp"]
        assert lamp.major is not None
        other = Category.objects.create(code="other", name="其他")

        assert faults(self.save(root, major=lamp.pk)) == {"major": ["major_is_minor"]}
        changed = self.save(root, lamp.major, code="facility", major=other.pk)
        assert faults(changed) == {"major": ["has_minors"]}

    def test_its_rules_are_ranked_anew_when_it_moves(self, world: World, login: Login) -> None:
        lamp, units = world.categories["street_lamp"], add_units(world)
        rule = store(DispatchRule(name="lamps", unit=units["lamps"], category=lamp))

        self.save(login("root"), lamp, code="street_lamp", major="")

        assert (rule.rank, DispatchRule.objects.get().rank) == (2000, 1000)

    def test_a_level_is_listed_once(self, world: World, login: Login) -> None:
        root, lamp = login("root"), world.categories["street_lamp"]
        form = {"category": lamp.pk, "level": Level.GRID}
        assert root.post(url("incidents.matterlistentry", "add"), form).status_code == 302

        again = root.post(url("incidents.matterlistentry", "add"), form)

        assert list(faults(again)) == ["__all__"]
        assert list(faults(root.post(url("incidents.matterlistentry", "add"), {}))) == [
            "category",
            "level",
        ]


def test_nobody_writes_what_deeds_write(world: World, login: Login) -> None:
    case = lived_through(world)
    rows = [
        case.dispatches.get(),
        case.dispatches.get().extensions.get(),
        case.ratings.get(),
        case.call_backs.get(),
    ]
    root = login("root")

    for row in rows:
        for page in ("change", "delete"):
            answer = root.post(url(row._meta.label_lower, page, row.pk), {"post": "yes"})
            assert answer.status_code == 403
        row.refresh_from_db()
    assert Incident.objects.get(pk=case.pk).version == case.version
