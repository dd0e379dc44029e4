"""The image and its compose files, as far as they can be looked at without an engine: what they name exists, and nothing runs as root."""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from typer.main import get_command

from bot.cli import VERBS, main
from bot.config import PREFIX, setting_names
from tests.e2e.test_serve import HOST, environment, free_ports, serving
from tests.paths import ROOT
from tests.test_house import tracked

DOCKER = ROOT / "docker"
COMPOSE = ("compose.yaml", "compose.sqlite.yaml")
NUMERIC = re.compile(r"[1-9][0-9]*(:[1-9][0-9]*)?")
EXACT = re.compile(r"[a-z./]+:\d+\.\d+(\.\d+)?(-[a-z0-9.-]+)?")
SECRET = re.compile(r"KEY|TOKEN|PASSWORD|SECRET")


def _instructions() -> list[tuple[str, str]]:
    """Of the Dockerfile, continuation lines joined."""
    text = re.sub(r"(?m)^#.*\n", "", (DOCKER / "Dockerfile").read_text(encoding="utf-8")).replace("\\\n", " ")
    return [(name, rest.strip()) for name, _, rest in (line.partition(" ") for line in text.splitlines() if line.strip())]


def _all(name: str) -> list[str]:
    return [rest for one, rest in _instructions() if one == name]


def _last_stage() -> list[tuple[str, str]]:
    found = _instructions()
    return found[max(at for at, (name, _) in enumerate(found) if name == "FROM") :]


def _copied() -> list[str]:
    """Sources taken from the repository."""
    return [source for rest in _all("COPY") if not rest.startswith("--from") for source in rest.split()[:-1]]


def _compose(name: str) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((DOCKER / name).read_text(encoding="utf-8"))
    return read


def _services(*, ours: bool) -> list[tuple[str, str, dict[str, Any]]]:
    every = [(file, name, service) for file in COMPOSE for name, service in _compose(file)["services"].items()]
    return [one for one in every if ("build" in one[2]) is ours]


def _is_a_command(words: list[str]) -> None:
    """`duebot`'s own words: the verb exists, and so does every option."""
    verb, *rest = words
    assert verb in VERBS
    context = click.Context(click.Command("duebot"))
    command = get_command(main).get_command(context, verb)  # type: ignore[attr-defined]
    known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
    assert {word for word in rest if word.startswith("--")} <= known, words


def test_the_base_is_an_exact_version_that_the_project_runs_on() -> None:
    (base,) = [rest.partition("=")[2] for rest in _all("ARG")]
    assert EXACT.fullmatch(base), base
    assert all(rest.startswith("${PYTHON}") for rest in _all("FROM"))
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    assert base.partition(":")[2].startswith(wanted.removeprefix(">=") + ".")


def test_what_is_copied_is_there_under_version_control_and_is_all_that_is_needed() -> None:
    files = {str(file.relative_to(ROOT)) for file in tracked()}
    for source in _copied():
        assert source in files or any(name.startswith(f"{source}/") for name in files), source
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"][
        "packages"
    ]
    assert set(_copied()) == {*packages, "requirements.lock", "pyproject.toml", "README.md"}
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line.startswith("!")]
    assert sorted(allowed) == sorted(_copied())
    assert "*" in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()


def test_packages_come_from_the_lock_with_their_hashes_and_the_project_brings_no_other() -> None:
    installs = [step for rest in _all("RUN") for step in rest.split("&&") if "pip install" in step]
    assert len(installs) == 2
    assert "--require-hashes -r requirements.lock" in installs[0]
    assert "--no-deps --no-build-isolation ." in installs[1]


def test_the_image_runs_as_nobody_in_particular_and_holds_no_secret() -> None:
    last = _last_stage()
    (user,) = [rest for name, rest in last if name == "USER"]
    assert NUMERIC.fullmatch(user)
    assert [name for name, _ in last].index("USER") < [name for name, _ in last].index("ENTRYPOINT")
    assert _all("ADD") == []
    for rest in (*_all("ENV"), *_all("ARG"), *_all("LABEL")):
        assert not SECRET.search(re.sub(r"^PYTHON=", "", rest)), rest
    assert "pip" not in " ".join(rest for name, rest in last if name == "RUN")


def test_the_images_own_command_and_health_check_exist() -> None:
    (entry,), (command,), (health,) = _all("ENTRYPOINT"), _all("CMD"), _all("HEALTHCHECK")
    assert yaml.safe_load(entry) == ["duebot"]
    _is_a_command(yaml.safe_load(command))
    name, *words = yaml.safe_load(health.partition("CMD ")[2])
    assert name == "duebot"
    _is_a_command(words)


def test_every_service_of_ours_is_confined() -> None:
    for file, name, service in _services(ours=True):
        where = f"{file}: {name}"
        assert NUMERIC.fullmatch(service["user"]), where
        assert service["read_only"] is True, where
        assert service["cap_drop"] == ["ALL"], where
        assert service["security_opt"] == ["no-new-privileges:true"], where
        assert [mount.partition(":")[0] for mount in service["tmpfs"]] == ["/tmp"], where  # the only place but /data that is written to
        assert service["volumes"] == ["data:/data"], where
        assert "privileged" not in service, where
        assert (DOCKER / service["build"]["context"] / service["build"]["dockerfile"]).exists(), where
        _is_a_command(service["command"])
        health = service["healthcheck"]
        if not health.get("disable"):
            assert health["test"][:2] == ["CMD", "duebot"], where
            _is_a_command(health["test"][2:])
            asked = health["test"][-1]
            assert asked in service["command"], f"{where} is asked on a port it does not listen on"


def test_others_images_are_exact_versions_and_healthy_before_anybody_uses_them() -> None:
    for file, name, service in _services(ours=False):
        assert EXACT.fullmatch(service["image"]), f"{file}: {name}"
        assert "healthcheck" in service


def test_nothing_starts_before_the_migrations_have_finished() -> None:
    for file, name, service in _services(ours=True):
        waits = {other: how["condition"] for other, how in service.get("depends_on", {}).items()}
        if name == "migrate":
            assert service["restart"] == "no"
            assert waits == ({"database": "service_healthy"} if file == "compose.yaml" else {})
        else:
            assert waits == {"migrate": "service_completed_successfully"}, name
            assert service["restart"] == "unless-stopped"
    big = _compose("compose.yaml")["services"]
    assert ("--no-jobs" in big["web"]["command"], big["worker"]["deploy"]["replicas"]) == (True, 2)


def test_ports_are_open_to_this_machine_alone_and_volumes_are_declared() -> None:
    for file in COMPOSE:
        read = _compose(file)
        named = {mount.partition(":")[0] for service in read["services"].values() for mount in service.get("volumes", ())}
        assert named == set(read["volumes"])
        ports = [port for service in read["services"].values() for port in service.get("ports", ())]
        assert all(port.startswith("127.0.0.1:") for port in ports)


def test_every_setting_they_name_exists_and_no_secret_has_a_value() -> None:
    names = set(setting_names())
    for _, _, service in _services(ours=True):
        assert {name for name in service["environment"] if name.startswith(PREFIX)} <= names
        assert not [value for value in service["environment"].values() if re.search(r":[^$/@]+@", value)]
    example = DOCKER / "duebot.env.example"
    given = dict(line.split("=", 1) for line in example.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#"))
    assert set(given) <= names
    assert set(given.values()) == {""}
    ignored = subprocess.run(
        ["git", "check-ignore", "docker/duebot.env", "docker/.env"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ignored.stdout.split() == ["docker/duebot.env", "docker/.env"]


def test_the_health_check_says_how_it_is(sqlite_url: str, tmp_path: Path) -> None:
    public, private = free_ports()
    env = environment(tmp_path)

    def asked() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "bot", *shlex.split(f"check --ready {public}")]
        return subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False, timeout=55)

    with serving(tmp_path, env, public, private, "--host", HOST) as process:
        assert asked().returncode == 0
        process.send_signal(signal.SIGTERM)
        process.wait(25)
    said = asked()
    assert (said.returncode, f"Nobody on port {public}" in said.stdout) == (1, True)


@pytest.mark.parametrize(
    "package", ["bot/policy_files/standard.yaml", "bot/sample_book.csv", "bot/web/templates/inbox.html", "migrations/env.py"]
)
def test_what_is_read_at_run_time_is_inside_what_is_copied(package: str) -> None:
    assert package.partition("/")[0] in _copied()
    assert (ROOT / package).exists()
