"""Commands of `hotline` on a real installation folder. 命令行测试"""

from collections.abc import Awaitable, Callable
from pathlib import Path

from hotline import administration
from hotline.cli import parser
from hotline.config import Config
from hotline.first_start import seed
from hotline.installation import open_installation
from hotline.places import Places

CarryOut = Callable[..., Awaitable[int]]


async def run(
    carry_out: CarryOut, command: str, folder: Path, *words: str
) -> tuple[int, list[str]]:
    """The exit status, and what it said."""
    said: list[str] = []
    arguments = parser().parse_args([command, *words])
    return await carry_out(arguments, Places(folder / "var"), Config(), said.append), said


async def fresh(folder: Path) -> None:
    """As after the first start."""
    places = Places(folder / "var")
    async with administration.open_database(places, Config()) as database:
        await seed(database, open_installation(Config(), places))
