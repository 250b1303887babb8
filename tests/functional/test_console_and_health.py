import time

import pytest
import requests


def test_health_answers_without_a_key(house):
    assert requests.get(f"{house.url}/health", timeout=5).json()["status"] == "healthy"
    assert requests.head(f"{house.url}/healthz", timeout=5).status_code == 200


def test_readiness_tells_database_valkey_and_worker(house):
    answer = requests.get(f"{house.url}/readyz", timeout=5).json()

    assert answer["checks"].keys() == {"database", "valkey", "worker"}
    assert answer["checks"]["database"] == answer["checks"]["valkey"] == "ok"


def test_a_worker_is_found_at_work_within_a_minute(house):
    deadline = time.monotonic() + 60
    while True:
        answer = requests.get(f"{house.url}/readyz", timeout=5).json()
        if answer["checks"]["worker"] == "ok" or time.monotonic() > deadline:
            break
        time.sleep(0.5)

    assert answer["checks"]["worker"] == "ok"


def test_the_triage_loop_gets_json_for_all_four(house, key):
    for endpoint in ("health", "models", "v1/metrics/providers", "v0/management/logs"):
        response = requests.get(
            f"{house.url}/{endpoint}",
            headers={"Authorization": f"Bearer {key}"},
            timeout=5,
            allow_redirects=False,
        )

        assert response.json() is not None
        assert response.status_code in (200, 404)


def test_every_error_off_the_console_is_json_and_none_redirects(house):
    for method, path in [
        ("GET", "/nope"),
        ("GET", "/api/v1/nope"),
        ("POST", "/api/v1/nope"),
        ("POST", "/readyz"),
        ("DELETE", "/v1/models"),
        ("POST", "/v1/chat/completions/"),
        ("GET", "/v1/models/"),
    ]:
        response = requests.request(
            method, house.url + path, timeout=5, allow_redirects=False
        )

        assert 400 <= response.status_code < 500, path
        assert response.json()["error"]["message"], path
        assert response.headers["x-request-id"], path


def test_nobody_gets_into_the_console_without_signing_in(house):
    for path in ("/admin/", "/admin/tenants/apikey/", "/admin/audit/callrecord/"):
        response = requests.get(house.url + path, timeout=5, allow_redirects=False)

        assert response.status_code == 302
        assert response.headers["location"].startswith("/admin/login/")


def test_the_operator_gets_in_and_the_ledger_says_so(house):
    console = house.console()

    assert console.get("/admin/").status_code == 200
    rows = house.sql("SELECT action FROM audit_entry WHERE subject = 'user:operator'")
    assert ["console.login.succeeded"] in rows


def test_the_console_asks_nothing_of_anybody_else(house):
    console = house.console()

    for path in ("/admin/", "/admin/audit/callrecord/", "/admin/tenants/apikey/"):
        text = console.get(path).text

        assert 'src="http' not in text
        assert 'href="http' not in text.replace(f'href="{house.url}', "")


def test_the_ledger_names_a_row_that_was_tampered_with(house):
    house.issue_key()
    [[entry, seq, actor]] = house.sql(
        "SELECT id, seq, actor FROM audit_entry ORDER BY at DESC LIMIT 1"
    )
    write_actor(house, entry, "somebody else")

    with pytest.raises(AssertionError, match=rf"\b{seq}\b"):
        house.manage("verify_ledger")

    write_actor(house, entry, actor)
    assert "problems" not in house.manage("verify_ledger")


def write_actor(house, entry, actor):
    """Write into the ledger as somebody with the database's password could."""
    house.sql(
        "ALTER TABLE audit_entry DISABLE TRIGGER USER;"
        f"UPDATE audit_entry SET actor = '{actor}' WHERE id = '{entry}';"
        "ALTER TABLE audit_entry ENABLE TRIGGER USER; SELECT 1"
    )
