"""Path arithmetic on the tree of areas, and the territory somebody may see. Pure.

A path is the chain of area ids from the root, each followed by a slash: `3/17/204/`. Everything
under an area is one prefix, so one index range; the trailing slash keeps 20 apart from 204.
"""

from collections.abc import Iterable
from dataclasses import dataclass


def path_of(parent_path: str, area_id: int) -> str:
    """Return the path of an area under the given parent path (empty for a root)."""
    return f"{parent_path}{area_id}/"


def ancestors_of(path: str) -> list[int]:
    """Return the ids on a path from the root down, the area itself last."""
    return [int(part) for part in path.split("/") if part]


def is_under(path: str, ancestor: str) -> bool:
    """Return whether `path` is `ancestor` itself or lies below it."""
    return path.startswith(ancestor)


def topmost(paths: Iterable[str]) -> frozenset[str]:
    """Drop every path that lies under another one of the set."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not kept or not is_under(path, kept[-1]):
            kept.append(path)
    return frozenset(kept)


@dataclass(frozen=True)
class Territory:
    """What somebody may see: whole subtrees, and perhaps the queue of unrouted incidents.

    An empty territory sees nothing (fail closed). `everywhere` is the administrator's.
    """

    paths: frozenset[str] = frozenset()
    unrouted: bool = False
    everywhere: bool = False

    def holds(self, path: str | None) -> bool:
        """Return whether an area path (None or empty: unrouted) lies inside."""
        if self.everywhere:
            return True
        if not path:
            return self.unrouted
        return any(is_under(path, root) for root in self.paths)


NOWHERE = Territory()
EVERYWHERE = Territory(unrouted=True, everywhere=True)
