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
from dataclasses import replace
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
from hotline.certificate import CertificateError, read_certificate
from hotline.clock import utc_now
from hotline.config import Config
from hotline.installation import (
    Installation,
    archive_of,
    asterisk_server,
    certificate_of,
    database_of,
    open_installation,
)
from hotline.places import Places
from store.accounts import StoredAccounts, StoredUser
from store.migrate import DatabaseNewer, DatabaseUnusable, upgrade
from web.account_requests import ADMINISTRATORS_NEEDED
from web.ports import Role

DISK_NEEDED_GB = 5.0
CERTIFICATE_DAYS = 14
"""With less left it should have been renewed."""
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
    checks += [*_models(places, config), _console(places), check_certificate(installation)]
    checks += await _database(installation)
    return [one if one.ok else replace(one, advice=_advice(one.name)) for one in checks]


ADVICE = (
    ("Python", "安装 Python 3.11 或更高版本后重新启动服务。"),
    ("时钟", "校准系统时间，并启用自动校时：timedatectl set-ntp true。"),
    ("磁盘", "清理 var/ 所在磁盘或扩容；录音不会被自动删除，空间用尽后新的通话将无法归档。"),
    ("归档", "检查归档目录是否已挂载、运行用户是否可写、剩余空间是否充足。"),
    (
        "asterisk-installed",
        "执行 bin/hotline run，首次启动会自动准备 Asterisk；或用 apt 安装 asterisk 20 以上版本。",
    ),
    ("asterisk-version", "升级 Asterisk，或把配置 [asterisk] provide 改为 bundle 使用随附版本。"),
    ("asterisk-ports", "停止占用端口的程序，或在配置 [asterisk] 中另选端口后重新启动。"),
    ("asterisk-running", "执行 bin/hotline run；若刚停机，监护进程会自动重启，请一分钟后再检查。"),
    ("asterisk-log", "查看日志中的警告；若为旧记录，可在下次重启后消失。"),
    (
        "asterisk-sounds",
        "执行 bin/hotline prompts 重新制作提示音；录音室文件有误时请在“业务规则 · 提示音文本”中核对。",
    ),
    (
        "语音模型",
        "执行 bin/hotline model fetch 下载模型，再用 bin/hotline model check 核对；通话不受影响，转写会在之后补做。",
    ),
    ("控制台", "执行 bin/hotline console 构建控制台。"),
    (
        "网页证书",
        "在配置 [web] 中写明 certificate_file（含证书链）与 certificate_key_file；续期后覆盖原文件即可，无需重启。",
    ),
    (
        "审批",
        "由现任管理员启用或另设一名管理员；无人能登录时用 bin/hotline user enable 或 user add。",
    ),
    ("数据库", "检查数据库地址、磁盘空间与访问权限；若由更新版本写成，请升级程序。"),
)
"""By the beginning of a check's name."""


def _advice(name: str) -> str:
    return next((advice for begins, advice in ADVICE if name.startswith(begins)), "")


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


def check_certificate(installation: Installation) -> Check:
    """Whether browsers of other machines may use their microphones, and for how long still."""
    name, web = "网页证书 https", installation.config.web
    now = utc_now()
    try:
        files = certificate_of(installation)
        if files is None:
            detail = f"未配置，以 http 提供（{web.address}）；其他电脑的浏览器软电话需要 https"
            return Check(name=name, ok=True, detail=detail)
        _, certificate = read_certificate(files)
        doubt = certificate.trouble(now)
        if doubt is not None:
            raise doubt
    except CertificateError as trouble:
        meaning = (trouble.__doc__ or "").rpartition(". ")[2]
        return Check(name=name, ok=False, detail=f"{trouble.code}：{meaning}（{trouble}）")
    days = (certificate.valid_until - now).days
    detail = f"{'、'.join(certificate.names) or '未写明主机名'}，有效期还有 {days} 天"
    return Check(name=name, ok=days >= CERTIFICATE_DAYS, detail=detail)


async def _database(installation: Installation) -> list[Check]:
    """The database, and what it says of who gives rights."""
    database = database_of(installation)
    try:
        await upgrade(database)
        everybody = await StoredAccounts(database).all()
    except DatabaseNewer:
        newer = "由更新的版本写成，请升级程序，不要使用旧版本"
        return [Check(name="数据库 database", ok=False, detail=newer)]
    except DatabaseUnusable as trouble:
        return [Check(name="数据库 database", ok=False, detail=f"无法打开（{trouble}）")]
    finally:
        await database.close()
    where = installation.config.store.url.split("@")[-1] or str(Path("var/hotline.sqlite"))
    return [Check(name="数据库 database", ok=True, detail=where), approval_check(everybody)]


def approval_check(everybody: Sequence[StoredUser]) -> Check:
    """Accounts are opened by two (SEC-01); one alone can do what he likes, and closed ones decide nothing."""
    name = "审批 approval"
    administrators = [one for one in everybody if Role.ADMINISTRATOR in one.roles]
    active = [one for one in administrators if one.disabled_at is None]
    if len(administrators) < ADMINISTRATORS_NEEDED:
        alone = "只有一名管理员，账号和权限由其一人决定；正式使用前请增设第二名，此后须两人审批"
        return Check(name=name, ok=True, detail=alone)
    if len(active) < ADMINISTRATORS_NEEDED:
        return Check(name=name, ok=False, detail="可登录的管理员不足两名，申请无人能批")
    return Check(name=name, ok=True, detail=f"账号和权限须两人审批，{len(active)} 名管理员可登录")
