"""The Vosk engine; the only file that imports vosk. Vosk 引擎

Vosk calls its library without holding the interpreter lock, so recognisers of one model work in
parallel threads. The model is loaded once for the process and shared.
"""

import json
import re
from pathlib import Path
from typing import Any

import vosk

from asr.engine import Guess, Heard, known_words, readable
from asr.events import Word
from asr.model_check import feature_options, sample_rate_in

_UPSAMPLE = re.compile(r"^\s*--allow-upsample=true", re.MULTILINE)
_LOWEST_SENSIBLE_RATE = 8_000


class VoskEngine:
    """One model in memory. 模型

    The path is always given: without one, Vosk would go and download a model by itself.
    Raises vosk's own exception if the folder is no model (see asr.models.check for plain words).
    """

    def __init__(self, model_path: Path) -> None:
        vosk.SetLogLevel(-1)
        self._model = vosk.Model(model_path=str(model_path))
        # Vosk lowers any higher rate to the model's own, but never raises a lower one by itself.
        options = feature_options(model_path)
        self.lowest_sample_rate = (
            _LOWEST_SENSIBLE_RATE if _UPSAMPLE.search(options) else sample_rate_in(options)
        )

    def recogniser(self, sample_rate: int, phrases: tuple[str, ...]) -> "VoskRecogniser":
        """A fresh stream."""
        if phrases:
            grammar = json.dumps([*phrases, "[unk]"], ensure_ascii=False)
            return VoskRecogniser(vosk.KaldiRecognizer(self._model, float(sample_rate), grammar))
        return VoskRecogniser(vosk.KaldiRecognizer(self._model, float(sample_rate)))


class VoskRecogniser:
    """One stream. 转写流"""

    def __init__(self, kaldi: Any) -> None:
        self._kaldi = kaldi
        kaldi.SetWords(True)

    def accept(self, pcm: bytes) -> Heard | None:
        """Take more audio; an utterance when a pause ended one."""
        if self._kaldi.AcceptWaveform(pcm):
            return _heard(self._kaldi.Result())
        return None

    def partial(self) -> Guess:
        """The text since the last utterance."""
        self._kaldi.SetPartialWords(False)
        return Guess(text=readable(json.loads(self._kaldi.PartialResult()).get("partial", "")))

    def partial_with_words(self) -> Guess:
        """The same with the words' times, but only as far as Vosk's lattice goes: a second behind."""
        self._kaldi.SetPartialWords(True)
        said = json.loads(self._kaldi.PartialResult())
        return Guess(
            text=readable(said.get("partial", "")), words=_words(said.get("partial_result", []))
        )

    def finish(self) -> Heard:
        """What is left when no more audio comes."""
        return _heard(self._kaldi.FinalResult())


def _heard(raw: str) -> Heard:
    said = json.loads(raw)
    return Heard(text=readable(said.get("text", "")), words=_words(said.get("result", [])))


def _words(rows: list[dict[str, Any]]) -> tuple[Word, ...]:
    return known_words(
        Word(
            text=row["word"],
            starts_at_ms=round(row["start"] * 1000),
            ends_at_ms=round(row["end"] * 1000),
            confidence=min(1.0, max(0.0, float(row.get("conf", 0.0)))),
        )
        for row in rows
    )
