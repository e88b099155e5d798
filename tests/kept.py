"""All rows of the test database, kept to be put back: sooner than what made them can run again."""

from copy import deepcopy
from typing import Any, NamedTuple

from django.db import connection, transaction

# What migrations have written for good; without it the permissions would be made anew each time.
STAYS = {"django_migrations", "django_content_type", "auth_permission"}


def emptied_tables() -> list[str]:
    """Return the names of the tables that are empty before each test."""
    return sorted(set(connection.introspection.django_table_names(only_existing=True)) - STAYS)


def empty_tables() -> None:
    """Delete all rows of these tables; OperationalError when a lock is not to be had in 3 seconds.

    Twice: the first waits for who writes still, the second sees what they wrote.
    """
    deletes = [f'DELETE FROM "{table}"' for table in emptied_tables()] * 2
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '3s'")
        cursor.execute("SET LOCAL session_replication_role = replica")  # no trigger, any order
        cursor.execute("; ".join(deletes))


class Kept(NamedTuple):
    """What a test began with: PostgreSQL's own form of the rows by table, and their objects."""

    rows: dict[str, bytes]
    objects: Any

    def put_back(self) -> Any:
        """Fill the empty tables with the rows; no trigger fires, for theirs are rows too."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for table, rows in self.rows.items():
                with cursor.copy(f'COPY "{table}" FROM STDIN (FORMAT binary)') as into:
                    into.write(rows)
            cursor.execute("SET LOCAL session_replication_role = origin")
        return deepcopy(self.objects)


def keep(objects: Any) -> Kept:
    """Keep what all tables hold now."""
    found = {}
    with connection.cursor() as cursor:
        some = [f"SELECT '{table}' WHERE EXISTS (TABLE \"{table}\")" for table in emptied_tables()]
        cursor.execute(" UNION ALL ".join(some))
        for (table,) in cursor.fetchall():
            with cursor.copy(f'COPY "{table}" TO STDOUT (FORMAT binary)') as rows:
                found[table] = b"".join(rows)
    return Kept(found, deepcopy(objects))
