"""Workers and their assignments from a table: one row is one person in one area in one role.

The staff number is the key: the same file again changes nothing. Somebody who holds two areas has
two rows; somebody without area and role is loaded without an assignment.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from gis_grid.exchange.columns import Column
from gis_grid.exchange.outcome import Outcome
from gis_grid.exchange.values import plain_code, plain_name, plain_text
from gis_grid.people.models import Assignment, Role, Worker
from gis_grid.people.rows import Areas, Fault, Line, choice, days, import_table, usable
from gis_grid.territory.models import Area

COLUMNS: Final = (
    Column("worker_code", "工号", "W0001", required=True),
    Column("name", "姓名", "示例甲", required=True),
    Column("phone", "工作电话", "000-0000000"),
    Column("username", "登录名", "w0001"),
    Column("role", "角色", "grid_worker"),
    Column("area_level", "区域层级", "grid"),
    Column("area_code", "区域编码", "000000000000001"),
    Column("from", "开始日期", "2026-01-01"),
    Column("to", "结束日期", ""),
)
ROLES: Final = {
    "网格长": Role.GRID_CHIEF,
    "专职网格员": Role.GRID_WORKER,
    "网格员": Role.GRID_WORKER,
    "兼职网格员": Role.PART_TIME_WORKER,
    "网格指导员": Role.GRID_INSTRUCTOR,
    "微网格长": Role.MICRO_GRID_LEAD,
    "楼栋长": Role.BUILDING_LEAD,
    "指挥中心值守员": Role.OPERATOR,
    "领导": Role.LEADER,
    "规划员": Role.PLANNER,
    **{role.value: role for role in Role},
}


@dataclass(frozen=True)
class Person:
    """A worker as a row gives them."""

    code: str
    name: str
    phone: str
    username: str


@dataclass(frozen=True)
class Post:
    """Where a worker stands, in which role and on which days."""

    area: Area
    role: Role
    during: DateRange


def import_people(path: Path, *, dry_run: bool = False) -> Outcome:
    """Load workers and assignments; all or nothing. Never raises for what is wrong with a file.

    A worker that is known gets the file's name and phone. A username that does not exist becomes
    a login without a password; an administrator sets one.
    """
    return import_table(path, COLUMNS, _write, dry_run=dry_run)


def _write(lines: list[Line], outcome: Outcome) -> None:
    # 1. Understand every row before the first is written, so that all faults are listed.
    areas = Areas(lines)
    rows = []
    seen: dict[str, Person] = {}
    for line in lines:
        try:
            rows.append((line, _person(line, seen), _post(line, areas)))
        except Fault as fault:
            outcome.reject(line.number, fault.field, fault.code, fault.reason)
    if outcome.rejected:
        return

    # 2. Workers and logins, then what each of them holds.
    roll = _Roll(seen)
    for line, person, post in rows:
        try:
            changed = roll.enrol(person)
            changed |= post is not None and roll.post(person, post)
        except Fault as fault:
            outcome.reject(line.number, fault.field, fault.code, fault.reason)
            continue
        outcome.accepted += changed
        outcome.unchanged += not changed
    if roll.logins:
        outcome.notes.append(
            _("%(count)d logins were created without a password; set one with changepassword.")
            % {"count": roll.logins}
        )


def _person(line: Line, seen: dict[str, Person]) -> Person:
    """Read a person and remember them; Fault `worker_differs` if rows contradict each other."""
    values = line.values
    person = Person(
        usable("worker_code", plain_code, values["worker_code"]).text,
        usable("name", plain_name, values["name"], 60),
        usable("phone", plain_text, values["phone"], 30),
        usable("username", _username, values["username"]),
    )
    if seen.setdefault(person.code, person) != person:
        raise Fault(
            "worker_code",
            "worker_differs",
            _("Another row gives this staff number another name, phone or login."),
        )
    return person


def _username(value: str) -> str:
    text = plain_text(value, 150)
    try:
        return User.normalize_username(text) if not text or _valid(text) else ""
    except ValidationError:
        raise Fault("username", "bad_username", _("Letters, digits and @/./+/-/_ only.")) from None


def _valid(username: str) -> bool:
    User.username_validator(username)
    return True


def _post(line: Line, areas: Areas) -> Post | None:
    if not (line.values["area_code"] or line.values["role"]):
        return None
    role = choice("role", line.values["role"], ROLES)
    during = days(line)
    return Post(areas.of(line, during.lower), role, during)


class _Roll:
    """The workers, logins and assignments that are known, loaded once, and how they change."""

    def __init__(self, people: Mapping[str, Person]) -> None:
        """Load what the file speaks of in three queries."""
        self._workers = {
            worker.code: worker
            for worker in Worker.objects.filter(code__in=people).select_related("user")
        }
        names = {person.username for person in people.values()} - {""}
        users = User.objects.filter(username__in=names).select_related("worker")
        self._users = {user.username: user for user in users}
        self._held: dict[str, list[Assignment]] = {}
        for held in Assignment.objects.filter(worker__code__in=people).select_related("worker"):
            self._held.setdefault(held.worker.code, []).append(held)
        self._done: set[str] = set()
        self.logins = 0

    def enrol(self, person: Person) -> bool:
        """Make or update a worker; returns whether anything changed. Twice is once."""
        if person.code in self._done:
            return False
        self._done.add(person.code)
        worker = self._workers.get(person.code)
        wanted = (person.name, person.phone)
        if worker is None:
            user = self._login(person)
            self._workers[person.code] = Worker.objects.create(
                code=person.code, name=person.name, phone=person.phone, user=user
            )
            return True
        login_changes = bool(person.username) and (
            worker.user is None or worker.user.username != person.username
        )
        if (worker.name, worker.phone) == wanted and not login_changes:
            return False
        worker.name, worker.phone = wanted
        if login_changes:
            worker.user = self._login(person)
        worker.save()
        return True

    def _login(self, person: Person) -> User | None:
        if not person.username:
            return None
        user = self._users.get(person.username)
        if user is None:
            user = User.objects.create_user(person.username)  # without a usable password
            self._users[person.username] = user
            self.logins += 1
            return user
        if hasattr(user, "worker") and user.worker.code != person.code:
            raise Fault("username", "username_taken", _("This login belongs to another worker."))
        return user

    def post(self, person: Person, post: Post) -> bool:
        """Make or prolong an assignment; returns whether anything changed."""
        same = self._same_post(person, post)
        if any(held.during == post.during for held in same):
            return False
        for held in same:
            if held.during.lower == post.during.lower:
                held.during = post.during
                held.save(update_fields=["during"])
                return True
        if any(_overlap(held.during, post.during) for held in same):
            raise Fault(
                "from",
                "assignment_overlaps",
                _("The worker already holds this role in this area on some of these days."),
            )
        made = Assignment.objects.create(
            worker=self._workers[person.code],
            area=post.area,
            role=post.role,
            during=post.during,
        )
        self._held.setdefault(person.code, []).append(made)
        return True

    def _same_post(self, person: Person, post: Post) -> Sequence[Assignment]:
        return [
            held
            for held in self._held.get(person.code, [])
            if held.area_id == post.area.pk and held.role == post.role
        ]


def _overlap(a: Any, b: Any) -> bool:
    starts_before = b.upper is None or a.lower is None or a.lower < b.upper
    ends_after = a.upper is None or b.lower is None or b.lower < a.upper
    return starts_before and ends_after
