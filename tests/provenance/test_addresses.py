"""Which addresses count as public: one line for each way in that has been used."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.addresses import PublicOnly, UnsafeAllowAll, address_allowed

PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.216.34",
    "172.15.255.255",
    "172.32.0.1",
    "100.63.255.255",
    "100.128.0.1",
    "168.63.129.15",
    "223.255.255.255",
    "2606:4700:4700::1111",
    "2001:4860:4860::8888",
    "2a00:1450:4001:81b::200e",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
]

NOT_PUBLIC = {
    "loopback": ["127.0.0.1", "127.255.255.254", "::1"],
    "this network": ["0.0.0.0", "0.1.2.3", "::"],  # noqa: S104 - refused, not bound to
    "private": ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fd00::1", "fc00::"],
    "carrier-grade NAT": ["100.64.0.1", "100.127.255.255"],
    "link-local": ["169.254.1.1", "fe80::1", "fe80::1%eth0", "2606:4700::1111%1"],
    "site-local": ["fec0::1"],
    "metadata servers": [
        "169.254.169.254",
        "169.254.170.2",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "fd00:ec2::254",
        "fd20:ce::254",
    ],
    "multicast": ["224.0.0.1", "239.255.255.250", "ff02::1", "ff0e::1"],
    "reserved": ["240.0.0.1", "255.255.255.255", "4000::1", "5f00::1", "100::1"],
    "documentation": ["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"],
    "benchmarking": ["198.18.0.1", "198.19.255.255", "2001:2::1"],
    "IPv4-mapped": ["::ffff:10.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254"],
    "IPv4-compatible": ["::127.0.0.1", "::8.8.8.8"],
    "IPv4-translated": ["::ffff:0:127.0.0.1"],
    "NAT64": ["64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b::a9fe:a9fe"],
    "local-use NAT64": ["64:ff9b:1::7f00:1", "64:ff9b:1:7f00:0:100::", "64:ff9b:1::808:808"],
    "6to4": ["2002:7f00:1::", "2002:a00:1::1", "2002:808:808::1", "192.88.99.1"],
    "Teredo": ["2001:0:4136:e378:8000:63bf:80ff:fffe", "2001:0:7f00:1::"],
    "ISATAP": ["2606:4700::5efe:10.0.0.1", "2606:4700::200:5efe:7f00:1", "fe80::5efe:127.0.0.1"],
    "ORCHID": ["2001:20::1"],
}


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_allowed(address):
    assert address_allowed(address)
    assert address_allowed(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    ("kind", "address"), [(kind, one) for kind, every in NOT_PUBLIC.items() for one in every]
)
def test_everything_else_is_refused(kind, address):
    assert not address_allowed(address)
    assert not address_allowed(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "text", ["", "localhost", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "[::1]", "1.1.1.1:80"]
)
def test_text_that_is_no_address_is_refused(text):
    """Other notations of IPv4 are never guessed at here: the resolver reads them as it will."""
    assert not address_allowed(text)


@given(st.ip_addresses(v=6))
def test_no_private_ipv4_hides_in_an_allowed_ipv6(address):
    for inside in (address.ipv4_mapped, address.sixtofour, *(address.teredo or ())):
        if inside is not None and address_allowed(address):
            assert address_allowed(inside)


@given(st.ip_addresses(v=4))
def test_an_ipv4_is_judged_alike_in_every_wrapping_that_is_allowed_at_all(address):
    for prefix in ("::ffff:", "64:ff9b::"):
        assert address_allowed(f"{prefix}{address}") == address_allowed(address)
    for prefix in ("::", "2606:4700::5efe:", "64:ff9b:1::"):
        assert not address_allowed(f"{prefix}{address}")
    assert address_allowed(address) <= address.is_global


def test_the_default_policy_takes_the_ports_of_the_web_only():
    assert PublicOnly().allows_port(443)
    assert not PublicOnly().allows_port(22)
    assert PublicOnly(ports=frozenset({8443})).allows_port(8443)


def test_the_unsafe_policy_says_so_each_time(caplog):
    assert UnsafeAllowAll().allows_address(ipaddress.ip_address("127.0.0.1"))
    assert "unsafe" in caplog.text
