"""What a reason code says of ports in general, without the figures of one case."""

from api.replay.analysis.record_rules import RECORD_RULES
from api.replay.reports.locale import ENGLISH, WORDS, ReportLocale
from api.text.messages import WORDING
from engine.codes import Code


def sentence_of(code_name: str, locale: ReportLocale = ENGLISH) -> str:
    """What a code says, of any port and without figures; the bare name of a code that is not known here."""
    if code_name in RECORD_RULES:
        return locale.of(*WORDS[code_name])
    try:
        text = WORDING[Code[code_name]].of_any_port
    except KeyError:
        return code_name
    return locale.of(*text)
