"""The one table of settings: a TOML file, the environment over it, flags over both.

Knows: names, types, defaults, one line of explanation each; the only reader of os.environ. Must not know: what the
rooms do with a setting. `conf/ehbox.toml` and README's reference are generated from this table and kept equal by
a test.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Section(BaseModel):
    """A frozen group of settings; an unknown name is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ServerSettings(Section):
    """[server]: where and how requests are taken."""

    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8080, ge=0, le=65535, description="port to listen on; 0 takes a free one and prints it")
    workers: int = Field(2, ge=1, description="gunicorn worker processes")
    threads: int = Field(256, ge=1, description="threads per worker: each slow connection holds one and nothing else")
    work_slots: int = Field(8, ge=1, description="requests a worker handles at once, each with a database connection")
    body_seconds: int = Field(60, ge=1, description="seconds a request may take to arrive whole")
    max_body_bytes: int = Field(33554432, ge=1024, description="largest request body in bytes; over it: SOA-03001")
    environment: Literal["Development", "Test", "Integration", "Acceptation", "Simulation", "Production"] = Field(
        "Simulation", description="Environment stated in every fault"
    )


class DataSettings(Section):
    """[data]: where things are kept."""

    folder: Path = Field(Path("ehbox-data"), description="folder of the database, the test PKI and the log of seeds")
    database: str = Field("", description="SQLAlchemy URL; empty: SQLite in the data folder")


class SecuritySettings(Section):
    """[security]: who is believed."""

    profile: Literal["wire", "strict"] = Field("wire", description="wire accepts SHA-1, strict refuses it")
    skew_seconds: int = Field(60, ge=0, description="tolerance for Created and NotBefore in the future, in seconds")
    timestamp_seconds: int = Field(3600, ge=1, description="longest life of a Timestamp, in seconds")
    sts_certificates: tuple[Path, ...] = Field((), description="further PEM or DER certificates of trusted STSs")
    authorities: tuple[Path, ...] = Field((), description="further PEM or DER certificates of trusted CAs")


class StsSettings(Section):
    """[sts]: the mock STS."""

    enabled: bool = Field(True, description="serve the mock STS; it is for tests")
    issuer: str = Field("urn:be:fgov:ehealth:sts:1_0", description="Issuer of assertions, issued and accepted")
    max_validity_seconds: int = Field(86400, ge=60, description="longest validity of an assertion, in seconds")


class PeopleSettings(Section):
    """[people]: who exists."""

    seeds: tuple[Path, ...] = Field((), description="further seed files (TOML or JSON lines) read at start")
    builtin_seed: bool = Field(True, description="read the shipped seed of made-up people and organisations at start")


class MailboxSettings(Section):
    """[mailbox]: what is left open by the rules (rules.md names in brackets)."""

    directory: Literal["open", "strict"] = Field(
        "open", description="open: a well-formed box exists once addressed; strict: only registered ones (BOX-4)"
    )
    max_message_bytes: int = Field(10485760, ge=1, description="largest message in bytes (PUB-4)")
    individual_box_bytes: int = Field(10485760, ge=1, description="MaxSize of a person's box, in bytes (BOX-8)")
    organisation_box_bytes: int = Field(
        104857600, ge=1, description="MaxSize of an organisation's box, in bytes (BOX-8)"
    )
    repeat_window_seconds: int = Field(
        3600, ge=0, description="a DOCUMENT sent again within it gets the first answer; 0: never (PUB-3)"
    )
    expiration_days: int = Field(365, ge=1, le=365, description="days until a message expires (LIFE-1)")
    all_publishers: tuple[str, ...] = Field((), description="qualities that may publish to Id ALL (BOX-5)")


class LogSettings(Section):
    """[log]: what is told about requests; never contents, names or identifiers."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="lowest level that is logged")
    format: Literal["auto", "human", "json"] = Field("auto", description="auto: human on a terminal, JSON otherwise")


class Settings(BaseSettings):
    """Every setting, frozen. Environment: EHBOX_<SECTION>__<NAME>, e.g. EHBOX_SERVER__PORT=9000."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix="EHBOX_", env_nested_delimiter="__", env_nested_max_split=1
    )

    server: ServerSettings = ServerSettings()
    data: DataSettings = DataSettings()
    security: SecuritySettings = SecuritySettings()
    sts: StsSettings = StsSettings()
    people: PeopleSettings = PeopleSettings()
    mailbox: MailboxSettings = MailboxSettings()
    log: LogSettings = LogSettings()
