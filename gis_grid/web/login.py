"""The two log-in pages, ours and the administration's; both let people wait who try too often."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from gis_grid.people.entrance import PatientAdminForm, PatientForm, answered, remember

admin.site.login_form = PatientAdminForm


class Login(LoginView):
    """Our own page."""

    template_name = "gis_grid/login.html"
    authentication_form = PatientForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Log in, and know this browser the next time."""
        return remember(self.request, super().form_valid(form), form.get_user().get_username())

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Say what was wrong, or how long to wait."""
        return answered(super().form_invalid(form), form)


def admin_login(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
    """The administration's page."""
    response = admin.site.login(request, extra_context)
    if request.method != "POST":
        return response
    if isinstance(response, TemplateResponse) and response.context_data:
        return answered(response, response.context_data["form"])
    return remember(request, response, request.POST.get("username", ""))
