"""The words after `hotline model`; imports nothing heavy. 模型命令行参数"""

from argparse import ArgumentParser
from pathlib import Path


def add_arguments(command: ArgumentParser) -> None:
    """The words after `hotline model`."""
    actions = command.add_subparsers(dest="action", required=True)
    listed = actions.add_parser("list", help="installed and official models, by language")
    listed.add_argument("language", nargs="?", help="one language only: zh, en, ja ...")
    for name in ("fetch", "check"):
        actions.add_parser(name).add_argument("name")
    use = actions.add_parser("use", help="from the next start on")
    use.add_argument("name")
    use.add_argument("--language", default="zh", help="en, ja, ko, ru, vi ...")
    build = actions.add_parser("build", help="make the demonstration's model anew from nothing")
    build.add_argument(
        "--language-model-only", action="store_true", help="new words and sentences, same sounds"
    )
    build.add_argument("--into", type=Path, help="also copy it there, such as asr/demo_model")
