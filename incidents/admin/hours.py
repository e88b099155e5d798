"""A week's working hours as people write them: one line a weekday, `09:00-12:00 13:00-17:00`."""

import re
from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Invalid
from incidents.deadlines.working_time import Span, check_spans
from incidents.models import WorkingHours
from incidents.models.calendar import office_hours

DAYS = range(1, 8)
EXAMPLE = _("e.g. 09:00-12:00 13:00-17:00; empty: a day off.")
# As phones and Chinese keyboards write them: full-width colon, any dash, commas between spans.
_SPAN = re.compile(r"(\d{1,2})[:：](\d{2})\s*[-–—~～至]\s*(\d{1,2})[:：](\d{2})")
_BETWEEN = re.compile(r"[\s,，、;；]*")


class HoursField(forms.CharField):
    """The hours of one weekday; empty is a day off. Its value is a list of [from, to]."""

    def __init__(self, **kwargs: Any) -> None:
        """Take no `required`: a day off is an answer too."""
        kwargs |= {"required": False, "max_length": 120}
        kwargs.setdefault("widget", forms.TextInput(attrs={"size": 40}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Return the line that says these spans."""
        if isinstance(value, list):
            return " ".join("-".join(span) for span in value)
        return value

    def clean(self, value: Any) -> list[list[str]]:
        """Return the spans of a line; ValidationError when it cannot be read or is in disorder."""
        line = super().clean(value)
        spans = tuple(_spans(line))
        try:
            check_spans(spans)
        except Invalid as refusal:
            raise ValidationError(str(refusal.message), code=refusal.code) from refusal
        return [[f"{start:%H:%M}", f"{end:%H:%M}"] for start, end in spans]

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare lines, not a line with spans."""
        return bool(super().has_changed(self.prepare_value(initial), data))


class WeekForm(forms.ModelForm):  # type: ignore[type-arg]
    """Whose hours, and one line for each weekday."""

    day_1 = HoursField(label=WEEKDAYS[0], help_text=EXAMPLE)
    day_2 = HoursField(label=WEEKDAYS[1])
    day_3 = HoursField(label=WEEKDAYS[2])
    day_4 = HoursField(label=WEEKDAYS[3])
    day_5 = HoursField(label=WEEKDAYS[4])
    day_6 = HoursField(label=WEEKDAYS[5])
    day_7 = HoursField(label=WEEKDAYS[6])

    class Meta:
        model = WorkingHours
        fields = ("unit",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Add the seven lines, filled in from the row or with office hours."""
        super().__init__(*args, **kwargs)
        week = self.instance.week if self.instance.pk else office_hours()
        for day in DAYS:
            self.initial.setdefault(f"day_{day}", week.get(str(day), []))

    def clean(self) -> dict[str, Any] | None:
        """Put the lines together; somebody has to work at some time."""
        cleaned = super().clean() or {}
        week = {str(day): cleaned[f"day_{day}"] for day in DAYS if cleaned.get(f"day_{day}")}
        if not week and not self.errors:
            raise ValidationError(
                _("Nobody would ever work: give one day hours at least."), code="no_hours"
            )
        self.instance.week = week
        return cleaned


def week_text(week: dict[str, list[list[str]]]) -> str:
    """Return a week in one line, weekdays with the same hours together."""
    lines: list[tuple[list[int], str]] = []
    for day in DAYS:
        text = " ".join("-".join(span) for span in week.get(str(day), []))
        if lines and lines[-1][1] == text:
            lines[-1][0].append(day)
        else:
            lines.append(([day], text))
    return "; ".join(f"{_days(days)} {text}" for days, text in lines if text)


def _days(days: list[int]) -> str:
    first, last = (str(WEEKDAYS[day - 1]) for day in (days[0], days[-1]))
    return first if len(days) == 1 else f"{first}–{last}"


def _spans(line: str) -> list[Span]:
    spans, place = [], _BETWEEN.match(line).end()  # type: ignore[union-attr]
    while place < len(line):
        found = _SPAN.match(line, place)
        if found is None:
            raise _unreadable()
        spans.append((_time(found[1], found[2]), _end(found[3], found[4])))
        place = _BETWEEN.match(line, found.end()).end()  # type: ignore[union-attr]
    return spans


def _end(hour: str, minute: str) -> time:
    # The midnight that ends the day is written either way.
    return time(0) if (hour, minute) == ("24", "00") else _time(hour, minute)


def _time(hour: str, minute: str) -> time:
    try:
        return time(int(hour), int(minute))
    except ValueError as error:
        raise _unreadable() from error


def _unreadable() -> ValidationError:
    return ValidationError(
        _("Write the hours like 09:00-12:00 13:00-17:00."), code="hours_unreadable"
    )
