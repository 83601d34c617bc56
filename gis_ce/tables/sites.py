"""Where a case is, and where it was said to be before."""

from __future__ import annotations

from datetime import datetime

from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Mapped, mapped_column

from gis_ce.geometry_column import Geometry
from gis_ce.tables.base import Base, Json, one_of, refers_to

HOW_LOCATED = ("address", "gps", "map", "coordinates", "facility", "imported")


class Site(Base):
    """The place of a case on the local grid, in feet, and how it was found.

    `row_no` is what the spatial index points to: a row's hidden number would not survive a VACUUM of SQLite.
    `revision` counts the moves; a decision names the one it saw. `words` are those by which its case is found
    (`gis_ce.case_words`), read by the database alone.
    """

    __tablename__ = "site"

    row_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(unique=True)
    case_id: Mapped[str] = mapped_column(refers_to("case_.id"), unique=True)
    geometry: Mapped[BaseGeometry | None] = mapped_column(Geometry(indexed=True))
    srid: Mapped[int]
    address: Mapped[str | None] = mapped_column(index=True)
    parcel_id: Mapped[str | None] = mapped_column(index=True)
    how_located: Mapped[str | None]
    datum: Mapped[str | None]
    sigma_ft: Mapped[float | None]
    structure: Mapped[BaseGeometry | None] = mapped_column(Geometry())
    details: Mapped[Json] = mapped_column(default=dict)
    revision: Mapped[int] = mapped_column(default=0)
    words: Mapped[str | None] = mapped_column(deferred=True)

    __table_args__ = (one_of("how_located", *HOW_LOCATED),)
    __mapper_args__ = {"primary_key": [id]}  # noqa: A003, RUF012


class SiteMove(Base):
    """One move of a site; never changed, never deleted."""

    __tablename__ = "site_move"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    case_id: Mapped[str] = mapped_column(refers_to("case_.id"), index=True)
    at: Mapped[datetime]
    by: Mapped[str]
    from_geometry: Mapped[BaseGeometry | None] = mapped_column(Geometry())
    to_geometry: Mapped[BaseGeometry | None] = mapped_column(Geometry())
    how: Mapped[str | None]
    sigma_ft: Mapped[float | None]
    reason: Mapped[str]

    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012
