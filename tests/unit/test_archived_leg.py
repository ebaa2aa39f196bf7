"""An archived side as a leg: small steps back cost nothing, large ones a new start."""

from hotline.stored_sound import KEPT_BYTES, ArchivedLeg


class Reader:
    """A side whose samples say where they are."""

    def __init__(self, length_ms: int) -> None:
        self.audio = b"".join(ms.to_bytes(2, "little") * 16 for ms in range(length_ms))
        self.starts: list[int] = []
        self.offset = 0

    async def start(self, from_ms: int) -> None:
        self.starts.append(from_ms)
        self.offset = from_ms * 32

    async def read(self, size: int) -> bytes:
        block = self.audio[self.offset : self.offset + size]
        self.offset += len(block)
        return block


def first_ms(block: bytes) -> int:
    return int.from_bytes(block[:2], "little")


async def test_a_step_back_of_seconds_is_served_from_memory():
    reader = Reader(60_000)
    leg = ArchivedLeg(reader, 1_000, 0)
    for _ in range(20):
        await leg.read(1_000)
    leg.go_back_to(19_400)
    block = await leg.read(1_000)
    assert (first_ms(block), len(block), leg.position_ms) == (19_400, 32_000, 20_400)
    assert first_ms(await leg.read(2_000)) == 20_400
    assert first_ms(await leg.read(200)) == 22_400
    assert reader.starts == [1_000]
    assert len(leg._recent) <= KEPT_BYTES


async def test_a_step_further_back_or_ahead_starts_anew_at_its_place():
    reader = Reader(60_000)
    leg = ArchivedLeg(reader, 0, 0)
    for _ in range(20):
        await leg.read(1_000)
    leg.go_back_to(2_000)
    assert first_ms(await leg.read(200)) == 2_000
    leg.go_back_to(50_000)
    assert first_ms(await leg.read(200)) == 50_000
    assert reader.starts == [0, 2_000, 50_000]


async def test_it_ends_where_the_file_ends_and_where_it_is_told_to():
    leg = ArchivedLeg(Reader(2_500), 0, 0)
    assert [len(await leg.read(1_000)) for _ in range(4)] == [32_000, 32_000, 16_000, 0]
    assert leg.finished
    leg.go_back_to(2_000)
    assert not leg.finished
    assert len(await leg.read(1_000)) == 16_000
    assert leg.finished

    leg = ArchivedLeg(Reader(2_500), 0, 0)
    leg.end_at(1_200)
    assert [len(await leg.read(1_000)) for _ in range(3)] == [32_000, 6_400, 0]
    assert leg.finished


async def test_a_partys_leg_begins_where_the_calls_clock_stood():
    reader = Reader(5_000)
    leg = ArchivedLeg(reader, 7_500, 7_000)
    assert first_ms(await leg.read(200)) == 500
    assert leg.position_ms == 7_700
    assert reader.starts == [500]
