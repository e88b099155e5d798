"""Ranges of days for people: two dates, the last day included; open ends stay empty.

PostgreSQL's ranges end with the first day that is outside. Nobody outside databases thinks so.
"""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.contrib.postgres.forms import DateRangeField, RangeWidget
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

ONE_DAY = timedelta(days=1)
NAMES = (gettext_lazy("first day"), gettext_lazy("last day"))


def last_day(during: DateRange) -> date | None:
    """Return the last day inside a range, None when it has no end."""
    return None if during.upper is None else during.upper - ONE_DAY


def days_text(during: DateRange) -> str:
    """Return a range of days in words."""
    first, last = during.lower, last_day(during)
    words = {
        "first": formats.date_format(first) if first else "",
        "last": formats.date_format(last) if last else "",
    }
    if first and last:
        return _("%(first)s to %(last)s") % words
    if first:
        return _("since %(first)s") % words
    if last:
        return _("until %(last)s") % words
    return _("always")


class DaysWidget(RangeWidget):
    """Two date inputs."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        """Use the administration's date input twice, each with its name in it."""
        super().__init__(AdminDateWidget, attrs)
        for widget, name in zip(self.widgets, NAMES, strict=True):
            widget.attrs |= {"placeholder": name, "aria-label": name}

    def decompress(self, value: DateRange | None) -> tuple[date | None, date | None]:
        """Return the first and the last day inside."""
        return (value.lower, last_day(value)) if value else (None, None)


class DaysField(DateRangeField):
    """A range of days by its first and last; both empty means always."""

    def __init__(self, **kwargs: Any) -> None:
        """Take no `required`: nothing filled in is an answer too."""
        kwargs |= {"required": False, "widget": DaysWidget}
        kwargs["help_text"] = gettext_lazy("First and last day; empty for no limit on that side.")
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Return what the two inputs show."""
        if isinstance(value, DateRange):
            value = [value.lower, last_day(value)]
        return super().prepare_value(value) if value is None else value

    def compress(self, values: Any) -> DateRange:
        """Return the range of the two days; an error when they are the wrong way round."""
        if not values:
            return DateRange(None, None)
        days: DateRange = super().compress(values)
        return DateRange(days.lower, days.upper + ONE_DAY if days.upper else None)


class SinceField(forms.DateField):
    """A range of days by its first alone: from that day on, or always."""

    widget = AdminDateWidget

    def __init__(self, **kwargs: Any) -> None:
        """Take no `required`: without a day it is always."""
        super().__init__(**{**kwargs, "required": False})

    def prepare_value(self, value: Any) -> Any:
        """Return what the input shows."""
        return value.lower if isinstance(value, DateRange) else value

    def clean(self, value: Any) -> DateRange:
        """Return the range from the day on."""
        return DateRange(super().clean(value), None)
