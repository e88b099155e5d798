"""What the stories of a case share: people at their clients, one case, and what became of it.

Beside the cast of `tests/world.py`: Qian works grid A2, Lin sits at the district's desk beside
Chen, Feng commands community B alone, Luo leads the district; Guo, He and Hua act for units.
"""

import hashlib
import io
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.db.models import DateTimeField, F
from django.test import Client
from PIL import Image

from gis_grid.people.models import Assignment, Role, Worker
from incidents.models import Dispatch, Event, Extension, Incident
from tests.world import World, add_units, body_of, inside, make_report

Json = dict[str, Any]
MORE_PEOPLE = {
    "qian": ("A2", Role.GRID_WORKER),
    "lin": ("D", Role.OPERATOR),
    "feng": ("B", Role.OPERATOR),
}
EVERYBODY = ("li", "qian", "wang", "zhao", "chen", "lin", "feng", "luo", "sun", "guo", "he", "hua")


def photo_bytes(shade: int = 90) -> bytes:
    """Return a small picture as a camera would send it."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (shade, shade, shade)).save(out, "JPEG")
    return out.getvalue()


def photo(role: str, shade: int = 90) -> Json:
    """Return a photo as a report or a deed announces it."""
    sha256 = hashlib.sha256(photo_bytes(shade)).hexdigest()
    return {"id": str(uuid4()), "sha256": sha256, "role": role}


def at(place: tuple[float, float]) -> Json:
    """Return a place as GeoJSON."""
    return {"type": "Point", "coordinates": list(place)}


class Town:
    """The people, each at their own client."""

    def __init__(self, world: World) -> None:
        """Add units and the people that the stories need besides."""
        self.world = world
        self.units = add_units(world)
        for name, (code, role) in MORE_PEOPLE.items():
            user = User.objects.create(username=name)
            worker = Worker.objects.create(code=name, name=name.title(), user=user)
            Assignment.objects.create(worker=worker, area=world.areas[code], role=role)
            world.users[name] = user
        self._clients: dict[str, Client] = {}

    def client(self, name: str) -> Client:
        """Return somebody's browser, logged in."""
        if name not in self._clients:
            self._clients[name] = Client()
            self._clients[name].force_login(self.world.users[name])
        return self._clients[name]

    def report(
        self, by: str = "li", place: tuple[float, float] | None = None, **more: Any
    ) -> "Case":
        """Report an incident from somebody's phone; it leaves one event."""
        body = body_of(make_report(place)) | more
        answer = self.client(by).post("/api/field/reports", body, "application/json")
        assert answer.status_code == 201, answer.content
        case = Case(self, UUID(answer.json()["id"]))
        assert case.events == 1
        return case


class Case:
    """One incident, acted upon through the API only."""

    def __init__(self, town: Town, pk: UUID) -> None:
        """Know the town and the incident's id."""
        self.town, self.pk = town, pk

    @property
    def now(self) -> Incident:
        """The incident as it stands in the database."""
        return Incident.objects.get(pk=self.pk)

    @property
    def state(self) -> str:
        """The state now."""
        return self.now.state

    @property
    def events(self) -> int:
        """How many events it has."""
        return Event.objects.filter(incident=self.pk).count()

    @property
    def kinds(self) -> list[str]:
        """What happened, in order."""
        log = Event.objects.filter(incident=self.pk).order_by("pk")
        return list(log.values_list("kind", flat=True))

    @property
    def last(self) -> Event:
        """The newest event."""
        return Event.objects.filter(incident=self.pk).latest("pk")

    @property
    def given(self) -> list[Dispatch]:
        """Everybody it was given to, in order."""
        return list(Dispatch.objects.filter(incident=self.pk).order_by("pk"))

    def do(self, by: str, deed: str, **form: Any) -> Json:
        """Do a deed: 200, exactly one event, one version on. Returns what its doer sees then."""
        before, version = self.events, self.now.version
        answer = self.send(by, deed, **form)
        assert answer.status_code == 200, answer.content
        assert (self.events, self.now.version) == (before + 1, version + 1)
        assert self.last.kind == deed
        seen: Json = answer.json()["incident"]
        return seen

    def refused(self, by: str, deed: str, status: int, code: str, **form: Any) -> Json:
        """Try a deed that is refused: nothing changes. Returns the refusal."""
        before, version = self.events, self.now.version
        answer = self.send(by, deed, **form)
        body: Json = answer.json()
        assert (answer.status_code, body["code"]) == (status, code), body
        assert (self.events, self.now.version) == (before, version)
        return body

    def send(self, by: str, deed: str, **form: Any) -> Any:
        """Post a deed of somebody who has just looked."""
        body = {"id": str(uuid4()), "seen_version": self.now.version, "note": "好的", **form}
        url = f"/api/incidents/{self.pk}/deeds/{deed}"
        return self.town.client(by).post(url, body, "application/json")

    def upload(self, by: str, announced: Json, shade: int = 90) -> int:
        """Send the bytes of an announced photo; returns the status."""
        url = f"/api/field/reports/{self.pk}/photos/{announced['id']}"
        content = photo_bytes(shade)
        return self.town.client(by).put(url, content, "image/jpeg").status_code

    def seen_by(self, name: str) -> Json:
        """Return what somebody sees who opens it."""
        answer = self.town.client(name).get(f"/api/incidents/{self.pk}")
        assert answer.status_code == 200, answer.content
        seen: Json = answer.json()
        return seen

    def hidden_from(self, name: str) -> bool:
        """Whether it does not exist for somebody, opened or listed."""
        client = self.town.client(name)
        opened = client.get(f"/api/incidents/{self.pk}").status_code
        listed = {row["id"] for row in client.get("/api/incidents?page_size=200").json()["items"]}
        assert (opened == 404) == (str(self.pk) not in listed)
        return opened == 404

    def watchers(self) -> set[str]:
        """Return everybody who can see it."""
        return {name for name in EVERYBODY if not self.hidden_from(name)}

    def let_pass(self, **delta: float) -> None:
        """Let time pass: everything that happened to it is that much longer ago."""
        ago = timedelta(**delta)
        for rows in (
            Incident.objects.filter(pk=self.pk),
            Event.objects.filter(incident=self.pk),
            Dispatch.objects.filter(incident=self.pk),
            Extension.objects.filter(dispatch__incident=self.pk),
        ):
            times = [f.name for f in rows.model._meta.fields if isinstance(f, DateTimeField)]
            rows.update(**{name: F(name) - ago for name in times})


def hours_between(start: datetime | None, end: datetime | None) -> float:
    """Return the hours from one moment to another."""
    assert start is not None
    assert end is not None
    return (end - start).total_seconds() / 3600


def dispatched(town: Town, unit: str = "lamps", **more: Any) -> Case:
    """Return a case of Li's in A1 that Chen has given to a unit."""
    case = town.report(**more)
    case.do("chen", "accept")
    case.do("chen", "dispatch", to={"unit": unit})
    return case


def answered(town: Town, **more: Any) -> Case:
    """Return a case that Guo of the lamps has answered."""
    case = dispatched(town, **more)
    case.do("guo", "sign")
    case.do("guo", "answer", note="已更换灯泡")
    return case


__all__ = [
    "EVERYBODY",
    "Case",
    "Town",
    "answered",
    "at",
    "dispatched",
    "hours_between",
    "inside",
    "photo",
]
