"""What every API of the product shares: strict JSON in, one error shape out, one login."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI
from ninja.operation import Operation
from ninja.params.models import QueryModel
from ninja.parser import Parser
from ninja.security import APIKeyCookie
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from gis_grid.access import Actor, actor_of
from gis_grid.errors import Unreadable, WrongType
from gis_grid.geo.strict_json import strict_json
from gis_grid.people.sessions import user_of
from gis_grid.web.errors import install

View = Callable[..., HttpResponse]
MAX_BODY_BYTES = 256 * 1024
MAX_BODY_DEPTH = 16
MAX_SEARCH = 100


def _letters(text: str) -> str:
    if "\x00" in text:
        raise Unreadable("text_not_allowed", _("The text has a sign that is no letter."))
    return text


SearchText = Annotated[str, Field(max_length=MAX_SEARCH), AfterValidator(_letters)]


class Strict(BaseModel):
    """A request body or query: unknown fields are refused, numbers are finite.

    Not ninja's Schema, which looks up each field as if it stood on a Django model.
    """

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class StrictParser(Parser):
    """JSON as the standard means it; anything else is refused before it is looked at."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the parsed body; see `strict_json` for what is refused."""
        if request.content_type != "application/json":
            raise WrongType("not_json_type", _("Send application/json."))
        limit = getattr(request, "max_body_bytes", MAX_BODY_BYTES)
        return strict_json(request.body, limit, MAX_BODY_DEPTH)

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        """Return the query as a dict; a key the endpoint does not know is refused.

        A filter that is misspelt would otherwise widen a list in silence.
        """
        unknown = sorted(data.keys() - request.known_keys)  # type: ignore[attr-defined]
        if unknown:
            raise Unreadable(
                "unknown_parameter",
                _("The address has a parameter that is not known here."),
                {key: _("not known here") for key in unknown},
            )
        return super().parse_querydict(data, list_fields, request)


def knows_its_keys(run: View) -> View:
    """Tell the parser which query keys the operation behind `run` takes."""
    operation: Operation = inspect.unwrap(run).__self__
    queries = [model for model in operation.models if issubclass(model, QueryModel)]
    known = frozenset(key for query in queries for key in query.__ninja_flatten_map__)

    @wraps(run)
    def knowing(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.known_keys = known  # type: ignore[attr-defined]
        return run(request, *args, **kwargs)

    return knowing


def takes(max_bytes: int) -> Callable[[View], View]:
    """Let one endpoint read longer bodies: `@decorate_view(takes(…))`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            request.max_body_bytes = max_bytes  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        return run

    return decorate


class Login(APIKeyCookie):
    """The session cookie (with CSRF check). Endpoints find the `Actor` in `request.auth`."""

    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor:
        """Return who is asking; Unauthenticated for nobody."""
        return actor_of(user_of(request))


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
    api.add_decorator(knows_its_keys, mode="view")
    install(api)
    return api


def no_store(response: HttpResponse) -> HttpResponse:
    """Mark an answer as private: no proxy and no next user may keep it."""
    response.headers["Cache-Control"] = "private, no-store"
    return response
