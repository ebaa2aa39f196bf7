"""The simulator's own AMI conversation against a scripted peer."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from hotline.outside.errors import SimulatorGone, SimulatorRefused
from hotline.outside.simulator_link import Headers, SimulatorLink

Answer = Callable[[str, str], str]


def polite(action: str, action_id: str) -> str:
    if action == "Refuse":
        return f"Response: Error\r\nActionID: {action_id}\r\nMessage: No such channel\r\n\r\n"
    said = f"Response: Success\r\nActionID: {action_id}\r\n\r\n"
    if action == "List":
        row = f"Event: Row\r\nActionID: {action_id}\r\nName: 一\r\n\r\n"
        end = f"Event: End\r\nEventList: Complete\r\nActionID: {action_id}\r\n\r\n"
        noise = "Event: Newstate\r\nUniqueid: other\r\n\r\n"
        return said + row + noise + row + end
    return said


@asynccontextmanager
async def link_to(answer: Answer, heard: list[Headers]) -> AsyncIterator[SimulatorLink]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"Asterisk Call Manager/11.0.0\r\n")
        try:
            while True:
                asked = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                fields = dict(line.split(": ", 1) for line in asked if line)
                said = answer(fields["Action"], fields["ActionID"])
                if not said:
                    return
                # In pieces, as the network may deliver it.
                raw = said.encode()
                writer.write(raw[:7])
                await writer.drain()
                writer.write(raw[7:])
        except asyncio.IncompleteReadError:
            return
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server, asyncio.TaskGroup() as group:
        link = SimulatorLink(server.sockets[0].getsockname()[1], "u", "s", heard.append)
        reading = group.create_task(link.run(), name="link")
        await link.log_in()
        yield link
        reading.cancel()


async def test_a_list_is_gathered_and_other_events_are_heard_meanwhile():
    heard: list[Headers] = []
    async with link_to(polite, heard) as link:
        rows = await link.collect("List")
        assert [row["Name"] for row in rows] == ["一", "一"]
        assert [event["Uniqueid"] for event in heard] == ["other"]


async def test_a_refusal_is_an_error_and_the_next_action_works():
    async with link_to(polite, []) as link:
        with pytest.raises(SimulatorRefused, match="No such channel"):
            await link.act("Refuse")
        assert (await link.act("Ping"))["Response"] == "Success"


async def test_a_line_break_in_a_value_never_reaches_the_wire():
    async with link_to(polite, []) as link:
        with pytest.raises(ValueError, match="CR, LF"):
            await link.act("Setvar", ("Value", "x\r\nAction: Hangup"))


async def test_whoever_waits_when_the_simulator_goes_is_told():
    with pytest.raises(ExceptionGroup) as gone:
        async with link_to(lambda a, i: "" if a == "Vanish" else polite(a, i), []) as link:
            await link.act("Vanish")
    assert gone.group_contains(SimulatorGone)
