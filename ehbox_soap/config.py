"""The one table of settings: a TOML file, the environment over it, flags over both.

Knows: names, types, defaults, one line of explanation each; the only reader of os.environ. Must not know: what the
rooms do with a setting. `conf/ehbox.toml` and README's reference are generated from this table and kept equal by
a test.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

ENVIRONMENT_PREFIX = "EHBOX_"
_SHARED = "PROMETHEUS_MULTIPROC_DIR"
MARKERS = ("<!-- settings:begin -->", "<!-- settings:end -->")


class ConfigError(ValueError):
    """A setting that cannot be used; the message names it and where it was set, and never its value."""


class Section(BaseModel):
    """A frozen group of settings; an unknown name is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ServerSettings(Section):
    """[server]: where and how requests are taken."""

    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8080, ge=0, le=65535, description="port to listen on; 0 takes a free one and prints it")
    public_url: str = Field("", description="scheme and host told in ?wsdl; empty: those of the request")
    workers: int = Field(2, ge=1, description="gunicorn worker processes")
    threads: int = Field(256, ge=1, description="threads per worker: each slow connection holds one and nothing else")
    work_slots: int = Field(8, ge=1, description="requests a worker handles at once, each with a database connection")
    body_seconds: int = Field(
        60, ge=1, description="seconds a request may take to arrive whole, and its answer to be taken"
    )
    max_body_bytes: int = Field(33554432, ge=1024, description="largest request body in bytes; over it: SOA-03001")
    tls: bool = Field(False, description="speak HTTPS instead of HTTP")
    tls_certificate: str = Field(
        "", description="PEM file of the server's certificate and its chain; empty: the test CA issues one"
    )
    tls_key: str = Field("", description="PEM file of its key, without a password; empty: in tls_certificate")
    tls_names: tuple[str, ...] = Field(
        (),
        description="further names and addresses in a certificate of the test CA, beside localhost, 127.0.0.1, ::1",
    )
    tls_minimum: Literal["1.2", "1.3"] = Field("1.2", description="oldest version of TLS that is spoken")
    plain_http: bool = Field(False, description="HTTP without TLS also where others than this machine can reach it")
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
    authorities: tuple[Path, ...] = Field(
        (), description="further PEM or DER certificates of trusted CAs, roots and intermediates"
    )
    revocation_lists: tuple[Path, ...] = Field(
        (), description="further PEM or DER revocation lists of trusted CAs, or folders of them as *.crl"
    )
    outdated_lists: Literal["refuse", "accept"] = Field(
        "refuse", description="whose list is outdated: refuse its certificates, or go by the list as it is"
    )
    revocation_seconds: int = Field(10, ge=0, description="seconds between two looks at the revocation lists' files")


class StsSettings(Section):
    """[sts]: the mock STS."""

    enabled: bool = Field(True, description="serve the mock STS; it is for tests")
    issuer: str = Field("urn:be:fgov:ehealth:sts:1_0", description="Issuer of assertions, issued and accepted")
    max_validity_seconds: int = Field(86400, ge=60, description="longest validity of an assertion, in seconds")


class KgssSettings(Section):
    """[kgss]: by which keys the KGSS answers."""

    keystore: str = Field(
        "", description="PKCS#12 of its own keys, as CBE 0809394427 with the application KGSS; empty: the test CA's"
    )
    password: str = Field("ehbox-test", description="password of that keystore")
    token: str = Field("", description="file of its encryption token (ETK); empty: this server's depot makes one")


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
    system_box: str = Field(
        "CBE 0809394427 INSTITUTION",
        pattern=r"^(CBE|EHP|NIHII|INSS) [0-9]{8,11} [A-Z_]+$",
        description="Type, Id and Quality of the box that receipts and errors come from (ACK-3)",
    )
    system_name: str = Field("eHealth", min_length=1, description="Name that receipts and errors come from (ACK-3)")
    clock_shift_allowed: bool = Field(False, description="whether `ehbox clock` may shift the mailbox's time")


class AddressBookSettings(Section):
    """[address_book]: how much a search tells."""

    max_results: int = Field(
        100, ge=1, le=1000, description="most results of one answer; further ones are asked for by Offset"
    )


class UsageSettings(Section):
    """[usage]: the frequencies that the platform asks for (USE-1 to USE-5)."""

    mode: Literal["advise", "enforce", "off"] = Field(
        "advise", description="advise counts and tells, enforce also refuses with SOA-02002, off does neither"
    )
    calls_per_minute: int = Field(
        0,
        ge=0,
        description="most calls of one caller in a minute at one worker, STS left out; over it: SOA-02002; 0: any",
    )


class UpkeepSettings(Section):
    """[upkeep]: what becomes of old messages (LIFE-1 to LIFE-5)."""

    every_minutes: int = Field(60, ge=0, description="minutes between two upkeeps by the worker; 0: never")
    batch: int = Field(500, ge=1, le=10000, description="most messages that one transaction of upkeep removes")
    sent_cleanup: bool = Field(False, description="remove sent messages older than a month (LIFE-5)")


class MailSettings(Section):
    """[mail]: how the mails of CopyMailTo and eHealthUpdateInfo are sent (PUB-13, MAIL-1)."""

    host: str = Field("", description="SMTP server; empty: mails become files in the folder mail of the data folder")
    port: int = Field(25, ge=1, le=65535, description="port of the SMTP server")
    tls: Literal["none", "starttls", "tls"] = Field("none", description="none, STARTTLS, or TLS from the start")
    authorities: tuple[Path, ...] = Field((), description="further PEM certificates of CAs trusted for TLS")
    username: str = Field("", description="name to log in with; empty: no login")
    password: str = Field("", description="password to log in with")
    sender: str = Field("ehealthbox@localhost", description="address that mails are from")
    timeout_seconds: int = Field(30, ge=1, le=600, description="longest wait for an answer of the SMTP server")
    attempts: int = Field(10, ge=1, le=100, description="tries at a mail before it is finally refused")
    batch: int = Field(20, ge=1, le=1000, description="most mails sent over one connection")


class WorkerSettings(Section):
    """[worker]: the process that sends mails, delivers to ALL and does the upkeep."""

    enabled: bool = Field(True, description="`ehbox serve` starts a worker; else run `ehbox worker`")


class LogSettings(Section):
    """[log]: what is told about requests; never contents, names or identifiers."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="lowest level that is logged")
    format: Literal["auto", "human", "json"] = Field("auto", description="auto: human on a terminal, JSON otherwise")


class Settings(Section):
    """Every setting, frozen. Environment: EHBOX_<SECTION>__<NAME>, e.g. EHBOX_SERVER__PORT=9000."""

    server: ServerSettings = ServerSettings()
    data: DataSettings = DataSettings()
    security: SecuritySettings = SecuritySettings()
    sts: StsSettings = StsSettings()
    kgss: KgssSettings = KgssSettings()
    people: PeopleSettings = PeopleSettings()
    mailbox: MailboxSettings = MailboxSettings()
    address_book: AddressBookSettings = AddressBookSettings()
    usage: UsageSettings = UsageSettings()
    upkeep: UpkeepSettings = UpkeepSettings()
    mail: MailSettings = MailSettings()
    worker: WorkerSettings = WorkerSettings()
    log: LogSettings = LogSettings()


def load(path: Path | None = None, overrides: Mapping[str, str] | None = None) -> Settings:
    """The settings of a TOML file, with the environment over it and `overrides` ("section.name" to text) over both.

    Lists are written as in JSON or separated by commas. Raises ConfigError for an unknown name or a value that its
    setting does not take.
    """
    values: dict[str, Any] = {}
    if path is not None:
        values.update(_from_file(path))
    values.update(_from_texts(_environment(), "the environment"))
    values.update(_from_texts(overrides or {}, "a flag"))
    sections: dict[str, dict[str, Any]] = {}
    for name, value in values.items():
        section, _, field = name.partition(".")
        sections.setdefault(section, {})[field] = value
    return Settings(**{section: _section(section)(**fields) for section, fields in sections.items()})


def data_folder(settings: Settings) -> Path:
    """Where things are kept, absolute; a relative one is relative to the working directory."""
    return settings.data.folder.expanduser().absolute()


def make_data_folder(settings: Settings) -> None:
    """Makes it if there is none, with what is above it; nobody else may look into it."""
    data_folder(settings).mkdir(mode=0o700, parents=True, exist_ok=True)


def pki_folder(settings: Settings) -> Path:
    """Where the test CA, the STS's keystore and the keystores made by `ehbox pki issue` are."""
    return data_folder(settings) / "pki"


def share_metrics(folder: Path) -> None:
    """Has this process and its children add up their figures in that folder; call it before any fork."""
    os.environ[_SHARED] = str(folder)


def shared_metrics() -> Path | None:
    """The folder that share_metrics was given; None where figures are this process's alone."""
    folder = os.environ.get(_SHARED)
    return None if folder is None else Path(folder)


DATABASE_FILE = "ehbox.sqlite"
"""In the data folder, unless the settings name another database."""


def database_url(settings: Settings) -> str:
    """The SQLAlchemy URL: as set, else an SQLite file in the data folder."""
    return settings.data.database or f"sqlite:///{data_folder(settings) / DATABASE_FILE}"


def document() -> str:
    """The text of conf/ehbox.toml: every setting with its default under a line that explains it."""
    lines = [
        "# Every setting with its default; `ehbox settings` prints this file.",
        "# Over it go the environment (EHBOX_SECTION__NAME) and the flag --set section.name=value.",
        "# Relative paths are relative to the working directory.",
    ]
    section = ""
    for name, field in _table():
        group, _, own_name = name.partition(".")
        if group != section:
            section = group
            lines += ["", f"[{section}]"]
        lines += [f"# {field.description}", f"{own_name} = {_toml(field.default)}"]
    return "\n".join(lines) + "\n"


def reference() -> str:
    """README's table of settings in Markdown, between its two MARKERS."""
    lines = [MARKERS[0], "| setting | default | takes | meaning |", "| --- | --- | --- | --- |"]
    for name, field in _table():
        lines.append(f"| `{name}` | `{_toml(field.default)}` | {_kind(field)} | {field.description} |")
    return "\n".join([*lines, MARKERS[1]]) + "\n"


def _section(name: str) -> type[Section]:
    section = Settings.model_fields[name].annotation
    assert isinstance(section, type)
    assert issubclass(section, Section)
    return section


def _table() -> Iterator[tuple[str, FieldInfo]]:
    """Every setting as ("section.name", its field), in the order of this file."""
    for section in Settings.model_fields:
        for name, field in _section(section).model_fields.items():
            yield f"{section}.{name}", field


def _field(name: str, where: str) -> FieldInfo:
    field = dict(_table()).get(name)
    if field is None:
        raise ConfigError(f"{name} (in {where}): there is no such setting")
    return field


def _from_file(path: Path) -> Iterator[tuple[str, Any]]:
    """The settings of a TOML file, whose values must have the setting's own type."""
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not TOML: {error}") from None
    for section, settings in content.items():
        if section not in Settings.model_fields or not isinstance(settings, dict):
            raise ConfigError(f"{section} (in {path}): there is no such section")
        for name, value in settings.items():
            yield _checked_json(f"{section}.{name}", value, str(path))


def _environment() -> dict[str, str]:
    """The variables that set something, as "section.name"; those without a double underscore are the command's."""
    prefix = ENVIRONMENT_PREFIX
    found = {name[len(prefix) :].lower(): text for name, text in os.environ.items() if name.startswith(prefix)}
    return {name.replace("__", ".", 1): text for name, text in found.items() if "__" in name}


def _from_texts(texts: Mapping[str, str], where: str) -> Iterator[tuple[str, Any]]:
    for name, text in texts.items():
        field = _field(name, where)
        if get_origin(field.annotation) is tuple:
            yield _checked_json(name, _listed(name, text, where), where)
        else:
            yield name, _checked(name, where, TypeAdapter.validate_strings, text)


def _listed(name: str, text: str, where: str) -> object:
    if not text.lstrip().startswith("["):
        return [item.strip() for item in text.split(",") if item.strip()]
    try:
        return json.loads(text)
    except ValueError:
        raise ConfigError(f"{name} (in {where}): not a list in JSON") from None


def _checked_json(name: str, value: object, where: str) -> tuple[str, Any]:
    # By way of JSON, because there a list is a tuple and a text a path even to a strict reader.
    return name, _checked(name, where, _validate_json, json.dumps(value, default=str))


def _validate_json(adapter: TypeAdapter[Any], text: str) -> Any:
    return adapter.validate_json(text, strict=True)


def _checked(name: str, where: str, read: Callable[[TypeAdapter[Any], str], Any], text: str) -> Any:
    adapter = TypeAdapter[Any](_field(name, where).rebuild_annotation())
    try:
        return read(adapter, text)
    except ValidationError as error:
        raise ConfigError(f"{name} (in {where}): {error.errors()[0]['msg']}") from None


def _toml(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return json.dumps(value if isinstance(value, (bool, int)) else str(value), ensure_ascii=False)


def _kind(field: FieldInfo) -> str:
    """What a setting takes, in words."""
    annotation = field.annotation
    if get_origin(annotation) is Literal:
        return " or ".join(f"`{choice}`" for choice in get_args(annotation))
    if get_origin(annotation) is tuple:
        return "list of paths" if get_args(annotation)[0] is Path else "list of texts"
    words = {bool: "`true` or `false`", int: "whole number", Path: "path"}.get(annotation, "text")  # type: ignore[arg-type]
    limits = [f"{sign} {limit}" for rule in field.metadata for sign, limit in _limits(rule)]
    return " ".join([words, ", ".join(limits)]).strip()


def _limits(rule: object) -> Iterator[tuple[str, int]]:
    for sign, attribute in (("≥", "ge"), ("≤", "le")):
        limit = getattr(rule, attribute, None)
        if limit is not None:
            yield sign, limit
