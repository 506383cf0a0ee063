"""The address that the site is served at: its socket, its names, and how to speak of it."""

from __future__ import annotations

import errno
import ipaddress
import socket

BACKLOG = 2048  # connections that wait while all threads are busy or the web server restarts

MAX_PORT = 65535


class CannotListen(Exception):
    """Why the socket cannot be had, and what to do, in one line."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket, to be inherited by the web server. Raises CannotListen."""
    if not 0 <= port <= MAX_PORT:
        raise CannotListen(f"{port} is no port: choose one from 1 to {MAX_PORT}")
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise CannotListen(_explain(error, host, port)) from None


def _explain(error: OSError, host: str, port: int) -> str:
    """What to do about it."""
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is taken. Stop what uses it, or choose another one: "
            f"--port {port + 1 if port < MAX_PORT else 8000}"
        )
    if error.errno == errno.EACCES:
        return f"Port {port} is for root only. Choose one from 1024 on: --port 8000"
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is no address of this machine. Choose another one: --host 127.0.0.1"
    return f"Cannot listen on {host}, port {port}: {error.strerror}"


def make_url(host: str, port: int) -> str:
    """Where a browser on this machine finds it."""
    shown = "127.0.0.1" if _is_everywhere(host) else host
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def find_names(host: str) -> list[str]:
    """The host names by which others may ask for it: all of this machine's where it is open."""
    names = {"localhost", "127.0.0.1", "[::1]"}
    if not _is_everywhere(host):
        return sorted(names | {f"[{host}]" if ":" in host else host})
    return sorted(names | {socket.gethostname(), socket.getfqdn()} | _find_outer_address())


def _find_outer_address() -> set[str]:
    """The address that this machine has for others; empty without a network. Sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # reserved for documentation: nobody is there
        except OSError:
            return set()
        return {str(probe.getsockname()[0])}


def _is_everywhere(host: str) -> bool:
    """Whether it means all addresses of the machine."""
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False
