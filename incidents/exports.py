"""What the filter shows as a file: CSV, XLSX, GeoJSON, GeoPackage or PDF, of any length.

A file is a job of the worker: its row says how far it is, takes the wish to cancel, and stays as
the record of who took out what. Rows come by a cursor of the server and go out as they come. What
people wrote and who reported is left out; only the administrator gets it, and says what for.
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyogrio.raw
import shapely
from django.conf import settings
from django.db.models import FloatField, Func
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from gis_grid.access import Actor, actor_of, require
from gis_grid.errors import Forbidden, NotFound
from gis_grid.exchange.pdf import Paper, pages_for, write_pdf
from gis_grid.exchange.workbooks import Sheet, write_xlsx
from gis_grid.exchange.writers import write_csv
from gis_grid.facilities import jobs
from gis_grid.facilities.models import Job, JobState
from gis_grid.people.models import DESK_ROLES
from incidents.models import SourceChannel, State
from incidents.queries import IncidentQuerySet
from incidents.sought import Sought, SoughtIn, find, sought_of

KIND: Final = "export"
KEPT: Final = timedelta(hours=24)
CHUNK: Final = 2000  # rows from the database at a time
TOLD: Final = 200  # rows between two looks at the clock
GPKG_CHUNK: Final = 20_000
SHEET_ROWS: Final = 1_000_000  # a spreadsheet takes 48,576 more
CRS: Final = "EPSG:4326"
LAYER: Final = "incidents"

Value = str | float | datetime | None
Line = tuple[Value, ...]


@dataclass(frozen=True)
class Column:
    """A column: its name in data files, its heading, its share of a printed page."""

    name: str
    label: Any
    width: float


COLUMNS: Final = (
    Column("number", gettext_lazy("Number"), 8),
    Column("state", gettext_lazy("State"), 6),
    Column("source", gettext_lazy("Source channel"), 6),
    Column("category", gettext_lazy("Category code"), 8),
    Column("category_name", gettext_lazy("Category"), 10),
    Column("area", gettext_lazy("Area code"), 9),
    Column("area_name", gettext_lazy("Area"), 10),
    Column("reported_at", gettext_lazy("Reported at"), 9),
    Column("due_at", gettext_lazy("Due"), 9),
    Column("closed_at", gettext_lazy("Closed at"), 9),
    Column("lon", gettext_lazy("Longitude"), 7),
    Column("lat", gettext_lazy("Latitude"), 7),
)
PERSONAL: Final = (
    Column("words", gettext_lazy("Words"), 20),
    Column("reporter", gettext_lazy("Reporter"), 8),
)
_LON, _LAT = 10, 11
_FIELDS = (
    *("serial", "state", "source", "category__code", "category__name", "category__name_en"),
    *("area__code", "area__name", "reported_at", "due_at", "closed_at", "lon", "lat"),
)
_PERSONAL_FIELDS = ("words", "reporter__name")


@dataclass(frozen=True)
class Table:
    """What is written: columns, rows one by one, how many there are, and a line about them."""

    columns: Sequence[Column]
    lines: Iterable[Line]
    total: int
    about: str


def ask(actor: Actor, form: str, query: SoughtIn, *, full: bool = False, reason: str = "") -> Job:
    """Put an export in the worker's queue. `full`: with words and reporters.

    Refuses what `sought_of` refuses; Forbidden `administrator_only` for `full`.
    """
    if full and not actor.user.is_superuser:
        raise Forbidden("administrator_only", _("Only the administrator may take out names."))
    sought_of(query, actor.territory)
    asked = {"form": form, "filter": query.model_dump(exclude_none=True)}
    return jobs.ask(KIND, {**asked, "full": full, "reason": reason}, actor.user)


def export_of(actor: Actor, pk: Any) -> Job:
    """Return one's own export; NotFound for anybody else's."""
    job = jobs.job_of(pk, (KIND,))
    if job.by_id != actor.user.pk:
        raise NotFound("no_such_job", _("There is no such job."))
    return job


def path_of(job: Job) -> Path:
    """Return where the file of a finished export lies."""
    return _folder() / f"{job.pk}.{job.question['form']}"


def sweep(at: datetime) -> None:
    """Delete the files of exports that ended a day ago, and what a lost worker left behind."""
    with suppress(FileNotFoundError):
        for path in _folder().iterdir():
            if path.stat().st_mtime < (at - KEPT).timestamp():
                path.unlink(missing_ok=True)


def _check(question: dict[str, Any]) -> dict[str, Any]:
    SoughtIn.model_validate(question["filter"])
    return question


def _do(job: Job, progress: jobs.Progress) -> jobs.Answer:
    """Write the file with the asker's rights of today; half a file is never left."""
    asking, question = actor_of(job.by), job.question  # type: ignore[arg-type]
    if not asking.user.is_superuser:
        require(asking, DESK_ROLES)
    sought = sought_of(SoughtIn.model_validate(question["filter"]), asking.territory)
    table = _table(asking, sought, full=question["full"], progress=progress)
    path = path_of(job)
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f"half-{job.tries}-{path.name}")
    try:
        WRITERS[question["form"]](half, table)
        os.replace(half, path)
    finally:
        half.unlink(missing_ok=True)
    name = f"incidents-{timezone.localtime():%Y%m%d-%H%M}.{question['form']}"
    return jobs.Answer({"rows": table.total, "bytes": path.stat().st_size, "name": name})


def _table(asking: Actor, sought: Sought, *, full: bool, progress: jobs.Progress) -> Table:
    now = timezone.now()
    found = find(sought, asking.territory, now)
    total = found.count()
    about = _("%(rows)s incidents, as of %(at)s, by %(who)s") % {
        "rows": f"{total:,}",
        "at": f"{timezone.localtime(now):%Y-%m-%d %H:%M}",
        "who": asking.name,
    }
    columns = COLUMNS + PERSONAL if full else COLUMNS
    return Table(columns, _counted(_lines(found, full=full), total, progress), total, about)


def _lines(found: IncidentQuerySet, *, full: bool) -> Iterator[Line]:
    """Yield the incidents, the newest first; times are local."""
    placed = found.annotate(
        lon=Func("point", function="ST_X", output_field=FloatField()),
        lat=Func("point", function="ST_Y", output_field=FloatField()),
    ).order_by("-reported_at", "-serial")
    states = {state.value: str(state.label) for state in State}
    sources = {source.value: str(source.label) for source in SourceChannel}
    english, zone = get_language() == "en", timezone.get_current_timezone()
    fields = (*_FIELDS, *(_PERSONAL_FIELDS if full else ()))
    for row in placed.values_list(*fields).iterator(CHUNK):
        serial, state, source, code, name, name_en, area, area_name, *rest = row
        reported, due, closed, lon, lat, *personal = rest
        yield (
            f"{reported:%Y}-{serial:06d}",
            states[state],
            sources[source],
            code,
            (english and name_en) or name,
            area or "",
            area_name or "",
            reported.astimezone(zone),
            due.astimezone(zone),
            closed.astimezone(zone) if closed else None,
            round(lon, 7),
            round(lat, 7),
            *(text or "" for text in personal),
        )


def _counted(lines: Iterable[Line], total: int, progress: jobs.Progress) -> Iterator[Line]:
    """Yield the rows and say now and then how many there were; ends a cancelled job."""
    for number, line in enumerate(lines):
        if number % TOLD == 0:
            progress(_("Writing rows"), number / max(total, 1))
        yield line


# --- the formats --------------------------------------------------------------------------------


def _csv(path: Path, table: Table) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        header = [str(column.label) for column in table.columns]
        write_csv(out, header, (_plain(line) for line in table.lines), bom=True)


def _xlsx(path: Path, table: Table) -> None:
    header = [str(column.label) for column in table.columns]
    lines = iter(table.lines)
    form = ["yyyy-mm-dd hh:mm" if each.name.endswith("_at") else None for each in table.columns]

    def sheets() -> Iterator[Sheet]:
        for number in range(max(1, -(-table.total // SHEET_ROWS))):
            rows = (_without_zone(line) for line in islice(lines, SHEET_ROWS))
            title = f"{_('Incidents')} {number + 1}" if number else _("Incidents")
            widths = [int(each.width * 2) for each in table.columns]
            yield Sheet(title, header, rows, form, widths)
        yield Sheet(_("About"), [_("About")], [[table.about]], (), (60,))

    with path.open("wb") as out:
        write_xlsx(out, sheets())


def _geojson(path: Path, table: Table) -> None:
    names = [column.name for column in table.columns]
    with path.open("w", encoding="utf-8") as out:
        about = json.dumps(table.about, ensure_ascii=False)
        out.write(f'{{"type":"FeatureCollection","about":{about},"features":[')
        for number, line in enumerate(table.lines):
            point = {"type": "Point", "coordinates": [line[_LON], line[_LAT]]}
            facts = dict(zip(names, _plain(line), strict=True))
            feature = {"type": "Feature", "geometry": point, "properties": facts}
            out.write(",\n" if number else "\n")
            out.write(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
        out.write("\n]}\n")


def _gpkg(path: Path, table: Table) -> None:
    names = [column.name for column in table.columns]
    lines, written = iter(table.lines), False
    while (few := list(islice(lines, GPKG_CHUNK))) or not written:
        lonlat = np.array([(line[_LON], line[_LAT]) for line in few], dtype=float)
        columns = list(zip(*map(_plain, few), strict=True)) or [()] * len(names)
        fields = [np.array(column, dtype=object) for column in columns]
        pyogrio.raw.write(
            path,
            shapely.to_wkb(shapely.points(lonlat.reshape(-1, 2))),
            [_numbers(name, field) for name, field in zip(names, fields, strict=True)],
            names,
            layer=LAYER,
            driver="GPKG",
            geometry_type="Point",
            crs=CRS,
            append=written,
        )
        written = True


def _pdf(path: Path, table: Table) -> None:
    paper = Paper(
        title=_("Incidents"),
        about=table.about,
        header=[str(column.label) for column in table.columns],
        widths=[column.width for column in table.columns],
        pages=pages_for(table.total),
    )
    with path.open("wb") as out:
        write_pdf(out, paper, ([_printed(value) for value in line] for line in table.lines))


WRITERS: Final[dict[str, Callable[[Path, Table], None]]] = {
    "csv": _csv,
    "xlsx": _xlsx,
    "geojson": _geojson,
    "gpkg": _gpkg,
    "pdf": _pdf,
}


def _plain(line: Line) -> list[str | float | None]:
    return [value.isoformat() if isinstance(value, datetime) else value for value in line]


def _without_zone(line: Line) -> list[Value]:
    # A spreadsheet knows no zones.
    return [v.replace(tzinfo=None) if isinstance(v, datetime) else v for v in line]


def _printed(value: Value) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return f"{value:.5f}" if isinstance(value, float) else value or ""


def _numbers(name: str, column: Any) -> Any:
    return column.astype(float) if name in ("lon", "lat") else column


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "exports"


def is_done(job: Job) -> bool:
    """Return whether there is a file to fetch."""
    return job.state == JobState.DONE and path_of(job).is_file()


jobs.offer(KIND, jobs.Kind(_check, _do))
