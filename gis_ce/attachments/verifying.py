"""Looks through the folder of contents for what must never be wrong in it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from gis_ce.attachments.folder import INCOMING, SHA256, content_path
from gis_ce.store_checks import Finding
from layers.snapshot import digest_of

_RESTORE = "Restore the file from a backup; sending the same file again puts it back too."


def verify(folder: Path, known: Collection[str] | None = None) -> list[Finding]:
    """Everything that is wrong in a folder of contents, in order; reads every byte of it.

    `known` are the hashes that the cases name, stripped copies too (`sha256` and `stripped_sha256`
    of every attachment); without them nothing is called missing or unused. Errors are contents that
    are damaged, missing or unreadable; unused, unfinished and foreign files are warnings.
    """
    found = list(_of_files(folder, known))
    for digest in sorted(known or ()):
        if not content_path(folder, digest).is_file():
            found.append(Finding("error", f"The content {digest} of an attachment is missing.", _RESTORE))
    return found


def _of_files(folder: Path, known: Collection[str] | None) -> Iterator[Finding]:
    wanted = None if known is None else frozenset(known)
    for path in sorted(path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()):
        place = path.relative_to(folder)
        if place.parts[0] == INCOMING:
            yield _warning(f"{place} never arrived in full.", "Remove it if nothing is being sent right now.")
        elif path.is_symlink() or not _is_placed(place):
            yield _warning(f"{place} is no content of an attachment.", "Look who put it there, then remove it.")
        elif (problem := _problem(path)) is not None:
            yield Finding("error", problem, _RESTORE)
        elif wanted is not None and path.name not in wanted:
            what = f"No attachment names the content {path.name}."
            yield _warning(what, "It was sent for a change that was not kept; remove it if it is older than a day.")


def _warning(what: str, next_step: str) -> Finding:
    return Finding("warning", what, next_step)


def _is_placed(place: Path) -> bool:
    parts = place.parts
    return len(parts) == 2 and SHA256.fullmatch(parts[1]) is not None and parts[0] == parts[1][:2]


def _problem(path: Path) -> str | None:
    try:
        digest = digest_of(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        return f"The content {path.name} cannot be read: {error.strerror}."
    return None if digest == path.name else f"The content {path.name} is damaged: its hash is {digest} now."
