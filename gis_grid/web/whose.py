"""A cookie that scripts can read: whose pages this browser may show while we cannot be asked.

It opens nothing at the server. A page that was kept for use without a network compares it with the
user it was made for, and shows itself to nobody else.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

COOKIE = "who"


def mark_of(user: User) -> str:
    """Return what the cookie says for a user."""
    return str(user.pk)


def say_whose(response: HttpResponse, user: User) -> None:
    """Let this browser show the user's kept pages."""
    response.set_cookie(
        COOKIE,
        mark_of(user),
        max_age=365 * 24 * 3600,
        secure=settings.HTTPS,
        samesite="Lax",
    )


class Whose:
    """Set the cookie with each log-in, by whatever door, and take it away with each log-out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and say who has come or gone meanwhile."""
        response = self.get_response(request)
        if hasattr(request, "come"):
            say_whose(response, request.come)
        elif hasattr(request, "gone"):
            response.delete_cookie(COOKIE, samesite="Lax")
        return response


@receiver(user_logged_in)
def _come(request: HttpRequest | None, user: User, **_more: Any) -> None:
    if request is not None:
        request.come = user  # type: ignore[attr-defined]


@receiver(user_logged_out)
def _gone(request: HttpRequest | None, **_more: Any) -> None:
    if request is not None:
        request.gone = True  # type: ignore[attr-defined]
