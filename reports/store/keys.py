"""One key for every spelling of an id."""

from hashlib import blake2b
from uuid import UUID

from reports.formats import canonical_id


def key_of(oops_id: str) -> UUID:
    """A hash of the id's canonical spelling, which nobody can craft a second id to."""
    canonical = canonical_id(oops_id).encode("utf-8", "surrogatepass")
    return UUID(bytes=blake2b(canonical, digest_size=16).digest())
