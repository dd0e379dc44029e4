"""The README, line by line: its commands run as they stand there, and what it names exists."""

from __future__ import annotations

import re
import shlex
import shutil
import signal
import subprocess
import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.cli import VERBS
from bot.config import PREFIX, setting_names
from tests.bot.cli_place import Place, nothing_set_up
from tests.e2e.test_serve import HOST, answered, environment, free_ports, serving
from tests.paths import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
SERVE = "duebot serve"


def _invoices() -> str:
    """The reader's own file: some rows paid, some late, and Birkenhof, whom the README asks about."""
    today = date.today()  # ruff: ignore[call-date-today] - the commands of the README run on today

    def day(late: int) -> str:
        return (today - timedelta(late)).isoformat()

    return "\n".join(
        [
            "Invoice number,Customer,E-mail,Issued,Due,Amount,Currency,Paid on,Paid",
            f"AF-1031,Birkenhof Manufaktur GmbH,rechnungen@birkenhof.example,{day(56)},{day(26)},9840.00,EUR,{day(12)},1240.00",
            f"AF-1058,Calloway Interiors Ltd,ap@calloway.example,{day(38)},{day(8)},9300.00,USD,,",
            f"AF-1012,Kestrel Freight,ap@kestrel.example,{day(63)},{day(33)},3300.00,EUR,{day(30)},3300.00",
            "",
        ]
    )


def _fact() -> str:
    """The one the page shows."""
    return next(str(shown) for shown in re.findall(r"`([^`]*)`", README) if shown.startswith("{") and "fact" in shown)


def _commands() -> Iterator[list[str]]:
    """The words of each line, as a shell would split them."""
    for block in BLOCKS:
        for line in block.replace("\\\n", " ").splitlines():
            yield shlex.split(line)


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """The reader's folder: their invoices, and a copy of the standard policy."""
    (tmp_path / "invoices.csv").write_text(_invoices(), encoding="utf-8")
    shutil.copyfile(ROOT / "bot" / "policy_files" / "standard.yaml", tmp_path / "standard.yaml")
    (tmp_path / "ledger.jsonl").write_text(f"{_fact()}\n", encoding="utf-8")
    with nothing_set_up(tmp_path, monkeypatch) as place:
        yield place


def test_every_command_of_the_readme_does_what_it_says(reader: Place) -> None:
    """In the order of the page. Only a shell's splitting and `export` are imitated; what runs is the real command."""
    env: dict[str, str] = {}
    told: dict[str, str] = {}
    for words in _commands():
        match words:
            case ["export", setting] if setting.startswith("PATH="):
                pass  # where `duebot` is found
            case ["export", setting]:
                name, _, value = setting.partition("=")
                env[name] = value
            case ["duebot", "serve"]:
                _serve(reader, env)
            case ["duebot", *rest]:
                answer = reader.duebot(*rest, env=env)
                assert answer.code == 0, f"{words}: {answer.err}"
                told[" ".join(rest)] = answer.out
            case ["make", *_]:
                pass  # below
            case _:
                pytest.fail(f"the README shows {words}, which this test cannot run")
    assert told["check --offline"] == "Everything is in order.\n"
    assert "Nora Albrecht" in told["user list"]
    assert "€8,600.00" in told["query invoice AF-1031"]
    assert "Birkenhof" in told["explain AF-1031"]
    assert "Would read 3 rows" in told["import invoices.csv --dry-run"]
    assert told["release"].startswith("Released 2 customers.")
    simulated = next(out for words, out in told.items() if words.startswith("simulate"))
    assert '"invoices": ["I1"], "step": "first", "action": "remind"' in simulated


def _serve(reader: Place, env: dict[str, str]) -> None:
    public, private = free_ports()
    with serving(reader.folder, environment(reader.folder, **env), public, private) as process:
        assert answered(f"http://{HOST}:{public}/healthz").status_code == 200
        page = answered(f"http://{HOST}:{private}/inbox")
        assert page.status_code == 200
        assert "€8,600.00" in page.text
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def test_the_make_lines_run_in_the_repository_and_build_nothing_anew(tmp_path: Path) -> None:
    lines = [words for words in _commands() if words[0] == "make"]
    assert lines == [["make", "demo", "ONCE=1"], ["make", "setup"]]
    if not (ROOT / ".venv" / "bin" / "duebot").exists():
        pytest.skip("this run has no .venv of make's own")
    env = environment(tmp_path, DUEBOT_NONSENSE="whatever the environment holds")
    for words in lines:
        told = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, timeout=100, check=True)
        assert "Building" not in told.stdout
        assert not told.stderr
        assert ("Birkenhof" in told.stdout) is (words[1] == "demo")


def test_the_settings_of_the_table_are_those_there_are() -> None:
    table = README.partition("## Settings")[2].partition("\n## ")[0]
    named: set[str] = set()
    section = PREFIX
    for name in re.findall(r"`([A-Z][A-Z_]+)`", table):
        if name.startswith(PREFIX):
            section = name[: name.rfind("__") + 2] if "__" in name else PREFIX
        named.add(name if name.startswith(PREFIX) else section + name)
    assert named == set(setting_names()) - {"DUEBOT_SLACK__API_URL"}  # tests and sandboxes alone point Slack elsewhere


def test_every_verb_is_shown_in_use() -> None:
    for verb in VERBS:
        assert re.search(rf"\b(duebot|make) {verb}\b", README), verb


def test_every_target_of_make_is_listed_by_its_help() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    listed = set(
        re.findall(
            r"^  make (\w+)", subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout, re.MULTILINE
        )
    )
    phony = set(re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[0].split())
    assert listed == phony == set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    assert listed >= {"setup", "format", "lint", "types", "test", "cards", "migrate", "run", "demo", "lock"}


def test_what_the_readme_points_to_is_there() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target
    anchors = {re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^#+ (.+)$", README, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([^)]+)\)", README)) <= anchors


def test_the_versions_of_python_agree() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        wanted = tomllib.load(file)["project"]["requires-python"].removeprefix(">=")
    assert f"Python {wanted}" in README
