"""The product as it is released: hashed files, collected; and the next version of it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from gis_grid.web.static import are_hashed
from tests.product import ROOT, Product

NAME = "field/field.css"


def collect(product: Product, folder: Path) -> Path:
    """Collect the static files into a folder, as `./gridctl up` does.

    Where that has been done already, as by `./gridctl test`, they are copied.
    """
    if are_hashed():
        shutil.copytree(settings.STATIC_ROOT, folder, dirs_exist_ok=True)
        return folder
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"],
        check=True,
        cwd=ROOT,
        env={**product.env, **_released(folder)},
    )
    return folder


def change(folder: Path) -> None:
    """Make the next version in place: one file has other content, so another name."""
    manifest = folder / "staticfiles.json"
    names = json.loads(manifest.read_text())
    old = folder / names["paths"][NAME]
    new = old.with_name("field.0123456789ab.css")
    new.write_text(old.read_text() + "\n/* newer */\n")
    names["paths"][NAME] = str(new.relative_to(folder))
    manifest.write_text(json.dumps(names))


def serve(product: Product, folder: Path) -> None:
    """Start the web process anew with these files."""
    if "web" in product.processes:
        product.stop("web")
    before = dict(product.env)
    product.env.update(_released(folder))
    try:
        product.ensure()
    finally:
        product.env.clear()
        product.env.update(before)


def _released(folder: Path) -> dict[str, str]:
    return {"GRID_DEBUG": "0", "GRID_STATIC_ROOT": str(folder), "PATH": os.environ["PATH"]}
