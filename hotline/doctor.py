"""`hotline doctor`: what is missing or wrong, in plain words. 体检

It changes nothing and needs no running service.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from asr.model_check import check as check_model
from asr.models import CHINESE, DEMO, model_folder, models_in_use
from hotline.asterisk.checks import (
    Check,
    check_installed,
    check_log,
    check_ports,
    check_running,
    check_sounds,
    check_version,
    find_program,
)
from hotline.config import Config
from hotline.house import archive_of, database_of
from hotline.installation import Installation, asterisk_server, open_installation
from hotline.places import Places
from store.migrate import DatabaseNewer, DatabaseUnusable, upgrade

DISK_NEEDED_GB = 5.0
EARLIEST_YEAR = 2026
"""A clock before this year is wrong: this version did not exist then."""


async def examine(places: Places, config: Config) -> Sequence[Check]:
    """All checks, in the order in which one would look."""
    installation = open_installation(config, places)
    asterisk = config.asterisk
    program = await asyncio.to_thread(
        find_program, asterisk.provide, asterisk.bundle_suite, places.bundle
    )
    checks = [_python(), _clock(), *_disks(installation), check_installed(program)]
    if program is not None:
        server = asterisk_server(installation, program, ())
        checks += [
            check_version(program),
            check_ports(server, installation.ports, "127.0.0.1"),
            await check_running(server),
            check_log(server),
        ]
    checks.append(check_sounds(places.voices, places.prompts, places.asterisk / "music"))
    checks += [*_models(places, config), _console(places), await _database(installation)]
    return checks


def _python() -> Check:
    version = sys.version.split()[0]
    return Check(name="Python", ok=sys.version_info >= (3, 11), detail=version)


def _clock() -> Check:
    """Deadlines and call ids need a right clock; whether it is kept right only the system knows."""
    year = time.gmtime().tm_year
    if year < EARLIEST_YEAR:
        return Check(name="时钟 clock", ok=False, detail=f"系统时间是 {year} 年，请校准")
    kept = None
    if shutil.which("timedatectl"):
        asked = subprocess.run(
            ["timedatectl", "show", "-p", "NTPSynchronized", "--value"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        kept = asked.stdout.strip() if asked.returncode == 0 else None
    detail = {"yes": "已与时间服务器同步", "no": "未与时间服务器同步，建议启用"}.get(
        kept or "", "时间正确；无法得知是否自动校时"
    )
    return Check(name="时钟 clock", ok=True, detail=detail)


def _disks(installation: Installation) -> list[Check]:
    checks = []
    for name, folder in (
        ("磁盘 disk", installation.places.var),
        ("归档 archive", archive_of(installation)),
    ):
        if not folder.is_dir():
            checks.append(Check(name=name, ok=False, detail=f"{folder} 不存在"))
            continue
        free_gb = shutil.disk_usage(folder).free / 1e9
        writable = os.access(folder, os.W_OK)
        detail = f"{folder} 剩余 {free_gb:.1f} GB" + ("" if writable else "，不可写")
        checks.append(Check(name=name, ok=writable and free_gb >= DISK_NEEDED_GB, detail=detail))
    return checks


def _models(places: Places, config: Config) -> list[Check]:
    """One for each language that has a model, unless others recognise it."""
    checks = []
    servers = {CHINESE: config.asr.servers, **config.asr.language_servers}
    for language, name in models_in_use(config.asr.models, config.asr.model, places.var).items():
        title = f"语音模型 model {language}"
        if servers.get(language):
            checks.append(Check(name=title, ok=True, detail=f"使用外部服务 {servers[language][0]}"))
            continue
        found = check_model(model_folder(name, places.var))
        detail = f"{name}：{'；'.join(found.complaints) or '可用'}"
        if name == DEMO:
            detail += " 仅识别合成语音，正式使用请 hotline model fetch"
        checks.append(Check(name=title, ok=found.usable, detail=detail))
    return checks


def _console(places: Places) -> Check:
    built = (places.console_build / "index.html").exists()
    detail = "已构建" if built else "未构建：bin/hotline console"
    return Check(name="控制台 console", ok=built, detail=detail)


async def _database(installation: Installation) -> Check:
    database = database_of(installation)
    try:
        await upgrade(database)
    except DatabaseNewer:
        return Check(
            name="数据库 database", ok=False, detail="由更新的版本写成，请升级程序，不要使用旧版本"
        )
    except DatabaseUnusable as trouble:
        return Check(name="数据库 database", ok=False, detail=f"无法打开（{trouble}）")
    finally:
        await database.close()
    where = installation.config.store.url.split("@")[-1] or str(Path("var/hotline.sqlite"))
    return Check(name="数据库 database", ok=True, detail=where)
