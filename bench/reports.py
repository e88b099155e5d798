"""The reports that every side sends: the same places in the same order, under fresh ids."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle
from uuid import UUID, uuid4

from django.utils import timezone

from bench import coverage
from bench.district import District, Phone
from incidents.models import Category

PLACES_PER_PHONE = 300
ACCURACY_M = 8.0  # so that some circles reach over a border
SHA256 = "5e" * 32


@dataclass(frozen=True)
class Draft:
    """One report before it is sent: `words` names the place, so that sides can be compared."""

    id: UUID
    photo: UUID
    words: str
    lon: float
    lat: float
    category: Category
    recorded_at: datetime

    @property
    def fixed_at(self) -> datetime:
        """When the position was taken."""
        return self.recorded_at - timedelta(seconds=5)

    @property
    def body(self) -> bytes:
        """What a phone sends."""
        return json.dumps(
            {
                "id": str(self.id),
                "category": self.category.code,
                "position": {"type": "Point", "coordinates": [self.lon, self.lat]},
                "datum": "wgs84",
                "accuracy_m": ACCURACY_M,
                "method": "gps",
                "fixed_at": self.fixed_at.isoformat(),
                "recorded_at": self.recorded_at.isoformat(),
                "words": self.words,
                "photos": [{"id": str(self.photo), "sha256": SHA256}],
            }
        ).encode()


def drafts(district: District, number: int) -> Iterator[Draft]:
    """Yield the reports of phone `number` for ever; its places come round again."""
    phones = len(district.phones)
    lonlat = coverage.places(district.side, phones * PLACES_PER_PHONE)[number::phones].tolist()
    started = timezone.now()
    for n, (lon, lat) in cycle(enumerate(lonlat)):
        category = district.categories[n % len(district.categories)]
        words = f"phone {number}, place {n}: the lamp is out"
        yield Draft(uuid4(), uuid4(), words, lon, lat, category, started)


def phone(district: District, number: int) -> Phone:
    """Return the phone that process `number` reports with."""
    return district.phones[number % len(district.phones)]
