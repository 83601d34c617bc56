"""Settings of the service, read once from the environment and handed down as plain values."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting has an environment variable of its name with the prefix GIS_CE_."""

    model_config = SettingsConfigDict(env_prefix="GIS_CE_", frozen=True, extra="ignore")

    data: Path = Field(
        default=Path("gis-ce-data"),
        description="Folder in which each city keeps its layer versions and import reports.",
    )
    city: Path | None = Field(
        default=None,
        description="City file to work with; without it, the one that was imported last into the data folder.",
    )
    city_data: Path | None = Field(
        default=None,
        description="Folder where relative sources of the city file start, instead of the one that the file names.",
    )
    cases: str | None = Field(
        default=None,
        description="Address of the case store, `postgresql://USER:PASSWORD@HOST/NAME` or `sqlite:///FILE`; "
        "without it, the file `cases.sqlite` in the city's folder.",
    )
    attachments: Path | None = Field(
        default=None,
        description="Folder of the files that are attached to cases; without it, `attachments` in the city's folder.",
    )
    host: str = Field(
        default="127.0.0.1",
        description="Address to listen on. Who asks from another machine is the public and sees public layers only.",
    )
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on; 0 takes any free one.")
