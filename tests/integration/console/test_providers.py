import pytest
from django.urls import reverse

from audit.models import Entry
from providers import kinds, selectors, services, snapshot
from providers.models import Credential, Model, Provider
from tests.factories import ANA, NOON, make_credential, make_model, make_provider

from .upstream import provider as fake_provider

pytestmark = pytest.mark.django_db
SECRET = "sk-upstream-0123456789abcdef"
TIMEOUTS = {
    "connect_timeout_s": 5,
    "first_byte_timeout_s": 120,
    "idle_timeout_s": 60,
    "total_timeout_s": 600,
}
INLINE = {"models-TOTAL_FORMS": 0, "models-INITIAL_FORMS": 0}
PROVIDER = {"name": "OpenAI", "slug": "openai", "kind": "OPENAI", "enabled": "on"}
PROVIDER |= {"base_url": "https://api.openai.com/v1", **TIMEOUTS, **INLINE}

AZURE = {"kind": "AZURE", "base_url": kinds.EXAMPLES[kinds.Kind.AZURE]}
BEDROCK = {"kind": "BEDROCK", "base_url": kinds.EXAMPLES[kinds.Kind.BEDROCK]}
OLLAMA = {"kind": "OLLAMA", "base_url": kinds.EXAMPLES[kinds.Kind.OLLAMA]}
KEYS = "AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI/K7MDENG"


def at(row, what):
    return reverse(f"admin:providers_{row._meta.model_name}_{what}", args=[row.pk])


def add(console, name, form):
    return console.post(reverse(f"admin:providers_{name}_add"), form)


def actions():
    return list(Entry.objects.order_by("at", "id").values_list("action", flat=True))


def secret_of(credential):
    return selectors.secret_of(credential, selectors.key_ring())


def test_a_provider_and_its_models_are_added_here(console):
    add(console, "provider", PROVIDER)
    openai = Provider.objects.get()
    add(console, "model", {"name": "gpt-4o", "provider": openai.pk, "enabled": "on"})

    assert snapshot.models(selectors.key_ring())["gpt-4o"].provider == "openai"
    assert actions()[-2:] == ["providers.provider.added", "providers.model.added"]
    assert Entry.objects.get(action="providers.model.added").actor == "user:olga"


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"base_url": ""}, "Where does it answer?"),
        ({"kind": "MOCK"}, "The built-in mock has no address."),
        ({"base_url": "https://key@api.example.com/v1"}, "secret belongs into a"),
        ({"base_url": "https://api.example.com/v1?key=x"}, "secret belongs into a"),
        ({"base_url": "https://api.example.com:99999/v1"}, "The port must be"),
        ({"base_url": "ftp://api.example.com"}, "Enter a valid URL"),
        ({"base_url": "api.example.com"}, "Enter a valid URL"),
        ({"connect_timeout_s": 0}, "greater than or equal to 1"),
        ({"slug": "Open AI"}, "lower-case letters"),
        ({"base_url": "https://api.openai.com"}, "Give it with its version"),
        ({"region": "us-east-1"}, "Only AWS Bedrock has a region"),
        ({"api_version": "2024-10-21"}, "Only Azure has versions"),
        (AZURE | {"base_url": "https://a.openai.azure.com"}, "End it with /openai/v1"),
        (AZURE | {"api_version": "v1"}, "A date, as in 2024-10-21"),
        (BEDROCK | {"base_url": "https://proxy.example.com"}, "Its address names none"),
        (BEDROCK | {"region": "eu-west-1"}, "Its address is in us-east-1."),
        (OLLAMA | {"base_url": "http://127.0.0.1:11434"}, "End it with /v1"),
        ({"kind": "NOBODY"}, "not one of the available choices"),
    ],
)
def test_a_provider_that_makes_no_sense_is_refused(console, fields, complaint):
    response = add(console, "provider", {**PROVIDER, **fields})

    assert complaint in response.content.decode()
    assert not Provider.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        *({"kind": kind.value, "base_url": url} for kind, url in kinds.EXAMPLES.items()),
        {"kind": "MOCK", "base_url": ""},
        AZURE | {"base_url": "https://a.openai.azure.com/", "api_version": "2024-10-21"},
        BEDROCK | {"base_url": "https://proxy.example.com/aws", "region": "eu-west-1"},
    ],
)  # fmt: skip
def test_every_kind_is_added_the_way_its_example_says(console, fields):
    add(console, "provider", {**PROVIDER, **fields})

    provider = Provider.objects.get()
    assert (provider.kind, provider.base_url) == (
        fields["kind"],
        fields["base_url"].rstrip("/"),
    )
    made = make_model(provider)
    target = snapshot.models(selectors.key_ring())[made.name].target
    assert (target.kind, target.region, target.api_version) == (
        fields["kind"],
        fields.get("region") or kinds.region_in(fields["base_url"]),
        fields.get("api_version", ""),
    )


def test_the_page_says_what_an_address_looks_like(console):
    html = console.get(reverse("admin:providers_provider_add")).content.decode()

    lines = (f"{kind.label}: {url}" for kind, url in kinds.EXAMPLES.items())
    assert "<br>".join(lines) in html


def test_changing_a_provider_notes_what_differs(console):
    add(console, "provider", PROVIDER)
    openai = Provider.objects.get()

    console.post(at(openai, "change"), {**PROVIDER, "idle_timeout_s": 9})

    entry = Entry.objects.get(action="providers.provider.changed")
    assert entry.subject == "provider:openai"
    assert entry.detail["after"] == {"idle_timeout_s": 9}


@pytest.mark.parametrize("make", [make_model, lambda p: make_credential(p, SECRET)])
def test_rows_chosen_in_a_list_are_switched_off_and_on(console, make):
    row = make(make_provider())
    changelist = reverse(f"admin:providers_{row._meta.model_name}_changelist")

    for action, enabled in (("switch_off", False), ("switch_on", True)):
        console.post(changelist, {"action": action, "_selected_action": [row.pk]})
        assert type(row).objects.get().enabled is enabled

    noun = row._meta.model_name
    assert actions()[-2:] == [f"providers.{noun}.changed"] * 2


def test_switching_off_what_is_off_is_no_entry(console):
    model = make_model(make_provider(), enabled=False)

    console.post(
        reverse("admin:providers_model_changelist"),
        {"action": "switch_off", "_selected_action": [model.pk]},
    )

    assert "providers.model.changed" not in actions()


def test_a_provider_goes_with_its_models_and_is_noted(console):
    row = make_provider()
    make_model(row)
    make_credential(row, SECRET)

    console.post(at(row, "delete"), {"post": "yes"})

    assert not Model.objects.exists()
    assert not Credential.objects.exists()
    assert actions()[-1] == "providers.provider.removed"


def test_a_credential_is_sealed_and_on_no_page(console):
    row = make_provider()

    form = {"provider": row.pk, "name": "main", "secret": SECRET, "enabled": "on"}
    saved = add(console, "credential", form)

    credential = Credential.objects.get()
    assert secret_of(credential) == SECRET
    assert SECRET not in str(Credential.objects.values())
    assert SECRET not in str(list(Entry.objects.values()))
    pages = [saved.url, at(credential, "change"), at(row, "change")]
    html = "".join(console.get(path).content.decode() for path in pages)
    assert SECRET[:-4] not in html
    assert credential.sealed not in html
    assert "…cdef" in html


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"name": ""}, "This field is required"),
        ({"secret": ""}, "This field is required"),
        ({"secret": "two words"}, "Printable ASCII"),
        ({"secret": "a\r\nX-Admin: 1"}, "Printable ASCII"),
        ({"secret": "schlüssel"}, "Printable ASCII"),
    ],
)
def test_a_refused_form_does_not_give_the_secret_back(console, fields, complaint):
    form = {"provider": make_provider().pk, "name": "main", "secret": SECRET, **fields}

    html = add(console, "credential", form).content.decode()

    assert complaint in html
    assert SECRET not in html
    assert not Credential.objects.exists()


@pytest.mark.parametrize(
    ("secret", "complaint"),
    [
        ("AKIAIOSFODNN7EXAMPLE", "That is an access key alone"),
        ("AKIAIOSFODNN7EXAMPLE:", "Give ACCESS_KEY_ID:SECRET_ACCESS_KEY"),
        ("key:wJalrXUtnFEMI", "Give ACCESS_KEY_ID:SECRET_ACCESS_KEY"),
        ("ASIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI", "needs :SESSION_TOKEN behind it"),
    ],
)
def test_a_secret_that_cannot_be_bedrocks_is_refused(console, secret, complaint):
    provider = make_provider(**BEDROCK)
    form = {"provider": provider.pk, "name": "main", "secret": secret}

    html = add(console, "credential", form).content.decode()

    assert complaint in html
    assert f'value="{secret}"' not in html
    assert not Credential.objects.exists()


@pytest.mark.parametrize(
    "secret",
    [KEYS, "ASIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI:FwoGZXIvYXdz/+=", "ABSKQmVkcm9ja0FQ"],
)
def test_a_secret_in_one_of_bedrocks_forms_is_kept(console, secret):
    provider = make_provider(**BEDROCK)

    add(console, "credential", {"provider": provider.pk, "name": "a", "secret": secret})

    assert secret_of(Credential.objects.get()) == secret


def test_a_secret_is_replaced_only_by_one_of_its_providers_form(console):
    credential = make_credential(make_provider(**BEDROCK), KEYS)

    console.post(at(credential, "change"), {"name": "main", "secret": KEYS[:20]})

    assert secret_of(Credential.objects.get()) == KEYS


def test_an_empty_field_keeps_the_secret(console):
    credential = make_credential(make_provider(), SECRET)

    console.post(at(credential, "change"), {"name": "renamed", "secret": ""})

    credential.refresh_from_db()
    assert (credential.name, credential.enabled) == ("renamed", False)
    assert secret_of(credential) == SECRET


def test_a_secret_is_replaced(console):
    credential = make_credential(make_provider(), SECRET)

    console.post(at(credential, "change"), {"name": "main", "secret": "sk-" + "n" * 20})

    credential.refresh_from_db()
    assert secret_of(credential) == "sk-" + "n" * 20
    assert actions()[-1] == "providers.credential.replaced"


def test_a_secret_stays_with_the_provider_it_was_given_for(console):
    credential = make_credential(make_provider(), SECRET)
    other = make_provider()

    console.post(at(credential, "change"), {"name": "main", "provider": other.pk})

    credential.refresh_from_db()
    assert credential.provider_id != other.pk


def test_without_an_encryption_key_nothing_is_stored(console, settings):
    settings.ENCRYPTION_KEYS = []
    form = {"provider": make_provider().pk, "name": "main", "secret": SECRET}

    html = add(console, "credential", form).content.decode()

    assert "ENCRYPTION_KEYS" in html
    assert not Credential.objects.exists()


def test_a_stale_page_does_not_bring_an_old_secret_back():
    credential = make_credential(make_provider(), SECRET)
    stale = Credential.objects.get()
    services.store_credential(
        credential=credential,
        secret="sk-newer-0123456789",
        ring=selectors.key_ring(),
        by=ANA,
        now=NOON,
    )

    stale.name = "edited meanwhile"
    services.amend(row=stale, by=ANA, now=NOON)

    assert secret_of(Credential.objects.get()) == "sk-newer-0123456789"


def probed(console, row):
    return console.post(at(row, "test_connection"), follow=True).content.decode()


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("status", "words"),
    [(200, "The connection works."), (401, "it refuses the credential.")],
)
def test_a_connection_is_tested_with_the_credential_a_call_would_use(
    console, status, words
):
    with fake_provider(status) as upstream:
        row = make_provider(name="Cellar", base_url=upstream.base_url)
        make_credential(row, "sk-off-0123456789abcdef", enabled=False)
        make_credential(row, SECRET)
        html = probed(console, row)

    assert f"Cellar answered {status} after" in html
    assert words in html
    assert SECRET not in html
    assert upstream.asked[0][1]["authorization"] == f"Bearer {SECRET}"


@pytest.mark.enable_socket
def test_bedrock_is_tested_by_what_it_says_to_a_signature(console):
    headers = {"x-amzn-errortype": "ValidationException"}
    with fake_provider(400, headers) as upstream:
        row = make_provider(
            **BEDROCK | {"base_url": upstream.base_url, "region": "eu-west-1"}
        )
        make_credential(row, KEYS)
        question = console.get(at(row, "test_connection")).content.decode()
        html = probed(console, row)

    assert "Sends it an empty request" in question
    assert "It knows the credential; which models that may call was not asked." in html
    assert "/eu-west-1/bedrock/" in upstream.asked[0][1]["authorization"]
    assert KEYS not in html


@pytest.mark.enable_socket
def test_a_provider_whose_credentials_are_all_off_is_not_asked_bare(console):
    with fake_provider() as upstream:
        row = make_provider(base_url=upstream.base_url)
        make_credential(row, SECRET, enabled=False)
        html = probed(console, row)

    assert "is off or does not open" in html
    assert upstream.asked == []


@pytest.mark.enable_socket
def test_looking_at_the_page_asks_nobody(console):
    with fake_provider() as upstream:
        row = make_provider(base_url=upstream.base_url)
        console.get(at(row, "test_connection"))
        console.get(at(row, "change"))

    assert upstream.asked == []


def test_the_mock_has_nothing_to_test(console):
    row = make_provider(kind="MOCK", base_url="")

    assert "there is nothing to reach" in probed(console, row)
    assert (
        at(row, "test_connection")
        not in console.get(at(row, "change")).content.decode()
    )
