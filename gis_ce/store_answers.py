"""What the databases say, in our words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, OperationalError, StatementError
from sqlalchemy.orm.exc import StaleDataError

from gis_ce.errors import CaseChanged, CaseError, StoreBusy, TextRefused

_BUSY = ("database is locked", "lock timeout", "database table is locked")


@contextmanager
def in_our_words() -> Iterator[None]:
    """Turn what SQLAlchemy raises into the mistake that the caller can do something about."""
    try:
        yield
    except StaleDataError as error:
        raise CaseChanged("", "Somebody else changed this case in the meantime; read it again.") from error
    except OperationalError as error:
        if any(words in str(error.orig) for words in _BUSY):
            raise StoreBusy("Somebody else is writing cases for a long time; try again in a minute.") from error
        raise
    except DataError as error:
        raise TextRefused("A value is too large for the case store.") from error
    except StatementError as error:
        if isinstance(error.orig, CaseError):
            raise error.orig from error
        raise
