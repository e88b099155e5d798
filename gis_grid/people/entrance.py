"""The log-in: wrong passwords are counted, and who tries too often waits a few minutes.

Nobody is locked out. Strangers to a name share one count; a browser in which that user has logged
in before shows a signed cookie and is counted by itself, so that whoever tries a colleague's name
from elsewhere cannot keep the colleague out. A name that does not exist is counted and answered
like one that does, and Django hashes a password for it all the same.
"""

import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from gis_grid.errors import TooMany
from gis_grid.people import throttle
from gis_grid.people.throttle import Limit, address_of

logger = logging.getLogger(__name__)
COOKIE = "known_here"
COOKIE_SALT = "people.known_here"
COOKIE_AGE = timedelta(days=365)
MOST_NAMES = 8  # a phone that is shared
LONGEST_PASSWORD = 4096  # letters; Django's own limit where a password is set
TOO_MANY = "too_many_attempts"


class PatientForm(AuthenticationForm):
    """Name and password; too many wrong ones are answered without looking at the password."""

    def clean(self) -> dict[str, Any]:
        """Count, try, and take back what was no wrong attempt."""
        name = self.cleaned_data.get("username")
        if not name or not self.cleaned_data.get("password"):
            return super().clean()
        if len(self.cleaned_data["password"]) > LONGEST_PASSWORD:
            raise self.get_invalid_login_error()
        at = timezone.now()
        counts = _counts(self.request, name)
        try:
            for limit, knocker in counts:
                throttle.count(limit, knocker, at)
        except TooMany as refusal:
            logger.warning("too many attempts to log in")
            raise ValidationError(
                str(refusal.message), code=TOO_MANY, params=dict(refusal.extra)
            ) from refusal
        cleaned: dict[str, Any] = super().clean()
        _settle(counts, at)
        return cleaned


class PatientAdminForm(PatientForm, AdminAuthenticationForm):
    """The same for the administration's own log-in."""


def answered(response: HttpResponse, form: forms.Form) -> HttpResponse:
    """Give a page that shows a refused log-in the status of the refusal."""
    for error in form.non_field_errors().as_data():
        if error.code == TOO_MANY and error.params:
            response.status_code = TooMany.status
            response.headers["Retry-After"] = str(error.params["retry_after_s"])
    return response


def remember(request: HttpRequest, response: HttpResponse, name: str) -> HttpResponse:
    """Let this browser be known as one in which this user has logged in."""
    device, names = _known(request)
    mark = _mark(name)
    names = [mark, *(other for other in names if other != mark)][:MOST_NAMES]
    response.set_cookie(
        COOKIE,
        signing.dumps([device or uuid4().hex, names], salt=COOKIE_SALT),
        max_age=COOKIE_AGE,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )
    return response


def _counts(request: HttpRequest | None, name: str) -> list[tuple[Limit, str]]:
    """Return what an attempt counts for: the known browser, or the name and the address."""
    wait = timedelta(minutes=settings.LOGIN_WAIT_MINUTES)
    mark = _mark(name)
    device, names = _known(request)
    if mark in names:
        return [(Limit("login by browser", settings.LOGIN_TRIES, wait), f"{device} {mark}")]
    counts = [(Limit("login by name", settings.LOGIN_TRIES, wait), mark)]
    if request is not None:
        by_address = Limit("login by address", settings.LOGIN_TRIES_FROM_ADDRESS, wait)
        counts.append((by_address, address_of(request)))
    return counts


def _settle(counts: list[tuple[Limit, str]], at: datetime) -> None:
    (limit, knocker), *others = counts
    throttle.forget(limit, knocker, at)
    for limit, knocker in others:
        throttle.take_back(limit, knocker, at)


def _known(request: HttpRequest | None) -> tuple[str, list[str]]:
    """Return the browser's own name and the users who have logged in there."""
    try:
        told = request.COOKIES.get(COOKIE, "") if request else ""
        device, names = signing.loads(told, salt=COOKIE_SALT, max_age=COOKIE_AGE)
    except signing.BadSignature:
        return "", []
    return device, names


def _mark(name: str) -> str:
    """Return a short name for a user that says nothing to whoever reads the cookie."""
    return salted_hmac(COOKIE_SALT, name).hexdigest()[:16]
