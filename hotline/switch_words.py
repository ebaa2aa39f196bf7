"""The words of `hotline switch`. 开关命令参数"""

from argparse import ArgumentParser


def add_arguments(command: ArgumentParser) -> None:
    """`hotline switch` alone shows how they stand."""
    command.add_argument("name", nargs="?", help="emergency, menu, night, holiday or voice-bot")
    command.add_argument("position", nargs="?", choices=("on", "off"))
    command.add_argument("--reason", default="", help="why; it stands in the journal")
    command.add_argument("--text", default="", help="what is announced (emergency on)")
    command.add_argument(
        "--text-en", default="", help="the same in English; without it English callers hear --text"
    )
