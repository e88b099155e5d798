"""Many connections to PostgreSQL kept busy by one process, which does as little as a client can.

A process for each connection would leave the server little of a small machine, and two ways that
differ only inside the server would look alike. So this speaks through libpq: the statement is
prepared by each connection, and only the values that must be fresh are sent.
"""

import select
import time
from collections.abc import Callable, Sequence

from psycopg import Connection, errors
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn

NAME = "lane"
SILENCE_S = 30.0

Values = list[bytes | None]


def prepare(connection: Connection[object], statement: str, types: str) -> PGconn:
    """Prepare a statement whose values are `$1`, `$2` … of these types; return its lane."""
    connection.execute(f"PREPARE {NAME} ({types}) AS {statement}".encode())
    connection.pgconn.nonblocking = 0  # a statement is sent when `send_query_prepared` returns
    return connection.pgconn


def drive(lanes: Sequence[PGconn], fresh: Callable[[], Values], deadline: float) -> int:
    """Keep every lane busy until a monotonic second, wait for the last; return how many ran."""
    poll = select.poll()
    by_socket = {lane.socket: lane for lane in lanes}
    for lane in lanes:
        poll.register(lane.socket, select.POLLIN)
        _send(lane, fresh)
    count, running = 0, len(lanes)
    while running:
        ready = poll.poll(SILENCE_S * 1000)
        if not ready:
            raise TimeoutError(f"no answer for {SILENCE_S:.0f} s")
        for socket, _ in ready:
            lane = by_socket[socket]
            lane.consume_input()
            if lane.is_busy():
                continue
            _finish(lane)
            count += 1
            if time.monotonic() < deadline:
                _send(lane, fresh)
            else:
                running -= 1
    return count


def _send(lane: PGconn, fresh: Callable[[], Values]) -> None:
    lane.send_query_prepared(NAME.encode(), fresh())


def _finish(lane: PGconn) -> None:
    while result := lane.get_result():
        if result.status != ExecStatus.TUPLES_OK:
            raise errors.DatabaseError(result.error_message.decode(errors="replace"))
