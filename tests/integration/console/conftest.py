import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def uncounted():
    """Forget the attempts of the test before."""
    cache.clear()


@pytest.fixture(autouse=True)
def hashed_in_a_moment(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def operator(db):
    return User.objects.create_superuser("olga", password=PASSWORD)


@pytest.fixture
def console(operator):
    """A browser in which an operator is signed in."""
    client = Client()
    client.force_login(operator)
    return client
