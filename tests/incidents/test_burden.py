"""What the product asks of workers: read off its forms, counted by week, and nobody named."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from pydantic import BaseModel

from gis_grid.people.models import Assignment, Role, Worker
from gis_grid.territory.paths import EVERYWHERE, Territory
from incidents import states
from incidents.burden import GROUPS, MIN_WORKERS, WEEKS, Burden, burden
from incidents.forms import (
    FIELD_WORDS,
    FILLED_BY_PHONE,
    FORM_WORDS,
    MOST_BY_HAND,
    WORKERS,
    Form,
    worker_forms,
)
from incidents.grounds import NoCase
from incidents.models import Event, Incident, PhotoRule
from incidents.web.deeds import BODIES, DeedIn
from incidents.web.field import ReportIn
from tests.incidents.past_cases import case, store
from tests.world import NOW, World, announced, do, make_incident

MONDAY = date(2026, 3, 2)  # of the week NOW lies in
WEEK = timedelta(weeks=1)


def forms() -> dict[str, Form]:
    return {form.deed: form for form in worker_forms(ReportIn, BODIES, DeedIn)}


def measured(**wanted: Any) -> Burden:
    return burden(wanted.get("territory", EVERYWHERE), wanted.get("at", NOW))


# --- the forms --------------------------------------------------------------------------------


def test_a_report_asks_one_thing_by_hand() -> None:
    report = forms()["report"]

    assert set(report.required) == {
        name for name, field in ReportIn.model_fields.items() if field.is_required()
    }
    assert (report.by_hand, report.by_phone) == (("category",), 4)


def test_the_return_asks_reason_owner_and_words() -> None:
    returned = forms()["return"]

    assert returned.by_hand == ("reason", "proposed", "note")
    assert (returned.note, returned.photo) == (True, False)


def test_photo_and_words_follow_the_table_of_deeds() -> None:
    found = forms()

    for row in states.TRANSITIONS:
        if row.by & WORKERS:
            assert found[row.deed].note or not row.needs_note, row
            assert found[row.deed].photo or not {"photo", "after_photo"} & set(row.asks), row
    assert not found["sign"].note
    assert not found["sign"].photo


def test_every_deed_of_a_worker_is_there_and_none_of_the_desk_alone() -> None:
    theirs = {row.deed for row in states.TRANSITIONS if row.by & WORKERS}

    assert forms().keys() == {"report", *theirs}
    assert "dispatch" not in forms()


def test_a_new_required_field_shows_up_by_itself() -> None:
    class Longer(ReportIn):
        reason: str

    (report, *_) = worker_forms(Longer, BODIES, DeedIn)

    assert report.by_hand == ("category", "reason")


def test_no_form_asks_for_more_than_the_rule_allows() -> None:
    assert [form.deed for form in forms().values() if form.too_much] == []
    assert max(len(form.by_hand) for form in forms().values()) <= MOST_BY_HAND


def test_every_form_and_field_has_a_word() -> None:
    assert forms().keys() == FORM_WORDS.keys()
    assert {name for form in forms().values() for name in form.by_hand} <= FIELD_WORDS.keys()


def test_what_the_phone_fills_in_are_real_fields() -> None:
    bodies: set[type[BaseModel]] = {ReportIn, DeedIn, *BODIES.values()}

    assert {name for body in bodies for name in body.model_fields} >= FILLED_BY_PHONE


# --- the weeks --------------------------------------------------------------------------------


def test_the_last_weeks_are_listed_the_oldest_first(world: World) -> None:
    weeks = measured().weeks

    assert [week.first for week in weeks] == [MONDAY - n * WEEK for n in range(WEEKS - 1, -1, -1)]
    assert sum(week.reports for week in weeks) == 0


def test_reports_refusals_repeats_and_photos_are_counted_in_their_week(world: World) -> None:
    kept = make_incident(world, photos=announced(UUID(int=1), "a" * 64))
    do(world, "refuse", make_incident(world, words=""), "chen", reason=NoCase.TOO_VAGUE)
    do(world, "merge", make_incident(world), "chen", into=kept.pk)

    week = measured().weeks[-1]

    assert (week.reports, week.refused, week.repeated) == (3, 1, 1)
    assert (week.photos, week.photos_each, week.with_words) == (1, pytest.approx(1 / 3), 2)
    assert measured().refusals == [(NoCase.TOO_VAGUE, 1)]
    assert measured(at=NOW + 20 * WEEK).whole.reports == 0


def test_a_refusal_that_was_undone_is_none(world: World) -> None:
    refused = do(world, "refuse", make_incident(world), "chen", reason=NoCase.TEST)
    do(world, "restore", refused, "chen")

    found = measured()

    assert (found.whole.refused, found.refusals) == (0, [])


def test_what_no_worker_reported_is_no_burden_of_theirs(world: World) -> None:
    store([case(world, NOW, source="hotline", external_id="1")])

    assert measured().whole.reports == 0


def staff(world: World, count: int, forms: list[int]) -> None:
    """Give the town workers who each fill in so many forms this week."""
    (incident,) = store([case(world, NOW)])
    for number, many in zip(range(count), forms, strict=True):
        user = User.objects.create(username=f"w{number}")
        worker = Worker.objects.create(code=f"w{number}", name=f"工{number}号", user=user)
        Assignment.objects.create(worker=worker, area=world.areas["A1"], role=Role.PART_TIME_WORKER)
        Event.objects.bulk_create(
            Event(
                incident=incident,
                kind="remark",
                state_after=incident.state,
                path_after=incident.area_path,
                version=1,
                at=NOW,
                by=user,
            )
            for _ in range(many)
        )


def test_forms_a_week_are_a_median_and_a_spread(world: World) -> None:
    staff(world, 6, [1, 2, 6, 8, 30, 60])

    found = measured()

    assert (found.weeks[-1].workers, found.weeks[-1].forms) == (6, 107)
    assert found.weeks[-1].median_forms == found.whole.median_forms == 7.0
    assert [(group.least, group.most, group.weeks) for group in found.groups] == [
        (1, GROUPS[0], 2),
        (6, 10, 2),
        (11, 20, 0),
        (21, 40, 1),
        (41, None, 1),
    ]


def test_among_few_workers_nothing_is_said_of_single_ones(world: World) -> None:
    staff(world, MIN_WORKERS - 1, [3] * (MIN_WORKERS - 1))

    found = measured()

    assert found.whole.workers == MIN_WORKERS - 1
    assert found.weeks[-1].median_forms is None
    assert found.whole.median_forms is None
    assert found.most == 0


def test_the_desk_s_deeds_and_the_clock_s_are_nobody_s_forms(world: World) -> None:
    incident = make_incident(world)
    do(world, "accept", incident, "chen")
    Event.objects.create(
        incident=incident, kind="overdue", state_after="accepted", version=3, at=NOW
    )

    assert measured().whole.forms == 1  # Li's report


def test_a_form_counts_while_its_writer_works_in_the_field(world: World) -> None:
    make_incident(world)
    Assignment.objects.update(during=(NOW.date() + WEEK, None))

    assert measured().whole.forms == 0


def test_a_territory_measures_its_own_workers_only(world: World) -> None:
    make_incident(world)
    wang = Territory(frozenset({world.areas["B1"].path}))

    assert measured(territory=wang).whole.reports == 0
    assert measured(territory=wang).whole.forms == 0


def test_what_categories_want_photos_of_is_counted(world: World) -> None:
    assert measured().photo_rules == [
        (PhotoRule.REQUIRED, 1),
        (PhotoRule.ASKED, 1),
        (PhotoRule.NONE, 0),
    ]


def test_the_measuring_takes_the_same_queries_for_any_number_of_workers(
    world: World,
    django_assert_num_queries,  # type: ignore[no-untyped-def]
) -> None:
    staff(world, 8, [5] * 8)
    assert Incident.objects.count() == 1

    with django_assert_num_queries(6):
        measured()
