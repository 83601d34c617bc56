"""The provider through which people sign in, as the settings name it; a mistake in them is said at the start."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from api.errors import ApiError
from api.settings import Settings
from gis_ce.roles import STAFF_ROLES


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """One provider; `roles` has the role of each group that counts."""

    issuer: str
    client: str
    secret: str | None
    scopes: str
    name_claim: str
    roles_claim: str
    roles: Mapping[str, str]


def oidc_settings(settings: Settings) -> OidcSettings | None:
    """The provider of the settings, None without one; raises ApiError for settings that cannot be."""
    if settings.oidc_issuer is None:
        return None
    refuse_open_line(settings.oidc_issuer, "GIS_CE_OIDC_ISSUER")
    if not settings.oidc_client:
        raise ApiError("GIS_CE_OIDC_CLIENT is missing: say what the provider calls this service.")
    if "openid" not in settings.oidc_scopes.split():
        raise ApiError("GIS_CE_OIDC_SCOPES needs the scope openid.")
    return OidcSettings(
        settings.oidc_issuer,
        settings.oidc_client,
        settings.oidc_secret,
        settings.oidc_scopes,
        settings.oidc_name_claim,
        settings.oidc_roles_claim,
        _roles(settings.oidc_roles or ""),
    )


def refuse_open_line(address: object, what: str) -> None:
    """Raises ApiError for an address without TLS, unless it is this machine's own: tokens would be read on the way."""
    parts = urlsplit(str(address))
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme != "http" or not _is_this_machine(parts.hostname or ""):
        raise ApiError(f"{what}: {str(address)[:200]!r} must begin with https (http only for this machine itself).")


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _roles(said: str) -> dict[str, str]:
    found = {}
    for part in (part.strip() for part in said.split(",") if part.strip()):
        group, equals, role = (word.strip() for word in part.rpartition("="))
        if not equals or not group or role not in STAFF_ROLES:
            raise ApiError(f"GIS_CE_OIDC_ROLES: {part!r} is no GROUP=ROLE; the roles are: {', '.join(STAFF_ROLES)}.")
        found[group] = role
    if not found:
        raise ApiError("GIS_CE_OIDC_ROLES is missing: say which role each group has, as in `Code Enforcement=officer`.")
    return found
