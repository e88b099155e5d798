"""Real geodata files for tests: written by GDAL, zipped by hand, spoiled on purpose."""

import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import shapely

Attributes = Mapping[str, Sequence[Any]]


def write_layer(
    path: Path,
    shapes: Iterable[Any],
    attributes: Attributes,
    *,
    driver: str,
    crs: str | None = "EPSG:4326",
    **options: Any,
) -> Path:
    """Write polygons (or None) and columns with GDAL."""
    shapes = list(shapes)
    known = [shape for shape in shapes if shape is not None]
    kind = "MultiPolygon" if any("Multi" in shape.geom_type for shape in known) else "Polygon"
    columns = [
        np.array(list(column), dtype=object if isinstance(column[0], str) else None)
        for column in attributes.values()
    ]
    pyogrio.raw.write(
        path,
        geometry=np.array([s if s is None else shapely.to_wkb(s) for s in shapes], dtype=object),
        field_data=columns,
        fields=list(attributes),
        driver=driver,
        geometry_type=kind,
        crs=crs,
        **options,
    )
    return path


def write_gpkg(path: Path, shapes: Iterable[Any], attributes: Attributes, **options: Any) -> Path:
    """Write a GeoPackage."""
    return write_layer(path, shapes, attributes, driver="GPKG", **options)


def write_shapefile(
    folder: Path, shapes: Iterable[Any], attributes: Attributes, **options: Any
) -> Path:
    """Write the parts of a Shapefile called `layer` into a folder; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    options.setdefault("encoding", "UTF-8")
    write_layer(folder / "layer.shp", shapes, attributes, driver="ESRI Shapefile", **options)
    return folder


def zipped(target: Path, entries: Mapping[str, bytes]) -> Path:
    """Zip bytes under names."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return target


def parts_of(folder: Path, stem: str = "layer") -> dict[str, bytes]:
    """Return the files of a folder as zip entries under another stem."""
    return {f"{stem}{part.suffix}": part.read_bytes() for part in sorted(folder.iterdir())}


def write_geojson(
    path: Path, features: Iterable[tuple[Any, Mapping[str, Any]]], **top: Any
) -> Path:
    """Write (shape or geometry dict or None, properties) pairs as a FeatureCollection."""
    made = [
        {
            "type": "Feature",
            "properties": dict(properties),
            "geometry": shape
            if shape is None or isinstance(shape, dict)
            else shapely.geometry.mapping(shape),
        }
        for shape, properties in features
    ]
    document = {"type": "FeatureCollection", "features": made, **top}
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


def write_kml(path: Path, placemarks: str, *, prolog: str = "") -> Path:
    """Write a KML document around some placemarks."""
    path.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?>{prolog}'
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"{placemarks}</Document></kml>",
        encoding="utf-8",
    )
    return path
