"""A report in the forms that senders use. The view has its bytes already."""

from __future__ import annotations

from typing import Any

from rest_framework.renderers import BaseRenderer


class Bytes(BaseRenderer):
    """Hands on what it is given."""

    charset = None
    render_style = "binary"

    def render(self, data: Any, *_: Any, **__: Any) -> Any:
        """The same bytes."""
        return data


class Bson(Bytes):
    """`application/bson`, or `?format=bson`."""

    media_type = "application/bson"
    format = "bson"


class Rfc822(Bytes):
    """`message/rfc822`, or `?format=rfc822`."""

    media_type = "message/rfc822"
    format = "rfc822"
