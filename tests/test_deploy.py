"""What `deploy/` holds names only commands, options and settings that there are."""

from __future__ import annotations

import re
import secrets
import shlex
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, load_command_class

from reports.management.commands.run import Command as Run
from tests.flow.site import find_free_port, make_environ

TREE = Path(__file__).resolve().parent.parent
DEPLOY = TREE / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
SERVICES = [path for path in UNITS if path.suffix == ".service"]
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
OURS = [name for name, each in COMPOSE["services"].items() if each["image"] == "oopsweb"]
SETTINGS = set(re.findall(r"^\| `([A-Z_]+)` \|", (TREE / "README.md").read_text(), re.MULTILINE))
PARTS = {"web", "worker", "beat", "consumer"}

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed"
)


def parse(words):
    """The options that a command line of manage.py gives; fails where it is wrong."""
    app = "reports" if words[0] == "run" else "django.core"
    command = load_command_class(app, words[0])
    return command.create_parser("manage.py", words[0]).parse_args(
        [str(each) for each in words[1:]]
    )


def check(settings):
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        env=make_environ(**settings),
        cwd=TREE,
        capture_output=True,
        text=True,
    )


def start_lines():
    return {
        path.name: re.search(r"^ExecStart=(.*)$", path.read_text(), re.MULTILINE)[1]
        for path in SERVICES
    }


@pytest.fixture
def installed_units(tmp_path):
    """The units as they are where the tree is this one."""
    for path in UNITS:
        python = f"{sys.prefix}/bin/python"
        text = path.read_text().replace("/opt/oopsweb/.venv/bin/python", python)
        (tmp_path / path.name).write_text(text.replace("/opt/oopsweb", str(TREE)))
    return sorted(str(path) for path in tmp_path.iterdir())


@needs_systemd
def test_systemd_finds_nothing_wrong_with_the_units(installed_units):
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *installed_units], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


@needs_systemd
def test_systemd_calls_every_unit_well_protected(installed_units):
    services = [path for path in installed_units if path.endswith(".service")]
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--threshold=20", *services],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-1500:] + done.stderr


def test_there_is_a_unit_for_each_part_and_its_command_is_right():
    lines = start_lines()
    assert {name.removeprefix("oopsweb-").removesuffix(".service") for name in lines} == PARTS
    for name, line in lines.items():
        python, manage, *words = shlex.split(line)
        assert (python, manage) == ("/opt/oopsweb/.venv/bin/python", "manage.py")
        assert f"oopsweb-{parse(words).part}.service" == name


def test_the_target_takes_all_units_with_it():
    for path in SERVICES:
        assert "PartOf=oopsweb.target" in path.read_text()
        assert "WantedBy=oopsweb.target" in path.read_text()


def test_the_environment_file_names_settings_that_there_are():
    named = set(re.findall(r"^#?([A-Z_]+)=", (DEPLOY / "oopsweb.env").read_text(), re.MULTILINE))
    assert named
    assert named <= SETTINGS


def test_the_environment_file_starts_a_site_that_is_fit_for_the_world(tmp_path):
    lines = (DEPLOY / "oopsweb.env").read_text().splitlines()
    settings = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    settings["OOPSWEB_DATA"] = str(tmp_path)
    done = check(settings)
    assert done.returncode == 2
    assert "OOPSWEB_SECRET_KEY: 11 characters are too few" in done.stderr
    done = check({**settings, "OOPSWEB_SECRET_KEY": secrets.token_urlsafe(48)})
    assert done.returncode == 0, done.stderr


def test_without_https_the_check_says_what_is_open(tmp_path):
    assert "security.W012" in check({"OOPSWEB_DATA": str(tmp_path)}).stderr


def test_compose_has_every_part_and_what_they_need():
    assert set(COMPOSE["services"]) == PARTS | {"postgres", "rabbitmq", "migrate"}


@pytest.mark.parametrize("name", OURS)
def test_a_composed_part_runs_a_command_with_settings_that_there_are(name):
    service = COMPOSE["services"][name]
    assert set(service["environment"]) <= SETTINGS
    options = parse(service["command"])
    assert name == "migrate" or options.part == name
    for volume in service.get("volumes", []):
        assert volume.split(":")[0] in COMPOSE["volumes"]
    for other in service["depends_on"]:
        assert other in COMPOSE["services"]
    assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).exists()


def test_the_image_copies_files_that_there_are_and_all_that_are_needed():
    text = (DEPLOY / "Dockerfile").read_text()
    copied = [word for line in re.findall(r"^COPY (.*)$", text, re.M) for word in line.split()[:-1]]
    assert {"manage.py", "oopsweb", "reports", "templates", "static"} <= set(copied)
    for name in copied:
        assert (TREE / name).exists()
    assert parse(["run", "web", "--host", "0.0.0.0"]).part == "web"
    assert '["run", "web", "--host", "0.0.0.0"]' in text


@pytest.mark.parametrize(
    "words", [[], ["all"], ["web", "--processes", "0"], ["web", "--port", "x"]]
)
def test_a_wrong_command_line_is_refused(words):
    parser = Run().create_parser("manage.py", "run")
    with pytest.raises(CommandError):
        parser.parse_args(words)


def test_a_consumer_without_a_broker_says_so(tmp_path):
    done = subprocess.run(
        [sys.executable, "manage.py", "run", "consumer"],
        env=make_environ(OOPSWEB_DATA=str(tmp_path)),
        cwd=TREE,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "OOPS_AMQP_URL is not set" in done.stderr


def test_the_web_server_runs_alone(tmp_path):
    port = find_free_port()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "run", "web", "--port", str(port), "--processes", "1"],
        env=make_environ(OOPSWEB_DATA=str(tmp_path)),
        cwd=TREE,
    )
    try:
        end = time.monotonic() + 60
        while True:
            assert time.monotonic() < end
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
                    assert answer.status == 200
                    break
            except OSError:
                time.sleep(0.1)
    finally:
        process.terminate()
        assert process.wait(30) == 0


def test_the_guide_names_files_and_commands_that_there_are():
    text = (TREE / "docs/deploy.md").read_text()
    for name in re.findall(r"deploy/[\w./-]*\w", text):
        assert (TREE / name).exists(), name
    ours = {path.stem for path in (TREE / "reports/management/commands").glob("*.py")}
    for name in re.findall(r"manage\.py (\w+)", text):
        assert name in ours | {"migrate", "check", "createsuperuser"}, name
