"""Which addresses belong to the public internet, and which exceptions there are."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_NOT_FOR_US = (
    IPv4Network("192.0.0.0/24"),  # assignments of the IETF
    IPv4Network("192.88.99.0/24"),  # relays from IPv6, given up
    IPv4Network("168.63.129.16/32"),  # what a cloud shows to the machines in it alone
)
_UNICAST = IPv6Network("2000::/3")
_NOT_FOR_US_6 = (
    IPv6Network("2001::/23"),  # assignments of the IETF, tunnels among them
    IPv6Network("2001:db8::/32"),
    IPv6Network("3fff::/20"),
)
_TRANSLATED = IPv6Network("64:ff9b::/96")


def is_public(address: Address) -> bool:
    """Whether this address is somebody's on the public internet; what carries an IPv4 address within is as that is."""
    if isinstance(address, IPv4Address):
        return (
            address.is_global
            and not (address.is_multicast or address.is_reserved)
            and not any(address in network for network in _NOT_FOR_US)
        )
    within = address.ipv4_mapped or address.sixtofour or _translated(address)
    if within is not None:
        return is_public(within)
    return address in _UNICAST and not any(address in network for network in _NOT_FOR_US_6)


def read_address(text: str) -> Address | None:
    """The address that this text is, without the name of an interface; None where it is none."""
    try:
        return ip_address(text.partition("%")[0])
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Exceptions:
    """Hosts and networks of one's own that may be called although they are not public.

    A host counts by its name, whatever it means; one that begins with a dot stands for all names that end so.
    """

    hosts: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    @classmethod
    def read(cls, entries: Iterable[str]) -> "Exceptions":
        """From names, addresses and networks as people write them."""
        hosts, networks = set(), []
        for entry in entries:
            try:
                networks.append(ip_network(entry.strip("[]"), strict=False))
            except ValueError:
                hosts.add(plain_host(entry))
        return cls(frozenset(hosts), tuple(networks))

    def admit(self, host: str, address: Address) -> bool:
        """Whether this address, that the host's name means, is an exception."""
        host = plain_host(host)
        return (
            host in self.hosts
            or any(name.startswith(".") and host.endswith(name) for name in self.hosts)
            or any(address in network for network in self.networks)
        )


def plain_host(name: str) -> str:
    """A host's name in the one form in which names are compared."""
    return name.strip().rstrip(".").lower()


def _translated(address: IPv6Address) -> IPv4Address | None:
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in _TRANSLATED else None
