"""Who may import whom: `docs/architecture.md` as data. An unknown module fails, so it gets a place.

A module may import what stands on lower levels, and its own group. Groups on one level do not
know each other. Doors (web, commands, administration) are imported by doors only.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Group:
    """Modules that belong together, by pattern."""

    name: str
    patterns: tuple[str, ...]
    door: bool = False

    def holds(self, module: str) -> bool:
        return any(fnmatch(module, pattern) for pattern in self.patterns)


def app(name: str) -> tuple[str, str]:
    return f"gis_grid.{name}", f"gis_grid.{name}.*"


# From the ground up.
LEVELS: list[list[Group]] = [
    # What everybody may use: the version, the kinds of refusal, planned statements.
    [
        Group("errors", ("gis_grid", "gis_grid.errors")),
        Group("prepared", ("gis_grid.prepared",)),
        Group("formats", app("formats")),
    ],
    # Coordinates, shapes, strict JSON. Pure.
    [Group("geo", app("geo"))],
    # File formats without meaning; then how far one can walk, on streets read from one of them.
    [Group("exchange", app("exchange"))],
    [Group("walking", app("walking"))],
    # The ground: areas with their boundaries, and what the base map draws.
    [Group("territory", app("territory")), Group("basemap", app("basemap"))],
    # Who answers for areas, and what people walk to: neither knows the other.
    [Group("people", app("people")), Group("facilities", app("facilities"))],
    # The place as a whole: who may see what, printable pages, the invented district.
    [
        Group("access", ("gis_grid.access",)),
        Group("reports", app("reports")),
        Group("demo", app("demo")),
    ],
    # The doors to the place.
    [
        Group(
            "place doors",
            (*app("web"), "gis_grid.*.admin", "gis_grid.*.management", "gis_grid.*.management.*"),
            door=True,
        )
    ],
    # The happening without tables: life cycle, deadlines, what a phone says, why a grid got it.
    [
        Group(
            "packages",
            (
                "incidents",
                "incidents.deadlines",
                "incidents.dispatching",
                "incidents.past",
                "incidents.telling",
            ),
        ),
        Group("states", ("incidents.apps", "incidents.states")),
        Group("sla", ("incidents.deadlines.working_time", "incidents.deadlines.sla")),
        Group("grounds", ("incidents.grounds",)),
        Group("phone", ("incidents.reports",)),
        Group("pictures", ("incidents.pictures",)),
        Group("reasons", ("incidents.reasons",)),
    ],
    # Its vocabulary, then its tables.
    [Group("queries", ("incidents.queries",))],
    [Group("models", ("incidents.models", "incidents.models.*"))],
    # The calendar as rows; the clock of one incident.
    [Group("calendars", ("incidents.deadlines.calendars",))],
    [
        Group("clock", ("incidents.deadlines.clock",)),
        Group("holidays", ("incidents.deadlines.holidays",)),
        Group("recipients", ("incidents.dispatching.recipients",)),
    ],
    # Facts: a row, whose point it is, map layers, category packs, the numbering of events.
    [
        Group("rows", ("incidents.rows",)),
        Group("routing", ("incidents.routing",)),
        Group("layers", ("incidents.layers",)),
        Group("bins", ("incidents.bins",)),
        Group("packs", ("incidents.packs",)),
        Group("boards", ("incidents.boards",)),
        Group("offered", ("incidents.offered",)),
        Group(
            "rules",
            (
                "incidents.dispatching.conditions",
                "incidents.dispatching.rulebook",
                "incidents.dispatching.rules",
            ),
        ),
        Group("situation", ("incidents.situation",)),
        Group("links", ("incidents.telling.links",)),
        Group("rates", ("incidents.rates", "incidents.rates.*")),
        Group("replay", ("incidents.replay",)),
        Group("on duty", ("incidents.on_duty",)),
        Group("forms", ("incidents.forms",)),
        Group("plain words", ("incidents.telling.plain",)),
        Group("audience", ("incidents.telling.audience",)),
        Group(
            "messages",
            (
                "incidents.telling.messages",
                "incidents.telling.webhook",
                "incidents.telling.web_push",
                "incidents.telling.subscriptions",
                "incidents.telling.outside",
            ),
        ),
    ],
    # Facts upon facts: the feed, routing by the thousand, a rule tried on past cases.
    [
        Group("relay", ("incidents.relay",)),
        Group("sought", ("incidents.sought",)),
        Group("feed", ("incidents.feed",)),
        Group("bulk", ("incidents.bulk",)),
        Group("trials", ("incidents.dispatching.trials",)),
        Group("telling", ("incidents.telling.teller",)),
        Group("burden", ("incidents.burden",)),
        Group("notices", ("incidents.telling.notices",)),
        Group("openings", ("incidents.openings",)),
    ],
    # Who may fetch an incident; the listener that hands changes round; files of places.
    [
        Group("incident access", ("incidents.access",)),
        Group("hub", ("incidents.hub",)),
        Group("overview", ("incidents.overview",)),
        Group("tiles", ("incidents.tiles",)),
        Group("exports", ("incidents.exports",)),
        Group("routefile", ("incidents.routefile",)),
    ],
    # Deeds, and what one incident looks like in full.
    [
        Group("actions", ("incidents.actions", "incidents.actions.*")),
        Group(
            "past",
            (
                "incidents.past.importing",
                "incidents.past.table",
                "incidents.past.words",
                "incidents.past.written_time",
            ),
        ),
        Group("lifecycle page", ("incidents.lifecycle_doc",)),
        Group("photos", ("incidents.photos",)),
        Group("details", ("incidents.details",)),
        Group("choices", ("incidents.choices",)),
        Group("similar", ("incidents.similar",)),
        Group("tasks", ("incidents.tasks",)),
    ],
    # What the worker does by the clock, the rules and the map; what a phone takes along.
    [
        Group("offline", ("incidents.offline",)),
        Group("watch", ("incidents.deadlines.watch",)),
        Group("autodispatch", ("incidents.dispatching.autodispatch",)),
        Group("rerouting", ("incidents.rerouting",)),
    ],
    # The demo's incidents, lived through by all of these.
    [Group("happening demo", ("incidents.demo", "incidents.demo.*"))],
    # The doors to the happening.
    [
        Group(
            "happening doors",
            (
                "incidents.web",
                "incidents.web.*",
                "incidents.admin",
                "incidents.admin.*",
                "incidents.management",
                "incidents.management.*",
            ),
            door=True,
        )
    ],
    # Put together: the only modules that name both packages.
    [
        Group(
            "composition",
            (
                "gis_grid.settings",
                "gis_grid.urls",
                "gis_grid.live_urls",
                "gis_grid.asgi",
                "gis_grid.wsgi",
            ),
            door=True,
        )
    ],
]

# No tables and no web: these can be understood, and tested, with paper and pencil.
PURE = (
    "gis_grid.geo.*",
    "gis_grid.walking",
    "gis_grid.walking.*",
    "gis_grid.territory.paths",
    "gis_grid.territory.ownership",
    "gis_grid.territory.locate",
    "gis_grid.territory.audit",
    "incidents.states",
    "incidents.deadlines.sla",
    "incidents.deadlines.working_time",
    "incidents.forms",
    "incidents.rates.elapsed",
    "incidents.rates.figures",
    "incidents.rates.nearby",
    "incidents.rates.periods",
    "incidents.reports",
    "incidents.reasons",
)
DJANGO_FOR_WORDS = ("django.utils.functional", "django.utils.translation")
# Tools around the product; only the command that runs the measurements knows them.
TOOLS = ("bench", "ops", "tests")
MAY_USE_TOOLS = {"incidents.management.commands.bench"}


def modules() -> dict[str, Path]:
    found = {}
    for package in ("gis_grid", "incidents"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
                found[name.removesuffix(".__init__")] = path
    return found


MODULES = modules()


def imports(path: Path) -> Iterator[str]:
    """Yield every name a file imports; what only the type checker reads is left out."""
    waiting: list[ast.AST] = [ast.parse(path.read_text("utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: write imports in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            waiting.extend(node.orelse)
        else:
            waiting.extend(ast.iter_child_nodes(node))


def own(name: str) -> str | None:
    """Return the module of ours that an imported name is or lies in."""
    while name:
        if name in MODULES:
            return name
        name = name.rpartition(".")[0]
    return None


def groups_of(module: str) -> list[tuple[int, Group]]:
    """Return levels and groups whose patterns fit; an app's doors and its rest both do."""
    return [
        (level, group)
        for level, groups in enumerate(LEVELS)
        for group in groups
        if group.holds(module)
    ]


def place_of(module: str) -> tuple[int, Group]:
    """Return level and group: the highest, because doors stand above the app they belong to."""
    return groups_of(module)[-1]


def may_know(module: str, target: str) -> bool:
    (level, group), (target_level, target_group) = place_of(module), place_of(target)
    if target_group.door and not group.door:
        return False
    return target_group == group or target_level < level


def test_every_module_has_its_place() -> None:
    homeless = [module for module in MODULES if not groups_of(module)]

    assert homeless == [], "say on which level they stand"


def test_every_group_has_modules() -> None:
    held = {place_of(module)[1] for module in MODULES}

    assert held == {group for groups in LEVELS for group in groups}


def test_nobody_imports_upwards_or_sideways() -> None:
    wrong = {
        f"{module} -> {target}"
        for module, path in MODULES.items()
        for target in map(own, imports(path))
        if target and target != module and not may_know(module, target)
    }

    assert wrong == set()


def test_the_place_never_names_the_happening() -> None:
    composition = LEVELS[-1][0]
    wrong = [
        f"{module} -> {name}"
        for module, path in MODULES.items()
        if module.startswith("gis_grid") and not composition.holds(module)
        for name in imports(path)
        if name.split(".")[0] == "incidents"
    ]

    assert wrong == []


def test_pure_modules_know_no_tables_and_no_web() -> None:
    wrong = [
        f"{module} -> {name}"
        for module, path in MODULES.items()
        if any(fnmatch(module, pattern) for pattern in PURE)
        for name in imports(path)
        if name.startswith("django") and not name.startswith(DJANGO_FOR_WORDS)
    ]

    assert wrong == []


def test_the_product_does_not_need_its_tools() -> None:
    wrong = [
        f"{module} -> {name}"
        for module, path in MODULES.items()
        if module not in MAY_USE_TOOLS
        for name in imports(path)
        if name.split(".")[0] in TOOLS
    ]

    assert wrong == []


def test_a_wrong_import_would_be_found() -> None:
    assert not may_know("gis_grid.territory.models", "gis_grid.people.models")
    assert not may_know("gis_grid.people.queries", "gis_grid.facilities.models")
    assert not may_know("gis_grid.access", "incidents.models")
    assert not may_know("incidents.actions", "gis_grid.web.errors")
    assert not may_know("incidents.states", "incidents.models")
    assert may_know("incidents.actions", "gis_grid.territory.paths")
    assert may_know("incidents.web.field", "gis_grid.web.api")
