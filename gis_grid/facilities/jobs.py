"""Long computations: asked for on a page, done one at a time by the worker, never lost.

A job belongs to the worker that began it while it shows signs of life. One that falls silent is
begun again by the next worker, `MAX_TRIES` times at most; what the silent one may still write is
then refused, because it names an earlier try.
"""

import logging
import time
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Conflict, GridError, Invalid, NotFound
from gis_grid.facilities import networks
from gis_grid.facilities.coverage import Question, categories_named, compute
from gis_grid.facilities.models import Job, JobState, Run
from gis_grid.facilities.plans import Plan, plan_of, plan_sites

logger = logging.getLogger(__name__)

SILENT = timedelta(seconds=60)
MAX_TRIES = 3
BEAT_S = 0.5
RECENT = 20
MAX_OPEN = 20  # jobs one person may have waiting or running
LANGUAGE = "language"  # in a question: what its stages and notes are told in

OPEN = (JobState.WAITING, JobState.RUNNING)


class Cancelled(Exception):
    """The job is to end: somebody cancelled it, or another worker has it."""


@dataclass
class Progress:
    """Writes how far a job is, twice a second at most; raises Cancelled when it is to end."""

    job: Job
    _told_at: float = field(default=float("-inf"))

    def __call__(self, stage: Any, done: float) -> None:
        """Name the stage and the share that is done."""
        if time.monotonic() - self._told_at < BEAT_S:
            return
        self._told_at = time.monotonic()
        alive = _mine(self.job).filter(cancel=False)
        if not alive.update(stage=str(stage)[:120], done=round(100 * done), beat_at=timezone.now()):
            raise Cancelled


@dataclass(frozen=True)
class Answer:
    """What a job found: a run, or a document; and what is to be known about it."""

    document: dict[str, Any]
    run: Run | None = None


def ask(kind: str, question: dict[str, Any], by: User | None = None) -> Job:
    """Put a question in the queue; the same open one is not asked twice.

    Refuses at once what would fail later: Invalid `unknown_kind`, `unknown_field`,
    `out_of_range`, `bad_time`; NotFound `no_such_network`, `no_such_category`; Conflict
    `too_many_jobs`.
    """
    if kind not in KINDS:
        raise Invalid("unknown_kind", _("There is no such kind of job."), {"kind": KINDS_KNOWN})
    whole = {**KINDS[kind].check(question), LANGUAGE: translation.get_language()}
    mine = Job.objects.filter(by=by, state__in=OPEN)
    same = mine.filter(kind=kind, question=whole, cancel=False).first()
    if same is not None:
        return same
    if mine.count() >= MAX_OPEN:
        raise Conflict("too_many_jobs", _("Too many jobs are waiting. Please cancel some."))
    return Job.objects.create(kind=kind, question=whole, by=by)


def cancel(job: Job) -> None:
    """End a waiting job; a running one ends itself at its next sign of life."""
    now = timezone.now()
    rows = Job.objects.filter(pk=job.pk)
    if not rows.filter(state=JobState.WAITING).update(
        state=JobState.CANCELLED, cancel=True, ended_at=now
    ):
        rows.filter(state=JobState.RUNNING).update(cancel=True)
    job.refresh_from_db()


def recent() -> QuerySet[Job]:
    """Return everybody's last jobs, the newest first: planners share the queue."""
    return Job.objects.select_related("by").filter(kind__in=PLANNING)[:RECENT]


def job_of(pk: UUID, kinds: Collection[str] | None = None) -> Job:
    """Return a planner's job, or one of these kinds; NotFound `no_such_job`."""
    rows = Job.objects.select_related("by").filter(kind__in=PLANNING if kinds is None else kinds)
    job = rows.filter(pk=pk).first()
    if job is None:
        raise NotFound("no_such_job", _("There is no such job."))
    return job


def work_off() -> bool:
    """Do the oldest waiting job, if there is one; False when there is none."""
    _take_up_again()
    job = _take()
    if job is None:
        return False
    with translation.override(job.question.get(LANGUAGE)):
        _do(job)
    return True


def _take_up_again() -> None:
    """Put jobs back whose worker fell silent; one that was begun too often has failed."""
    now = timezone.now()
    silent = Job.objects.filter(state=JobState.RUNNING, beat_at__lt=now - SILENT)
    silent.filter(cancel=True).update(state=JobState.CANCELLED, ended_at=now)
    for job in silent.filter(tries__gte=MAX_TRIES):
        fault = Fault("worker_lost", gettext("The worker was lost while computing, each time."))
        _end(job, JobState.FAILED, fault=asdict(fault))
    silent.update(state=JobState.WAITING, stage="", done=0)


def _take() -> Job | None:
    with transaction.atomic():
        waiting = Job.objects.select_for_update(skip_locked=True).filter(state=JobState.WAITING)
        job = waiting.order_by("asked_at").first()
        if job is None:
            return None
        job.state, job.tries = JobState.RUNNING, job.tries + 1
        job.started_at = job.beat_at = timezone.now()
        job.save(update_fields=["state", "tries", "started_at", "beat_at"])
    return job


@dataclass(frozen=True)
class Fault:
    """Why a job failed, as the API tells its refusals."""

    code: str
    message: str
    fields: dict[str, str] = field(default_factory=dict)


def _do(job: Job) -> None:
    """Answer the question of a job and write down what came of it.

    A database that goes away is no fault of the job: it falls silent and is taken up again.
    """
    try:
        answer = KINDS[job.kind].do(job, Progress(job))
    except Cancelled:
        _end(job, JobState.CANCELLED)
    except GridError as refusal:
        reasons = {name: str(reason) for name, reason in refusal.fields.items()}
        _end(
            job,
            JobState.FAILED,
            fault=asdict(Fault(refusal.code, str(refusal.message), reasons)),
        )
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("job %s failed", job.pk)
        message = gettext("The computation failed. The log of the worker says why.")
        _end(job, JobState.FAILED, fault=asdict(Fault("internal", message)))
    else:
        _end(job, JobState.DONE, done=100, result=answer.document, run=answer.run)


def _end(job: Job, state: JobState, **values: Any) -> None:
    _mine(job).update(state=state, ended_at=timezone.now(), stage="", **values)


def _mine(job: Job) -> Any:
    return Job.objects.filter(pk=job.pk, state=JobState.RUNNING, tries=job.tries)


# --- the kinds of job ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Kind:
    """How a question is checked when it is asked, and answered later."""

    check: Callable[[dict[str, Any]], dict[str, Any]]
    do: Callable[[Job, Progress], Answer]


def _question(asked: dict[str, Any]) -> Question:
    known = {each.name for each in fields(Question)}
    question = Question(**{name: value for name, value in asked.items() if name in known})
    question = replace(question, categories=tuple(question.categories))
    question.check()
    networks.named(question.network)
    categories_named(question.categories)
    return question


def _check_coverage(asked: dict[str, Any]) -> dict[str, Any]:
    question = _question(asked)
    return {**asdict(question), "categories": list(question.categories)}


def _check_sites(asked: dict[str, Any]) -> dict[str, Any]:
    plan = _plan(asked)
    plan.check()
    if len(plan.question.categories) != 1:
        raise Invalid("one_category", _("Sites are planned for one category at a time."))
    return asked


def _check_rebuild(asked: dict[str, Any]) -> dict[str, Any]:
    return {"network": networks.named(str(asked.get("network", ""))).name}


def _plan(asked: dict[str, Any]) -> Plan:
    return plan_of(_question(asked), asked)


def _do_coverage(job: Job, progress: Progress) -> Answer:
    run, notes = compute(_question(job.question), job.by, progress)
    return Answer({"notes": [str(note) for note in notes]}, run)


def _do_sites(job: Job, progress: Progress) -> Answer:
    return Answer(plan_sites(_plan(job.question), progress))


def _do_rebuild(job: Job, progress: Progress) -> Answer:
    progress(_("Laying changes over the streets"), 0.0)
    stored, notes = networks.rebuild(job.question["network"])
    return Answer(
        {
            "network": stored.name,
            "network_version": stored.version,
            "figures": stored.figures,
            "notes": [str(note) for note in notes],
        }
    )


KINDS = {
    "coverage": Kind(_check_coverage, _do_coverage),
    "sites": Kind(_check_sites, _do_sites),
    "rebuild": Kind(_check_rebuild, _do_rebuild),
}
PLANNING = tuple(KINDS)
KINDS_KNOWN = ", ".join(PLANNING)


def offer(name: str, kind: Kind) -> None:
    """Add a kind that this package does not know; planners see nothing of its jobs."""
    KINDS[name] = kind
