"""`manage.py vapid`: make the key that signs web push messages."""

from typing import Any

from django.core.management.base import BaseCommand

from incidents.telling.web_push import new_key


class Command(BaseCommand):
    """Print the lines for `.local/env`."""

    help = "Make a key for web push and print the lines to put into .local/env."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make a new key each time; an old one goes on working until it is replaced."""
        self.stdout.write("GRID_WEB_PUSH=true")
        self.stdout.write(f"GRID_VAPID_KEY={new_key()}")
        self.stdout.write("GRID_VAPID_CONTACT=mailto:…")
