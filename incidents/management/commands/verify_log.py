"""`manage.py verify_log`: check that the event log still matches its chain of hashes."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from incidents import feed, relay


class Command(BaseCommand):
    """Exit status 1 names the first event that was changed, removed or put in between."""

    help = "Check the event log against its chain of hashes."

    def handle(self, *args: Any, **options: Any) -> None:
        """Read the whole log once."""
        broken = relay.first_break()
        if broken is not None:
            raise CommandError(
                _("The log is broken from event %(number)d on.") % {"number": broken}
            )
        self.stdout.write(_("ok: %(count)d events, unbroken") % {"count": feed.last_sequence()})
