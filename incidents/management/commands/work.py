"""`manage.py work`: the worker process. It stamps events and will claim due rows."""

import signal
import time
from typing import Any

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, connection

from incidents import relay

PAUSE_S = 0.15  # how long a committed event may wait for its number
RETRY_S = 2.0


class Command(BaseCommand):
    """Run until SIGTERM; survive a database that goes away."""

    help = "Run the worker: number new events and ring the live stream."

    def handle(self, *args: Any, **options: Any) -> None:
        """Loop: lead if nobody else does, stamp, rest."""
        self.running = True
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        while self.running:
            try:
                self._lead()
            except (OperationalError, InterfaceError) as error:
                self.stderr.write(f"database away, trying again: {type(error).__name__}")
                connection.close()
                time.sleep(RETRY_S)

    def _lead(self) -> None:
        while self.running and not relay.become_leader():
            time.sleep(RETRY_S)
        while self.running:
            relay.stamp_all()
            time.sleep(PAUSE_S)
        relay.step_down()

    def _stop(self, *args: Any) -> None:
        self.running = False
