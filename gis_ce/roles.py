"""Roles: which lanes of the process maps each one acts in, which cases it sees, and whose names it may read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Cases = Literal["none", "of_lanes", "all"]
"""Which cases somebody sees: of no kind, of the kinds in which their lanes work, or all."""
_MORE: tuple[Cases, ...] = ("none", "of_lanes", "all")


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody may see and do beyond what the public may.

    `owners` are the names and addresses of owners and customers, `reporters` those of who complained or lives
    there. `administers` is for accounts, keys, definitions, old cases and the log of accesses.
    """

    staff: bool = False
    cases: Cases = "none"
    owners: bool = False
    reporters: bool = False
    administers: bool = False

    def with_those_of(self, other: Rights) -> Rights:
        """All that either gives."""
        return Rights(
            self.staff or other.staff,
            max(self.cases, other.cases, key=_MORE.index),
            self.owners or other.owners,
            self.reporters or other.reporters,
            self.administers or other.administers,
        )


@dataclass(frozen=True, slots=True)
class Role:
    """One role, and the lanes of the shipped process maps in which it acts."""

    name: str
    title: str
    lanes: tuple[str, ...]
    rights: Rights


PUBLIC = "public"
_LEAST_OF_STAFF = "field"
_ALL = Rights(staff=True, cases="all", owners=True, reporters=True)

ROLES: tuple[Role, ...] = (
    Role(PUBLIC, "Public", ("owner", "reporter", "requestor"), Rights()),
    Role("field", "Field staff", ("field", "wd", "sm", "meters"), Rights(staff=True, cases="of_lanes")),
    Role("engineer", "Engineer", ("internal",), Rights(staff=True, cases="all", owners=True)),
    Role("officer", "Code enforcement officer", ("ce",), _ALL),
    Role("manager", "Manager", ("director", "emt"), _ALL),
    Role("admin", "Administrator", ("admin",), Rights(staff=True, administers=True)),
)
"""All there are, from the least to the most. Somebody with several has what each of them gives."""
ROLE_NAMES = tuple(role.name for role in ROLES)
STAFF_ROLES = ROLE_NAMES[1:]
_BY_NAME = {role.name: role for role in ROLES}


@dataclass(frozen=True, slots=True)
class LaneRoles:
    """Which role acts in which lane: the shipped table, and what the city says of its own lanes."""

    own: Mapping[str, str]

    def role_of(self, lane: str) -> str:
        """The role of one lane; of a lane that nobody has spoken of, the least that staff can be."""
        shipped = next((role.name for role in ROLES if lane in role.lanes), _LEAST_OF_STAFF)
        return self.own.get(lane, shipped)

    def roles_of(self, lanes: Collection[str]) -> frozenset[str]:
        """The roles of somebody who acts in these lanes; the public's for who acts in none."""
        return frozenset(map(self.role_of, lanes)) or frozenset((PUBLIC,))

    def lanes_of(self, roles: Collection[str]) -> frozenset[str]:
        """The lanes in which somebody of these roles acts."""
        known = {lane for role in ROLES for lane in role.lanes} | {*self.own}
        return frozenset(lane for lane in known if self.role_of(lane) in roles and self.role_of(lane) != PUBLIC)


SHIPPED_LANES = LaneRoles({})


def rights_of(roles: Iterable[str]) -> Rights:
    """What these roles give together."""
    found = Rights()
    for name in roles:
        found = found.with_those_of(_BY_NAME[name].rights)
    return found
