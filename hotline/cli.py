"""The command line. 命令行

Each command imports what it needs, so that `hotline --help` and the small ones answer at once.
"""

import argparse
import asyncio
import getpass
import sys
from pathlib import Path

from hotline import flow_words, model_words, rule_words, switch_words
from hotline.config import Config, ConfigError, read_config
from hotline.logs import set_up_logs
from hotline.places import ROOT, Places

FAILED = 1
WRONG = 2


def main() -> None:
    """Run one command; named errors become one sentence and exit status 1."""
    words = sys.argv[1:]
    arguments = parser().parse_args(words)
    places = Places((arguments.var or ROOT / "var").resolve())
    set_up_logs(plain=arguments.command != "serve" or sys.stderr.isatty())
    try:
        config = read_config(arguments.config or places.config)
        sys.exit(arguments.run(arguments, places, config))
    except ConfigError as wrong:
        say(f"配置错误 {wrong}")
        sys.exit(WRONG)
    except KeyboardInterrupt:
        sys.exit(130)
    except ExceptionGroup as several:
        for one in _leaves(several):
            _say_error(one)
        sys.exit(FAILED)
    except Exception as error:
        if not hasattr(error, "code"):
            raise
        _say_error(error)
        sys.exit(FAILED)


def _leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    found: list[BaseException] = []
    for one in group.exceptions:
        found += _leaves(one) if isinstance(one, BaseExceptionGroup) else [one]
    return found


def _say_error(error: BaseException) -> None:
    code = getattr(error, "code", type(error).__name__)
    meaning = (type(error).__doc__ or "").strip().splitlines()[0]
    text = str(error)
    say(f"{code}: {meaning}" + (f"\n  {text}" if text and text != meaning else ""))


def say(text: str) -> None:
    """To people: stderr, so that stdout stays for results."""
    print(text if text.startswith("\n") else f"hotline: {text}", file=sys.stderr, flush=True)


def parser() -> argparse.ArgumentParser:
    """All commands and their arguments."""
    top = argparse.ArgumentParser(prog="hotline", description="12345 政务服务便民热线话务系统")
    top.add_argument("--var", type=Path, help="folder for everything of this installation")
    top.add_argument("--config", type=Path, help="configuration file (default var/hotline.toml)")
    commands = top.add_subparsers(dest="command", required=True)

    def command(name: str, run: object, text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text)
        made.set_defaults(run=run)
        return made

    product = command("run", run_product, "the product: Asterisk, service, console")
    product.add_argument("--tape", type=Path, help="record the AMI session into this file")
    demo = command("demo", run_demo, "the product with simulated citizens and seats")
    demo.add_argument("--calls", type=int, help="so many calls, then end")
    demo.add_argument(
        "--scenario", choices=("calls", "floor", "speech"), default="calls",
        help="floor: special seats, three-way, transfer, callback, each once; "
        "speech: a burst water pipe, from the spoken word to the filled form",
    )  # fmt: skip
    demo.add_argument("--json", action="store_true", help="print the result as one JSON line")
    serve = command("serve", run_service, "the service process (started by run)")
    serve.add_argument("--heartbeat-fd", type=int)
    serve.add_argument("--tape", type=Path, help="record the AMI session into this file")
    command("check", run_check, "style, types, import directions")
    for name, run in (("test", run_tests), ("bench", run_bench)):
        command(name, run, f"{name} on real parts").add_argument("words", nargs=argparse.REMAINDER)
    command("doctor", run_doctor, "what is missing or wrong, in plain words")
    command("migrate", run_migrate, "bring the database to this version")
    command("prompts", run_prompts, "speak the announcements anew where text or recording changed")
    command("console", run_console, "build the console")

    user = command("user", run_user, "accounts").add_subparsers(dest="action", required=True)
    user.add_parser("list")
    add = user.add_parser("add")
    add.add_argument("username")
    add.add_argument("--name", required=True)
    add.add_argument("--role", action="append", required=True)
    add.add_argument("--seat")
    user.add_parser("password").add_argument("username")
    for name, text in (
        ("reset", "a password for the next log-in only"),
        ("unlock", "after too many wrong passwords"),
        ("disable", "no log-in any more; sessions end"),
        ("enable", "log-in again"),
        ("remove-factor", "for a lost telephone"),
    ):
        user.add_parser(name, help=text).add_argument("username")
    audit = command("audit", run_audit, "who did and saw what").add_subparsers(
        dest="action", required=True
    )
    audit.add_parser("verify", help="whether both logs are as they were written")

    seat = command("seat", run_seat, "seats").add_subparsers(dest="action", required=True)
    seat.add_parser("list")
    add = seat.add_parser("add")
    add.add_argument("seat_id")
    add.add_argument("--name", required=True)
    add.add_argument("--skill", action="append", default=[], help="group=level, 1 the best")

    model_words.add_arguments(command("model", run_model, "speech models"))

    rule_words.add_arguments(command("rules", run_rules, "groups, routing, posts, other rules"))
    flow_words.add_arguments(command("flow", run_flow, "what citizens hear: check, walk, draw"))
    switch_words.add_arguments(command("switch", run_switch, "emergency, menu, night, holiday"))

    report = command("report", run_report, "what the records tell").add_subparsers(
        dest="action", required=True
    )
    drafting = report.add_parser("drafting", help="what operators made of proposed fields")
    drafting.add_argument(
        "--since", metavar="DATE", help="2026-10-01, Beijing time; four weeks ago"
    )
    drafting.add_argument("--json", action="store_true", help="the result as one JSON line")
    transcribe = command("transcribe", run_transcribe, "make missing transcripts from recordings")
    transcribe.add_argument("call_id", nargs="*")
    transcribe.add_argument(
        "--missing", action="store_true", help="all talks of which nothing was written down"
    )
    transcribe.add_argument("--since", metavar="DATE", help="2026-10-01, Beijing time")
    transcribe.add_argument("--json", action="store_true", help="the result as one JSON line")

    again = command("replay-day", run_replay_day, "a recorded day under other rules")
    again.add_argument("--rules", type=Path, action="append", required=True, metavar="FILE")
    again.add_argument("--day", help="2026-10-01, Beijing time; the last one with calls")

    archive = command("archive", run_archive, "recordings").add_subparsers(
        dest="action", required=True
    )
    archive.add_parser("verify")
    export = archive.add_parser("export")
    export.add_argument("call_id")
    export.add_argument("folder", type=Path)
    return top


def run_product(arguments: argparse.Namespace, places: Places, config: Config) -> int:
    from hotline import product

    async def run() -> None:
        made = await product.prepare(config, places, arguments.config, say, arguments.tape)
        await product.run_product(made, say)

    asyncio.run(run())
    return 0


def run_demo(arguments: argparse.Namespace, places: Places, config: Config) -> int:
    from hotline.demo_run import demonstrate_product

    return asyncio.run(demonstrate_product(arguments, places, config, say))


def run_service(arguments: argparse.Namespace, places: Places, config: Config) -> int:
    from hotline.installation import open_installation
    from hotline.service import serve

    serve(open_installation(config, places), arguments.heartbeat_fd, arguments.tape)
    return 0


def run_check(_arguments: argparse.Namespace, places: Places, _config: Config) -> int:
    from hotline import suite

    return suite.check(places)


def run_tests(arguments: argparse.Namespace, places: Places, config: Config) -> int:
    from hotline import suite

    return suite.test(places, config, arguments.words)


def run_bench(arguments: argparse.Namespace, places: Places, config: Config) -> int:
    from hotline import suite

    return suite.bench(places, config, arguments.words)


def run_doctor(_arguments: argparse.Namespace, places: Places, config: Config) -> int:
    from hotline.doctor import examine

    checks = asyncio.run(examine(places, config))
    for check in checks:
        print(f"{'✓' if check.ok else '✗'} {check.name}  {check.detail}")
        if check.advice:
            print(f"    → {check.advice}")
    return 0 if all(check.ok for check in checks) else FAILED


def run_migrate(_arguments: argparse.Namespace, places: Places, config: Config) -> int:
    from hotline.administration import migrate

    asyncio.run(migrate(places, config))
    say("database is at this version")
    return 0


def run_prompts(_arguments: argparse.Namespace, places: Places, config: Config) -> int:
    from hotline.administration import texts_in_force
    from hotline.sounds.command import report
    from hotline.sounds.making import make_from

    texts = asyncio.run(texts_in_force(places, config))
    return report(make_from(texts, places.voices, places.prompts), print)


def run_console(_arguments: argparse.Namespace, places: Places, _config: Config) -> int:
    from hotline.console_build import build_console

    built = build_console(places.console_source, places.console_build, say)
    say("console built" if built else "console is up to date")
    return 0


def run_user(arguments: argparse.Namespace, places: Places, config: Config) -> int:
    from hotline import account_commands

    return asyncio.run(account_commands.carry_out(arguments, places, config, _ask_password, print))


def run_audit(_arguments: argparse.Namespace, places: Places, config: Config) -> int:
    from hotline import account_commands

    return asyncio.run(account_commands.verify_logs(places, config, print))


def _ask_password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    return getpass.getpass("password 密码: ")


def run_seat(arguments: argparse.Namespace, places: Places, config: Config) -> int:
    from hotline import administration

    if arguments.action == "list":
        for line in asyncio.run(administration.list_seats(places, config)):
            print(line)
        return 0
    adding = administration.add_seat(
        places, config, arguments.seat_id, arguments.name, arguments.skill
    )
    for line in asyncio.run(adding):
        print(line)
    return 0


def run_model(arguments: argparse.Namespace, places: Places, config: Config) -> int:
    from hotline import model_commands

    return model_commands.carry_out(arguments, places, config, print)


def run_rules(arguments: argparse.Namespace, places: Places, config: Config) -> int:
    from hotline import rule_commands

    return asyncio.run(rule_commands.carry_out(arguments, places, config, print))


def run_flow(arguments: argparse.Namespace, places: Places, config: Config) -> int:
    from hotline import flow_commands

    return asyncio.run(flow_commands.carry_out(arguments, places, config, print))


def run_switch(arguments: argparse.Namespace, places: Places, config: Config) -> int:
    from hotline import switch_commands

    return asyncio.run(switch_commands.carry_out(arguments, places, config, print))


def run_report(arguments: argparse.Namespace, places: Places, config: Config) -> int:
    from hotline import report_commands

    return asyncio.run(report_commands.report_drafting(arguments, places, config, print))


def run_transcribe(arguments: argparse.Namespace, places: Places, config: Config) -> int:
    from hotline import backfill_commands

    return asyncio.run(backfill_commands.carry_out(arguments, places, config, print))


def run_replay_day(arguments: argparse.Namespace, places: Places, config: Config) -> int:
    from hotline.replay_day import replay_day

    return asyncio.run(replay_day(arguments, places, config, print))


def run_archive(arguments: argparse.Namespace, places: Places, config: Config) -> int:
    from hotline import administration

    if arguments.action == "verify":
        return asyncio.run(administration.verify_archive(places, config))
    return asyncio.run(
        administration.export_call(places, config, arguments.call_id, arguments.folder)
    )


if __name__ == "__main__":
    main()
