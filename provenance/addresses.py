"""Which IP addresses Assay may connect to: public internet hosts, and nothing inside a network.

Follows the IANA special-purpose address registries for IPv4 and IPv6 (RFC 6890 and its updates).
The tables are our own, beside `ipaddress.is_global`: what that property covers differs between
patch releases of Python, and it calls multicast, NAT64 and Azure's metadata server global.

An IPv6 address may carry an IPv4 address that the network will really connect to:

- IPv4-mapped (`::ffff:0:0/96`) and NAT64 (`64:ff9b::/96`, RFC 6052) are in daily use, so they are
  judged by the IPv4 address inside;
- 6to4, Teredo, ISATAP, IPv4-compatible and local-use NAT64 (`64:ff9b:1::/48`, RFC 8215) lead into
  tunnels or to a translator of this network. No public server lives there: refused, whatever the
  address inside.

A network-specific NAT64 prefix (RFC 6052 section 3.2) looks like any public address and cannot be
recognised here; where one is in use the egress firewall has to do it.
"""

from __future__ import annotations

import ipaddress
import logging
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Protocol

__all__ = ["AddressPolicy", "PublicOnly", "UnsafeAllowAll", "address_allowed"]

log = logging.getLogger(__name__)

IPAddress = IPv4Address | IPv6Address

REFUSED_V4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network: Linux connects 0.0.0.0 to itself
        "10.0.0.0/8",  # private use
        "100.64.0.0/10",  # carrier-grade NAT; Alibaba's metadata server
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # Azure's wire server: a public number that is never public
        "169.254.0.0/16",  # link-local: the metadata servers of most clouds
        "172.16.0.0/12",  # private use
        "192.0.0.0/24",  # protocol assignments; Oracle's metadata server
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays, deprecated
        "192.168.0.0/16",  # private use
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and the limited broadcast
    )
)

GLOBAL_UNICAST_V6 = ipaddress.IPv6Network("2000::/3")
"""All IANA has opened; loopback, link-local, site-local, private and multicast lie outside."""

REFUSED_V6 = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments: Teredo, benchmarking, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation
    )
)

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
ISATAP_INTERFACES = frozenset({0x00005EFE, 0x02005EFE})
"""Upper half of the interface identifier of an ISATAP address (RFC 5214 section 6.1)."""


class AddressPolicy(Protocol):
    """Decides where a fetch may connect."""

    def allows_address(self, address: IPAddress) -> bool:
        """Whether a connection to this address may be opened."""
        ...

    def allows_port(self, port: int) -> bool:
        """Whether a URL may name this port."""
        ...


@dataclass(frozen=True, slots=True)
class PublicOnly:
    """Public addresses on the ports of the web: the policy for every URL that came from outside."""

    ports: frozenset[int] = frozenset({80, 443})

    def allows_address(self, address: IPAddress) -> bool:
        """Whether the address is a public one."""
        return address_allowed(address)

    def allows_port(self, port: int) -> bool:
        """Whether the port is one of `ports`."""
        return port in self.ports


@dataclass(frozen=True, slots=True)
class UnsafeAllowAll:
    """Every address and port, the machine's own included. For tests against loopback servers."""

    def allows_address(self, address: IPAddress) -> bool:
        """Always true, and said in the log."""
        log.warning("unsafe fetch: connecting to %s unchecked", address)
        return True

    def allows_port(self, port: int) -> bool:
        """Always true."""
        return True


def address_allowed(address: str | IPAddress) -> bool:
    """Whether this is the address of a host on the public internet.

    Args:
        address: an IP address, or its text. Text that is no IP address, in the strict notation of
            `ipaddress`, is refused; so is an address with a zone (`fe80::1%eth0`).
    """
    if isinstance(address, str):
        try:
            address = ipaddress.ip_address(address)
        except ValueError:
            return False
    if isinstance(address, IPv4Address):
        return _public_v4(address)
    return _public_v6(address)


def _public_v4(address: IPv4Address) -> bool:
    return address.is_global and not any(address in network for network in REFUSED_V4)


def _public_v6(address: IPv6Address) -> bool:
    if address.scope_id is not None:
        return False
    if address.ipv4_mapped is not None:
        return _public_v4(address.ipv4_mapped)
    if address in NAT64:
        return _public_v4(IPv4Address(int(address) & 0xFFFFFFFF))
    if (int(address) >> 32) & 0xFFFFFFFF in ISATAP_INTERFACES:
        return False
    if any(address in network for network in REFUSED_V6):
        return False
    return address in GLOBAL_UNICAST_V6 and address.is_global
