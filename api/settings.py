"""Settings of the service, read once from the environment and handed down as plain values."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pydantic import Field
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from api.errors import ApiError
from api.logs import LogFormat, LogLevel

SECRETS = ("cases", "oidc_secret")
"""Settings that hold secrets: each can stand in a file, which a variable of its name with _FILE at the end names."""


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
    backups: Path | None = Field(
        default=None,
        description="Folder of the backups on the schedule, best on another disk; without it, `backups` in the city's "
        "folder.",
    )
    backups_kept: int = Field(default=14, ge=1, description="How many of the newest backups on the schedule are kept.")
    schedules: str | None = Field(
        default=None,
        description="Other times for what is on the schedule, such as `layers = 0 4 * * 1; digests = every 12 hours; "
        "drill = off` ([operations](operations.md#on-the-schedule)).",
    )
    host: str = Field(
        default="127.0.0.1",
        description="Address to listen on. Who asks from another machine is the public and sees public layers only.",
    )
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on; 0 takes any free one.")
    workers: int = Field(
        default=1,
        ge=1,
        le=64,
        description="Processes that answer side by side and share one copy of the layers; each counts rates by itself.",
    )
    webhooks_inside: bool = Field(
        default=False,
        description="Whether webhooks may go to this machine and the network around it, and by plain http.",
    )
    public_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^/\s?#]+$",
        description="Address under which people reach the service, such as `https://gis.city.example`, where that is "
        "not the one it listens on; `https` makes its cookies secure.",
    )
    oidc_issuer: str | None = Field(
        default=None, description="Address of the OpenID Connect provider through which people sign in."
    )
    oidc_client: str | None = Field(default=None, description="What the provider calls this service (client id).")
    oidc_secret: str | None = Field(
        default=None, repr=False, description="Secret of this service at the provider; none for a public client."
    )
    oidc_scopes: str = Field(default="openid profile", description="Scopes that are asked of the provider.")
    oidc_name_claim: str = Field(
        default="preferred_username", description="Claim of the provider that becomes the user's name."
    )
    oidc_roles_claim: str = Field(
        default="roles",
        description="Claim that lists the groups of somebody; a dot leads into it, as in `realm_access.roles`.",
    )
    oidc_roles: str | None = Field(
        default=None,
        description="Which role each group has, such as `Code Enforcement=officer, GIS=engineer`.",
    )
    requests_per_minute_public: int = Field(
        default=3000,
        ge=1,
        description="Requests a minute that one address of the network may send without signing in.",
    )
    requests_per_minute: int = Field(
        default=6000, ge=1, description="Requests a minute that one key or one account may send."
    )
    answer_within_s: float = Field(
        default=120.0, gt=0, description="Seconds after which a request without an answer is given up (503)."
    )
    body_within_s: float = Field(
        default=30.0, gt=0, description="Seconds that a sender may be silent while a body is read (408)."
    )

    log_format: LogFormat = Field(
        default="text", description="How the service logs to stderr: `text`, or `json` with one object a line."
    )
    log_level: LogLevel = Field(
        default="warning",
        description="From which level on it logs: `info` (one line for each request), `warning` or `error`.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given, then the environment, then the files that `GIS_CE_..._FILE` name."""
        return init_settings, env_settings, _FromFiles(settings_cls)


class _FromFiles(PydanticBaseSettingsSource):
    """Secrets from files: `GIS_CE_OIDC_SECRET_FILE` names a file that holds what GIS_CE_OIDC_SECRET would."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The content of the file that is named for a field, without the line's end; None where none is."""
        named = os.environ.get(f"GIS_CE_{field_name.upper()}_FILE") if field_name in SECRETS else None
        return (_content(Path(named)) if named else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        """All that files hold."""
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


def _content(path: Path) -> str:
    try:
        return path.read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ApiError(f"The secret in {path} cannot be read: {error}.") from error
