"""What the terminal can't do, said in English or French as a problem document (RFC 9457)."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.documents.bilingual import Bilingual
from api.documents.decision import to_json
from api.http.languages import language_of, preferred_language
from api.http.problems import PROBLEM_JSON, entry_of, kind_of, problem
from api.position import InvalidPosition
from api.text.refusals import refusal_sentence
from engine.errors import InvalidAsk


class TerminalRefusal(Exception):
    """A request that the terminal turns away.

    Parameters
    ----------
    status : int
        Of HTTP.
    code : str
    text : Bilingual
        What is wrong and what to do, in both languages.
    extra : dict, optional
        Members of the document: what is still known.
    """

    def __init__(self, status: int, code: str, text: Bilingual, extra: dict[str, Any] | None = None) -> None:
        super().__init__(text["en"])
        self.status, self.code, self.text, self.extra = status, code, text, extra or {}


class UnreadPosition(InvalidAsk):
    """A position typed at this computer that can't be read.

    Parameters
    ----------
    field : str
        Field of the body that it stands in.
    wrong : InvalidPosition
    """

    def __init__(self, field: str, wrong: InvalidPosition) -> None:
        super().__init__(field, wrong.problem, wrong.remedy)


async def answer_unread(request: Request, unread: Exception) -> Response:
    """The problem document of a position typed here; it names the word, for it goes to nobody but whoever typed it."""
    assert isinstance(unread, UnreadPosition)  # noqa: S101
    language = language_of(request)
    detail = refusal_sentence(unread.field, unread.problem, unread.remedy, language)
    return problem(request, kind_of(unread), detail, [entry_of(unread, unread.field, language)])


async def answer_refusal(request: Request, refusal: Exception) -> Response:
    """The problem document of a refusal, in the language asked for."""
    assert isinstance(refusal, TerminalRefusal)  # noqa: S101
    language = preferred_language(request.headers.get("accept-language", ""))
    detail = refusal.text[language]
    document = {
        "type": f"urn:safeport:problem:{refusal.code.lower().replace('_', '-')}",
        "title": detail.partition(". ")[0].rstrip(".") + ".",
        "status": refusal.status, "detail": detail, "code": refusal.code, "errors": [],
        "instance": request.scope["path"][:300], **refusal.extra,
    }  # fmt: skip
    headers = {"Cache-Control": "no-store", "Content-Language": language, "Vary": "Accept-Language"}
    return Response(to_json(document), refusal.status, headers, PROBLEM_JSON)
