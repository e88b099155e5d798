"""Long computations: done by the real worker, cancelled, taken up again, failed with a code."""

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from gis_grid.errors import Conflict, Invalid, NotFound
from gis_grid.facilities import jobs
from gis_grid.facilities.models import Job, JobState, PopulationCell, Run
from tests import circles
from tests.product import Product
from tests.world import World

ASKED: dict[str, Any] = {"network": "town", "categories": ["clinic"]}
WAIT_S = 40.0


@pytest.fixture
def town(world: World, media: Path) -> World:
    circles.build(world)
    return world


def wait_for(job: Job, product: Product) -> None:
    """Wait until the worker of the running product has done a job."""
    until = time.monotonic() + WAIT_S
    while Job.objects.get(pk=job.pk).state != JobState.DONE:
        assert time.monotonic() < until, product.said()
        time.sleep(0.1)


def at_progress(monkeypatch: pytest.MonkeyPatch, act: Callable[[Job], None]) -> None:
    """Let every progress be written, and do something before each."""
    monkeypatch.setattr(jobs, "BEAT_S", 0.0)
    told = jobs.Progress.__call__

    def call(self: jobs.Progress, stage: Any, done: float) -> None:
        act(self.job)
        told(self, stage, done)

    monkeypatch.setattr(jobs.Progress, "__call__", call)


@pytest.mark.django_db
class TestDone:
    """A job from its question to its answer."""

    def test_a_coverage_job_makes_the_run_the_command_would_make(self, town: World) -> None:
        job = jobs.ask("coverage", ASKED, town.users["sun"])
        assert job.state == JobState.WAITING

        assert jobs.work_off()
        assert not jobs.work_off()

        job.refresh_from_db()
        assert (job.state, job.done, job.fault) == (JobState.DONE, 100, None)
        assert job.run == Run.objects.get()
        assert job.run.by == town.users["sun"]
        assert job.ended_at

    def test_sites_and_rebuild_answer_with_a_document(self, town: World) -> None:
        sites = jobs.ask("sites", {**ASKED, "sites": 1, "minutes": 10})
        rebuild = jobs.ask("rebuild", {"network": "town"})
        while jobs.work_off():
            pass

        sites.refresh_from_db()
        rebuild.refresh_from_db()
        assert sites.result["newly_covered"] > 0
        assert rebuild.result["network_version"]

    def test_progress_is_written_by_stage(
        self, town: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen: list[tuple[str, int]] = []

        def look(job: Job) -> None:
            now = Job.objects.get(pk=job.pk)
            seen.append((now.stage, now.done))

        at_progress(monkeypatch, look)
        jobs.ask("coverage", {**ASKED, "categories": ["clinic", "canteen"]})
        jobs.work_off()

        assert [done for _stage, done in seen] == sorted(done for _stage, done in seen)
        assert len({stage for stage, _done in seen}) >= 3

    def test_the_same_open_question_is_one_job(self, town: World) -> None:
        first, second = (jobs.ask("coverage", ASKED, town.users["sun"]) for _ in range(2))
        other = jobs.ask("coverage", {**ASKED, "minutes": 10}, town.users["sun"])

        assert first == second != other

    def test_one_person_cannot_fill_the_queue(self, town: World) -> None:
        for minutes in range(1, 1 + jobs.MAX_OPEN):
            jobs.ask("coverage", {**ASKED, "minutes": minutes}, town.users["sun"])

        with pytest.raises(Conflict, match="too_many_jobs"):
            jobs.ask("coverage", {**ASKED, "minutes": 50}, town.users["sun"])


@pytest.mark.django_db
class TestRefused:
    """What would fail later is refused at once; what fails later tells its code."""

    @pytest.mark.parametrize(
        ("kind", "changes", "refusal", "code"),
        [
            ("poem", {}, Invalid, "unknown_kind"),
            ("coverage", {"speed": 0}, Invalid, "out_of_range"),
            ("coverage", {"minutes": 10_000}, Invalid, "out_of_range"),
            ("coverage", {"gates_at": "night"}, Invalid, "bad_time"),
            ("coverage", {"network": "x"}, NotFound, "no_such_network"),
            ("coverage", {"categories": ["x"]}, NotFound, "no_such_category"),
            ("sites", {"sites": 0}, Invalid, "out_of_range"),
            ("sites", {"time_limit_s": 3600}, Invalid, "out_of_range"),
            ("sites", {"categories": ["clinic", "canteen"]}, Invalid, "one_category"),
            ("rebuild", {"network": "x"}, NotFound, "no_such_network"),
        ],
    )
    def test_at_once(
        self, town: World, kind: str, changes: dict[str, Any], refusal: type[Exception], code: str
    ) -> None:
        with pytest.raises(refusal, match=code):
            jobs.ask(kind, {**ASKED, **changes})
        assert not Job.objects.exists()

    def test_later(self, town: World) -> None:
        job = jobs.ask("coverage", ASKED)
        PopulationCell.objects.all().delete()
        jobs.work_off()

        job.refresh_from_db()
        assert (job.state, job.fault["code"]) == (JobState.FAILED, "no_people")
        assert job.fault["message"]
        assert not Run.objects.exists()

    def test_a_fault_of_ours_is_told_and_the_next_job_is_done(
        self, town: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def stumble(job: Job, progress: object) -> jobs.Answer:
            raise ZeroDivisionError

        broken = jobs.Kind(jobs.KINDS["rebuild"].check, stumble)
        monkeypatch.setitem(jobs.KINDS, "rebuild", broken)
        job, other = jobs.ask("rebuild", {"network": "town"}), jobs.ask("coverage", ASKED)
        while jobs.work_off():
            pass

        job.refresh_from_db()
        other.refresh_from_db()
        assert (job.state, job.fault["code"]) == (JobState.FAILED, "internal")
        assert other.state == JobState.DONE


@pytest.mark.django_db
class TestCancelled:
    """A job that nobody wants any more."""

    def test_while_it_waits(self, town: World) -> None:
        job = jobs.ask("coverage", ASKED)
        jobs.cancel(job)

        assert job.state == JobState.CANCELLED
        assert not jobs.work_off()

    @pytest.mark.parametrize(("kind", "more"), [("coverage", {}), ("sites", {"sites": 1})])
    def test_while_it_runs_nothing_is_stored(
        self, town: World, monkeypatch: pytest.MonkeyPatch, kind: str, more: dict[str, int]
    ) -> None:
        at_progress(monkeypatch, jobs.cancel)
        job = jobs.ask(kind, {**ASKED, **more})
        jobs.work_off()

        job.refresh_from_db()
        assert (job.state, job.result) == (JobState.CANCELLED, None)
        assert not Run.objects.exists()

    def test_what_is_done_stays_done(self, town: World) -> None:
        job = jobs.ask("coverage", ASKED)
        jobs.work_off()
        jobs.cancel(job)

        assert job.state == JobState.DONE


@pytest.mark.django_db
class TestLostWorker:
    """A worker that is gone in the middle of a job."""

    def begun(self, town: World, tries: int = 1) -> Job:
        """Return a job that a worker began and then fell silent."""
        job = jobs.ask("coverage", ASKED)
        long_ago = timezone.now() - jobs.SILENT - timedelta(seconds=1)
        Job.objects.update(state=JobState.RUNNING, tries=tries, beat_at=long_ago, done=40)
        return job

    def test_its_job_is_taken_up_again(self, town: World) -> None:
        job = self.begun(town)
        jobs.work_off()

        job.refresh_from_db()
        assert (job.state, job.tries) == (JobState.DONE, 2)

    def test_not_while_it_shows_signs_of_life(self, town: World) -> None:
        job = self.begun(town)
        Job.objects.update(beat_at=timezone.now())

        assert not jobs.work_off()
        job.refresh_from_db()
        assert job.state == JobState.RUNNING

    def test_not_for_ever(self, town: World) -> None:
        job = self.begun(town, tries=jobs.MAX_TRIES)

        assert not jobs.work_off()
        job.refresh_from_db()
        assert (job.state, job.fault["code"]) == (JobState.FAILED, "worker_lost")

    def test_one_to_be_cancelled_is_not_begun_again(self, town: World) -> None:
        job = self.begun(town)
        Job.objects.update(cancel=True)

        assert not jobs.work_off()
        job.refresh_from_db()
        assert job.state == JobState.CANCELLED

    def test_the_silent_one_writes_no_more(
        self, town: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        at_progress(monkeypatch, lambda job: Job.objects.update(tries=job.tries + 1) and None)
        job = jobs.ask("coverage", ASKED)
        jobs.work_off()

        job.refresh_from_db()
        assert (job.state, job.tries, job.run) == (JobState.RUNNING, 2, None)

    def test_a_database_that_goes_away_is_no_fault_of_the_job(
        self, town: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def away(job: Job) -> None:
            raise OperationalError

        at_progress(monkeypatch, away)
        job = jobs.ask("coverage", ASKED)
        with pytest.raises(OperationalError):
            jobs.work_off()

        job.refresh_from_db()
        assert (job.state, job.fault) == (JobState.RUNNING, None)


@pytest.mark.browser
def test_the_worker_does_it(product: Product, world: World, settings) -> None:  # type: ignore[no-untyped-def]
    settings.MEDIA_ROOT = str(product.media)
    circles.build(world)
    job = jobs.ask("coverage", ASKED, world.users["sun"])

    wait_for(job, product)

    job.refresh_from_db()
    assert (job.state, job.done, job.run) == (JobState.DONE, 100, Run.objects.get())


@pytest.mark.browser
def test_the_next_worker_does_what_a_killed_one_left(  # type: ignore[no-untyped-def]
    product: Product, world: World, settings
) -> None:
    settings.MEDIA_ROOT = str(product.media)
    circles.build(world)
    product.kill("worker")
    job = jobs.ask("coverage", ASKED)
    long_ago = timezone.now() - jobs.SILENT - timedelta(seconds=1)
    Job.objects.update(state=JobState.RUNNING, tries=1, beat_at=long_ago)
    product.start("worker")

    wait_for(job, product)

    assert Job.objects.get(pk=job.pk).tries == 2
