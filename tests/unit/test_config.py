"""Settings: read from the environment once, refused with the variable's name, silent about secrets."""

import pytest

from runtime import bootstrap, config
from runtime.errors import Misconfigured

KEY = "k" * 40


def test_an_empty_environment_gives_the_defaults() -> None:
    assert config.from_environment({}) == config.Settings()


def test_every_setting_is_read_from_its_variable() -> None:
    given = {
        "BATON_PORT": "9000",
        "BATON_QUIET_SECONDS": "0.5",
        "BATON_SECRET_KEY": f"{KEY}, {KEY[::-1]}",
        "OPENAI_BASE_URL": "http://127.0.0.1:1/v1",
    }
    settings = config.from_environment(given)
    assert (settings.port, settings.quiet_seconds, settings.has_model) == (9000, 0.5, True)
    assert len(settings.secret_keys) == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BATON_PORT", "many"),
        ("BATON_LEASE_SECONDS", "0"),
        ("BATON_SECRET_KEY", "short"),
        ("BATON_PUBLIC_URL", "baton.example"),
        ("BATON_MODEL_TOKEN_LIMIT", "tokens"),
    ],
)
def test_what_cannot_be_is_refused_by_name(name: str, value: str) -> None:
    first, *_ = name.split("_SECONDS")
    with pytest.raises(Misconfigured, match=first):
        config.from_environment({name: value})


def test_secrets_are_not_shown() -> None:
    settings = config.Settings(secret_key=KEY, admin_password="hunter2", openai_api_key="sk-1")
    assert not any(secret in repr(settings) for secret in (KEY, "hunter2", "sk-1"))


def test_the_model_gets_the_settings() -> None:
    settings = config.Settings(
        openai_base_url="http://127.0.0.1:1/v1", model_token_limit="max_tokens"
    )
    llm = bootstrap.make_llm(settings)
    assert vars(llm)["_token_limit"] == "max_tokens"
