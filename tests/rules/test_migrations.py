"""Migrations: none is missing, one line per app, each named for what it does."""

import re
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

OURS = ["basemap", "facilities", "incidents", "people", "territory"]
NAMED = re.compile(r"\d{4}_[a-z][a-z0-9]*(_[a-z0-9]+)*")
UNNAMED = re.compile(r"_(auto|merge|initial|alter_\w+_and_more)($|_)")


@pytest.mark.django_db
def test_no_change_of_a_model_lacks_its_migration() -> None:
    said = StringIO()

    call_command("makemigrations", check_changes=True, dry_run=True, stdout=said)

    assert "No changes detected" in said.getvalue()


@pytest.mark.parametrize("app", OURS)
def test_history_is_one_line(app: str) -> None:
    graph = MigrationLoader(None).graph
    own = [node for node in graph.nodes if node[0] == app]
    after = [
        [child.key for child in graph.node_map[node].children if child.key[0] == app]
        for node in own
    ]

    assert own
    assert len(graph.leaf_nodes(app)) == 1
    assert max(map(len, after)) <= 1


@pytest.mark.parametrize("app", OURS)
def test_names_say_what_is_done(app: str) -> None:
    names = sorted(name for node, name in MigrationLoader(None).graph.nodes if node == app)

    assert all(NAMED.fullmatch(name) and not UNNAMED.search(name) for name in names), names
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))


@pytest.mark.django_db
def test_the_migrations_make_what_the_tests_run_on() -> None:
    executor = MigrationExecutor(connection)

    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []


@pytest.mark.django_db
@pytest.mark.parametrize("app", OURS)
def test_the_condition_of_an_index_is_in_the_database(app: str) -> None:
    """GeoDjango leaves it out of an index on a bare geometry field, and says nothing."""
    meant = {
        index.name: index.condition is not None
        for model in apps.get_app_config(app).get_models()
        for index in model._meta.indexes
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef LIKE '%% WHERE %%'"
            " FROM pg_indexes WHERE indexname = ANY(%s)",
            [list(meant)],
        )
        assert dict(cursor.fetchall()) == meant
