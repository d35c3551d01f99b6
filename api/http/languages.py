"""Which language a request asks for, and how its headers weigh what they name (RFC 9110, 12.4.2)."""

from typing import Literal

from starlette.requests import Request


def language_of(request: Request) -> Literal["en", "fr"]:
    """Language to refuse a request in: that of its ``lang``; by Accept-Language where it has none, or both."""
    asked = request.query_params.get("lang")
    if asked in ("en", "fr"):
        return "fr" if asked == "fr" else "en"
    return preferred_language(request.headers.get("accept-language", ""))


def preferred_language(accept: str) -> Literal["en", "fr"]:
    """French where it is wanted more than English, else English; RFC 9110, 12.5.4."""
    wanted = {"en": 0.0, "fr": 0.0}
    for name, quality in read_weights(accept):
        short = name.partition("-")[0]
        if short in wanted:
            wanted[short] = max(wanted[short], quality)
    return "fr" if wanted["fr"] > wanted["en"] else "en"


def read_weights(header: str) -> list[tuple[str, float]]:
    """Names of a header with their ``q``; what cannot be read counts as not wanted."""
    found: list[tuple[str, float]] = []
    for part in header.split(",")[:50] if header else ():
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = next((piece[2:] for piece in parameters if piece.startswith("q=")), "1")
        try:
            found.append((name, min(max(float(quality), 0.0), 1.0)))
        except ValueError:
            found.append((name, 0.0))
    return found
