"""Settings: where a value comes from, what is refused, what is never shown."""

import traceback
from pathlib import Path

import pytest

from api.cli.main import main
from api.security.roles import AccessRole
from api.settings import Settings, read_settings, settings_table, variable
from engine.errors import InvalidAsk

ROOT = Path(__file__).resolve().parents[2]
CANARY = "canary-7f3a91"


@pytest.fixture
def setting(monkeypatch):
    def put(**values):
        for name, value in values.items():
            monkeypatch.setenv(variable(name), value)

    return put


@pytest.fixture
def run(capsys):
    """Runs a command: its exit code and everything it said."""

    def call(*arguments):
        code = main(arguments)
        return code, "".join(capsys.readouterr())

    return call


def test_an_option_wins_over_a_variable_and_a_variable_over_the_file(setting, tmp_path):
    file = tmp_path / "safeport.toml"
    file.write_text(
        'working = 3\nwaiting = 4\nbody_bytes = 5\ntoken_issuer = "https://idp.example"\n'
        'token_audience = "safeport"\ntoken_keys = "keys.json"\n[token_roles]\n"sar duty" = "controller"\n'
    )
    setting(settings=str(file), waiting="6", body_bytes="7")
    settings = read_settings(body_bytes=8, host=None)
    assert (settings.working, settings.waiting, settings.body_bytes) == (3, 6, 8)
    assert settings.token_roles == {"sar duty": AccessRole.CONTROLLER}
    other = tmp_path / "other.toml"
    other.write_text("working = 9\n")
    assert read_settings(settings=str(other)).working == 9


def test_lists_and_tables_are_written_in_one_variable(setting):
    setting(
        token_issuer="https://idp.example", token_audience="safeport", token_keys="https://idp.example/jwks",
        token_roles="sar-duty = controller, quay=port_officer", token_algorithms="ES256,EdDSA",
        trusted_proxies="10.0.0.1, 10.1.0.0/16",
    )  # fmt: skip
    settings = read_settings()
    assert settings.token_roles == {"sar-duty": AccessRole.CONTROLLER, "quay": AccessRole.PORT_OFFICER}
    assert settings.token_algorithms == ("ES256", "EdDSA")
    assert settings.trusted_proxies == ("10.0.0.1", "10.1.0.0/16")


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("SAFEPORT_ACESS", "SAFEPORT_ACCESS"), ("SAFEPORT_BODY_BYTE", "SAFEPORT_BODY_BYTES"),
     ("safeport_worknig", "SAFEPORT_WORKING"), ("SAFEPORT_X", "SAFEPORT_")],
)  # fmt: skip
def test_a_misspelt_variable_is_refused_with_the_nearest_name(monkeypatch, name, nearest):
    monkeypatch.setenv(name, "on")
    with pytest.raises(InvalidAsk) as refused:
        read_settings()
    assert refused.value.field == name
    assert nearest in refused.value.remedy


def test_a_misspelt_name_in_the_file_is_refused_too(tmp_path):
    file = tmp_path / "safeport.toml"
    file.write_text("acess = true\n")
    with pytest.raises(InvalidAsk, match="Nearest: access") as refused:
        read_settings(settings=file)
    assert refused.value.field == "acess"


def test_other_programs_may_have_variables(monkeypatch):
    monkeypatch.setenv("SAFEPORTS_ACESS", "on")
    assert read_settings() == Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [("working", "0"), ("working", "two"), ("access", ""), ("access", "perhaps"), ("port", "70000"),
     ("key_cache_s", "60"), ("key_cache_s", "nan"), ("token_algorithms", "none"), ("token_algorithms", "HS256,EdDSA"),
     ("token_algorithms", ""), ("trusted_proxies", "everybody"), ("token_keys", "http://idp.example/jwks"),
     ("token_keys", "https://user:pass@idp.example/jwks"), ("token_keys", "ftp://idp.example/jwks"),
     ("token_roles", "a=boss"), ("token_roles", "a=crew,a=admin"), ("token_roles", "crew")],
)  # fmt: skip
def test_a_wrong_value_is_refused_by_the_name_of_its_variable(setting, name, value):
    setting(**{name: value})
    with pytest.raises(InvalidAsk) as refused:
        read_settings()
    assert refused.value.field == variable(name)


@pytest.mark.parametrize("place", ["keys.json", "/etc/keys.json", "https://idp.example/jwks",
                                   "http://127.0.0.1:8080/jwks", "http://localhost/jwks"])  # fmt: skip
def test_places_keys_may_come_from(place):
    parts = {"token_issuer": "i", "token_audience": "a", "token_roles": {"x": "crew"}}
    assert Settings(token_keys=place, **parts).token_keys == place


@pytest.mark.parametrize("left_out", ["token_issuer", "token_audience", "token_keys", "token_roles"])
def test_tokens_are_set_up_whole_or_not_at_all(setting, left_out):
    parts = {"token_issuer": "i", "token_audience": "a", "token_keys": "k.json", "token_roles": "x=crew"}
    setting(**{name: value for name, value in parts.items() if name != left_out})
    with pytest.raises(InvalidAsk, match=left_out):
        read_settings()


@pytest.mark.parametrize("text", ["working = ", f"store = {CANARY}", "\xff"])
def test_a_file_that_is_not_toml_is_refused_without_repeating_it(tmp_path, text):
    file = tmp_path / "safeport.toml"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(InvalidAsk) as refused:
        read_settings(settings=file)
    assert CANARY not in f"{refused.value!r} {refused.value}"


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InvalidAsk, match="cannot be read"):
        read_settings(settings=tmp_path / "nothing.toml")


def test_no_secret_is_in_what_settings_look_like(setting):
    setting(store=f"postgresql://safeport:{CANARY}@db/safeport")
    settings = read_settings()
    assert CANARY in settings.store.get_secret_value(), "the control: it is there to be found"
    shown = f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()} {settings_table()}"
    assert CANARY not in shown


@pytest.mark.parametrize("name", ["working", "access", "token_algorithms", "token_roles", "trusted_proxies", "port"])
def test_a_refused_value_is_not_repeated(setting, run, name):
    setting(**{name: CANARY, "debug": "1"})
    with pytest.raises(InvalidAsk) as refused:
        read_settings()
    assert CANARY not in "".join(traceback.format_exception(refused.value))
    code, text = run("serve")
    assert code == 2
    assert variable(name) in text
    assert CANARY not in text


def test_the_committed_table_is_that_of_the_class(run):
    page = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    assert page.endswith("\n\n" + settings_table())
    assert run("settings") == (0, settings_table())


def test_every_setting_says_what_it_means():
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert field.description.endswith((".", "]")), name
        assert "|" not in field.description, name


def test_serve_takes_settings_from_a_file_and_names_the_option(run, tmp_path):
    file = tmp_path / "safeport.toml"
    file.write_text('host = "192.168.1.7"\n')
    code, text = run("serve", "--settings", str(file))
    assert code == 2
    assert text.startswith("--host: is not a loopback address")
    assert run("serve", "--settings", str(tmp_path / "none"))[1].startswith("--settings: ")
