"""What a phone says when it reports: checked, converted, and named by its content. Pure of SQL."""

import hashlib
import json
import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Invalid
from gis_grid.geo.datum import Datum, to_wgs84

CLOCK_TOLERANCE = timedelta(minutes=10)
OLD_FIX = timedelta(minutes=10)
MAX_PHOTOS = 5
MAX_WORDS = 1000


def wgs84_point(lon: float, lat: float, datum: Datum) -> tuple[float, float]:
    """Convert one place to WGS84 degrees, rounded to 7 decimals (1 cm)."""
    lon, lat = to_wgs84([(lon, lat)], datum)[0].tolist()
    return round(lon, 7), round(lat, 7)


@dataclass(frozen=True)
class Photo:
    """A photo that will follow: its id, the SHA-256 (hex) of its bytes, and what it shows."""

    id: UUID
    sha256: str
    role: str = "report"


@dataclass(frozen=True)
class Report:
    """One report as the phone sent it. `lon`, `lat` in degrees of `datum`, accuracy in metres."""

    id: UUID
    category: str
    lon: float
    lat: float
    datum: Datum
    accuracy_m: float | None
    method: str
    fixed_at: datetime | None
    recorded_at: datetime
    words: str = ""
    chosen_area: str | None = None
    photos: tuple[Photo, ...] = field(default=())
    settled: bool = False  # found and settled on the spot: closed with the report

    def __post_init__(self) -> None:
        """Refuse what no honest phone sends."""
        if len(self.photos) > MAX_PHOTOS:
            raise Invalid(
                "too_many_photos",
                _("At most %(limit)d photos go with a report.") % {"limit": MAX_PHOTOS},
                {"photos": _("too many")},
            )
        if len({photo.id for photo in self.photos}) < len(self.photos):
            raise Invalid(
                "photo_twice", _("A photo is listed twice."), {"photos": _("listed twice")}
            )
        if self.accuracy_m is not None and not 0 <= self.accuracy_m < math.inf:
            raise Invalid(
                "accuracy_out_of_range",
                _("The accuracy must be a number of metres."),
                {"accuracy_m": _("not a number of metres")},
            )

    @property
    def point(self) -> tuple[float, float]:
        """The place in WGS84 degrees, rounded to 7 decimals (1 cm)."""
        return wgs84_point(self.lon, self.lat, self.datum)

    @property
    def sha256(self) -> str:
        """The name of the content: the same report has the same, whatever the key order."""
        canonical = json.dumps(
            self._facts(), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )
        return hashlib.sha256(canonical.encode()).hexdigest()

    def flags(self, received_at: datetime) -> list[str]:
        """Return what a supervisor should know; nothing here refuses a report."""
        found = []
        if abs(received_at - self.recorded_at) > CLOCK_TOLERANCE:
            # A phone that was offline looks the same as one whose clock is off: both are told.
            found.append("recorded_ahead" if self.recorded_at > received_at else "sent_late")
        if self.fixed_at and abs(self.recorded_at - self.fixed_at) > OLD_FIX:
            found.append("old_fix")
        return found

    def _facts(self) -> dict[str, Any]:
        facts = {
            "id": str(self.id),
            "category": self.category,
            "lon": self.lon,
            "lat": self.lat,
            "datum": str(self.datum),
            "accuracy_m": self.accuracy_m,
            "method": self.method,
            "fixed_at": self.fixed_at.isoformat() if self.fixed_at else None,
            "recorded_at": self.recorded_at.isoformat(),
            "words": self.words,
            "chosen_area": self.chosen_area,
            "photos": [_named(photo) for photo in self.photos],
        }
        # Said only when it is so: older phones have never heard of it.
        return {**facts, "settled": True} if self.settled else facts


def _named(photo: Photo) -> list[str]:
    named = [str(photo.id), photo.sha256]
    return named if photo.role == "report" else [*named, photo.role]
