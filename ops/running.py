"""What runs now: the record that a running installation keeps, and questions to it."""

from __future__ import annotations

import http.client
import json
from dataclasses import asdict, dataclass, field

from ops.guard import Lock
from ops.layout import Layout, write_private
from ops.process import Process


@dataclass(frozen=True)
class Running:
    """The record of a running installation, kept in .local/run/state.json."""

    supervisor: Process
    port: int
    bind: str
    programs: dict[str, Process] = field(default_factory=dict)

    @property
    def host(self) -> str:
        """The address under which this machine reaches it."""
        return "127.0.0.1" if self.bind in ("0.0.0.0", "::", "localhost") else self.bind

    @property
    def url(self) -> str:
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}/"

    def write(self, layout: Layout) -> None:
        write_private(layout.state, json.dumps(asdict(self), indent=2) + "\n")

    def answers(self) -> dict[str, bool]:
        """Tell of the web and the live process whether it answers well."""
        return {
            "web": is_well(self.host, self.port, "/readyz"),
            "live": is_well(self.host, self.port + 1, "/live/healthz"),
        }


def read(layout: Layout) -> Running | None:
    """Return the last record, also of an installation that has died since."""
    try:
        record = json.loads(layout.state.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    return Running(
        supervisor=Process(**record["supervisor"]),
        port=record["port"],
        bind=record["bind"],
        programs={name: Process(**process) for name, process in record["programs"].items()},
    )


def lock(layout: Layout) -> Lock:
    """Return the lock that a running installation holds for its whole life."""
    return Lock(layout.run / "up.lock")


def find(layout: Layout) -> Running | None:
    """Return the running installation, None when nothing runs."""
    return read(layout) if lock(layout).is_held() else None


def kill_leftovers(layout: Layout) -> list[str]:
    """End programs whose supervisor was killed; return their names."""
    record = read(layout)
    if not record:
        return []
    left = [name for name, process in record.programs.items() if process.is_alive()]
    for name in left:
        record.programs[name].kill_group()
    layout.state.unlink(missing_ok=True)
    return left


def is_well(host: str, port: int, path: str) -> bool:
    """Tell whether a GET answers 200 within two seconds; no proxy is asked."""
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
