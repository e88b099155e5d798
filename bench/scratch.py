"""A database of the benchmark's own, on the server of DATABASE_URL. Dropped when it ends.

While it stands, Django's connection and DATABASE_URL both name it, so that nothing that a
benchmark does, in this process or in one it starts, can reach the installation's tables.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import psycopg
from django.core.management import call_command
from django.core.management.base import OutputWrapper
from django.db import connection, connections
from psycopg import sql

import ops.database


@contextmanager
def template() -> Iterator[str]:
    """Make a migrated database to copy; yields its name, drops it whatever happened."""
    name = f"{connection.settings_dict['NAME']}_bench_template_{os.getpid()}"
    with _made(name):
        with _inside(name):
            call_command("migrate", verbosity=0)
        yield name


@contextmanager
def database(template: str) -> Iterator[None]:
    """Make a copy of the template, work in it, drop it whatever happened."""
    name = f"{connection.settings_dict['NAME']}_bench_{os.getpid()}"
    with _made(name, template), _inside(name):
        yield


def connect() -> psycopg.Connection[tuple[Any, ...]]:
    """Connect to the scratch database by psycopg alone; autocommit until a transaction begins."""
    return ops.database.connect(os.environ["DATABASE_URL"])


def city(grids: int, incidents: int) -> None:
    """Fill the scratch database with the demo city; how far it is goes to standard error."""
    told = OutputWrapper(sys.stderr)
    call_command("seed_demo", scale="city", grids=grids, incidents=incidents, stdout=told)
    settle()


def settle() -> None:
    """Let the planner know the tables as they are now; autovacuum would come at its own time."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


@contextmanager
def _made(name: str, template: str = "template1") -> Iterator[None]:
    _order("CREATE DATABASE {} TEMPLATE {}", name, template)
    try:
        yield
    finally:
        _order("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


@contextmanager
def _inside(name: str) -> Iterator[None]:
    own, url = connection.settings_dict["NAME"], os.environ["DATABASE_URL"]
    _move_to(name, urlsplit(url)._replace(path=f"/{name}").geturl())
    try:
        yield
    finally:
        _move_to(own, url)


def _move_to(name: str, url: str) -> None:
    connections.close_all()
    connection.settings_dict["NAME"] = name
    os.environ["DATABASE_URL"] = url


def _order(statement: str, *names: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(*(sql.Identifier(name) for name in names)))
