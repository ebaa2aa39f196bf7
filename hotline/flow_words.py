"""The words after `hotline flow`; imports nothing heavy. 流程命令行参数"""

from argparse import ArgumentParser
from pathlib import Path


def add_arguments(parser: ArgumentParser) -> None:
    """Its words on the command line."""
    actions = parser.add_subparsers(dest="action", required=True)
    check = actions.add_parser("check", help="what is wrong with the flows and texts")
    walk = actions.add_parser(
        "walk",
        help="a call in words: 2 a key, 482913# digits, - silence, said:9 a message, wait, found, none, bye",
    )
    walk.add_argument("words", nargs="*", metavar="WORD")
    draw = actions.add_parser("draw", help="an SVG picture of each flow")
    draw.add_argument("folder", type=Path)
    for one in (check, walk, draw):
        one.add_argument("--flows", type=Path, metavar="FILE", help="instead of those in force")
        one.add_argument("--texts", type=Path, metavar="FILE", help="instead of those in force")
    walk.add_argument("--flow", help="this flow; else the one that the call would get")
    walk.add_argument("--called", default="12345", metavar="NUMBER")
    walk.add_argument("--list", action="append", default=[], help="his number is on this list")
    walk.add_argument("--switch", action="append", default=[], help="this switch is on")
    walk.add_argument("--language", default="", help="what he spoke before")
    walk.add_argument("--waiting", type=int, default=0, help="so many are in the line")
    walk.add_argument("--at", metavar="TIME", help="2026-10-01T09:00, Beijing time; now")
