"""The table `[letters]` of a city file: who writes its letters, from where, and who signs them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from layers.errors import Mistake
from layers.model import City

REQUIRED = ("department", "address", "phone", "signatory")
_TEXTS = ("name", "department", "phone", "email", "website", "signatory", "signatory_title", "appeals_to")
_KEYS = (*_TEXTS, "address", "logo", "folder")
LOGO_KINDS = (".png", ".jpg", ".svg")


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What stands above and below every letter of a city; an empty text was not given.

    `address` has the lines of the return address. `appeals_to` is the office that takes appeals.
    """

    name: str = ""
    department: str = ""
    address: tuple[str, ...] = ()
    phone: str = ""
    email: str = ""
    website: str = ""
    signatory: str = ""
    signatory_title: str = ""
    appeals_to: str = ""
    logo: bytes | None = None
    logo_kind: str = ".png"

    def missing(self) -> list[str]:
        """The keys of `[letters]` without which no letter goes out."""
        return [key for key in REQUIRED if not getattr(self, key)]


def city_letterhead(city: City) -> Letterhead:
    """The letterhead of a city; its name is the city's where the table gives none. The table is without mistakes."""
    table: Mapping[str, Any] = city.other.get("letters", {})
    texts = {key: str(table.get(key, "")).strip() for key in _TEXTS}
    address = tuple(str(line).strip() for line in table.get("address", ()))
    logo = _logo(city)
    kind = {} if logo is None else {"logo": logo.read_bytes(), "logo_kind": logo.suffix.lower()}
    return Letterhead(**(texts | {"name": texts["name"] or city.name}), address=address, **kind)  # type: ignore[arg-type]


def letters_folder(city: City) -> Path | None:
    """The city's own folder of letter templates; None where its file names none."""
    folder = city.other.get("letters", {}).get("folder")
    return city.folder / folder if isinstance(folder, str) else None


def letterhead_mistakes(city: City) -> list[Mistake]:
    """Everything that is wrong with the table; an empty table is right, but no letter goes out without one."""
    table: Mapping[str, object] = city.other.get("letters", {})
    said = f"is no key of this table; it has {', '.join(_KEYS)}"
    found = [Mistake(f"[letters] {key}", said) for key in table if key not in _KEYS]
    found += [
        Mistake(f"[letters] {key}", "must be a text") for key in _TEXTS if not isinstance(table.get(key, ""), str)
    ]
    if not _are_lines(table.get("address", [])):
        found.append(
            Mistake("[letters] address", 'is a list of 1 to 4 lines, such as ["1 Main Street", "Town NC 27000"]')
        )
    found += [Mistake(f"[letters] {key}", "must be a text") for key in ("logo", "folder") if _is_no_text(table, key)]
    return found or _path_mistakes(city)


def _path_mistakes(city: City) -> list[Mistake]:
    found = []
    folder, logo = letters_folder(city), _logo(city)
    if folder is not None and not folder.is_dir():
        found.append(Mistake("[letters] folder", f"there is no folder {folder}"))
    if logo is not None and logo.suffix.lower() not in LOGO_KINDS:
        found.append(Mistake("[letters] logo", f"is a picture ({', '.join(LOGO_KINDS)}), not {logo.name}"))
    elif logo is not None and not logo.is_file():
        found.append(Mistake("[letters] logo", f"there is no file {logo}"))
    return found


def _logo(city: City) -> Path | None:
    logo = city.other.get("letters", {}).get("logo")
    return city.folder / logo if isinstance(logo, str) else None


def _is_no_text(table: Mapping[str, object], key: str) -> bool:
    return not isinstance(table.get(key, ""), str)


def _are_lines(value: object) -> bool:
    return isinstance(value, list) and len(value) <= 4 and all(isinstance(line, str) and line.strip() for line in value)


def logo_files(head: Letterhead) -> dict[str, bytes]:
    """The logo by the name under which templates draw it; empty without one."""
    return {} if head.logo is None else {f"logo{head.logo_kind}": head.logo}
