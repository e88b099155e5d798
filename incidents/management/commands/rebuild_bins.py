"""`manage.py rebuild_bins`: count the incidents of the map's cluster pyramid anew."""

from typing import Any

from django.core.management.base import BaseCommand

from incidents import bins


class Command(BaseCommand):
    """For after rows were written past the event log; the relay waits meanwhile."""

    help = "Count the incidents of the map's clusters anew."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild in one transaction."""
        self.stdout.write(f"ok: {bins.rebuild()} incidents counted")
