"""However a key is revoked, the very next request with it is refused, on every worker."""

import re

import pytest

from tests.house import House


def public_id(key: str) -> str:
    return key.split("-")[1]


def by_command(house: House, key: str) -> None:
    house.manage("revoke_key", public_id(key))


def by_service(house: House, key: str) -> None:
    house.manage(
        "shell",
        "--no-imports",
        "-c",
        "from django.utils import timezone\n"
        "from audit.types import Actor\n"
        "from tenants import selectors, services\n"
        f"services.revoke_api_key(api_key=selectors.api_key({public_id(key)!r}),"
        " by=Actor('system'), now=timezone.now())\n",
    )


def in_the_console(house: House, key: str) -> None:
    console = house.console()
    listing = console.get(f"/admin/tenants/apikey/?q={public_id(key)}").text
    row = re.search(r"/admin/tenants/apikey/([0-9a-f-]{36})/change/", listing)
    assert row, "the key is not listed"
    done = console.post(f"/admin/tenants/apikey/{row[1]}/revoke/")
    assert done.status_code == 200


@pytest.mark.parametrize("revoke", [by_command, by_service, in_the_console])
def test_the_next_request_after_a_revocation_is_refused(house, revoke):
    key = house.issue_key("--per-minute", "1000")
    # Often enough that each of the four workers has served the key and holds it.
    assert [house.ask(key).status_code for _ in range(24)] == [200] * 24

    revoke(house, key)

    refused = [house.ask(key) for _ in range(24)]
    assert [response.status_code for response in refused] == [401] * 24
    assert refused[0].json()["error"]["code"] == "key_revoked"


def test_a_key_works_from_the_moment_it_is_issued(house):
    for _ in range(6):
        assert house.ask(house.issue_key()).status_code == 200
