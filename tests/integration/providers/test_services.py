import pytest
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import IntegrityError, connection, transaction

from audit.models import Entry
from providers import selectors, services, snapshot
from providers.models import Credential, Provider
from providers.sealing import SealBroken
from providers.types import Endpoint
from tests.factories import ANA, NOON, make_credential, make_model, make_provider

pytestmark = pytest.mark.django_db
SECRET = "sk-upstream-0123456789abcdef"


def models():
    return snapshot.models(selectors.key_ring())


def test_a_credentials_secret_is_in_no_table_and_no_ledger():
    credential = make_credential(make_provider(), SECRET)

    everything = str(list(Credential.objects.values())) + str(
        list(Entry.objects.values())
    )

    assert SECRET not in everything
    assert SECRET[:-4] not in everything
    assert selectors.secret_of(credential, selectors.key_ring()) == SECRET


def test_a_secret_copied_to_another_row_does_not_open():
    provider = make_provider()
    one, other = make_credential(provider, SECRET), make_credential(provider, "x" * 20)
    other.sealed = one.sealed

    with pytest.raises(SealBroken):
        selectors.secret_of(other, selectors.key_ring())


def test_a_replaced_secret_is_the_one_that_is_used():
    provider = make_provider()
    credential = make_credential(provider, SECRET)
    model = make_model(provider)

    services.store_credential(
        credential=credential,
        secret="sk-second",
        ring=selectors.key_ring(),
        by=ANA,
        now=NOON,
    )

    assert models()[model.name].target.secret == "sk-second"
    assert Entry.objects.filter(action="providers.credential.replaced").exists()


def test_a_model_knows_where_it_is_served():
    provider = make_provider(
        base_url="https://ai.example.com:8443/base/v1/", first_byte_timeout_s=7
    )
    make_credential(provider, SECRET)
    model = make_model(provider, name="team/a:7b", upstream_name="real")

    target = models()["team/a:7b"].target

    assert model.name == "team/a:7b"
    assert target.endpoint == Endpoint("https", "ai.example.com", 8443)
    assert (target.base_path, target.upstream_model) == ("/base/v1", "real")
    assert (target.secret, target.timeouts.first_byte) == (SECRET, 7)
    assert SECRET not in repr(target)


def test_a_model_knows_its_providers_region_and_version():
    bedrock = make_model(make_provider(kind="BEDROCK", region="eu-west-1"))
    azure = make_model(make_provider(kind="AZURE", api_version="2024-10-21"))
    west = make_provider(
        kind="BEDROCK",
        base_url="https://bedrock-runtime.us-west-2.amazonaws.com",
        slug="bedrock-west",
    )
    by_address = make_model(west)

    served = {name: entry.target for name, entry in models().items()}

    assert (served[bedrock.name].kind, served[bedrock.name].region) == (
        "BEDROCK",
        "eu-west-1",
    )
    assert served[by_address.name].region == "us-west-2"
    assert (served[azure.name].kind, served[azure.name].api_version) == (
        "AZURE",
        "2024-10-21",
    )


def test_what_is_amended_of_a_provider_is_in_the_ledger():
    provider = make_provider(kind="BEDROCK", region="eu-west-1")
    provider.region = "eu-central-1"

    services.amend(row=provider, by=ANA, now=NOON)

    entry = Entry.objects.get(action="providers.provider.changed")
    assert entry.detail["after"] == {"region": "eu-central-1"}
    assert Provider.objects.get().region == "eu-central-1"


def test_a_kind_this_release_does_not_know_costs_only_its_own_models(caplog):
    provider = make_provider(slug="newer")
    Provider.objects.filter(pk=provider.pk).update(kind="FROM_THE_FUTURE")
    lost, other = make_model(provider), make_model(make_provider())

    served = {name: entry.target for name, entry in models().items()}

    assert served[lost.name] is None
    assert served[other.name] is not None
    assert [told.message for told in caplog.records] == ["provider.unusable"]


def test_the_release_before_inserts_providers_without_the_newer_columns():
    old = ["id", "slug", "name", "kind", "base_url", "enabled", "created_at"]
    old += ["connect_timeout_s", "first_byte_timeout_s"]
    old += ["idle_timeout_s", "total_timeout_s"]
    columns = ", ".join(old)
    provider = make_provider(slug="before")
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE kept ON COMMIT DROP AS TABLE providers_provider"
        )
        provider.delete()
        cursor.execute(
            f"INSERT INTO providers_provider ({columns}) SELECT {columns} FROM kept"
        )

    found = Provider.objects.get()
    assert (found.slug, found.region, found.api_version) == ("before", "", "")


@pytest.mark.parametrize(
    ("provider_fields", "credential_fields", "served"),
    [
        ({}, {}, True),
        ({}, None, True),
        ({"enabled": False}, {}, False),
        ({}, {"enabled": False}, False),
    ],
)
def test_a_model_is_out_of_service_without_its_provider_or_every_credential(
    provider_fields, credential_fields, served
):
    provider = make_provider(**provider_fields)
    if credential_fields is not None:
        make_credential(provider, SECRET, **credential_fields)
    model = make_model(provider)

    assert (models()[model.name].target is not None) is served


NOWHERE = [
    "http://127.0.0.1:99999/v1",
    "http://127.0.0.1:0/v1",
    "http://127.0.0.1:port/v1",
    "http://[::1/v1",
    "http:///v1",
    "ftp://api.example.com/v1",
    "HTTP",
]


@pytest.mark.parametrize("base_url", NOWHERE)
def test_a_provider_that_is_nowhere_costs_only_its_own_models(base_url, caplog):
    provider = make_provider(slug="lost", base_url=base_url)
    lost, _ = make_model(provider), make_model(provider)
    other = make_model(make_provider())

    served = {name: entry.target for name, entry in models().items()}

    assert served[lost.name] is None
    assert served[other.name] is not None
    (told,) = caplog.records
    assert told.message == "provider.unusable"
    assert told.fields["provider"] == "lost"


@pytest.mark.parametrize(
    "base_url",
    [
        *NOWHERE,
        "https://key@api.example.com/v1",
        "https://api.example.com/v1?key=x",
        "https://api.example.com/v1#x",
    ],
)
def test_an_address_that_leads_nowhere_is_not_valid(base_url):
    provider = make_provider()
    provider.base_url = base_url

    with pytest.raises(ValidationError) as refused:
        provider.full_clean()

    assert list(refused.value.message_dict) == ["base_url"]


@pytest.mark.parametrize(
    "base_url",
    ["http://127.0.0.1:1/v1", "https://[::1]:65535", "HTTPS://api.example.com/v1/"],
)
def test_an_address_that_leads_somewhere_is_valid_and_served(base_url):
    provider = make_provider(base_url=base_url)
    model = make_model(provider)

    provider.full_clean()

    assert models()[model.name].target.endpoint.port


def test_a_credential_that_does_not_open_is_not_replaced_by_none():
    provider = make_provider()
    credential = make_credential(provider, SECRET)
    Credential.objects.filter(pk=credential.pk).update(sealed="v1.00000000.AAAA")
    model = make_model(provider)

    assert models()[model.name].target is None


def test_a_model_that_is_off_is_not_there():
    provider = make_provider()
    model = make_model(provider, enabled=False)

    assert model.name not in models()


@pytest.mark.parametrize("broken", [{"base_url": ""}, {"kind": Provider.Kind.MOCK}])
def test_only_the_mock_has_no_address(broken):
    provider = make_provider()

    with pytest.raises(IntegrityError), transaction.atomic():
        Provider.objects.filter(pk=provider.pk).update(**broken)


@pytest.mark.parametrize("keys", [[], ["short"], ["A" * 40], ["é"]])
def test_a_bad_key_ring_names_the_variable(settings, keys):
    settings.ENCRYPTION_KEYS = keys

    with pytest.raises(ImproperlyConfigured, match="ENCRYPTION_KEYS"):
        selectors.key_ring()
