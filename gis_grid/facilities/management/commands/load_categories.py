"""`manage.py load_categories`: the facility categories that ship with the product."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from gis_grid.facilities import categories
from gis_grid.facilities.models import FacilityCategory


class Command(BaseCommand):
    """Add what is missing; what was changed in the administration stays."""

    help = "Load the facility categories of the 15-minute circle with tiers and sources."

    def handle(self, *args: Any, **options: Any) -> None:
        """All or nothing."""
        before = FacilityCategory.objects.count()
        with transaction.atomic():
            shipped = categories.load()
        added = FacilityCategory.objects.count() - before
        self.stdout.write(f"ok: {added} added, {len(shipped) - added} were there")
