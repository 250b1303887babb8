"""Every page of the console; Django's admin looks for this module."""

from . import calls, keys, ledger, people, providers, tenants  # noqa: F401
