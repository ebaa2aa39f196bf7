"""The peers that vosk-server's users have: its clients against our server, our client against its server.

Both are written here after what upstream's published programs do on the wire (websocket/test.py,
test_words.py, test_alternatives.py and asr_server.py), with nothing of ours in them.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
import vosk
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

from asr.connection import open_connection
from asr.engine import Guess
from asr.errors import RecogniserLost
from asr.protocol import StreamConfig
from tests.fakes.speech import silence, speech

MODEL = Path(__file__).parents[2] / "asr" / "demo_model"
SENTENCE = "我家楼下的路灯坏了三天没人修"
SOUND = silence(500) + speech(SENTENCE) + silence(300)


@asynccontextmanager
async def our_server() -> AsyncIterator[str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "asr.server", "--model", str(MODEL)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(60):
            said = json.loads(await process.stdout.readline())
            yield f"ws://{said['host']}:{said['port']}"
    finally:
        process.stdin.close()
        await process.wait()


async def upstreams_client(address: str, config: str | None, block: int) -> list[dict]:
    """Send, receive, send, receive …; the end of the audio; the last answer."""
    answers = []
    async with connect(address, proxy=None) as socket:
        if config is not None:
            await socket.send(config)
        for at in range(0, len(SOUND), block):
            await socket.send(SOUND[at : at + block])
            answers.append(json.loads(await socket.recv()))
        await socket.send('{"eof" : 1}')
        answers.append(json.loads(await socket.recv()))
    return answers


def text_of(answers: list[dict]) -> str:
    return "".join(answer.get("text", "") for answer in answers)


@pytest.mark.parametrize(
    ("config", "block"),
    [
        ('{ "config" : { "sample_rate" : 16000 } }', 6400),
        (None, 8000),
        ('{"config" : \n { "sample_rate" : 16000.0,\n "words" : 0}}', 4001),
        (
            '{"config": {"sample_rate": 16000, "grammar": ["x"], "model": "en", "spk": null}}',
            64_000,
        ),
    ],
)
async def test_upstreams_client_gets_one_answer_for_every_message_and_the_text(config, block):
    async with our_server() as address:
        answers = await upstreams_client(address, config, block)
    assert all(("partial" in answer) != ("text" in answer) for answer in answers)
    assert "路灯坏了" in text_of(answers)
    assert any(answer.get("partial") for answer in answers) or block > 20_000
    with_words = [answer for answer in answers if answer.get("text")]
    words_wanted = '"words" : 0' not in (config or "")
    assert [("result" in answer) for answer in with_words] == [words_wanted] * len(with_words)
    for answer in with_words if words_wanted else []:
        assert {"conf", "end", "start", "word"} == set(answer["result"][0])
        assert "".join(word["word"] for word in answer["result"]) == answer["text"]


async def test_upstreams_client_may_ask_for_alternatives_and_for_a_list_of_phrases():
    async with our_server() as address:
        several = await upstreams_client(
            address, '{"config" : { "max_alternatives" : 20, "sample_rate" : 16000 } }', 6400
        )
        listed = await upstreams_client(
            address,
            '{"config" : { "phrase_list" : ["路灯 坏 了", "噪音"], "sample_rate" : 16000}}',
            6400,
        )
    finals = [answer["alternatives"] for answer in several if "alternatives" in answer]
    assert "路灯坏了" in "".join(each[0]["text"] for each in finals)
    assert all(0 <= each[0]["confidence"] <= 1 for each in finals)
    assert set(text_of(listed)) <= set("路灯坏了噪音")


class UpstreamServer:
    """vosk-server as it answers: knows one spelling of the end, ignores what it does not know."""

    def __init__(self) -> None:
        self.model = vosk.Model(model_path=str(MODEL))
        self.configs: list[dict] = []
        self.ended = 0

    async def serve_peer(self, peer) -> None:
        loop = asyncio.get_running_loop()
        recogniser, rate, words = None, 8000.0, True
        async for message in peer:
            if isinstance(message, str) and "config" in message:
                self.configs.append(json.loads(message)["config"])
                rate = float(self.configs[-1].get("sample_rate", rate))
                words = bool(self.configs[-1].get("words", words))
                continue
            if recogniser is None:
                recogniser = vosk.KaldiRecognizer(self.model, rate)
                recogniser.SetWords(words)
            if message == '{"eof" : 1}':
                self.ended += 1
                await peer.send(recogniser.FinalResult())
                return
            if isinstance(message, str):
                # The original gives the text to the recogniser, which fails: the peer is gone.
                raise TypeError(message)
            answer = partial(self._hear, recogniser, message)
            await peer.send(await loop.run_in_executor(None, answer))

    @staticmethod
    def _hear(recogniser, pcm: bytes) -> str:
        if recogniser.AcceptWaveform(pcm):
            return recogniser.Result()
        return recogniser.PartialResult()


@asynccontextmanager
async def upstreams_server() -> AsyncIterator[tuple[UpstreamServer, str]]:
    upstream = UpstreamServer()
    async with asyncio.timeout(60), serve(upstream.serve_peer, "127.0.0.1", 0) as serving:
        yield upstream, f"ws://127.0.0.1:{serving.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize("words", [True, False])
async def test_our_client_understands_upstreams_server(words):
    async with upstreams_server() as (upstream, address):
        config = StreamConfig(partial_words=True, words=words)
        connection = await open_connection(address, config, 10.0, 10.0)
        answers = [
            await connection.hear(SOUND[at : at + 6400]) for at in range(0, len(SOUND), 6400)
        ]
        answers.append(await connection.finish())
        await connection.close()
    assert (upstream.ended, upstream.configs[0]["sample_rate"]) == (1, 16_000)
    assert any(isinstance(answer, Guess) and answer.text for answer in answers)
    assert not any(answer.words for answer in answers if isinstance(answer, Guess))
    finals = [answer for answer in answers if not isinstance(answer, Guess) and answer.text]
    assert "路灯坏了" in "".join(answer.text for answer in finals)
    assert [bool(answer.words) for answer in finals] == [words] * len(finals)


async def test_an_upstream_server_that_falls_over_a_message_is_lost_and_not_waited_for():
    async with upstreams_server() as (_, address):
        connection = await open_connection(address, StreamConfig(), 10.0, 10.0)
        await connection._socket.send('{"reset": 1}')
        with pytest.raises(RecogniserLost):
            await connection.hear(os.urandom(640))
        await connection.close()


async def test_a_later_config_or_other_text_is_named_before_we_close():
    async with our_server() as address, connect(address, proxy=None) as socket:
        await socket.send('{"hello" : 1}')
        assert json.loads(await socket.recv())["error"]["code"] == "bad-message"
        with pytest.raises(ConnectionClosed):
            await socket.recv()
