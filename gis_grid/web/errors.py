"""The one place that turns refusals into answers. Every API error is JSON with one shape."""

import logging
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.shortcuts import render
from django.utils.translation import gettext as _
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
    api.add_exception_handler(GridError, answer)
    api.add_exception_handler(ValidationError, _on_validation)
    api.add_exception_handler(HttpError, _on_http_error)
    api.add_exception_handler(Http404, lambda r, e: answer(r, _not_found()))
    api.add_exception_handler(RequestDataTooBig, lambda r, e: answer(r, _too_large()))
    api.add_exception_handler(TooManyFieldsSent, lambda r, e: answer(r, _too_large()))
    api.add_exception_handler(UnreadablePostError, _on_cut_request)
    api.add_exception_handler(OperationalError, _on_database_away)
    api.add_exception_handler(InterfaceError, _on_database_away)
    api.add_exception_handler(Exception, _on_surprise)


def field_errors(errors: Sequence[dict[str, Any]]) -> Invalid:
    """Turn pydantic's list of faults into one refusal that names each field."""
    fields = {
        ".".join(str(part) for part in error["loc"][-2:] if part not in ("body", "query")): str(
            error["msg"]
        )
        for error in errors
    }
    code = _FIELD_CODES.get(errors[0]["type"], "field_invalid") if errors else "field_invalid"
    return Invalid(code, _("Something in the form is missing or wrong."), fields)


def _on_validation(request: HttpRequest, error: ValidationError) -> JsonResponse:
    return answer(request, field_errors(error.errors))


def _on_http_error(request: HttpRequest, error: HttpError) -> JsonResponse:
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
    """Return whether an error is to be JSON rather than a page."""
    return request.path.startswith(("/api/", "/live/", "/tiles/", "/photos/"))


def _page(request: HttpRequest, status: int, error: GridError) -> HttpResponse:
    if wants_json(request):
        return answer(request, error)
    context = {"status": status, "message": error.message}
    return render(request, "gis_grid/error.html", context, status=status)


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
