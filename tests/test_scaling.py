"""The network of the scaling trial: made of namespaces, and gone afterwards."""

from __future__ import annotations

import subprocess

import pytest

from bench.scaling import Line, Used, can_make_namespaces, make_hosts


@pytest.mark.skipif(not can_make_namespaces(), reason="no network namespaces are allowed here")
def test_hosts_have_addresses_of_their_own_and_are_gone_afterwards():
    with make_hosts(["db", "web"], "namespaces") as hosts:
        seen = {
            name: subprocess.run(
                [*host.prefix, "ip", "-o", "-4", "addr"], capture_output=True, text=True, check=True
            ).stdout
            for name, host in hosts.items()
        }
        for name, host in hosts.items():
            assert [other for other in seen if f" {host.address}/" in seen[other]] == [name]
        spaces = [host.prefix[-1] for host in hosts.values()]
    left = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True).stdout
    assert not [space for space in spaces if space in left]


def test_where_no_namespaces_are_allowed_each_host_has_a_loopback_address():
    with make_hosts(["db", "web"], "addresses") as hosts:
        assert len({host.address for host in hosts.values()}) == 2
        assert all(host.address.startswith("127.") for host in hosts.values())


def test_a_line_counts_the_product_and_the_brokers_apart():
    line = str(Line("live", 2, 1000, 2.0, Used(1.5, 0.5), "200 standby: 7"))
    assert line.split() == [
        "live",
        "2",
        "1,000",
        "500",
        "1.50",
        "0.50",
        "1.00",
        "200",
        "standby:",
        "7",
    ]
