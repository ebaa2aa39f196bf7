"""The words after `hotline rules`; imports nothing heavy. 规则命令行参数"""

from argparse import ArgumentParser
from pathlib import Path

KINDS = (
    "groups",
    "routing",
    "posts",
    "rosters",
    "directory",
    "codes",
    "policies",
    "words",
    "sentences",
    "places",
    "flows",
    "texts",
)


def add_arguments(parser: ArgumentParser) -> None:
    """Actions and their arguments."""
    actions = parser.add_subparsers(dest="action", required=True)
    show = actions.add_parser("show", help="the text that holds")
    show.add_argument("kind", choices=KINDS)
    show.add_argument("--version", type=int)
    actions.add_parser("check", help="what is wrong with a file").add_argument("file", type=Path)
    publish = actions.add_parser("publish", help="put a file into force")
    publish.add_argument("file", type=Path)
    publish.add_argument("--note", required=True, help="why")
    publish.add_argument("--at", help="when, Beijing time: 2026-10-01T00:00")
    publish.add_argument("--accept-warnings", action="store_true")
    undo = actions.add_parser("undo", help="publish the text before the last one again")
    undo.add_argument("kind", choices=KINDS)
    undo.add_argument("--note", default="")
    actions.add_parser("history", help="every version").add_argument("kind", choices=KINDS)
    diff = actions.add_parser("diff", help="what changed between two versions")
    diff.add_argument("kind", choices=KINDS)
    diff.add_argument("old", type=int)
    diff.add_argument("new", type=int, nargs="?", help="the one that holds, if not given")
