"""Long computations and what they found, as an API for planners."""

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status
from pydantic import Field

from gis_grid.facilities import jobs
from gis_grid.facilities.comparison import compare
from gis_grid.facilities.coverage import Question
from gis_grid.facilities.models import Job, Run
from gis_grid.facilities.plans import SHARE, Objective
from gis_grid.facilities.results import all_runs, run_of
from gis_grid.walking.siting import TIME_LIMIT_S
from gis_grid.web.api import Strict
from gis_grid.web.circles import Code, planner

router = Router(tags=["planning"])
PAGE = 50
USUAL = Question("", ())


class CoverageIn(Strict):
    """Which question; `jobs.ask` refuses what is out of range."""

    network: Code
    categories: Annotated[list[Code], Field(min_length=1, max_length=40)]
    minutes: float = USUAL.minutes
    speed: float = USUAL.speed
    circle_m: float = USUAL.circle_m
    gates_open: bool = USUAL.gates_open
    gates_at: Annotated[str, Field(max_length=5)] = USUAL.gates_at


class SitesIn(CoverageIn):
    """Where to build next for one category."""

    sites: int = 1
    objective: Objective = Objective.COVER
    share: float = SHARE
    time_limit_s: float = TIME_LIMIT_S


class RebuildIn(Strict):
    """Which network is to be built anew with today's changes of streets."""

    network: Code


class CoverageJob(Strict):
    """A coverage run."""

    kind: Literal["coverage"]
    question: CoverageIn


class SitesJob(Strict):
    """Sites."""

    kind: Literal["sites"]
    question: SitesIn


class RebuildJob(Strict):
    """A network built anew."""

    kind: Literal["rebuild"]
    question: RebuildIn


class PageIn(Strict):
    """Which page of the runs, the newest first."""

    page: Annotated[int, Field(ge=1, le=1000)] = 1


class PairIn(Strict):
    """Two runs."""

    a: UUID
    b: UUID


@router.post("/jobs", response={201: Any})
def ask(request: HttpRequest, body: CoverageJob | SitesJob | RebuildJob) -> Any:
    """Put a question in the queue; the same open one again is answered with the job there is."""
    asking = planner(request)
    job = jobs.ask(body.kind, body.question.model_dump(mode="json"), asking.user)
    return Status(201, job_row(job))


@router.get("/jobs", url_name="jobs")
def recent(request: HttpRequest) -> dict[str, Any]:
    """The last jobs of everybody, the newest first."""
    planner(request)
    return {"items": [job_row(job) for job in jobs.recent()]}


@router.get("/jobs/{uuid:job_id}", url_name="job")
def job_detail(request: HttpRequest, job_id: UUID) -> dict[str, Any]:
    """One job: how far it is, what it found or why it failed."""
    planner(request)
    return job_row(jobs.job_of(job_id))


@router.post("/jobs/{uuid:job_id}/cancel", url_name="job-cancel")
def job_cancel(request: HttpRequest, job_id: UUID) -> dict[str, Any]:
    """End a job; a running one ends within seconds, a finished one stays as it is."""
    planner(request)
    job = jobs.job_of(job_id)
    jobs.cancel(job)
    return job_row(job)


@router.get("/runs", url_name="runs-api")
def runs(request: HttpRequest, query: Query[PageIn]) -> dict[str, Any]:
    """What was computed, the newest first."""
    planner(request)
    first = (query.page - 1) * PAGE
    rows = list(all_runs()[first : first + PAGE + 1])
    return {
        "items": [run_row(run) for run in rows[:PAGE]],
        "page": query.page,
        "more": len(rows) > PAGE,
    }


@router.get("/runs/compare", url_name="runs-compare")
def runs_compare(request: HttpRequest, query: Query[PairIn]) -> dict[str, Any]:
    """Who is covered in one run and not in the other, in my territory, by community."""
    asking = planner(request)
    one, other = run_of(query.a), run_of(query.b)
    return {
        "a": run_row(one),
        "b": run_row(other),
        **compare(one, other, asking.territory, timezone.localdate()),
    }


def job_row(job: Job) -> dict[str, Any]:
    """Return a job as JSON."""
    question = {name: value for name, value in job.question.items() if name != jobs.LANGUAGE}
    return {
        "id": str(job.pk),
        "kind": job.kind,
        "question": question,
        "state": job.state,
        "stage": job.stage,
        "done": job.done,
        "cancel": job.cancel,
        "run": job.run_id and str(job.run_id),
        "result": job.result,
        "fault": job.fault,
        "by": job.by and job.by.get_username(),
        "asked_at": job.asked_at,
        "started_at": job.started_at,
        "ended_at": job.ended_at,
    }


def run_row(run: Run) -> dict[str, Any]:
    """Return a run as JSON."""
    return {
        "id": str(run.pk),
        "network": run.network.name,
        "network_version": run.network_version,
        "current": run.network_version == run.network.version,
        "at": run.at,
        "by": run.by and run.by.get_username(),
        "parameters": run.parameters,
        **run.results,
    }
