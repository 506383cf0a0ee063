"""The processes that make up the running site, as `manage.py serve` and `run` start them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from oopsweb.supervisor import Child

TREE = Path(__file__).resolve().parent.parent
WEB_PROCESSES = 2
WEB_THREADS = 8  # each; most of them wait for PostgreSQL or a slow sender
WORKERS = 2
# Seconds after which a web process that shows no sign of life is replaced.
WEB_TIMEOUT_S = 60
# Seconds for requests under way when the site is stopped.
WEB_GRACE_S = 5
# Seconds for a batch under way; one that is cut short is done again. Celery itself
# would wait five more for processes that are gone already.
WORKER_GRACE_S = 2.5
# Seconds an idle sender keeps its connection.
KEEP_ALIVE_S = 15


def make_web(environ: Mapping[str, str], listener: int, processes: int = WEB_PROCESSES) -> Child:
    """The web server, on a socket that outlives it: while it restarts, callers wait."""
    command = [sys.executable, "-m", "gunicorn", "oopsweb.wsgi", "--bind", f"fd://{listener}"]
    command += ["--worker-class", "gthread", "--workers", str(processes)]
    # A paragraph that somebody pastes into the search box goes into the address.
    command += ["--limit-request-line", "8190"]
    command += ["--threads", str(WEB_THREADS), "--timeout", str(WEB_TIMEOUT_S)]
    command += ["--graceful-timeout", str(WEB_GRACE_S), "--keep-alive", str(KEEP_ALIVE_S)]
    # Loaded once and shared. No control socket: its place would be the home folder.
    command += ["--preload", "--no-control-socket", "--log-level", "warning"]
    if Path("/dev/shm").is_dir():  # noqa: S108 - a sign of life must not wait for a disk
        command += ["--worker-tmp-dir", "/dev/shm"]  # noqa: S108
    return Child("web", command, environ, descriptors=[listener])


def make_worker(environ: Mapping[str, str], processes: int = WORKERS) -> Child:
    """Celery's workers."""
    command = [*_celery(), "worker", "--loglevel", "WARNING", "--concurrency", str(processes)]
    command += ["--without-gossip", "--without-mingle"]
    return Child("worker", command, environ, grace_s=WORKER_GRACE_S)


def make_beat(environ: Mapping[str, str]) -> Child:
    """What tells the workers when something is due."""
    return Child("beat", [*_celery(), "beat", "--loglevel", "WARNING", "--pidfile="], environ)


def make_consumer(environ: Mapping[str, str]) -> Child:
    """What takes reports from AMQP."""
    return Child("amqp", [*_manage(), "consume_amqp"], environ)


def make_samples(environ: Mapping[str, str], url: str, token: str) -> Child:
    """What sends sample reports, once."""
    command = [*_manage(), "samples", "--url", url, "--token", token]
    return Child("samples", command, environ, is_restarted=False)


def _celery() -> list[str]:
    """Celery with this project's app, without its banner."""
    return [sys.executable, "-m", "celery", "--quiet", "-A", "oopsweb.celery"]


def _manage() -> list[str]:
    """This project's commands."""
    return [sys.executable, str(TREE / "manage.py")]
