"""What keeps a frozen mailing as it was frozen: triggers of the database itself, whoever writes to it."""

from __future__ import annotations

from collections.abc import Iterator

from gis_ce.tables.mailings import Mailing, MailingRow

_LIST, _ROW = Mailing.__tablename__, MailingRow.__tablename__
_REFUSED = "A frozen mailing is never changed or deleted; make a new one."
_MAY_CHANGE = ("state", "mailed_on")
_KEPT = tuple(column.name for column in Mailing.__table__.columns if column.name not in _MAY_CHANGE)


def _changed(differs: str) -> str:
    """Whether an update of a frozen list does anything but note the day on which it was mailed, once."""
    same = " OR ".join(f"NEW.{name} {differs} OLD.{name}" for name in _KEPT)
    mailed = "OLD.state = 'frozen' AND NEW.state = 'mailed' AND OLD.mailed_on IS NULL AND NEW.mailed_on IS NOT NULL"
    return f"OLD.digest IS NOT NULL AND ({same} OR NOT ({mailed}))"


def sqlite_guards() -> Iterator[tuple[str, str]]:
    """Name and statement of each trigger on SQLite."""
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
    wanted = [
        (f"{_LIST}_no_update", "UPDATE", _LIST, _changed("IS NOT")),
        (f"{_LIST}_no_delete", "DELETE", _LIST, "OLD.digest IS NOT NULL"),
        *(
            (f"{_ROW}_no_{what.lower()}", what, _ROW, " OR ".join(_is_frozen(version) for version in versions))
            for what, versions in (("INSERT", ("NEW",)), ("UPDATE", ("OLD", "NEW")), ("DELETE", ("OLD",)))
        ),
    ]
    for name, what, table, when in wanted:
        yield name, f"CREATE TRIGGER {name} BEFORE {what} ON {table} WHEN {when} {refuse}"


def _is_frozen(version: str) -> str:
    return f"EXISTS (SELECT 1 FROM {_LIST} WHERE id = {version}.mailing_id AND digest IS NOT NULL)"


KEEP_FUNCTION = f"""CREATE OR REPLACE FUNCTION gis_ce_keep_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
IF TG_LEVEL = 'STATEMENT' THEN RAISE EXCEPTION '{_REFUSED}'; END IF;
IF TG_TABLE_NAME = '{_LIST}' THEN
IF TG_OP = 'DELETE' THEN IF OLD.digest IS NOT NULL THEN RAISE EXCEPTION '{_REFUSED}'; END IF; RETURN OLD; END IF;
IF {_changed("IS DISTINCT FROM")} THEN RAISE EXCEPTION '{_REFUSED}'; END IF; RETURN NEW; END IF;
IF TG_OP <> 'INSERT' THEN IF {_is_frozen("OLD")} THEN RAISE EXCEPTION '{_REFUSED}'; END IF; END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
IF {_is_frozen("NEW")} THEN RAISE EXCEPTION '{_REFUSED}'; END IF;
RETURN NEW; END $$"""
"""What the triggers of PostgreSQL call."""


def postgis_guards() -> Iterator[tuple[str, str]]:
    """Name and statement of each trigger on PostgreSQL; they call the function that `KEEP_FUNCTION` makes."""
    call = "EXECUTE FUNCTION gis_ce_keep_frozen()"
    for table, what in ((_LIST, "UPDATE OR DELETE"), (_ROW, "INSERT OR UPDATE OR DELETE")):
        yield f"{table}_no_change", f"CREATE TRIGGER {table}_no_change BEFORE {what} ON {table} FOR EACH ROW {call}"
        yield (
            f"{table}_no_truncate",
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {call}",
        )
