"""Settings from the environment: read, checked, and refused in one clear line.

Pure functions from a mapping to values. No message ever repeats a URL's text,
since it may hold a password.
"""

from __future__ import annotations

import secrets
import sys
import zoneinfo
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import dj_database_url

Environment = Mapping[str, str]

MIN_SECRET_KEY_LENGTH = 32  # characters
QUEUE_TYPES = ("classic", "quorum")
AMQP_SCHEMES = ("amqp", "amqps", "pyamqp")
POSTGRESQL_SCHEMES = ("postgres", "postgresql", "pgsql")
CONSOLE = "django.core.mail.backends.console.EmailBackend"
FILES = "django.core.mail.backends.filebased.EmailBackend"
SMTP = "django.core.mail.backends.smtp.EmailBackend"
SMTP_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


class WrongValue(Exception):
    """A variable of the environment that cannot be used: which, why, and an example."""

    def __init__(self, name: str, problem: str, example: str) -> None:
        super().__init__(f"{name}: {problem}. Example: {name}={example}")
        self.name = name


@dataclass(frozen=True)
class Mail:
    """Where mails go, in the words of Django's EMAIL_… settings."""

    backend: str
    host: str = ""
    port: int = 25
    user: str = ""
    password: str = ""
    use_tls: bool = False
    use_ssl: bool = False
    folder: str | None = None
    sender: str | None = None


def stop(wrong: WrongValue) -> NoReturn:
    """Say what is wrong on stderr, in one line, and end with "wrong usage"."""
    sys.stderr.write(f"{wrong}\n")
    raise SystemExit(2)


def read_database(environ: Environment, name: str) -> dict[str, Any] | None:
    """One entry for Django's DATABASES; None where the variable is not set."""
    text = environ.get(name, "").strip()
    if not text:
        return None
    example = "postgresql://user:password@db.example.org:5432/oopsweb"
    parts = _split(name, text, example)
    if parts.scheme not in POSTGRESQL_SCHEMES:
        raise WrongValue(name, f"{parts.scheme or 'no'}:// is no PostgreSQL address", example)
    if not parts.path.strip("/"):
        raise WrongValue(name, "no database is named after the host", example)
    return dict(dj_database_url.parse(text, conn_max_age=600, conn_health_checks=True))


def make_impatient(database: Mapping[str, Any]) -> dict[str, Any]:
    """A database that is soon given up: there is another to go to. What the URL says stands."""
    options = {
        "connect_timeout": 2,  # seconds
        # A host that vanished answers nothing: find out after five seconds.
        "keepalives_idle": 5,  # seconds
        "keepalives_interval": 2,  # seconds
        "keepalives_count": 3,
        "tcp_user_timeout": 5000,  # milliseconds
    }
    return {**database, "OPTIONS": {**options, **database.get("OPTIONS", {})}}


def read_broker(environ: Environment, name: str) -> str | None:
    """An AMQP address, or several divided by `;` to fall back on; None where not set."""
    text = environ.get(name, "").strip()
    if not text:
        return None
    for part in text.split(";"):
        _check_amqp(name, part)
    return text


def read_queue_type(environ: Environment) -> str:
    """How queues are made in RabbitMQ; classic by default."""
    name = "OOPSWEB_QUEUE_TYPE"
    text = environ.get(name, "").strip() or QUEUE_TYPES[0]
    if text not in QUEUE_TYPES:
        raise WrongValue(name, f"{text!r} is no type of queue", QUEUE_TYPES[1])
    return text


def _check_amqp(name: str, text: str) -> None:
    """Refuse what is no AMQP address with a host."""
    example = "amqp://guest:guest@localhost:5672//"
    parts = _split(name, text, example)
    if parts.scheme not in AMQP_SCHEMES:
        raise WrongValue(name, f"{parts.scheme or 'no'}:// is no AMQP address", example)
    if not parts.hostname:
        raise WrongValue(name, "no host is named", example)


def read_base_url(environ: Environment, default: str) -> SplitResult:
    """Where readers reach the site: scheme, host and port, without a slash at the end."""
    name, example = "OOPSWEB_BASE_URL", "https://oops.example.org"
    text = environ.get(name, "").strip() or default
    parts = _split(name, text.rstrip("/"), example)
    if parts.scheme not in ("http", "https"):
        raise WrongValue(name, "it must start with http:// or https://", example)
    if not parts.hostname:
        raise WrongValue(name, "no host is named", example)
    if parts.path or parts.query or parts.fragment:
        raise WrongValue(name, "nothing may follow host and port", example)
    return parts


def read_hosts(environ: Environment, base_url: SplitResult) -> list[str]:
    """The host names that the site answers to; by default the base URL's and this machine's."""
    name = "OOPSWEB_ALLOWED_HOSTS"
    text = environ.get(name, "").strip()
    if not text:
        return sorted({base_url.hostname or "", "localhost", "127.0.0.1", "[::1]"} - {""})
    hosts = [host.strip() for host in text.split(",") if host.strip()]
    for host in hosts:
        if "/" in host or " " in host:
            raise WrongValue(name, f"{host!r} is no host name", "oops.example.org,localhost")
    return hosts


def read_time_zone(environ: Environment) -> str:
    """A name of the IANA time zone database; UTC by default."""
    name = "OOPSWEB_TIME_ZONE"
    text = environ.get(name, "").strip() or "UTC"
    try:
        zoneinfo.ZoneInfo(text)
    except (OSError, ValueError, zoneinfo.ZoneInfoNotFoundError):
        raise WrongValue(name, f"{text!r} is no known time zone", "Europe/Berlin") from None
    return text


def read_secret_key(environ: Environment, fallback: Callable[[], str]) -> str:
    """The key that signs sessions and links; `fallback()` where none is set."""
    name = "OOPSWEB_SECRET_KEY"
    text = environ.get(name, "").strip()
    if not text:
        return fallback()
    if len(text) < MIN_SECRET_KEY_LENGTH:
        problem = f"{len(text)} characters are too few, {MIN_SECRET_KEY_LENGTH} is the least"
        raise WrongValue(name, problem, secrets.token_urlsafe(48))
    return text


def read_mail(environ: Environment, default_folder: str) -> Mail:
    """Where mails go; by default into files in `default_folder`."""
    name, example = "EMAIL_URL", "smtp+tls://user:password@mail.example.org:587"
    text = environ.get(name, "").strip()
    if not text:
        return Mail(FILES, folder=default_folder)
    parts = _split(name, text, example)
    if parts.scheme == "console":
        return Mail(CONSOLE)
    if parts.scheme == "file":
        return Mail(FILES, folder=_read_folder(name, parts))
    if parts.scheme not in SMTP_PORTS:
        raise WrongValue(name, f"{parts.scheme or 'no'}:// is no known way to mail", example)
    if not parts.hostname:
        raise WrongValue(name, "no host is named", example)
    return _make_smtp(parts)


def _read_folder(name: str, parts: SplitResult) -> str:
    """The folder of a file: address."""
    if parts.netloc or not parts.path:
        raise WrongValue(name, "file: needs a full path", "file:///var/spool/oopsweb")
    return unquote(parts.path)


def _make_smtp(parts: SplitResult) -> Mail:
    """Mail settings of a checked smtp:, smtp+tls: or smtps: address."""
    return Mail(
        SMTP,
        host=parts.hostname or "",
        port=parts.port or SMTP_PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_tls=parts.scheme == "smtp+tls",
        use_ssl=parts.scheme == "smtps",
        sender=parse_qs(parts.query).get("from", [None])[0],
    )


def _split(name: str, text: str, example: str) -> SplitResult:
    """The parts of a URL; refused where it cannot be read or its port is no port."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise WrongValue(name, "it cannot be read as a URL", example) from None
    return parts
