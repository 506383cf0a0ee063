"""Each wrong value is refused in one line that names the variable and shows a right one."""

from __future__ import annotations

import pytest

from oopsweb import environment
from oopsweb.environment import WrongValue

DEFAULT_URL = "http://127.0.0.1:8000"


def read_base_url(text: str) -> str:
    return environment.read_base_url({"OOPSWEB_BASE_URL": text}, DEFAULT_URL).geturl()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("mysql://db/oopsweb", "mysql:// is no PostgreSQL address"),
        ("db.example.org", "no:// is no PostgreSQL address"),
        ("postgresql://db.example.org", "no database is named"),
        ("postgresql://db:port/oopsweb", "cannot be read as a URL"),
        ("postgresql://[db/oopsweb", "cannot be read as a URL"),
    ],
)
def test_a_wrong_database_url_is_refused(text: str, problem: str) -> None:
    with pytest.raises(WrongValue, match=problem) as caught:
        environment.read_database({"DATABASE_URL": text}, "DATABASE_URL")
    said = str(caught.value)
    assert said.startswith("DATABASE_URL: ")
    assert "Example: DATABASE_URL=postgresql://" in said
    assert "\n" not in said


def test_queues_are_classic_unless_quorum_is_asked_for() -> None:
    assert environment.read_queue_type({}) == "classic"
    assert environment.read_queue_type({"OOPSWEB_QUEUE_TYPE": "quorum"}) == "quorum"
    with pytest.raises(WrongValue, match=r"'lazy' is no type.*OOPSWEB_QUEUE_TYPE=quorum"):
        environment.read_queue_type({"OOPSWEB_QUEUE_TYPE": "lazy"})


def test_no_message_repeats_a_password() -> None:
    with pytest.raises(WrongValue) as caught:
        environment.read_database({"DATABASE_URL": "mysql://me:hunter2@db/x"}, "DATABASE_URL")
    assert "hunter2" not in str(caught.value)


def test_no_database_url_means_the_embedded_one() -> None:
    assert environment.read_database({"DATABASE_URL": "  "}, "DATABASE_URL") is None


def test_a_standby_is_soon_given_up_unless_its_url_says_otherwise() -> None:
    name = "DATABASE_REPLICA_URL"
    entry = environment.read_database({name: "postgresql://db/oops?connect_timeout=9"}, name)
    assert entry is not None
    options = environment.make_impatient(entry)["OPTIONS"]
    assert (options["connect_timeout"], options["tcp_user_timeout"]) == (9, 5000)


def test_a_database_url_is_taken_apart() -> None:
    entry = environment.read_database(
        {"DATABASE_URL": "postgresql://me:a%40b@db:5433/oops"}, "DATABASE_URL"
    )
    assert entry is not None
    assert (entry["HOST"], entry["PORT"], entry["NAME"]) == ("db", 5433, "oops")
    assert entry["PASSWORD"] == "a@b"
    assert entry["CONN_HEALTH_CHECKS"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("redis://localhost", "redis:// is no AMQP address"),
        ("localhost:5672", "is no AMQP address"),
        ("amqp://", "no host is named"),
        ("amqp://one//;http://two", "http:// is no AMQP address"),
    ],
)
def test_a_wrong_broker_url_is_refused(text: str, problem: str) -> None:
    with pytest.raises(WrongValue, match=f"^OOPS_AMQP_URL: .*{problem}"):
        environment.read_broker({"OOPS_AMQP_URL": text}, "OOPS_AMQP_URL")


def test_several_brokers_may_stand_in_for_each_other() -> None:
    text = "amqp://one//;amqp://two//"
    assert environment.read_broker({"BROKER_URL": text}, "BROKER_URL") == text


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("oops.example.org", "must start with http"),
        ("ftp://oops.example.org", "must start with http"),
        ("https://", "no host is named"),
        ("https://oops.example.org/below", "nothing may follow"),
        ("https://oops.example.org:x", "cannot be read"),
    ],
)
def test_a_wrong_base_url_is_refused(text: str, problem: str) -> None:
    with pytest.raises(WrongValue, match=problem):
        read_base_url(text)


def test_a_slash_at_the_end_of_the_base_url_is_forgiven() -> None:
    assert read_base_url("https://oops.example.org/") == "https://oops.example.org"


@pytest.mark.parametrize("text", ["http://oops.example.org", "a b", "ok.example.org,x/y"])
def test_what_is_no_host_name_is_refused(text: str) -> None:
    base_url = environment.read_base_url({}, DEFAULT_URL)
    with pytest.raises(WrongValue, match="is no host name"):
        environment.read_hosts({"OOPSWEB_ALLOWED_HOSTS": text}, base_url)


def test_by_default_the_site_answers_to_its_own_names_only() -> None:
    base_url = environment.read_base_url({}, "https://oops.example.org")
    hosts = environment.read_hosts({}, base_url)
    assert hosts == ["127.0.0.1", "[::1]", "localhost", "oops.example.org"]


@pytest.mark.parametrize("text", ["Mars", "../etc/passwd", "/etc/localtime", "Europe"])
def test_an_unknown_time_zone_is_refused(text: str) -> None:
    with pytest.raises(WrongValue, match="is no known time zone"):
        environment.read_time_zone({"OOPSWEB_TIME_ZONE": text})


def test_a_short_secret_key_is_refused_with_a_fresh_long_one() -> None:
    with pytest.raises(WrongValue, match="6 characters are too few") as caught:
        environment.read_secret_key({"OOPSWEB_SECRET_KEY": "secret"}, lambda: "")
    assert "'secret'" not in str(caught.value)
    assert len(str(caught.value).rpartition("=")[2]) > 32


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("mail.example.org", "no:// is no known way to mail"),
        ("imap://mail.example.org", "imap:// is no known way to mail"),
        ("smtp://", "no host is named"),
        ("file://spool/mail", "needs a full path"),
        ("smtp://mail:none", "cannot be read as a URL"),
    ],
)
def test_a_wrong_email_url_is_refused(text: str, problem: str) -> None:
    with pytest.raises(WrongValue, match=f"^EMAIL_URL: .*{problem}"):
        environment.read_mail({"EMAIL_URL": text}, "/mail")


@pytest.mark.parametrize(
    ("text", "port", "tls", "ssl"),
    [
        ("smtp://mail", 25, False, False),
        ("smtp+tls://mail", 587, True, False),
        ("smtps://mail", 465, False, True),
        ("smtp+tls://mail:2525", 2525, True, False),
    ],
)
def test_each_way_to_mail_has_its_port(text: str, port: int, tls: bool, ssl: bool) -> None:
    mail = environment.read_mail({"EMAIL_URL": text}, "/mail")
    assert (mail.port, mail.use_tls, mail.use_ssl) == (port, tls, ssl)


def test_without_a_mail_server_mails_go_to_files() -> None:
    assert environment.read_mail({}, "/mail").folder == "/mail"


def test_a_wrong_value_ends_the_process_as_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        environment.stop(WrongValue("A", "is wrong", "b"))
    assert caught.value.code == 2
    assert capsys.readouterr().err == "A: is wrong. Example: A=b\n"
