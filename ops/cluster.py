"""The private PostGIS cluster: made, started and stopped inside the project, reached by a socket.

It opens no TCP port and trusts whoever reaches the socket, so the socket's folder is the lock.
Imports nothing of Django.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from ops import postgres, say
from ops.guard import Lock
from ops.housing import Housing
from ops.layout import Layout, tail
from ops.process import any_process_in, is_uncollected, start_time
from ops.say import Failed
from ops.shell import Owner

ROLE = "grid"
STOP_S = 20
SOCKETS = Path("/tmp")  # short: a socket's path may have only about 107 bytes


@dataclass(frozen=True)
class Cluster:
    """One cluster of this installation: `pg` for work, `pgtest` for tests (not crash-safe)."""

    layout: Layout
    name: str = "pg"

    @property
    def is_for_tests(self) -> bool:
        return self.name == "pgtest"

    @property
    def socket(self) -> Path:
        """The folder of the socket. It follows the project's path, so a moved project moves on."""
        return SOCKETS / f"gridpg-{self.layout.token}{'-test' if self.is_for_tests else ''}"

    @property
    def url(self) -> str:
        return f"postgis://{ROLE}@{quote(str(self.socket), safe='')}/grid"

    @property
    def housing(self) -> Housing:
        return Housing(self.layout, self.name)

    @cached_property
    def home(self) -> Path:
        """The folder that holds data and log; asking for it makes it."""
        return self.housing.make()

    @cached_property
    def owner(self) -> Owner:
        """The user the server runs as."""
        return self.housing.owner()

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "log"

    @property
    def users(self) -> Lock:
        """Held shared by everyone who needs the cluster up; the last one out stops it."""
        return Lock(self.layout.run / f"{self.name}.users")

    # --- the programs -------------------------------------------------------------------------

    @cached_property
    def postgres(self) -> postgres.Postgres:
        """The programs that fit the data; Failed when there are none."""
        version = self.data / "PG_VERSION"
        major = int(version.read_text()) if version.exists() else None
        found = postgres.find(major)
        if not found:
            wanted = f"PostgreSQL {major}, which made this data" if major else "PostgreSQL"
            raise Failed(
                "cluster",
                f"{wanted}, is not here with PostGIS",
                f"install postgresql-{major or 'N'}-postgis-3, or set GRID_PG_BIN to its folder",
            )
        return found

    def _run(self, program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs as the cluster's user, its output kept."""
        # A file, not a pipe: the server inherits it and would hold a pipe open for ever.
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as out:
            result = subprocess.run(
                [self.postgres.program(program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env={"PATH": os.environ.get("PATH", os.defpath), "HOME": "/", "LC_ALL": "C"},
                check=False,
                **self.owner.arguments(),
            )
            out.seek(0)
            return subprocess.CompletedProcess(result.args, result.returncode, out.read())

    # --- deeds ------------------------------------------------------------------------------

    def exists(self) -> bool:
        """Tell whether the cluster has been made."""
        return (self.housing.find() / "data" / "PG_VERSION").exists()

    def is_running(self) -> bool:
        """Tell whether the server answers on its socket."""
        if not self.exists() or not self.socket.is_dir():
            return False
        return self._run("pg_isready", "-q", "-h", self.socket, "-d", "postgres").returncode == 0

    def start(self) -> bool:
        """Make the cluster if need be and start it; return False when it ran already."""
        if self.is_running():
            return False
        self._open_socket_folder()
        if not self.exists():
            self._make()
        self._configure()
        if self._has_server():
            self._stop_server()  # it runs but its socket is gone: a cleaned /tmp
        self._clear_after_dead_server()
        result = self._start_server()
        if result.returncode:
            raise Failed(
                "cluster",
                "PostgreSQL did not start",
                "read the lines above; ./gridctl doctor looks further",
                detail=result.stdout + tail(self.log),
            )
        return True

    def stop(self) -> bool:
        """Stop the server; return False when none ran."""
        if not self.exists() or not self._has_server():
            return False
        self._stop_server()
        return True

    def _has_server(self) -> bool:
        """Tell whether postmaster.pid names a living server of this very data.

        pg_ctl alone would also believe in a dead process that nobody has collected, as in a
        container without init, and in the server of the original when the project is a copy.
        """
        noted = self._noted_server()
        return noted is not None and noted[1] and start_time(noted[0]) is not None

    def _noted_server(self) -> tuple[int, bool] | None:
        """Return the number in postmaster.pid, and whether it is a server of this very data."""
        try:
            lines = (self.data / "postmaster.pid").read_text("utf-8").splitlines()
        except FileNotFoundError:
            return None
        return int(lines[0]), _is_same_folder(Path(lines[1]), self.data)

    def _clear_after_dead_server(self) -> None:
        """Remove the marks of a server that PostgreSQL would take for a living one."""
        noted = self._noted_server()
        if not noted:
            return
        pid, is_ours = noted
        if is_ours and not is_uncollected(pid):
            return  # living or plainly dead: PostgreSQL knows what to do
        # The dead server's children may still write for a moment; its own guard against them
        # is in the file that we are about to remove.
        deadline = time.monotonic() + STOP_S
        while any_process_in(self.data):
            if time.monotonic() > deadline:
                raise Failed("cluster", f"processes still use {self.data}", "end them")
            time.sleep(0.1)
        (self.data / "postmaster.pid").unlink()
        for lock in self.socket.glob(".s.PGSQL.*"):
            lock.unlink()

    def _start_server(self) -> subprocess.CompletedProcess[str]:
        start = ("-D", self.data, "-w", "-t", "60", "-l", self.log, "start")
        with contextlib.suppress(FileNotFoundError):
            self.log.replace(self.home / "log.1")  # the last run's, and no older one
        for _ in range(10):
            result = self._run("pg_ctl", *start)
            # After a kill the dead server's own children need a moment to notice.
            if result.returncode == 0 or "shared memory block" not in tail(self.log, 3):
                break
            time.sleep(0.5)
        return result

    def _stop_server(self) -> None:
        for mode in ("fast", "immediate"):
            stop = ("-D", self.data, "-w", "-t", str(STOP_S), "-m", mode, "stop")
            if self._run("pg_ctl", *stop).returncode == 0 or not self._has_server():
                return
        raise Failed("cluster", "PostgreSQL did not stop", f"end the process in {self.data}")

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Need the cluster up for a while; the last to leave stops it."""
        lock = self.users
        lock.take(shared=True)
        try:
            yield
        finally:
            lock.release()
            if lock.take(wait=False):
                self.stop()
                lock.release()

    def remove(self) -> None:
        """Stop the server and delete the cluster with all its data."""
        with contextlib.suppress(Failed):  # its PostgreSQL may be gone already
            self.stop()
        outside = self.housing.recorded()
        for folder in (outside, self.housing.inside, self.socket):
            if folder:
                shutil.rmtree(folder, ignore_errors=True)
        if outside:
            self.housing.forget()
            with contextlib.suppress(OSError):  # the other cluster is still there
                outside.parent.rmdir()
        # What was looked up before is gone with it.
        for name in ("home", "owner", "postgres"):
            self.__dict__.pop(name, None)

    # --- steps of start ---------------------------------------------------------------------

    def _make(self) -> None:
        draft = self.home / "data.new"
        shutil.rmtree(draft, ignore_errors=True)  # left by a run that was cut off
        # macOS knows no C.UTF-8; plain C would leave pg_trgm blind to Chinese.
        locale = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
        options = ["-U", ROLE, "-A", "trust", "-E", "UTF8", f"--locale={locale}"]
        if self.is_for_tests:
            options.append("--no-sync")
        result = self._run("initdb", *options, "-D", draft)
        if result.returncode:
            fix = "read the lines above; free disk space is the usual cause"
            raise Failed("cluster", "initdb failed", fix, detail=result.stdout[-2000:])
        with (draft / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write("\ninclude 'grid.conf'  # written by gridctl at every start\n")
        draft.rename(self.data)

    def _configure(self) -> None:
        lines = [
            "listen_addresses = ''",
            f"unix_socket_directories = '{self.socket}'",
            "unix_socket_permissions = 0700",
            # A suite is several installations at once.
            f"max_connections = {400 if self.is_for_tests else 100}",
            "shared_buffers = 128MB",
            "log_checkpoints = off",
        ]
        if self.is_for_tests:
            lines += ["fsync = off", "synchronous_commit = off", "full_page_writes = off"]
        path = self.data / "grid.conf"
        path.write_text("\n".join(lines) + "\n", "utf-8")
        if self.owner.uid != os.geteuid():
            os.chown(path, self.owner.uid, self.owner.gid)

    def _open_socket_folder(self) -> None:
        folder = self.socket
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            pass
        else:
            os.chown(folder, self.owner.uid, self.owner.gid)
        found = folder.lstat()
        # Anyone may make a folder in /tmp first; a server in a stranger's folder is theirs to read.
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != self.owner.uid:
            raise Failed(
                "socket folder",
                f"{folder} belongs to {Owner.of(found.st_uid).name}, not to {self.owner.name}",
                f"remove it (rm -r {folder}) and run again",
            )
        if stat.S_IMODE(found.st_mode) != 0o700:
            folder.chmod(0o700)


def _is_same_folder(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def report_start(cluster: Cluster) -> None:
    """Start the cluster as a step of a command."""
    made = not cluster.exists()
    if made:
        say.note("making the PostGIS cluster")
    started = cluster.start()
    where = f"PostgreSQL {cluster.postgres.version} on {cluster.socket}"
    if started:
        say.ok("cluster", f"{where}{', new' if made else ''}")
    else:
        say.skipped("cluster", f"{where} runs already")
