"""The one place that turns refusals into answers. Every API error is JSON with one shape."""

import logging
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from csp.utils import build_policy
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from psycopg.errors import QueryCanceled

from gis_grid.errors import (
    Forbidden,
    GridError,
    Invalid,
    NotFound,
    TooLarge,
    Unauthenticated,
    Unavailable,
    Unreadable,
    WrongMethod,
)

logger = logging.getLogger(__name__)
RETRY_AFTER_S = 5

# What pydantic calls a fault -> the stable code the phone can switch on.
_FIELD_CODES = {
    "missing": "field_missing",
    "extra_forbidden": "unknown_field",
    "finite_number": "not_finite",
    "json_invalid": "not_json",
}
# And what people are told about the field; pydantic itself speaks English only.
_REASONS: dict[str, Promise] = {
    "missing": gettext_lazy("missing"),
    "extra_forbidden": gettext_lazy("not known here"),
    "finite_number": gettext_lazy("not a finite number"),
    "string_too_long": gettext_lazy("too long"),
    "string_type": gettext_lazy("not a text"),
    "int_parsing": gettext_lazy("not a whole number"),
    "int_type": gettext_lazy("not a whole number"),
    "float_parsing": gettext_lazy("not a number"),
    "float_type": gettext_lazy("not a number"),
    "greater_than": gettext_lazy("too small"),
    "greater_than_equal": gettext_lazy("too small"),
    "less_than": gettext_lazy("too large"),
    "less_than_equal": gettext_lazy("too large"),
    "timezone_aware": gettext_lazy("the time zone is missing"),
}
_WRONG = gettext_lazy("not in the expected form")


class RequestId:
    """Give every request an id that appears in the answer, the error body and the log."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set `request.id` and the header."""
        request.id = uuid.uuid4().hex[:12]  # type: ignore[attr-defined]
        response = self.get_response(request)
        response.headers["X-Request-ID"] = request.id  # type: ignore[attr-defined]
        return response


def answer(request: HttpRequest, error: GridError) -> JsonResponse:
    """Return the JSON answer for a refusal."""
    body: dict[str, Any] = {
        "code": error.code,
        "message": str(error.message),
        "fields": {name: str(reason) for name, reason in error.fields.items()},
        "retryable": error.retryable,
        "request_id": getattr(request, "id", ""),
        **error.extra,
    }
    response = JsonResponse(body, status=error.status, json_dumps_params={"ensure_ascii": False})
    if error.status in (429, 503):
        response.headers["Retry-After"] = str(error.extra.get("retry_after_s", RETRY_AFTER_S))
    return response


def install(api: NinjaAPI) -> None:
    """Teach an API to answer every refusal in our shape."""
    handlers: dict[type[Exception], Callable[..., HttpResponse]] = {
        GridError: answer,
        ValidationError: _on_validation,
        HttpError: _on_http_error,
        Http404: lambda request, error: answer(request, _not_found()),
        RequestDataTooBig: lambda request, error: answer(request, _too_large()),
        TooManyFieldsSent: lambda request, error: answer(request, _too_large()),
        UnreadablePostError: _on_cut_request,
        OperationalError: _on_database_away,
        InterfaceError: _on_database_away,
        Exception: _on_surprise,
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)


class ContentSecurityPolicy:
    """Send django-csp's policy with every answer; its own middleware builds it anew each time.

    So the policy is the same everywhere: django-csp's nonces and decorators do not reach it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Build the policy once."""
        self.get_response = get_response
        self.policy = build_policy()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set the header."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)  # a map has its own
        return response


class JsonRefusals:
    """Give the one refusal that Django makes in plain text, a wrong verb, the shape of the rest."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Replace the body of a 405 where errors are JSON; `Allow` stays."""
        response = self.get_response(request)
        if response.status_code != WrongMethod.status or not wants_json(request):
            return response
        refusal = WrongMethod("method_not_allowed", _("This address does not take that method."))
        told = answer(request, refusal)
        told.headers["Allow"] = response.headers["Allow"]
        return told


def field_errors(errors: Sequence[dict[str, Any]]) -> GridError:
    """Turn pydantic's list of faults into one refusal that names each field.

    A query that makes no sense is Unreadable (400), a body is Invalid (422).
    """
    fields = {_place(error["loc"]): _reason(error) for error in errors}
    code = _FIELD_CODES.get(errors[0]["type"], "field_invalid") if errors else "field_invalid"
    kind = Unreadable if all(error["loc"][0] == "query" for error in errors) else Invalid
    return kind(code, _("Something in the form is missing or wrong."), fields)


def _place(loc: Sequence[str | int]) -> str:
    """Return the field's name; before it stand where it came from and, for a body, its name."""
    own = loc[1:] if loc[0] == "query" else loc[2:]
    return ".".join(str(part) for part in own) or str(loc[0])


def _reason(error: dict[str, Any]) -> str:
    if error["type"] == "value_error":  # a validator of ours said it, in the reader's language
        return str(error["ctx"]["error"])
    return str(_REASONS.get(error["type"], _WRONG))


def _on_validation(request: HttpRequest, error: ValidationError) -> JsonResponse:
    return answer(request, field_errors(error.errors))


def _on_http_error(request: HttpRequest, error: HttpError) -> JsonResponse:
    if isinstance(error.__cause__, GridError):  # ninja hides what the parser said
        return answer(request, error.__cause__)
    if error.status_code == 403:
        return answer(request, _csrf())
    if error.status_code == 401:
        return answer(request, Unauthenticated("login_required", _("Please log in.")))
    return answer(request, Unreadable("not_readable", str(error)))


def _on_cut_request(request: HttpRequest, error: Exception) -> JsonResponse:
    return answer(request, Unreadable("request_cut", _("The request broke off half-way.")))


def _on_database_away(request: HttpRequest, error: Exception) -> JsonResponse:
    logger.warning("database away: %s", type(error).__name__)
    if isinstance(error.__cause__, QueryCanceled):
        refusal = Unavailable("too_slow", _("That took too long. Ask for less at once."))
    else:
        refusal = Unavailable("database_away", _("The server is busy. Nothing is lost: try again."))
    return answer(request, refusal)


def _on_surprise(request: HttpRequest, error: Exception) -> JsonResponse:
    """Log what nobody foresaw and answer without a word about the inside."""
    logger.exception("unforeseen error, request %s", getattr(request, "id", "?"))
    refusal = GridError("server_error", _("Something went wrong on the server. Please try again."))
    refusal.extra["retryable"] = True
    return answer(request, refusal)


def _not_found() -> NotFound:
    return NotFound("not_found", _("There is nothing at this address."))


def _too_large() -> TooLarge:
    return TooLarge("too_large", _("That is more than the server takes at once."))


def _csrf() -> Forbidden:
    return Forbidden("csrf", _("The page is out of date. Reload it; what you entered is kept."))


def wants_json(request: HttpRequest) -> bool:
    """Return whether an error is to be JSON rather than a page; the live process has no pages."""
    if settings.ROOT_URLCONF == "gis_grid.live_urls":
        return True
    return request.path.startswith(("/api/", "/tiles/", "/photos/"))


def _page(request: HttpRequest, status: int, error: GridError) -> HttpResponse:
    if wants_json(request):
        return answer(request, error)
    context = {"status": status, "message": error.message}
    return render(request, "gis_grid/error.html", context, status=status)


def refusal_page(request: HttpRequest, refusal: GridError) -> HttpResponse:
    """Return the page that says why something was refused."""
    return _page(request, refusal.status, refusal)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a failed CSRF check."""
    return _page(request, 403, _csrf())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what Django calls suspicious."""
    return _page(request, 400, Unreadable("not_readable", _("The request cannot be read.")))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a page that is not for this role."""
    return _page(request, 403, Forbidden("role_required", _("Your role does not include this.")))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an unknown address."""
    return _page(request, 404, _not_found())


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an unforeseen error on a page."""
    return _page(request, 500, GridError("server_error", _("Something went wrong on the server.")))
