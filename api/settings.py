"""What an operator may want to change about the service: one class, with the defaults it is tested with.

A value comes from the first of these that has it: an option of the command line, a variable ``SAFEPORT_<FIELD>``, the
TOML file that ``--settings`` or ``SAFEPORT_SETTINGS`` names, the default here. A name nobody knows is refused: a
misspelt limit would otherwise not be one.
"""

import difflib
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from api.security.roles import AccessRole
from engine.errors import InvalidAsk

if TYPE_CHECKING:
    from api.store.audit_signatures import HeadsPlace

PREFIX = "SAFEPORT_"

Algorithm = Literal["EdDSA", "ES256", "RS256"]
"""What a token may be signed with. All are asymmetric: what checks a token must not be able to make one."""


def _listed(value: Any) -> Any:
    """A list written in one variable, with commas."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _mapped(value: Any) -> Any:
    """A table written in one variable: ``sar-controllers=controller,it-admins=admin``."""
    if not isinstance(value, str):
        return value
    pairs = [pair.rpartition("=") for pair in _listed(value)]
    if len({name for name, _, _ in pairs}) < len(pairs) or not all(name.strip() for name, _, _ in pairs):
        raise ValueError("a pair is without a name, or a name comes twice; write NAME=ROLE,NAME=ROLE")
    return {name.strip(): role.strip() for name, _, role in pairs}


Listed = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]


class Settings(BaseSettings):
    """Settings of the whole service; each field is described where it stands, and ``docs/settings.md`` lists them."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="forbid", frozen=True, hide_input_in_errors=True, validate_default=False
    )

    settings: Path | None = Field(None, description="TOML file with any of the settings below, by their field names.")
    ais: str | None = Field(
        None,
        min_length=1,
        description="Feed of AIS that the console draws: HOST:PORT or udp://HOST:PORT. Nothing is decided on it.",
    )
    overlay: Path | None = Field(
        None, description="CSV of the operator's own facts of ports, laid over the register; see docs/register.md."
    )
    debug: bool = Field(False, description="Whether a command that fails shows a traceback.")

    # The HTTP service.
    host: str = Field(
        "127.0.0.1", min_length=1, description="Address to listen on. Other than loopback only with access on."
    )
    port: int = Field(8000, ge=0, le=65_535, description="TCP port; 0 lets the system choose.")
    trusted_proxies: Listed = Field(
        (), description="Addresses or networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed."
    )
    cors_origins: Listed = Field(
        (),
        description="Origins whose pages may ask, such as `https://desk.example`, or `http://127.0.0.1:3000` on this "
        "machine; none without it.",
    )
    body_bytes: int = Field(65_536, ge=1, description="Largest body read. [bytes]")
    headers_s: float = Field(
        10.0, gt=0.0, description="How long the head of a request may take to come; the connection is then closed. [s]"
    )
    body_s: float = Field(
        60.0,
        gt=0.0,
        description="How long a body may take to come: `SAFEPORT_BODY_BYTES` at 9.6 kbit/s take 55 s. [s]",
    )
    answer_s: float = Field(
        120.0, gt=0.0, description="How long a client may take nothing of its answer; it is then cut off. [s]"
    )
    connections: int = Field(
        2_000,
        ge=1,
        description="Connections held at once, fewer where the system gives fewer files; beyond them the one that has "
        "been without a request for longest makes room.",
    )
    gzip_from_bytes: int = Field(1_024, ge=0, description="Smallest answer worth compressing. [bytes]")
    gzip_level: int = Field(
        6,
        ge=1,
        le=9,
        description="A brief decision takes no time at any; a whole one at 9 twice as long as at 4, for a sixth less.",
    )
    working: int = Field(
        2,
        ge=1,
        description="Decisions and distances worked on at once in threads; decisions in open water are quick and made "
        "one by one without. Rendering holds the interpreter lock, so more would only keep more half-made documents in "
        "memory.",
    )
    waiting: int = Field(
        64, ge=0, description="Requests that may wait for their turn; the next one is told to come back."
    )
    exchange_bytes: int = Field(2_000_000, ge=1, description="Largest EDXL-HAVE document read. [bytes]")

    plan_body_bytes: int = Field(
        524_288,
        ge=1,
        description="Largest joint plan read: 200 encounters and 1,000 ports are less than half of it. [bytes]",
    )
    planning: int = Field(
        1, ge=1, description="Joint plans made at once, each searched in a process of its own on a core of its own."
    )
    drain_s: float = Field(
        2.0,
        ge=0.0,
        description="After SIGTERM the service says for so long that it is not ready, and answers everything, so that "
        "whoever shares out requests sends them elsewhere before it listens no more. [s]",
    )
    stop_s: int = Field(
        30,
        ge=1,
        description="How long requests under way may then take to finish; a joint plan takes the longest. [s]",
    )
    log_format: Literal["text", "json"] = Field("text", description="How a line of the log is written.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least weight of what the program logs; of its libraries only warnings are heard."
    )

    # The store.
    store: SecretStr | None = Field(
        None,
        min_length=1,
        description="URL of the store, `sqlite:PATH` or `postgresql://...`; secret, for it may hold a password.",
    )

    store_working: int = Field(
        32,
        ge=1,
        description="Reads and writes of the store at once: many writes share one flush to disk, and none of them "
        "waits behind a decision.",
    )
    store_waiting: int = Field(1_024, ge=0, description="Reads and writes that may wait for their turn.")
    store_wait_s: float = Field(
        3.0,
        gt=0.0,
        description="How long a decision waits for a store that does not answer: it is then made of what was read "
        "last, and not recorded. [s]",
    )
    sweep_every_s: float = Field(
        30.0,
        gt=0.0,
        description="How often holds whose time ran out are marked; nothing depends on it but that listeners hear of "
        "it. [s]",
    )
    kept_documents: int = Field(
        10_000,
        ge=0,
        description="Documents kept of decisions that an earlier program recorded as text, about 120 KB each. All "
        "others are made from their record, which is kept for good.",
    )
    sign_heads: bool = Field(
        True, description="Whether the end of the audit chain is signed now and then, and when the service stops."
    )
    signing_key: Path | None = Field(
        None,
        description="File with the Ed25519 key that signs; see `safeport audit new-key`. With `SAFEPORT_SIGNED_HEADS`; "
        "without both a key is made in the folder `STORE.heads` beside the store's file, or in `safeport/heads` of the "
        "user's state folder for a store on a server.",
    )
    signed_heads: Path | None = Field(
        None,
        description="File the signatures are added to; it belongs on another machine, because whoever can write store, "
        "key and signatures can write all of them anew.",
    )
    sign_every_s: float = Field(300.0, gt=0.0, description="How often, if anything was recorded meanwhile. [s]")

    # Events.
    events_every_s: float = Field(
        0.25, gt=0.0, description="How often the store is looked at for what other processes changed. [s]"
    )
    heartbeat_s: float = Field(
        15.0,
        gt=0.0,
        description="Listeners are sent a comment this often, so that both sides notice a dead line; and their keys "
        "are looked at again. [s]",
    )
    listeners: int = Field(1_000, ge=0, description="Most listeners of a process.")
    listener_queue: int = Field(256, ge=1, description="Events that may wait for a slow listener before it is dropped.")

    # Who is calling.
    access: bool = Field(
        False, description="Whether callers need a key or a token. Off, only this machine itself is answered."
    )
    key_cache_s: float = Field(
        2.0,
        ge=0.0,
        le=5.0,
        description="How long a key may be remembered: a key revoked by another process is refused no later. [s]",
    )
    key_keep_s: float = Field(
        86_400.0,
        ge=0.0,
        le=604_800.0,
        description="How long a key that was looked up still serves while the store cannot be read: deciding needs "
        "none. [s]",
    )
    key_overlap_s: float = Field(
        86_400.0,
        ge=0.0,
        le=2_592_000.0,
        description="How long the old secret of a rotated key stays valid, unless said otherwise. [s]",
    )
    token_issuer: str | None = Field(None, min_length=1, description="Issuer (`iss`) whose tokens are taken.")
    token_audience: str | None = Field(None, min_length=1, description="Audience (`aud`) a token must be made for.")
    token_keys: str | None = Field(
        None,
        min_length=1,
        description="JWKS of the issuer: a file, or a URL. https only, except on loopback.",
    )
    token_algorithms: Annotated[tuple[Algorithm, ...], NoDecode, BeforeValidator(_listed)] = Field(
        ("EdDSA", "ES256", "RS256"), min_length=1, description="Signatures that are taken; of these three only."
    )
    token_leeway_s: float = Field(
        30.0, ge=0.0, le=120.0, description="How far the issuer's clock and ours may be apart. [s]"
    )
    token_longest_s: float = Field(
        7_200.0, gt=0.0, le=86_400.0, description="Longest a token may still be valid when it is used. [s]"
    )
    token_role_claim: str = Field(
        "roles", min_length=1, description="Claim that holds the roles; dots lead into it, as `realm_access.roles`."
    )
    token_roles: Annotated[dict[str, AccessRole], NoDecode, BeforeValidator(_mapped)] = Field(
        {}, description="Role for each value of that claim, `NAME=ROLE,NAME=ROLE`; other values give nothing."
    )
    token_duty_claim: str = Field(
        "duty", min_length=1, description="Claim that names the duty, as it goes into the records; never a person."
    )
    token_keys_min_age_s: float = Field(
        30.0, ge=1.0, description="An issuer is asked for its keys no more often than this. [s]"
    )
    token_keys_max_age_s: float = Field(
        3_600.0, ge=1.0, description="Keys older than this are asked for again, while the old ones serve. [s]"
    )
    token_keys_keep_s: float = Field(
        86_400.0, ge=1.0, description="How long old keys serve while the issuer cannot be reached. [s]"
    )
    token_keys_wait_s: float = Field(5.0, gt=0.0, le=30.0, description="Longest wait for the issuer. [s]")
    token_keys_bytes: int = Field(262_144, ge=1_024, description="Largest JWKS read. [bytes]")

    sign_in_client: str | None = Field(
        None,
        min_length=1,
        description="Client that the issuer knows the console as; with it the console signs in by the issuer's page.",
    )
    sign_in_secret: SecretStr | None = Field(None, description="Secret of that client, where it has one.")
    sign_in_origin: str | None = Field(
        None,
        description="Where browsers reach this service, as https://desk.example; the issuer is to know "
        "`/console/v1/sign-in/callback` below it. https only, except on loopback.",
    )
    sign_in_scope: str = Field("openid", description="What is asked of the issuer; `openid` must be in it.")

    # How often. Each principal has a bucket of each class, so that nobody's planning slows anybody's deciding.
    decide_per_s: float = Field(2.0, gt=0.0, description="[A] Decisions of one principal. [1/s]")
    decide_at_once: int = Field(30, ge=1, description="[A] The same, saved up.")
    change_per_s: float = Field(2.0, gt=0.0, description="[A] Reports, holds and other changes of one principal. [1/s]")
    change_at_once: int = Field(30, ge=1, description="[A] The same, saved up.")
    read_per_s: float = Field(
        10.0, gt=0.0, description="[A] Readings of one principal: ports, distances, records. [1/s]"
    )
    read_at_once: int = Field(100, ge=1, description="[A] The same, saved up.")
    plan_per_s: float = Field(0.2, gt=0.0, description="[A] Joint plans of one principal. [1/s]")
    plan_at_once: int = Field(5, ge=1, description="[A] The same, saved up.")
    refuse_per_s: float = Field(
        0.2, gt=0.0, description="[A] Requests of one address without a valid key or token that are looked at. [1/s]"
    )
    refuse_at_once: int = Field(20, ge=1, description="[A] The same, saved up.")
    most_buckets: int = Field(
        20_000, ge=100, description="Buckets kept; the one not used for longest goes first. About 8 MB."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - a .env file is read by nobody's wish
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Options before variables before the file."""
        file = init_settings().get("settings") or env_settings().get("settings")
        if file is None:
            return init_settings, env_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=Path(file))

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        try:
            for network in networks:
                ip_network(network)
        except ValueError:
            raise ValueError("should be addresses or networks such as 10.1.0.0/16, with commas between") from None
        return networks

    @field_validator("cors_origins")
    @classmethod
    def _are_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            # A star would let any page a browser looks at act as whoever sits there.
            if not re.fullmatch(r"https?://(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:[0-9]{1,5})?", origin):
                raise ValueError("should be origins such as https://desk.example, in small letters and without a path")
        return origins

    @field_validator("sign_in_origin")
    @classmethod
    def _is_a_safe_origin(cls, origin: str | None) -> str | None:
        if origin is not None and "://" not in origin:
            raise ValueError("should be an address such as https://desk.example")
        return cls._is_a_safe_place(origin)

    @field_validator("token_keys")
    @classmethod
    def _is_a_safe_place(cls, place: str | None) -> str | None:
        from api.security.jwks import refuse_unsafe_place

        if place is not None:
            refuse_unsafe_place(place)
        return place

    @property
    def heads_place(self) -> "HeadsPlace | None":
        """Where the ends of the audit chain are signed; None where they are not."""
        from api.store.audit_signatures import heads_place
        from api.store.store import sqlite_file

        if not self.sign_heads or (self.store is None and self.signing_key is None):
            return None
        url = "" if self.store is None else self.store.get_secret_value()
        return heads_place(sqlite_file(url) if url.startswith("sqlite:") else None, self.signing_key, self.signed_heads)

    @model_validator(mode="after")
    def _signatures_are_all_or_nothing(self) -> Self:
        if (self.signing_key is None) != (self.signed_heads is None):
            raise ValueError("signing_key and signed_heads belong together; give both")
        return self

    @model_validator(mode="after")
    def _sign_in_is_whole(self) -> Self:
        if self.sign_in_client is not None:
            needed = {name: getattr(self, name) for name in ("token_issuer", "sign_in_origin")}
            missing = [name for name, value in needed.items() if not value]
            if missing:
                raise ValueError(f"signing in needs {' and '.join(missing)} too")
            if "openid" not in self.sign_in_scope.split():
                raise ValueError("sign_in_scope should have openid in it")
        return self

    @model_validator(mode="after")
    def _tokens_are_all_or_nothing(self) -> Self:
        parts = {name: getattr(self, name) for name in ("token_issuer", "token_audience", "token_keys", "token_roles")}
        missing = [name for name, value in parts.items() if not value]
        if missing and len(missing) < len(parts):
            raise ValueError(f"tokens need {' and '.join(missing)} too")
        return self


def variable(field: str) -> str:
    """Name of the environment variable of a field."""
    return f"{PREFIX}{field.upper()}"


def read_settings(environment: Mapping[str, str] | None = None, **options: Any) -> Settings:
    """Settings of this process.

    Parameters
    ----------
    environment : mapping, optional
        Looked at for misspelt names; values are read from that of the process.
    **options
        From the command line; None where an option was not given.

    Raises
    ------
    InvalidAsk
        A value is wrong, a name is not known, or the file cannot be read. No value is repeated: it may be a secret.
    """
    given = {name: value for name, value in options.items() if value is not None}
    names = os.environ if environment is None else environment
    _refuse_unknown(
        [name for name in names if name.upper().startswith(PREFIX)], [variable(field) for field in _fields()]
    )
    _refuse_bad_file(given.get("settings") or names.get(variable("settings")))
    try:
        return Settings(**given)
    except ValidationError as wrong:
        raise _refusal(wrong, given) from None


def _fields() -> list[str]:
    return list(Settings.model_fields)


def _refuse_unknown(names: Iterable[str], known: list[str], where: str = "") -> None:
    for name in names:
        upper = [name.upper() for name in known]
        if name.upper() in upper:
            continue
        near = difflib.get_close_matches(name.upper(), upper, n=1, cutoff=0.0)
        meant = known[upper.index(near[0])]
        shown = "".join(c if c.isprintable() else "?" for c in name[:60])
        raise InvalidAsk(shown, f"is no setting{where}.", f"Nearest: {meant}; 'safeport settings' lists all.")


def _refuse_bad_file(file: Path | str | None) -> None:
    if file is None:
        return
    try:
        with Path(file).open("rb") as text:
            found = tomllib.load(text)
    except OSError as error:
        raise InvalidAsk("settings", f"the file cannot be read ({error.strerror}).", "Check its path.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        # What the parser says may repeat a line, and a line may hold a password.
        raise InvalidAsk("settings", "the file is not TOML.", "Write lines such as: working = 2") from None
    _refuse_unknown(found, [name for name in _fields() if name != "settings"], " of the file")


def _refusal(wrong: ValidationError, given: Mapping[str, Any]) -> InvalidAsk:
    """The first thing the class objects to, by the name it was said under."""
    first = wrong.errors(include_url=False, include_input=False, include_context=False)[0]
    name = str(first["loc"][0]) if first["loc"] else "settings"
    field = name if name in given or not first["loc"] else variable(name)
    message = str(first["msg"]).removeprefix("Value error, ").removeprefix("Input ")
    return InvalidAsk(field, f"{message[:160]}.", "'safeport settings' says what it means.")


def settings_table() -> str:
    """All settings as a table in Markdown: variable, default, meaning. Values in use are not in it."""
    lines = ["| setting | default | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        lines.append(f"| `{variable(name)}` | {_shown(field.default)} | {field.description} |")
    return "\n".join(lines) + "\n"


def _shown(default: object) -> str:
    if default is None or default == () or default == {}:
        return ""
    if isinstance(default, bool):
        return "on" if default else "off"
    if isinstance(default, tuple):
        return f"`{','.join(default)}`"
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`"
