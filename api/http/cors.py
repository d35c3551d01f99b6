"""Pages of other origins: which may ask, where an operator names any (SAFEPORT_CORS_ORIGINS)."""

from typing import Any

from api.http.security_headers import REQUEST_ID
from api.settings import Settings

_MAX_AGE_S = 600


def cors_of(settings: Settings) -> dict[str, Any]:
    """Options of starlette's CORSMiddleware. Nothing a browser adds by itself identifies a caller: no credentials."""
    return {
        "allow_origins": settings.cors_origins,
        "allow_methods": ("GET", "POST", "PUT", "DELETE"),
        "allow_headers": (
            "Accept-Language", "Authorization", "Content-Type", "Idempotency-Key", "If-None-Match", "Last-Event-ID",
            REQUEST_ID,
        ),
        "expose_headers": (
            "ETag", "Idempotency-Replayed", "Link", "Retry-After", "Safeport-Page-SHA256", "Safeport-Recorded",
            REQUEST_ID,
        ),
        "allow_credentials": False,
        "max_age": _MAX_AGE_S,
    }  # fmt: skip
