"""Where a request comes from."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from aiohttp import web

Network = IPv4Network | IPv6Network


def client_address(request: web.Request, trusted: tuple[Network, ...]) -> str:
    """The address of whoever asks: that of the connection, or what a trusted proxy says of its client.

    Of ``X-Forwarded-For`` the last address counts that is not itself a trusted proxy's: those before it are the
    client's own words.
    """
    address = _parsed(request.remote or "")
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    while address is not None and forwarded and any(address in network for network in trusted):
        nearer = _parsed(forwarded.pop())
        if nearer is None:
            break
        address = nearer
    return str(address) if address is not None else request.remote or "?"


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address
