"""How a question narrows and groups rows: conditions, keys, counts. Runs no statement itself."""

from collections.abc import Iterable
from typing import Any

from django.db.models import (
    BigIntegerField,
    Count,
    DateField,
    F,
    FloatField,
    Func,
    Q,
    QuerySet,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Trunc
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone

from incidents import states
from incidents.models import (
    Category,
    Incident,
)
from incidents.queries import held_by
from incidents.rates.asking import By, Question
from incidents.rates.periods import Step

Rows = Iterable[dict[str, Any]]


def incidents_of(asked: Question) -> QuerySet[Incident]:
    """Return the incidents that a question is about."""
    return Incident.objects.filter(scope(asked))


def closed_in(asked: Question) -> QuerySet[Incident]:
    """Return those closed in its period."""
    return during(asked, incidents_of(asked).filter(state=states.CLOSED), "closed_at")


def scope(asked: Question, prefix: str = "", unit: str = "") -> Q:
    """Return what limits a question, for rows that reach their incident by `prefix`."""
    limits = held_by(asked.territory, f"{prefix}area_path")
    if asked.area:
        limits &= Q(**{f"{prefix}area_path__startswith": asked.area.path})
    if asked.category:
        limits &= of_category(asked.category, prefix)
    if asked.unit:
        limits &= Q(**{unit or f"{prefix}dispatch__unit": asked.unit})
    return limits


def of_category(category: Category, prefix: str = "") -> Q:
    """Condition: of this minor category, or of one of this major one's."""
    name = "category" if category.major_id else "category__major"
    return Q(**{f"{prefix}{name}": category})


def during(asked: Question, rows: QuerySet[Any], moment: str) -> QuerySet[Any]:
    """Keep the rows whose moment lies in the period, up to now."""
    return rows.filter(**{f"{moment}__gte": asked.start, f"{moment}__lt": asked.until})


def by_key(
    asked: Question,
    rows: QuerySet[Any],
    moment: str,
    prefix: str = "",
    unit: str = "",
    **counts: Count,
) -> Rows:
    """Count rows by what the question is cut by. `unit`: the rows' own path to a unit."""
    keyed: QuerySet[Any, Any] = rows.annotate(key=key_of(asked, moment, prefix, unit)).order_by()
    counted: Rows = keyed.values("key").annotate(**counts)
    return counted


def key_of(asked: Question, moment: str, prefix: str = "", unit: str = "") -> Combinable:
    """Return the group a row belongs to; see `tallies` for what the keys are."""
    match asked.by:
        case None:
            return Value(None, BigIntegerField())
        case By.AREA:
            return F(f"{prefix}area_path")
        case By.MAJOR | By.CATEGORY:
            return F(f"{prefix}category_id")
        case By.UNIT:
            return F(f"{unit or prefix + 'dispatch__unit'}_id")
        case By.SOURCE:
            return F(f"{prefix}source")
    return day_of(moment, Step(asked.by.value))


def day_of(moment: str, step: Step) -> Trunc:
    """Return the first day of the month or week of a moment, or its day."""
    zone = timezone.get_default_timezone()
    return Trunc(moment, step.value, output_field=DateField(), tzinfo=zone)


def by_the_end(asked: Question, moment: str) -> Q:
    """Condition: it was done by the end of the period, or of the step its deadline lies in."""
    done = Q(**{f"{moment}__lt": asked.until})
    if asked.by and asked.by.step:
        step = asked.by.step
        done &= Q(LessThanOrEqual(day_of(moment, step), day_of("due_at", step)))
    return done


def only(condition: Q) -> Count:
    """Count the rows that fulfil a condition, with `Q()` all of them."""
    return Count("pk", filter=condition or None)


def microseconds_of(moment: Combinable) -> Func:
    """Return a moment as `elapsed` counts."""
    template = "(extract(epoch FROM %(expressions)s) * 1000000)::bigint"
    return Func(moment, template=template, output_field=BigIntegerField())


def ordinate(axis: str) -> Func:
    """Return the longitude (X) or latitude (Y) of the place."""
    return Func("point", function=f"ST_{axis}", output_field=FloatField())
