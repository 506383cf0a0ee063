from __future__ import annotations

import socket

import pytest

from oopsweb.listening import CannotListen, find_names, listen, make_url


def test_a_taken_port_is_refused_with_what_to_do() -> None:
    with listen("127.0.0.1", 0) as other:
        port = other.getsockname()[1]
        with pytest.raises(CannotListen, match=rf"Port {port} on 127\.0\.0\.1 is taken\. .*--port"):
            listen("127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.7", "no such host"])
def test_an_address_that_is_not_ours_is_refused(host: str) -> None:
    with pytest.raises(CannotListen, match="is no address of this machine"):
        listen(host, 0)


def test_an_impossible_port_is_refused() -> None:
    with pytest.raises(CannotListen):
        listen("127.0.0.1", 70_000)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::1", "http://[::1]:8000"),
        ("oops.example.org", "http://oops.example.org:8000"),
    ],
)
def test_the_address_is_one_that_a_browser_can_open(host: str, url: str) -> None:
    assert make_url(host, 8000) == url


def test_open_to_all_it_answers_to_the_machines_name() -> None:
    assert socket.gethostname() in find_names("0.0.0.0")
    assert socket.gethostname() not in find_names("127.0.0.1")
