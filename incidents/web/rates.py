"""The field's rates: as an API, as a page to read and print, as files. Never by worker."""

import re
from datetime import date
from io import BytesIO, StringIO
from typing import Annotated, Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET
from ninja import Query, Router
from pydantic import BeforeValidator, Field, ValidationError

from gis_grid.access import Actor, actor_of
from gis_grid.errors import Forbidden, GridError, NotFound
from gis_grid.territory.models import Level
from gis_grid.web.api import SearchText, Strict, actor, no_store
from gis_grid.web.errors import field_errors
from gis_grid.web.pages import may_plan
from incidents import rates
from incidents.rates import By, Period, Question
from incidents.rates.periods import this_month
from incidents.rates.tables import THEMES, csv_table, xlsx_table
from incidents.web.rates_view import View

router = Router(tags=["rates"])
DAY = re.compile(r"20\d{2}-\d{2}-\d{2}", re.ASCII)  # a bare number would pass for seconds
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _day(value: Any) -> Any:
    if isinstance(value, str) and not DAY.fullmatch(value):
        raise ValueError(_("not a day like 2026-03-05"))
    return value


def _level(value: Any) -> Any:
    try:
        return Level.from_slug(value) if isinstance(value, str) else value
    except ValueError as error:
        raise ValueError(_("not one of the levels")) from error


Day = Annotated[date, BeforeValidator(_day)]
Slug = Annotated[Level, BeforeValidator(_level)]


class RatesIn(Strict):
    """What is asked for. Both days are included; without them this month so far."""

    first: Annotated[Day | None, Field(alias="from")] = None
    last: Annotated[Day | None, Field(alias="to")] = None
    by: By = By.AREA
    level: Slug | None = None
    area: SearchText | None = None
    category: SearchText | None = None
    unit: SearchText | None = None

    def question(self, asking: Actor) -> Question:
        """Return the question for somebody's territory; see `rates.ask` for what it refuses."""
        now = timezone.now()
        usual = this_month(timezone.localdate(now))
        return rates.ask(
            asking.territory,
            Period(
                self.first or min(usual.first, self.last or usual.first), self.last or usual.last
            ),
            at=now,
            by=self.by,
            level=self.level,
            area=self.area,
            category=self.category,
            unit=self.unit,
        )


class PageIn(RatesIn):
    """What the page is asked for beyond the figures: which of them, in what order."""

    show: Annotated[str, Field(pattern="|".join(f"^{slug}$" for slug in THEMES))] = "closing"
    sort: Annotated[str, Field(pattern=r"^-?[a-z_]{1,40}$")] = ""


@router.get("")
def figures(request: HttpRequest, query: Query[RatesIn]) -> dict[str, Any]:
    """The figures of a period for my territory: the whole, and by area, category, unit or time.

    Each rate is null under 10 cases; `basis` has what it was divided by and why it is missing.
    """
    asking = actor(request)
    if not may_plan(asking):
        raise Forbidden("role_required", _("Your role does not include this."))
    return rates.answer(query.question(asking)).as_json()


@require_GET
@login_required
def page(request: HttpRequest) -> HttpResponse:
    """The figures to read: numbers beside every rate, down to the micro-grid by links."""
    asking = _reader(request)
    status, refusal, query = 200, None, PageIn()
    try:
        query = _query(request)
        question = query.question(asking)
        answer = rates.answer(question)
    except NotFound as error:
        raise Http404 from error
    except GridError as error:
        status, refusal, query = error.status, error, PageIn()
        answer = rates.answer(query.question(asking))
    context = {"view": View(answer, query.show, query.sort), "refusal": refusal}
    return no_store(render(request, "incidents/rates.html", context, status=status))


@require_GET
@login_required
def csv_file(request: HttpRequest) -> HttpResponse:
    """What the page shows, as CSV that a spreadsheet opens as text."""
    answer, query = _answer(request)
    out = StringIO(newline="")
    csv_table(out, answer, THEMES[query.show])
    return _file(answer, out.getvalue().encode(), "text/csv; charset=utf-8", "csv")


@require_GET
@login_required
def xlsx_file(request: HttpRequest) -> HttpResponse:
    """What the page shows, as a workbook."""
    answer, query = _answer(request)
    out = BytesIO()
    xlsx_table(out, answer, THEMES[query.show])
    return _file(answer, out.getvalue(), XLSX, "xlsx")


def _answer(request: HttpRequest) -> tuple[rates.Answer, PageIn]:
    asking = _reader(request)
    try:
        query = _query(request)
        return rates.answer(query.question(asking)), query
    except GridError as error:
        # A file is only asked for from a page that shows the same.
        raise Http404 from error


def _file(answer: rates.Answer, content: bytes, kind: str, ending: str) -> HttpResponse:
    period = answer.asked.period
    name = f"rates-{period.first.isoformat()}-{period.last.isoformat()}.{ending}"
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return no_store(response)


def _query(request: HttpRequest) -> PageIn:
    """Return what the address asks; a field left empty in the form asks nothing."""
    given = {name: value for name, value in request.GET.items() if value}
    try:
        return PageIn.model_validate(given)
    except ValidationError as error:
        raise field_errors([{**e, "loc": ("query", *e["loc"])} for e in error.errors()]) from error


def _reader(request: HttpRequest) -> Actor:
    asking = actor_of(request.user)
    if not may_plan(asking):
        raise PermissionDenied
    return asking
