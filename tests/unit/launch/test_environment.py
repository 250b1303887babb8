import pytest
from django.core.exceptions import ImproperlyConfigured

from gateway_project import environment

PASSWORD = "hush-hush"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgres://ana:hush-hush@host:5432/db", "postgres://ana:…@host:5432/db"),
        ("postgres://ana@host:5432/db", "postgres://ana@host:5432/db"),
        (
            "postgres://ana:hush-hush@/db?host=%2Frun",
            "postgres://ana:…@/db?host=%2Frun",
        ),
        (
            "postgres:///db?password=hush-hush&user=ana",
            "postgres:///db?password=…&user=ana",
        ),
        ("postgres://ana:hush-hush@one@host/db", "postgres://ana:…@host/db"),
        ("postgres://ana:hush-hush/one@host/db", "postgres://ana:…@host/db"),
        ("redis://:hush-hush@host:6379/0", "redis://:…@host:6379/0"),
        ("unix:///run/valkey.sock?db=0", "unix:///run/valkey.sock?db=0"),
        ("ana:hush-hush@host/db", "ana:…@host/db"),
        ("8000", "8000"),
    ],
)
def test_hide_password_leaves_everything_else(url, shown):
    assert environment.hide_password(url) == shown


@pytest.mark.parametrize(
    "wrong",
    [
        "mysql://ana:hush-hush@host/db",
        "postgres://ana:hush-hush@host",
        "postgres://ana:hush-hush@host:port/db",
        "ana:hush-hush@host/db",
    ],
)
def test_a_wrong_database_url_is_named_without_its_password(wrong, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", wrong)

    with pytest.raises(ImproperlyConfigured, match=r"^DATABASE_URL is '") as refusal:
        environment.database("DATABASE_URL")

    assert PASSWORD not in str(refusal.value)


def test_the_data_folder_may_be_named_in_dot_env(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text(f"VAR_DIR={tmp_path / 'kept'}\n")
    monkeypatch.setattr(environment, "BASE_DIR", tmp_path)
    monkeypatch.delenv("VAR_DIR")

    assert environment.var_dir() == tmp_path / "kept"


@pytest.mark.parametrize(
    "wrong", ["hush-hush", f"{'A' * 43}=,hush-hush", "A" * 43, "é" * 32]
)
def test_a_wrong_encryption_key_is_named_and_not_shown(wrong, monkeypatch):
    monkeypatch.setenv("ENCRYPTION_KEYS", wrong)

    with pytest.raises(
        ImproperlyConfigured, match=r"^ENCRYPTION_KEYS must be"
    ) as refusal:
        environment.keys("ENCRYPTION_KEYS")

    assert wrong not in str(refusal.value)


def test_several_encryption_keys_keep_their_order(monkeypatch):
    first, second = f"{'A' * 43}=", f"{'B' * 43}="
    monkeypatch.setenv("ENCRYPTION_KEYS", f" {first} , {second}")

    assert environment.keys("ENCRYPTION_KEYS") == [first, second]


@pytest.mark.parametrize(
    "wrong", ["redis://h:abc/0", "redis://h:99999/0", "http://h", "unix:///s?db=one"]
)
def test_a_redis_url_that_no_client_could_use_is_named(wrong, monkeypatch):
    monkeypatch.setenv("REDIS_URL", wrong)

    with pytest.raises(ImproperlyConfigured, match=r"^REDIS_URL is '"):
        environment.redis_url("REDIS_URL")


@pytest.mark.parametrize("name", ["DATABASE_URL", "SECRET_KEY"])
def test_a_blank_in_dot_env_leaves_room_for_what_a_first_run_made(
    name, tmp_path, monkeypatch
):
    (tmp_path / ".env").write_text(f"{name}=\n")
    (tmp_path / "made.env").write_text(f"{name}=made\n")
    monkeypatch.delenv(name)

    environment.load(tmp_path / ".env", tmp_path / "made.env")

    assert environment.text(name) == "made"


def test_a_secret_may_begin_with_a_dollar(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "$abc")

    assert environment.text("SECRET_KEY") == "$abc"


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("gate.example.com", "http://gate.example.com:80"),
        ("::1", "http://[::1]:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::", "http://[::1]:80"),
    ],
)
def test_where_it_listens_is_a_url_a_browser_takes(host, url):
    assert environment.url_of(host, 80) == url


def test_a_database_that_does_not_answer_is_given_up_soon(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://h/db")
    unsaid = environment.database("DATABASE_URL")["OPTIONS"]
    monkeypatch.setenv("DATABASE_URL", "postgres://h/db?connect_timeout=9")
    said = environment.database("DATABASE_URL")["OPTIONS"]

    assert int(unsaid["connect_timeout"]) == 5
    assert int(said["connect_timeout"]) == 9
