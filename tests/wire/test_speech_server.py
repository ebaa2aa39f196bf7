"""The speech server against good and hostile peers, over real sockets."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

from asr.connection import open_connection
from asr.engine import Guess, Heard
from asr.errors import (
    NoRecogniser,
    RecogniserGarbage,
    RecogniserLost,
    RecogniserRefused,
    RecognisersBusy,
    RecogniserSilent,
)
from asr.protocol import StreamConfig
from asr.recognisers import RecogniserPool
from asr.server import MAX_MESSAGE_BYTES, SpeechServer
from tests.fakes.recognisers import ToyEngine, quiet, said


class Picky(ToyEngine):
    lowest_sample_rate = 16_000


@asynccontextmanager
async def server(engine=None, **options) -> AsyncIterator[tuple[SpeechServer, str]]:
    with ThreadPoolExecutor(2) as pool:
        serving = SpeechServer(engine or Picky(), pool, **options)
        ready = asyncio.get_running_loop().create_future()
        async with asyncio.timeout(20), asyncio.TaskGroup() as group:
            task = group.create_task(serving.run("127.0.0.1", 0, ready))
            yield serving, f"ws://127.0.0.1:{await ready}"
            task.cancel()


async def stream(address, config=None, limit_s=5.0):
    return await open_connection(address, config or StreamConfig(), limit_s, limit_s)


async def until(true) -> None:
    """Wait for the server's other tasks; the server's own time limit ends it."""
    while not true():
        await asyncio.get_running_loop().run_in_executor(None, lambda: None)


async def ask(address, *messages):
    """What a plain vosk-server client sees."""
    answers = []
    async with connect(address, proxy=None) as peer:
        for message in messages:
            await peer.send(message)
        try:
            while True:
                answers.append(json.loads(await peer.recv()))
        except ConnectionClosed as closed:
            return answers, closed.rcvd.code


async def test_our_client_hears_partials_utterances_and_the_rest():
    async with server() as (_, address):
        connection = await stream(address)
        assert (await connection.hear(said("路灯", 200))).text == "路灯"
        heard = await connection.hear(said("坏了", 200) + quiet(700))
        assert isinstance(heard, Heard)
        assert heard.text == "路灯坏了"
        assert [(w.starts_at_ms, w.ends_at_ms) for w in heard.words] == [(0, 200), (200, 400)]
        assert isinstance(await connection.hear(said("没人", 200)), Guess)
        rest = await connection.finish()
        assert (rest.text, rest.words[0].starts_at_ms) == ("没人", 1100)
        await connection.close()


async def test_a_plain_vosk_client_gets_the_protocol_it_knows():
    async with server() as (_, address):
        answers, code = await ask(
            address,
            '{"config" : {"sample_rate" : 16000, "words": 1, "max_alternatives": 0}}',
            said("路灯", 200),
            said("坏了", 200) + quiet(700),
            '{"eof" : 1}',
        )
    assert answers == [
        {"partial": "路灯"},
        {
            "text": "路灯坏了",
            "result": [
                {"conf": 0.9, "start": 0.0, "end": 0.2, "word": "路灯"},
                {"conf": 0.9, "start": 0.2, "end": 0.4, "word": "坏了"},
            ],
        },
        {"text": ""},
    ]
    assert code == 1000


async def test_partial_words_come_when_asked_for():
    async with server() as (_, address):
        answers, _ = await ask(
            address, '{"config": {"partial_words": true}}', said("路灯", 200), '{"eof": 1}'
        )
    assert answers[0]["partial_result"] == [{"conf": 0.9, "start": 0.0, "end": 0.2, "word": "路灯"}]


@pytest.mark.parametrize(
    ("message", "error", "code"),
    [
        ("{not json", "bad-json", 1007),
        ("[" * 100_000, "bad-json", 1007),
        ("[]", "bad-message", 1007),
        ('{"hello": 1}', "bad-message", 1007),
        ('{"config": 3}', "bad-message", 1007),
        ('{"config": {"sample_rate": "fast"}}', "bad-sample-rate", 1008),
        ('{"config": {"sample_rate": true}}', "bad-sample-rate", 1008),
        ('{"config": {"sample_rate": NaN}}', "bad-sample-rate", 1008),
        ('{"config": {"sample_rate": 8000}}', "sample-rate-too-low", 1008),
        ('{"config": {"phrase_list": "[3]"}}', "bad-phrase-list", 1008),
        ('{"config": {"phrase_list": {"a": 1}}}', "bad-phrase-list", 1008),
        ('{"config": {"max_alternatives": "many"}}', "bad-max-alternatives", 1008),
    ],
)
async def test_a_peer_that_breaks_the_rules_is_told_why_and_the_others_are_unharmed(
    message, error, code
):
    async with server() as (serving, address):
        good = await stream(address)
        await good.hear(said("路灯", 200))
        answers, closed_with = await ask(address, message)
        assert [a["error"]["code"] for a in answers] == [error]
        assert closed_with == code
        assert serving.refused == {error: 1}
        assert (await good.hear(said("坏了", 200))).text == "路灯坏了"
        await good.close()


async def test_blocks_of_odd_sizes_are_put_together_again():
    whole = said("路灯", 200) + quiet(700)
    pieces = [whole[at : at + 1001] for at in range(0, len(whole), 1001)]
    async with server() as (serving, address):
        answers, code = await ask(address, *pieces, '{"eof" : 1}')
        assert len(answers) == len(pieces) + 1
        (heard,) = [a for a in answers if a.get("text")]
        assert (heard["text"], heard["result"][0]["end"]) == ("路灯", 0.2)
        assert (code, serving.refused) == (1000, {})


async def test_config_after_audio_is_refused():
    async with server() as (_, address):
        answers, code = await ask(address, quiet(100), '{"config": {}}')
    assert answers[-1]["error"]["code"] == "config-too-late"
    assert code == 1008


async def test_too_long_a_message_closes_its_sender_only():
    async with server() as (_, address):
        good = await stream(address)
        _, code = await ask(address, bytes(MAX_MESSAGE_BYTES + 2))
        assert code == 1009
        assert (await good.hear(said("修", 100))).text == "修"
        await good.close()


async def test_text_that_is_not_utf_8_closes_its_sender_only():
    async with server() as (_, address):
        async with connect(address, proxy=None) as peer:
            await peer.send(b"\xff\xfe\xfd", text=True)
            with pytest.raises(ConnectionClosed) as closed:
                await peer.recv()
        assert closed.value.rcvd.code == 1007
        good = await stream(address)
        assert (await good.hear(said("修", 100))).text == "修"
        await good.close()


async def test_peers_that_hang_up_in_the_middle_leave_nothing_behind():
    async with server(max_streams=3) as (_, address):
        for _ in range(10):
            connection = await stream(address)
            await connection.hear(said("修", 20))
            connection._socket.transport.abort()
            await connection.close()
        good = await stream(address)
        assert (await good.hear(said("修", 100))).text == "修"
        await good.close()


async def test_bytes_that_are_no_websocket_do_no_harm():
    async with server() as (_, address):
        host, port = address.removeprefix("ws://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"\x16\x03\x01" + bytes(500) + b"\r\n\r\n")
        await writer.drain()
        await reader.read()
        writer.close()
        good = await stream(address)
        assert (await good.hear(said("修", 100))).text == "修"
        await good.close()


async def test_a_peer_that_says_nothing_more_loses_its_place_and_the_others_keep_theirs():
    async with server(max_streams=2, idle_limit_s=0.3) as (serving, address):
        async with connect(address, proxy=None) as slow:
            await slow.send('{"config": {}}')
            good = await stream(address)
            async with asyncio.timeout(10):
                while not serving.refused:
                    assert (await good.hear(said("修", 20))).text == "修"
            assert json.loads(await slow.recv())["error"]["code"] == "idle"
            with pytest.raises(ConnectionClosed):
                await slow.recv()
        assert serving.refused == {"idle": 1}
        await good.close()


async def test_a_message_that_never_ends_is_as_good_as_none():
    async with server(idle_limit_s=0.3) as (serving, address):
        async with connect(address, proxy=None) as slow:

            async def without_end():
                while True:
                    yield bytes(2)
                    await asyncio.get_running_loop().run_in_executor(None, lambda: None)

            with pytest.raises(ConnectionClosed):
                await slow.send(without_end())
        # Whichever limit it meets first: the time, or what the websocket layer takes in pieces.
        await until(lambda: serving.refused in ({"idle": 1}, {"message-too-long": 1}))


async def test_connections_that_never_shake_hands_are_few_and_short():
    async with server(max_streams=1, handshake_limit_s=0.5) as (serving, address):
        host, port = address.removeprefix("ws://").split(":")
        peers = [await asyncio.open_connection(host, int(port)) for _ in range(40)]
        for reader, writer in peers:
            assert await reader.read(1) == b""
            writer.close()
        expected = {"too-many-connections": 7, "no-handshake": 33}
        await until(lambda: serving.refused == expected)
        good = await stream(address)
        assert (await good.hear(said("修", 100))).text == "修"
        await good.close()


async def test_what_the_websocket_layer_refuses_is_counted_by_name():
    async with server() as (serving, address):
        await ask(address, bytes(MAX_MESSAGE_BYTES + 2))
        async with connect(address, proxy=None) as peer:
            await peer.send(b"\xff\xfe\xfd", text=True)
            with pytest.raises(ConnectionClosed):
                await peer.recv()
        await until(lambda: serving.refused == {"message-too-long": 1, "not-utf-8": 1})


async def test_partials_are_given_up_before_finals_when_many_wait():
    class Slow(ToyEngine):
        def recogniser(self, sample_rate, phrases):
            toy = super().recogniser(sample_rate, phrases)
            toy.accept = partial(self._slowly, toy.accept)
            return toy

        def _slowly(self, accept, pcm):
            self.gate.wait(10)
            return accept(pcm)

        gate = threading.Event()

    engine = Slow()
    async with server(engine, threads=1) as (serving, address):
        streams = [await stream(address) for _ in range(6)]
        async with asyncio.TaskGroup() as group:
            asked = [group.create_task(s.hear(said("路灯", 100))) for s in streams]
            await until(lambda: serving.at_work == len(streams))
            engine.gate.set()
        guesses = [one.result() for one in asked]
        assert serving.stale_partials == sum(guess.stale for guess in guesses) > 0
        assert not (await streams[0].hear(said("路灯", 20))).stale
        for each in streams:
            assert (await each.hear(quiet(700))).text == "路灯"
            await each.close()


async def test_one_stream_too_many_is_sent_away_and_fits_again_later():
    async with server(max_streams=1) as (serving, address):
        first = await stream(address)
        await first.hear(said("修", 20))
        with pytest.raises(RecogniserLost):
            # The server may hang up before or after our first word.
            await (await stream(address)).hear(said("修", 20))
        assert serving.refused == {"too-many-streams": 1}
        await first.finish()
        await first.close()
        third = await stream(address)
        assert (await third.hear(said("修", 20))).text == "修"
        await third.close()


async def test_an_engine_that_fails_ends_its_stream_and_no_other():
    class Brittle(ToyEngine):
        def recogniser(self, sample_rate, phrases):
            toy = super().recogniser(sample_rate, phrases)
            if phrases:
                toy.accept = None
            return toy

    async with server(Brittle()) as (_, address):
        good = await stream(address)
        bad = await stream(address, StreamConfig(phrases=("路灯",)))
        with pytest.raises(RecogniserLost):
            await bad.hear(said("修", 100))
        await bad.close()
        assert (await good.hear(said("修", 100))).text == "修"
        await good.close()


@asynccontextmanager
async def strange_server(serve_peer) -> AsyncIterator[str]:
    async with asyncio.timeout(20), serve(serve_peer, "127.0.0.1", 0) as strange:
        yield f"ws://127.0.0.1:{strange.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("{", RecogniserGarbage),
        ("3", RecogniserGarbage),
        ("{}", RecogniserGarbage),
        ('{"text": 3}', RecogniserGarbage),
        ('{"text": "a", "result": 3}', RecogniserGarbage),
        ('{"text": "a", "result": [{"word": "a"}]}', RecogniserGarbage),
        ('{"text": "a", "result": [7]}', RecogniserGarbage),
        ('{"text": "a", "result": [{"word": "a", "start": 1e999, "end": 1}]}', RecogniserGarbage),
        ('{"error": {"code": "sample-rate-too-low"}}', RecogniserRefused),
    ],
)
async def test_a_strange_answer_has_a_name(answer, error):
    async def say(peer):
        async for message in peer:
            if isinstance(message, bytes):
                await peer.send(answer)

    async with strange_server(say) as address:
        connection = await stream(address)
        with pytest.raises(error):
            await connection.hear(quiet(20))
        await connection.close()


async def test_a_server_that_says_nothing_is_silent_and_one_that_leaves_is_lost():
    async def listen(peer):
        async for _ in peer:
            pass

    async with strange_server(listen) as address:
        connection = await stream(address, limit_s=0.1)
        with pytest.raises(RecogniserSilent):
            await connection.hear(quiet(20))
        await connection.close()
    with pytest.raises(RecogniserLost):
        await stream(address)


async def test_a_pool_that_is_full_says_so_and_takes_one_more_when_one_has_gone():
    async with server() as (_, one):
        pool = RecogniserPool(StreamConfig(), 5.0, (one,), streams_each=2)
        first, second = [await pool.connect() for _ in range(2)]
        assert pool.room == 0
        with pytest.raises(RecognisersBusy):
            await pool.connect()
        await first.close()
        assert pool.room == 1
        third = await pool.connect()
        assert pool.troubles == {"recognisers-busy": 1}
        for connection in (second, third):
            await connection.close()


async def test_the_pool_takes_the_least_loaded_and_leaves_out_who_does_not_answer():
    async def nobody(_reader, writer):
        writer.close()

    wall = await asyncio.start_server(nobody, "127.0.0.1", 0)
    broken = f"ws://127.0.0.1:{wall.sockets[0].getsockname()[1]}"
    async with wall, server() as (_, one), server() as (_, two):
        pool = RecogniserPool(StreamConfig(), 5.0, (broken, one, two))
        connections = [await pool.connect() for _ in range(4)]
        assert pool.streams == {broken: 0, one: 2, two: 2}
        assert pool.available == 2
        await connections[0].close()
        await connections[0].close()
        assert sorted(pool.streams.values()) == [0, 1, 2]
        pool.remove(two)
        pool.remove(one)
        with pytest.raises(NoRecogniser):
            await pool.connect()
        for connection in connections:
            await connection.close()
