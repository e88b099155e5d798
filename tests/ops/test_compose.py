"""docker-compose.yml and Dockerfile, as far as they can be judged without an engine."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft201909Validator

PROJECT = Path(__file__).resolve().parents[2]
OURS = ("migrate", "web", "live", "worker")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((PROJECT / "docker-compose.yml").read_text("utf-8"))
    return loaded


@pytest.fixture(scope="module")
def validator() -> Any:
    schema = json.loads((PROJECT / "tests/samples/compose-spec.json").read_text("utf-8"))
    return Draft201909Validator(schema)


def test_it_keeps_to_the_compose_schema(compose: dict[str, Any], validator: Any) -> None:
    assert [error.message for error in validator.iter_errors(compose)] == []


def test_the_schema_refuses_a_condition_that_does_not_exist(
    compose: dict[str, Any], validator: Any
) -> None:
    broken = json.loads(json.dumps(compose))
    broken["services"]["web"]["depends_on"]["db"]["condition"] = "service_happy"
    assert not validator.is_valid(broken)


def test_it_has_the_services_and_the_database_image_of_the_documentation(
    compose: dict[str, Any],
) -> None:
    assert set(compose["services"]) == {"db", *OURS}
    assert "postgis/postgis:17-3.5" in compose["services"]["db"]["image"]


def test_tables_are_made_once_before_anything_serves(compose: dict[str, Any]) -> None:
    assert "migrate --no-input" in compose["services"]["migrate"]["command"]
    assert compose["services"]["migrate"]["restart"] == "no"
    for name in ("web", "live", "worker"):
        needs = compose["services"][name]["depends_on"]
        assert needs["db"]["condition"] == "service_healthy"
        assert needs["migrate"]["condition"] == "service_completed_successfully"


def test_no_secret_has_a_default_value(compose: dict[str, Any]) -> None:
    text = (PROJECT / "docker-compose.yml").read_text("utf-8")
    for name in ("POSTGRES_PASSWORD", "GRID_SECRET_KEY"):
        uses = re.findall(rf"\$\{{{name}(.*?)\}}", text)
        assert uses
        assert all(use.startswith(":?") for use in uses)


def test_the_database_is_not_published(compose: dict[str, Any]) -> None:
    assert "ports" not in compose["services"]["db"]


def test_photos_and_data_outlive_their_containers(compose: dict[str, Any]) -> None:
    assert set(compose["volumes"]) == {"db", "media"}
    assert all("media:/srv/media" in compose["services"][name]["volumes"] for name in OURS)


def test_an_open_stream_cannot_keep_the_live_container_from_stopping(
    compose: dict[str, Any],
) -> None:
    assert "--timeout-graceful-shutdown" in compose["services"]["live"]["command"]


def test_the_image_takes_hashed_wheels_only_and_gives_up_root() -> None:
    lines = (PROJECT / "Dockerfile").read_text("utf-8").splitlines()
    [install] = [line for line in lines if "pip install" in line]
    assert "--require-hashes" in install
    assert "--only-binary :all:" in install
    users = [line for line in lines if line.startswith("USER")]
    assert users == ["USER grid"]
    assert lines.index("USER grid") < next(n for n, line in enumerate(lines) if "CMD" in line)


def test_the_image_holds_no_local_secret() -> None:
    ignored = (PROJECT / ".dockerignore").read_text("utf-8").splitlines()
    assert {".local", ".env", ".venv", ".git"} <= set(ignored)
