"""The vosk-server websocket protocol as text, both directions. 转写协议

Client: `{"config": {...}}` at most once and first, binary audio, `{"eof" : 1}`.
Server: one answer for every block of audio, `{"partial": "..."}` or
`{"result": [{"conf", "end", "start", "word"}], "text": "..."}`, one last answer after eof, and
`{"error": {"code", "message"}}` before it closes on somebody who broke the rules. Who asks for
`max_alternatives` gets `{"alternatives": [{"confidence", "result", "text"}]}` instead of a text.

The original vosk-server knows the end of the audio by that one spelling, blank before the colon; it has
no `partial_words` and ignores what it does not know. Ours adds `"stale": true` to a partial result that
it did not look at anew, because others wait.
"""

import json
from dataclasses import dataclass
from typing import Any

from asr.engine import Guess, Heard, known_words, readable
from asr.errors import RecogniserGarbage, RecogniserRefused, SpeechRequestWrong
from asr.events import Word

END_OF_AUDIO = '{"eof" : 1}'
GOING_AWAY = 1001
INVALID_DATA = 1007
POLICY = 1008
MAX_PHRASES = 2_000
MAX_RATE = 48_000


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamConfig:
    """What a client wants of its stream. 转写流设置"""

    sample_rate: int = 16_000
    words: bool = True
    partial_words: bool = False
    alternatives: bool = False
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EndOfAudio:
    """No more audio comes. 结束"""


def write_config(config: StreamConfig) -> str:
    """The client's first message."""
    wanted: dict[str, Any] = {
        "sample_rate": config.sample_rate,
        "words": config.words,
        "partial_words": config.partial_words,
    }
    if config.phrases:
        wanted["phrase_list"] = list(config.phrases)
    return json.dumps({"config": wanted}, ensure_ascii=False)


def read_request(raw: str) -> StreamConfig | EndOfAudio:
    """A client's text message. Raises SpeechRequestWrong."""
    try:
        message = json.loads(raw)
    except (ValueError, RecursionError) as wrong:
        raise SpeechRequestWrong("bad-json", "not JSON", INVALID_DATA) from wrong
    if not isinstance(message, dict):
        raise SpeechRequestWrong("bad-message", "a JSON object is expected", INVALID_DATA)
    if "eof" in message:
        return EndOfAudio()
    if isinstance(message.get("config"), dict):
        return _read_config(message["config"])
    raise SpeechRequestWrong("bad-message", "neither config nor eof", INVALID_DATA)


def _read_config(wanted: dict[str, Any]) -> StreamConfig:
    rate = wanted.get("sample_rate", 16_000)
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 < rate <= MAX_RATE:
        raise SpeechRequestWrong("bad-sample-rate", "sample_rate is 1 to 48000", POLICY)
    phrases = wanted.get("phrase_list") or []
    if isinstance(phrases, str):
        # The original server also takes the list as JSON text.
        try:
            phrases = json.loads(phrases)
        except (ValueError, RecursionError) as wrong:
            raise SpeechRequestWrong("bad-phrase-list", "phrase_list is no list", POLICY) from wrong
    if (
        not isinstance(phrases, list)
        or len(phrases) > MAX_PHRASES
        or not all(isinstance(phrase, str) for phrase in phrases)
    ):
        raise SpeechRequestWrong("bad-phrase-list", "phrase_list is a list of texts", POLICY)
    return StreamConfig(
        sample_rate=int(rate),
        words=bool(wanted.get("words", True)),
        partial_words=bool(wanted.get("partial_words", False)),
        alternatives=_number(wanted.get("max_alternatives") or 0) > 0,
        phrases=tuple(phrase for phrase in phrases if phrase != "[unk]"),
    )


def _number(value: Any) -> float:
    if not isinstance(value, int | float):
        raise SpeechRequestWrong("bad-max-alternatives", "max_alternatives is a number", POLICY)
    return value


def write_heard(heard: Heard, config: StreamConfig) -> str:
    """The server's answer when an utterance ended."""
    answer: dict[str, Any] = {"text": heard.text}
    if config.words and heard.words:
        answer["result"] = _rows(heard.words)
    if config.alternatives:
        # Our engine is sure of one; a client that asked for more reads it all the same.
        likely = [word.confidence for word in heard.words]
        mean = sum(likely) / len(likely) if likely else 0.0
        answer = {"alternatives": [{"confidence": round(mean, 6), **answer}]}
    return json.dumps(answer, ensure_ascii=False)


def write_guess(guess: Guess, config: StreamConfig) -> str:
    """The server's answer in the middle of an utterance."""
    answer: dict[str, Any] = {"partial": guess.text}
    if config.partial_words and guess.words:
        answer["partial_result"] = _rows(guess.words)
    if guess.stale:
        answer["stale"] = True
    return json.dumps(answer, ensure_ascii=False)


def write_error(wrong: SpeechRequestWrong) -> str:
    """The server's last message to somebody who broke the rules."""
    return json.dumps({"error": {"code": wrong.code, "message": wrong.message}})


def read_answer(raw: str | bytes) -> Heard | Guess:
    """The server's answer. Raises RecogniserGarbage, RecogniserRefused."""
    try:
        answer = json.loads(raw)
    except (ValueError, RecursionError) as wrong:
        raise RecogniserGarbage("not JSON") from wrong
    if not isinstance(answer, dict):
        raise RecogniserGarbage("no JSON object")
    if isinstance(answer.get("error"), dict):
        raise RecogniserRefused(str(answer["error"].get("code", "unknown"))[:60])
    if isinstance(answer.get("text"), str):
        return Heard(text=readable(answer["text"]), words=_read_words(answer.get("result", [])))
    if isinstance(answer.get("partial"), str):
        words = _read_words(answer.get("partial_result", []))
        stale = answer.get("stale") is True
        return Guess(text=readable(answer["partial"]), words=words, stale=stale)
    raise RecogniserGarbage("neither text nor partial")


def _rows(words: tuple[Word, ...]) -> list[dict[str, Any]]:
    return [
        {
            "conf": round(word.confidence, 6),
            "end": word.ends_at_ms / 1000,
            "start": word.starts_at_ms / 1000,
            "word": word.text,
        }
        for word in words
    ]


def _read_words(rows: Any) -> tuple[Word, ...]:
    if not isinstance(rows, list):
        raise RecogniserGarbage("result is no list")
    try:
        return known_words(
            Word(
                text=str(row["word"]),
                starts_at_ms=round(float(row["start"]) * 1000),
                ends_at_ms=round(float(row["end"]) * 1000),
                confidence=min(1.0, max(0.0, float(row.get("conf", 0.0)))),
            )
            for row in rows
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as wrong:
        raise RecogniserGarbage("a word without its times") from wrong
