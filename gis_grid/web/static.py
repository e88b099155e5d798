"""Static files under hashed names, module imports included: no bundler, caches for good."""

import re
from collections.abc import Iterable
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

# What a module imports, at once or when it is needed, and what a style sheet brings along.
_NEEDS = {
    ".js": re.compile(r"""^(?:import|export)\b[^;'"]*?'(\.[^']+)'|\bimport\('(\.[^']+)'\)""", re.M),
    ".css": re.compile(r"""@import url\("([^":#]+)"\)|\burl\("?([^":#)]+)"?\)"""),
}
# Written here, not by others: their licences stay in their files.
OURS = (
    "command/",
    "exports/",
    "field/",
    "figures/",
    "planning/",
    "public/",
    "rates/",
    "registry/",
    "resident/",
    "runs/",
    "shared/",
    "wall/",
)
_COMMENTS = re.compile(r"^[ \t]*(?:/\*(?:(?!\*/).)*\*/[ \t]*|//[^\n]*)\n", re.M | re.S)


class HashedModules(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Also rewrites `import … from` in modules, so that each is fetched once, by its hash."""

    support_js_module_import_aggregation = True
    # One pass for each module that imports one that imports one …; a cycle would never end.
    max_post_process_passes = 20

    def _save(self, name: str, content: Any) -> str:
        if name.startswith(OURS) and name.endswith(".js"):
            content.seek(0)  # Django hands the same file on several times
            content = ContentFile(without_comments(content.read().decode()).encode())
        saved: str = super()._save(name, content)
        return saved


def without_comments(script: str) -> str:
    """Return a module as it is served: comments that have lines of their own are left out.

    They are a third of what a phone would load. tests/js/served.test.js sees to it that nothing
    else looks like one.
    """
    return _COMMENTS.sub("", script)


def with_all_they_need(names: Iterable[str]) -> list[str]:
    """Return these static files and whatever they import or show, each once, by name."""
    found: dict[str, None] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = None
            waiting += _needs(name)
    return sorted(found)


def are_hashed() -> bool:
    """Return whether names say what is in the files; not in development."""
    return isinstance(staticfiles_storage, HashedModules)


def file_of(name: str) -> Path:
    """Return the file that is served under a name; FileNotFoundError when there is none."""
    path = staticfiles_storage.path(name) if are_hashed() else finders.find(name)
    if path is None:
        raise FileNotFoundError(f"no static file {name}")
    return Path(path)


def _needs(name: str) -> list[str]:
    pattern = _NEEDS.get(Path(name).suffix)
    path = file_of(name)
    if pattern is None:
        return []
    found = pattern.findall(path.read_text("utf-8"))
    return [normpath(join(dirname(name), one or other)) for one, other in found]
