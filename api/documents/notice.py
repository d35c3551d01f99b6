"""Notices as documents have them."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from api.documents.bilingual import Bilingual

Level = Literal["information", "caution", "warning"]


class NoticeDocument(TypedDict):
    """Something to know about the whole answer."""

    code: str
    level: Level
    text: Bilingual
    port_ids: NotRequired[Annotated[list[str], Field(description="Ports it names, where it names any.")]]
