"""From which address of the network a request comes, for counting and for limits; it never makes anybody staff."""

from __future__ import annotations

import ipaddress

from fastapi import Request


def address_of(request: Request) -> str:
    """The peer's address; behind a proxy on this machine the one that the proxy saw (the last of X-Forwarded-For).

    Of an IPv6 address its network of 64 bits: one household has all of it.
    """
    peer = request.client.host if request.client else ""
    seen = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    found = _parsed(peer)
    if found is not None and found.is_loopback and _parsed(seen) is not None:
        found = _parsed(seen)
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found or peer)


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
