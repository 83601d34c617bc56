"""What a caller may see: every router gets a view that is already narrowed, so none can leak by forgetting."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from gis_ce.assess import assess, explain
from gis_ce.checks.check import Account, Check, Findings, Sites
from gis_ce.checks.locate_ticket import CHECK as LOCATE_TICKET
from gis_ce.checks.measuring import unmeasured
from gis_ce.city_rules import CityRules
from gis_ce.locate import AddressBook
from gis_ce.process import Process
from gis_ce.research import Research, research
from gis_ce.research_found import missing
from gis_ce.research_sources import SOURCES, Source
from layers.catalog import ROLE_BY_NAME
from layers.errors import LayerMissing
from layers.model import City, LayerDescription, LayerVersion
from layers.query import LayerQuery
from layers.reference import ReferenceTables

Caller = Literal["public", "crew", "staff"]
"""How layers are narrowed: public layers only; all of them without the names of owners; all of them."""
CALLERS: tuple[Caller, ...] = get_args(Caller)

FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
"""Headers that say a request came through a proxy: then the loopback address is the proxy's own."""

NOT_OPEN = "This cannot be answered here: it needs a layer or a name that is missing, or that is kept for staff."

_MAILING = ("mail_name", "mail_address", "mail_city", "mail_state", "mail_zip")
_PERSONAL = ("owner_name", "name", "firm", "contractor", *_MAILING)
OWNERS = ("owner_name", *_MAILING)
"""Fields that say who owns a parcel, and where their mail goes."""
_CUSTOMER = ("account", "name")
_LINKING = ("main_id", "account_id", "upstream_node", "downstream_node", "from_node", "to_node")
"""Fields that name features of other layers, which may be hidden."""
_PUBLIC_NAMES = ("street", "water_body", "jurisdiction")
_ENRICHED_BY_MORE = ("nearest_asset_and_address", "easement_encroachment")
"""Checks whose layers of `also` only add facts. Any other's can turn its answer: a hidden lateral has a zone
too, a hidden valve a clearance. A check that is not listed says nothing where one of them is hidden."""


@dataclass(frozen=True, slots=True)
class SeenLayer:
    """One layer that a caller may see."""

    version: LayerVersion
    description: LayerDescription


def caller_of(address: str | None, host: str, headers: Collection[str]) -> Literal["public", "staff"]:
    """Staff is who sits at this machine; everybody else is the public.

    `address` is the peer of the connection, never what a header claims. A request that names a
    proxy, or that was sent to another host name than this machine's own (a web page elsewhere can
    point its name here), is public even from the loopback address.
    """
    forwarded = any(name in headers for name in FORWARDED)
    return "staff" if _is_loopback(address) and _names_this_machine(host) and not forwarded else "public"


def _is_loopback(address: str | None) -> bool:
    try:
        found = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (mapped or found).is_loopback


def _names_this_machine(host: str) -> bool:
    name = host.rpartition("]")[0].lstrip("[") if host.startswith("[") else host.partition(":")[0]
    return name.lower() == "localhost" or _is_loopback(name)


def is_public(description: LayerDescription, city: City) -> bool:
    """Whether the public may see a layer.

    Both the published snapshot and the city file must say so, and a derived layer is public only if
    all that it was made from is: a strip along a main shows the main.
    """
    return description.audience == "public" and _declared_public(description.name, city, ())


def _declared_public(name: str, city: City, seen: tuple[str, ...]) -> bool:
    declared = city.layer(name)
    if declared is None or declared.audience != "public" or name in seen:
        return False
    inputs = declared.derivation.inputs if declared.derivation else ()
    return all(_declared_public(other, city, (*seen, name)) for other in inputs)


def works_on(process: Process, lanes: Collection[str]) -> bool:
    """Whether somebody in these lanes works on cases of a process, and so sees what a camera noted."""
    return not process.lanes.keys().isdisjoint(lanes)


class View:
    """All that one caller may ask of one set of layer versions.

    `layers` are the layers that may be seen, by name; `addresses` those that may be looked up. A
    check that would need a hidden layer, or the names of persons and firms, is not run for the
    public: it is undecided, and says nothing of what the layer holds.
    """

    def __init__(
        self,
        caller: Caller,
        query: LayerQuery,
        layers: Mapping[str, SeenLayer],
        hidden_roles: Collection[str],
        rules: CityRules,
        tables: ReferenceTables,
    ) -> None:
        self.caller = caller
        self.query = query
        self.tables = tables
        self.layers = dict(layers)
        self.rulebook = rules.rulebook
        self.confidence = rules.confidence
        self.addresses = AddressBook(query, rules.doubts)
        self._hidden = frozenset(hidden_roles)

    def layer(self, name: str) -> SeenLayer:
        """The layer of that name; raises LayerMissing alike for unknown and for hidden ones."""
        if name not in self.layers:
            raise LayerMissing(f"There is no layer {name!r} here; GET /layers lists those that there are.")
        return self.layers[name]

    def fields(self, role_fields: Sequence[str], role: str) -> tuple[str, ...]:
        """The fields of a role that the caller may read."""
        if self.caller == "staff":
            return tuple(role_fields)
        if self.caller == "crew":
            return tuple(name for name in role_fields if name not in OWNERS and (role, name) != _CUSTOMER)
        allowed = [name for name in role_fields if name not in _LINKING]
        return tuple(name for name in allowed if name not in _PERSONAL or (name == "name" and role in _PUBLIC_NAMES))

    def tells_owners(self, role: str) -> bool:
        """Whether what the caller reads of a role holds names of owners or customers."""
        named = {field.name for field in ROLE_BY_NAME[role].fields}
        return self.caller == "staff" and (role == _CUSTOMER[0] or not named.isdisjoint(OWNERS))

    def may_answer(self, check: Check) -> bool:
        """Whether all that decides a check is open to the caller."""
        deciding = {*check.roles, *(() if check.name in _ENRICHED_BY_MORE else check.also)}
        return not deciding & self._hidden and not self._names_hidden_in(check)

    def _names_hidden_in(self, check: Check) -> bool:
        """Whether a check reads names that the caller may not: the public no names, a crew no owners'."""
        if self.caller == "crew":
            return not {*OWNERS}.isdisjoint(check.personal)
        return self.caller == "public" and bool(check.personal)

    def assess(self, sites: Sites, checks: Sequence[Check]) -> dict[str, Findings]:
        """The findings of each check for all sites at once; not open ones are undecided."""
        open_checks = [check for check in checks if self.may_answer(check)]
        found: dict[str, Findings] = {}
        for query, together in self._by_query(open_checks):
            found |= assess(sites, query, self.rulebook, together, self.confidence)
        return {check.name: found.get(check.name) or self._refused(check, sites) for check in checks}

    def explain(self, check: Check, sites: Sites, findings: Findings, row: int) -> Account:
        """One answer in words and pictures."""
        if not self.may_answer(check):
            return Account(f"{check.question} Undecided. {NOT_OPEN}", ())
        return explain(check, sites, self._query_for(check), findings, row)

    def research(self, sites: Sites) -> Research:
        """What is on record about each site; what is kept for staff reads as missing to others.

        The public asks by place and parcel: naming an account or a facility would tell whether there is one.
        """
        if self.caller == "public":
            asked = {"parcel_id": sites.detail("parcel_id")}
            sites = Sites(sites.place, sites.structure, sites.sigma_ft, sites.day, asked)
        found = research(sites, self.query, self.tables, self.rulebook, self.confidence)
        refused = {source.name: missing(source, sites.day, NOT_OPEN) for source in SOURCES if not self.may_read(source)}
        ticket = found.ticket if self.may_answer(LOCATE_TICKET) else self._refused(LOCATE_TICKET, sites)
        return replace(found, found={**found.found, **refused}, ticket=ticket)

    def may_read(self, source: Source) -> bool:
        """Whether a source of research is open to the caller: all of it, since a part would mislead."""
        return self.caller == "staff" or not (source.for_staff or source.role in self._hidden)

    def _by_query(self, checks: Sequence[Check]) -> list[tuple[LayerQuery, list[Check]]]:
        """Checks that are asked of the same layers, together."""
        whole = [check for check in checks if self._query_for(check) is self.query]
        others = [(self._query_for(check), [check]) for check in checks if check not in whole]
        return [(self.query, whole), *others]

    def _query_for(self, check: Check) -> LayerQuery:
        """All open layers; for an answer, without those of which a part is hidden: half of them would mislead."""
        partly = self._hidden & set(check.also) if check.answers else frozenset()
        return self.query.narrowed(set(self.query.roles) - partly) if partly else self.query

    def _refused(self, check: Check, sites: Sites) -> Findings:
        count = len(sites)
        chosen = self.rulebook.choose(check.rule_subject, sites.day)
        return Findings(
            check=check.name,
            answers=check.answers,
            answer=np.full(count, -1, dtype=np.int8),
            probability=np.full(count, np.nan),
            sigma_ft=np.full(count, np.nan),
            reason=np.zeros(count, dtype=np.int16),
            reasons=(NOT_OPEN,),
            measures=unmeasured(count, chosen),
            versions={},
        )


def narrowed(
    caller: Caller, layers: Mapping[str, SeenLayer], city: City
) -> tuple[dict[str, SeenLayer], frozenset[str]]:
    """The layers that a caller may see, and the roles of which something stays hidden."""
    if caller != "public":
        return dict(layers), frozenset()
    seen = {name: layer for name, layer in layers.items() if is_public(layer.description, city)}
    hidden = frozenset(layer.description.role for name, layer in layers.items() if name not in seen)
    return seen, hidden
