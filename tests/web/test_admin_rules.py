"""The administration of dispatch rules: drafted, tried, live, stopped; broken ones say so."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gis_grid.people.models import HandlingUnit, Role
from gis_grid.web.history import changes_of
from incidents.dispatching.rulebook import store
from incidents.models import Dispatch, DispatchRule, Incident
from tests.web.test_admin import faults, url
from tests.world import World, add_units, do, make_incident

Login = Callable[[str], Client]
LABEL = "incidents.dispatchrule"


@pytest.fixture
def units(world: World) -> dict[str, HandlingUnit]:
    return add_units(world)


@pytest.fixture
def draft(world: World, units: dict[str, HandlingUnit]) -> DispatchRule:
    """Street lamps to the lamps unit; not live."""
    lamp = world.categories["street_lamp"]
    return store(DispatchRule(name="路灯归路灯所", unit=units["lamps"], category=lamp))


def save(client: Client, rule: DispatchRule | None = None, **changes: Any) -> Any:
    form = {"name": "规则", "time": "any", **changes}
    return client.post(url(LABEL, "change", rule.pk) if rule else url(LABEL, "add"), form)


def told(answer: Any) -> list[tuple[str, str]]:
    return [(each.level_tag, str(each)) for each in answer.context["messages"]]


def is_live(rule: DispatchRule) -> bool:
    return DispatchRule.objects.get(pk=rule.pk).live


class TestForm:
    """What a rule can say."""

    def test_it_is_stored_with_its_rank_as_a_draft(self, world, login, units) -> None:  # type: ignore[no-untyped-def]
        answer = save(
            login("root"),
            category=world.categories["street_lamp"].pk,
            area=world.areas["A1"].pk,
            time="off",
            weekdays=[6, 7],
            unit=units["lamps"].pk,
            automatic="on",
        )

        assert answer.status_code == 302, answer.context["errors"]
        rule = DispatchRule.objects.get()
        assert (rule.rank, rule.unit_name, rule.weekdays) == (2502, "路灯管理所", [6, 7])
        assert (rule.live, rule.automatic, rule.tried_at) == (False, True, None)

    def test_live_is_no_field_of_the_form(self, world, login, units) -> None:  # type: ignore[no-untyped-def]
        save(login("root"), unit=units["lamps"].pk, live="on")

        assert not DispatchRule.objects.get().live

    @pytest.mark.parametrize(
        ("changes", "wanted"),
        [
            ({}, {"unit": ["one_receiver"]}),
            ({"unit": "lamps", "role": "grid_chief"}, {"unit": ["one_receiver"]}),
            ({"role": "planner"}, {"role": ["invalid_choice"]}),
            ({"role": "grid_chief", "weekdays": [0]}, {"weekdays": ["invalid_choice"]}),
            ({"role": "grid_chief", "weekdays": ["x"]}, {"weekdays": ["invalid_choice"]}),
            ({"role": "grid_chief", "time": "never"}, {"time": ["invalid_choice"]}),
            ({"role": "grid_chief", "category": 999999}, {"category": ["invalid_choice"]}),
            ({"role": "grid_chief", "name": ""}, {"name": ["required"]}),
            ({"unit": "closed"}, {"unit": ["unit_inactive"]}),
        ],
    )
    def test_nonsense_is_refused(self, world, login, units, changes, wanted) -> None:  # type: ignore[no-untyped-def]
        closed = HandlingUnit.objects.create(
            code="closed", name="x", kind="department", active=False
        )
        known = {"lamps": units["lamps"].pk, "closed": closed.pk}
        if "unit" in changes:
            changes = {**changes, "unit": known[changes["unit"]]}

        assert faults(save(login("root"), **changes)) == wanted
        assert not DispatchRule.objects.exists()

    def test_a_live_rule_is_stopped_before_it_is_changed(self, world, login, units, draft) -> None:  # type: ignore[no-untyped-def]
        DispatchRule.objects.filter(pk=draft.pk).update(live=True)

        answer = save(login("root"), draft, name="新名字", role="grid_chief", time="off")

        assert answer.status_code == 302
        rule = DispatchRule.objects.get()
        assert (rule.name, rule.unit, rule.role, rule.time) == ("新名字", units["lamps"], "", "any")


class TestList:
    """Rules in the order they are asked."""

    def test_the_most_specific_stands_first(self, world, login, units, draft) -> None:  # type: ignore[no-untyped-def]
        store(DispatchRule(name="all", unit=units["office"]))
        store(DispatchRule(name="A1", unit=units["office"], area=world.areas["A1"]))

        page = login("root").get(url(LABEL))

        listed = [rule.name for rule in page.context["cl"].result_list]
        assert listed == ["路灯归路灯所", "A1", "all"]

    def test_a_broken_one_says_why(self, world, login, units, draft) -> None:  # type: ignore[no-untyped-def]
        store(DispatchRule(name="instructors", role=Role.GRID_INSTRUCTOR, live=True))
        units["lamps"].delete()

        page = login("root").get(url(LABEL), headers={"accept-language": "en"}).content.decode()

        assert "⚠ The unit “路灯管理所” was deleted." in page
        assert "⚠ Nobody holds the role “Grid instructor” in any area." in page

    def test_it_does_not_ask_once_per_rule(self, world, login, units, draft) -> None:  # type: ignore[no-untyped-def]
        root = login("root")

        def cost() -> int:
            with CaptureQueriesContext(connection) as queries:
                root.get(url(LABEL))
            return len(queries)

        cost()
        few = cost()
        for unit in units.values():
            store(DispatchRule(name="more", unit=unit, area=world.areas["A1"]))
            store(DispatchRule(name="more", role=Role.GRID_CHIEF))

        assert cost() == few


class TestTrial:
    """Try, then go live."""

    def test_it_shows_what_the_rule_would_have_done(self, world, login, units, draft) -> None:  # type: ignore[no-untyped-def]
        case = do(world, "accept", make_incident(world))

        answer = login("root").get(url(LABEL, "trial", draft.pk), headers={"accept-language": "en"})

        assert answer.status_code == 200
        assert (answer.context["trial"].looked_at, answer.context["trial"].taken) == (1, 1)
        page = answer.content.decode()
        assert case.number in page
        assert 'value="Go live"' in page

    def test_looking_changes_nothing(self, world, login, draft) -> None:  # type: ignore[no-untyped-def]
        case = do(world, "accept", make_incident(world))

        login("root").get(url(LABEL, "trial", draft.pk))

        assert not Dispatch.objects.exists()
        assert Incident.objects.get().version == case.version
        rule = DispatchRule.objects.get()
        assert (rule.live, rule.tried_at) == (False, None)

    def go_live(self, client: Client, rule: DispatchRule, seen: str = "") -> Any:
        return client.post(
            url(LABEL, "live", rule.pk),
            {"seen": seen},
            follow=True,
            headers={"accept-language": "en"},
        )

    def test_after_a_trial_it_goes_live(self, world, login, draft) -> None:  # type: ignore[no-untyped-def]
        root = login("root")
        seen = root.get(url(LABEL, "trial", draft.pk)).context["stands_as"]

        answer = self.go_live(root, draft, seen)

        assert told(answer) == [("success", "“路灯归路灯所” is live.")]
        assert is_live(draft)
        assert DispatchRule.objects.get().tried_at is not None

    def test_untried_it_goes_live_with_a_warning(self, world, login, draft) -> None:  # type: ignore[no-untyped-def]
        answer = self.go_live(login("root"), draft)

        assert told(answer) == [("warning", "“路灯归路灯所” went live without having been tried.")]
        assert is_live(draft)

    def test_a_trial_of_what_it_was_before_does_not_count(self, world, login, draft) -> None:  # type: ignore[no-untyped-def]
        root = login("root")
        seen = root.get(url(LABEL, "trial", draft.pk)).context["stands_as"]
        draft.area = world.areas["A1"]
        store(draft)

        assert [level for level, _words in told(self.go_live(root, draft, seen))] == ["warning"]

    def test_a_broken_one_goes_live_with_a_warning(self, world, login, units, draft) -> None:  # type: ignore[no-untyped-def]
        units["lamps"].delete()

        answer = self.go_live(login("root"), draft)

        assert told(answer) == [
            (
                "warning",
                "“路灯归路灯所” is live but broken: The unit “路灯管理所” was deleted.",
            )
        ]

    def test_it_is_stopped(self, world, login, draft) -> None:  # type: ignore[no-untyped-def]
        root = login("root")
        self.go_live(root, draft)

        root.post(url(LABEL, "stop", draft.pk))

        assert not is_live(draft)

    def test_several_at_once_from_the_list(self, world, login, units, draft) -> None:  # type: ignore[no-untyped-def]
        other = store(DispatchRule(name="all", unit=units["office"]))
        root, both = login("root"), [draft.pk, other.pk]

        answer = root.post(url(LABEL), {"action": "go_live", "_selected_action": both}, follow=True)
        assert [level for level, _words in told(answer)] == ["warning", "warning"]
        assert is_live(draft)
        assert is_live(other)

        root.post(url(LABEL), {"action": "stop", "_selected_action": both})
        assert not is_live(draft)

    def test_history_says_who(self, world, login, draft) -> None:  # type: ignore[no-untyped-def]
        self.go_live(login("root"), draft)

        newest = changes_of(DispatchRule.objects.get())[0]
        assert newest.by == "root"
        assert newest.values == {str(DispatchRule._meta.get_field("live").verbose_name): "True"}

    @pytest.mark.parametrize("page", ["live", "stop"])
    def test_only_a_button_changes_it(self, world, login, draft, page) -> None:  # type: ignore[no-untyped-def]
        assert login("root").get(url(LABEL, page, draft.pk)).status_code == 405
        assert not is_live(draft)

    @pytest.mark.parametrize("page", ["trial", "live", "stop"])
    def test_a_missing_rule_is_not_found(self, world, login, page) -> None:  # type: ignore[no-untyped-def]
        root = login("root")
        answer = root.get if page == "trial" else root.post

        assert answer(url(LABEL, page, 999)).status_code == 404

    def test_who_may_look_may_not_switch(self, world, client, draft) -> None:  # type: ignore[no-untyped-def]
        clerk = User.objects.create(username="clerk", is_staff=True)
        client.force_login(clerk)
        assert client.get(url(LABEL, "trial", draft.pk)).status_code == 403

        clerk.user_permissions.add(Permission.objects.get(codename="view_dispatchrule"))
        page = client.get(url(LABEL, "trial", draft.pk))
        assert page.status_code == 200
        assert page.context["trial"].looked_at == 0  # no territory, no cases
        assert b'name="seen"' not in page.content
        assert client.post(url(LABEL, "live", draft.pk)).status_code == 403
        assert not is_live(draft)
