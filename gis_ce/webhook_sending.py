"""One message to one address: signed as the Standard Webhooks say, and sent nowhere but where it may go."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import secrets
import socket
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import SplitResult, urlsplit

import httpx

from gis_ce.errors import WebhookRefused

_PREFIX = "whsec_"
_TIMEOUT_S = 10.0
_MOST_READ = 300
LONGEST_URL = 2_000


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of a try: whether it was taken, one sentence, and whether the address wants no more (410)."""

    taken: bool
    said: str
    gone: bool = False


def new_secret() -> str:
    """A secret in the form of the Standard Webhooks."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signature(secret: str, message: str, at: int, payload: str) -> str:
    """The header `webhook-signature` of a message: HMAC-SHA256 over its id, time and payload."""
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    digest = hmac.new(key, f"{message}.{at}.{payload}".encode(), hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def checked_url(url: str, inside: bool) -> SplitResult:
    """The parts of an address; raises WebhookRefused for one that nothing may be sent to.

    `inside` is true where the settings let messages go to this machine and the network around it, and then by plain
    http too.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise WebhookRefused(f"{url[:200]!r} is no address: {error}.") from error
    if len(url) > LONGEST_URL or not parts.hostname or port == 0 or not url.isprintable() or " " in url:
        raise WebhookRefused(f"{url[:200]!r} is no address; it is like https://HOST/PATH.")
    if parts.scheme != "https" and not (inside and parts.scheme == "http"):
        raise WebhookRefused(f"{url[:200]}: messages go by https only.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise WebhookRefused("An address for messages has no name, password or # in it.")
    return parts


def resolved(parts: SplitResult, inside: bool) -> str:
    """One IP address of a host, to which the message then goes; raises WebhookRefused.

    Every address of the name must be one of the open internet, and the connection is made to the very address that
    was looked at: a name cannot point elsewhere in between.
    """
    host, port = str(parts.hostname), parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise WebhookRefused(f"{host} cannot be found.") from error
    if not inside and (closed := [each for each in found if not is_open(each)]):
        raise WebhookRefused(
            f"{host} is {closed[0]}, which lies inside; set GIS_CE_WEBHOOKS_INSIDE where that is meant."
        )
    return found[0]


def is_open(address: str) -> bool:
    """Whether an IP address is one of the open internet, also behind an IPv6 address that stands for an IPv4 one."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is None and found in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(found) & 0xFFFF_FFFF)
        if inner is not None:
            return is_open(str(inner))
    return found.is_global and not found.is_multicast


def send(url: str, secret: str, message: str, payload: str, now: datetime, inside: bool) -> Sent:
    """Sends a message once. It is taken where the answer is 2xx; a redirect is not followed."""
    try:
        parts = checked_url(url, inside)
        address = resolved(parts, inside)
    except WebhookRefused as error:
        return Sent(False, str(error))
    at = int(now.timestamp())
    headers = {
        "Host": parts.netloc,
        "Content-Type": "application/json",
        "User-Agent": "GIS-CE webhooks",
        "webhook-id": message,
        "webhook-timestamp": str(at),
        "webhook-signature": signature(secret, message, at, payload),
    }
    shown = f"[{address}]" if ":" in address else address
    target = httpx.URL(url).copy_with(host=shown)
    extensions = {"sni_hostname": parts.hostname} if parts.scheme == "https" else {}
    try:
        with (
            httpx.Client(trust_env=False, timeout=_TIMEOUT_S, follow_redirects=False) as client,
            client.stream("POST", target, content=payload.encode(), headers=headers, extensions=extensions) as answer,
        ):
            return _came_of(answer)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        return Sent(False, f"not reached: {type(error).__name__} {error}".strip()[:_MOST_READ])


def _came_of(answer: httpx.Response) -> Sent:
    if answer.is_success:
        return Sent(True, f"taken: {answer.status_code}")
    if answer.is_redirect:
        return Sent(False, f"answered {answer.status_code}: redirects are not followed")
    return Sent(False, f"answered {answer.status_code}", gone=answer.status_code == httpx.codes.GONE)
