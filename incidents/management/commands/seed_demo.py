"""`manage.py seed_demo`: load the invented demo district into an empty database."""

import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.utils import timezone

from gis_grid.demo import cast, place
from gis_grid.demo.city import build_city
from gis_grid.demo.happenings import incident_records
from gis_grid.demo.town import build_town
from gis_grid.demo.words import SENTENCES, WEIGHTS
from gis_grid.territory import simplified
from gis_grid.territory.models import Area
from incidents import bins, demo, packs
from incidents.demo.city import play_city
from incidents.models import Category


@contextmanager
def _no_collections() -> Iterator[None]:
    """Spare a tenth of the time: a town has many objects, and hardly one is thrown away."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class Command(BaseCommand):
    """Load the demo once; a database that already has areas is left alone."""

    help = "Load the invented demo district (示范区) with people, facilities and incidents."

    def add_arguments(self, parser: CommandParser) -> None:
        """How large it is to be."""
        parser.add_argument(
            "--scale",
            choices=["district", "city"],
            default="district",
            help="a lifelike district, or a plain city to try out large numbers",
        )
        parser.add_argument("--incidents", type=int, help="how many (500; of a city 200,000)")
        parser.add_argument("--grids", type=int, default=3000, help="of a city, in hundreds (3000)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load everything in one transaction: half a demo never stays."""
        if Area.objects.exists():
            self.stdout.write("skipped: the database already has areas")
            return
        if options["scale"] == "city":
            self._city(options["grids"], options["incidents"] or 200_000)
        else:
            self._district(options["incidents"] or 500)

    def _city(self, grids: int, incidents: int) -> None:
        accounts = [a for a in self._accounts() if not cast.acts_for_a_unit(a["username"])]
        now = timezone.localtime()
        with _no_collections(), transaction.atomic():
            bins.take_time()
            city = build_city(grids)
            areas = place.load_areas(city.areas)
            self.stdout.write(f"{len(areas)} areas founded")
            place.load_people(city, areas)
            self.stdout.write(f"{len(city.workers)} workers hired")
            packs.load("neighbourhood")
            cast.give_logins(accounts, areas)
            still_open = play_city(incidents, now, self.stdout.write)
            simplified.follow(now.date())
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # what comes by COPY is news to the planner
        self.stdout.write(
            f"ok: {len(areas)} areas, {len(city.workers)} workers, {incidents} incidents "
            f"({still_open} open), {len(accounts)} logins"
        )

    def _district(self, incidents: int) -> None:
        accounts = self._accounts()
        now = timezone.localtime()
        with _no_collections(), transaction.atomic():
            town = build_town()
            areas = place.load(town)
            minors = packs.load("neighbourhood")
            cast.give_logins(accounts, areas)
            demo.set_up(town.units, areas)
            count = demo.play(
                incident_records(
                    town,
                    now=now,
                    weights={code: WEIGHTS.get(code, 1) for code in minors},
                    words=SENTENCES,
                    count=incidents,
                ),
                now,
            )
        self.stdout.write(
            f"ok: {len(areas)} areas, {len(town.workers)} workers, {len(town.units)} units, "
            f"{len(town.facilities)} facilities, {len(town.features)} map features, "
            f"{Category.objects.count()} categories, {count} incidents, {len(accounts)} logins"
        )

    def _accounts(self) -> list[dict[str, str]]:
        """Return the logins to create; none when no file names them: no default passwords."""
        if not settings.DEMO_ACCOUNTS:
            return []
        try:
            text = Path(settings.DEMO_ACCOUNTS).read_text(encoding="utf-8")
            accounts: list[dict[str, str]] = json.loads(text)
        except (OSError, ValueError) as error:
            raise CommandError(f"cannot read {settings.DEMO_ACCOUNTS}: {error}") from error
        return accounts
