"""A run as files: its cells, facilities and areas in one GeoPackage."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyogrio.raw
import shapely
from django.contrib.gis.geos import GEOSGeometry

from gis_grid.facilities.coverage import Verdict
from gis_grid.facilities.models import Facility, Run
from gis_grid.facilities.results import Cells, Seen
from gis_grid.territory.models import Boundary
from gis_grid.walking.streets import Floats

CRS: Final = "EPSG:4326"
Field = npt.NDArray[Any]


def facilities_of(run: Run) -> list[Facility]:
    """Return the facilities of a run's categories in its network's extent, as they are now."""
    found = Facility.objects.filter(
        category__code__in=run.parameters["categories"], point__coveredby=run.network.extent
    )
    return list(found.select_related("category").order_by("category__code", "code"))


def area_rows(seen: Seen) -> list[dict[str, str | float]]:
    """Return a row for each community and grid in sight: people, and verdicts by category.

    Keys are `code`, `name`, `level`, `people`, and `CATEGORY_VERDICT`.
    """
    rows: list[dict[str, str | float]] = []
    for area, which in seen.residents.rows(seen.territory):
        weight = seen.cells.weight[which]
        row: dict[str, str | float] = {
            "code": area.code,
            "name": area.name,
            "level": area.level.slug,
            "people": _weigh(weight),
        }
        for name, column in seen.cells.columns.items():
            for verdict in Verdict:
                row[f"{name}_{verdict}"] = _weigh(weight[column.verdict[which] == verdict])
        rows.append(row)
    return rows


def geopackage(seen: Seen) -> bytes:
    """Return a GeoPackage (EPSG:4326) with the layers `cells`, `facilities` and `areas`."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "run.gpkg"
        _write(path, "cells", shapely.points(seen.cells.lonlat), _cell_fields(seen.cells))
        places = facilities_of(seen.run)
        _write(
            path,
            "facilities",
            _shapes([place.point for place in places]),
            {
                "code": _texts([place.code for place in places]),
                "name": _texts([place.name for place in places]),
                "category": _texts([place.category.code for place in places]),
            },
        )
        _write(path, "areas", _boundaries(seen), _area_fields(area_rows(seen)), "MultiPolygon")
        return path.read_bytes()


def _cell_fields(cells: Cells) -> dict[str, Field]:
    fields: dict[str, Field] = {"cell_id": _texts(cells.codes), "weight": cells.weight}
    for name, column in cells.columns.items():
        fields[f"{name}_verdict"] = _texts(column.verdict.tolist())
        fields[f"{name}_seconds"] = _known(column.seconds)
        fields[f"{name}_straight_m"] = _known(column.straight_m)
        fields[f"{name}_facility"] = _texts(column.facility.tolist())
    return fields


def _area_fields(rows: Sequence[Mapping[str, str | float]]) -> dict[str, Field]:
    names = list(rows[0]) if rows else ["code", "name", "level", "people"]
    return {
        name: _texts([str(row[name]) for row in rows])
        if name in ("code", "name", "level")
        else np.array([row[name] for row in rows], np.float64)
        for name in names
    }


def _boundaries(seen: Seen) -> npt.NDArray[np.object_]:
    """Return the shape of the area of each row, as it runs on that day."""
    paths = [area.path for area, _cells in seen.residents.rows(seen.territory)]
    found = Boundary.objects.at(seen.day).filter(area__path__in=paths)
    by_path = dict(found.values_list("area__path", "shape"))
    return _shapes([by_path[path] for path in paths])


def _write(
    path: Path,
    layer: str,
    shapes: npt.NDArray[np.object_],
    fields: Mapping[str, Field],
    kind: str = "Point",
) -> None:
    pyogrio.raw.write(
        path,
        shapely.to_wkb(shapes),
        list(fields.values()),
        list(fields),
        layer=layer,
        driver="GPKG",
        geometry_type=kind,
        crs=CRS,
        append=path.exists(),
    )


def _shapes(found: Sequence[GEOSGeometry]) -> npt.NDArray[np.object_]:
    return np.array(shapely.from_wkb([bytes(each.wkb) for each in found]), object)


def _texts(values: Sequence[str]) -> Field:
    return np.array(values, object)


def _known(values: Floats) -> Floats:
    """Return numbers with NaN, which a file stores as nothing, where there is no way."""
    return np.where(np.isfinite(values), values, np.nan)


def _weigh(weight: Floats) -> float:
    return round(float(weight.sum()), 6)
