"""What rule documents may have played, checked against the texts they are published with. 提示音连接件"""

from collections.abc import Mapping
from pathlib import Path

from documents.problems import DocumentKind, Problem
from documents.reading import Complaints
from hotline.sounds.names import CHINESE, studio_recordings
from ivr.texts import Texts, read_texts
from seats.rule_documents.documents import Documents, FurtherCheck

ALWAYS_SAID = ("recording-notice", "goodbye", "all-seats-busy", "talk-lost")
"""Asterisk plays these by itself when the service is away (extensions.conf, queues.conf). 固定提示音"""
FOLDER = "hotline/"


def known_prompts(texts: Texts, folder: Path) -> frozenset[str]:
    """What a routing row may have played, as the dialplan names it."""
    spoken = {name for text in texts.values() for name in text.prompts(CHINESE)}
    recorded = {name for language, name in studio_recordings(folder) if language == CHINESE}
    return frozenset(f"{FOLDER}{name}" for name in spoken | recorded)


def prompt_problems(folder: Path) -> FurtherCheck:
    """For RuleOffice and Rulebook: a prompt that nobody can speak is found before it is published."""

    def problems(texts: Mapping[DocumentKind, str], documents: Documents) -> list[Problem]:
        spoken, _ = read_texts(texts[DocumentKind.TEXTS])
        of_texts, of_routing = Complaints(DocumentKind.TEXTS), Complaints(DocumentKind.ROUTING)
        if spoken:
            for code in ALWAYS_SAID:
                if code not in spoken or CHINESE not in spoken[code].words:
                    of_texts.error(
                        1, "text-missing", f"缺少文本 {code}（中文），系统离线时也要播放它"
                    )
        known = known_prompts(spoken, folder)
        for row in documents.routing:
            if row.prompt and row.prompt not in known:
                of_routing.error(
                    row.line, "prompt-missing", f"“{row.name}”的提示音 {row.prompt} 不存在"
                )
        return [*of_texts.found, *of_routing.found]

    return problems
