"""What can go wrong with tenants and keys.

* TenantsError
  - KeyAlreadyRevoked        somebody revoked it first
  - KeyNotUsable             a revoked or expired key cannot be rotated
  - TenantAlreadySuspended
  - TenantNotSuspended
"""


class TenantsError(Exception):
    pass


class KeyAlreadyRevoked(TenantsError):
    pass


class KeyNotUsable(TenantsError):
    pass


class TenantAlreadySuspended(TenantsError):
    pass


class TenantNotSuspended(TenantsError):
    pass
