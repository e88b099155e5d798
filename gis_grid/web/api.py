"""What every API of the product shares: strict JSON in, one error shape out, one login."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI, Schema
from ninja.parser import Parser
from ninja.security import APIKeyCookie
from pydantic import ConfigDict

from gis_grid.access import Actor, actor_of
from gis_grid.errors import WrongType
from gis_grid.geo.strict_json import strict_json
from gis_grid.web.errors import install

MAX_BODY_BYTES = 256 * 1024
MAX_BODY_DEPTH = 16


class Strict(Schema):
    """A request body or query: unknown fields are refused, numbers are finite."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class StrictParser(Parser):
    """JSON as the standard means it; anything else is refused before it is looked at."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the parsed body; see `strict_json` for what is refused."""
        if request.content_type != "application/json":
            raise WrongType("not_json_type", _("Send application/json."))
        return strict_json(request.body, MAX_BODY_BYTES, MAX_BODY_DEPTH)


class Login(APIKeyCookie):
    """The session cookie (with CSRF check). Endpoints find the `Actor` in `request.auth`."""

    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor:
        """Return who is asking; Unauthenticated for nobody."""
        return actor_of(request.user)  # type: ignore[arg-type]


def actor(request: HttpRequest) -> Actor:
    """Return who is asking; the login has been checked before any endpoint runs."""
    return request.auth  # type: ignore[attr-defined, no-any-return]


def build_api(title: str, version: str, docs_decorator: Any) -> NinjaAPI:
    """Return an API with our parser, login and errors; routers are added by the caller."""
    api = NinjaAPI(
        title=title,
        version=version,
        auth=Login(csrf=True),
        parser=StrictParser(),
        docs_decorator=docs_decorator,
        urls_namespace="api",
    )
    install(api)
    return api


def no_store(response: HttpResponse) -> HttpResponse:
    """Mark an answer as private: no proxy and no next user may keep it."""
    response.headers["Cache-Control"] = "private, no-store"
    return response
