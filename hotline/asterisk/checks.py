"""What `hotline doctor` asks about Asterisk. Asterisk 体检

Each check answers one question, changes nothing, and says what to do where the answer is no.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hotline.asterisk.bundle import (
    OLDEST_MAJOR,
    AsteriskProgram,
    find_bundle,
    find_system_asterisk,
    major,
)
from hotline.asterisk.errors import AsteriskError
from hotline.asterisk.log import read_troubles
from hotline.asterisk.server import AsteriskServer
from hotline.ports_file import is_free
from hotline.sounds.errors import VoiceListWrong
from hotline.sounds.manifest import read_manifest
from hotline.sounds.names import sound_path
from hotline.sounds.voices import read_voices


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One question and its answer. 检查项"""

    name: str
    ok: bool
    detail: str
    """In Chinese, for whoever runs the city's machine."""
    advice: str = ""
    """What to do about it; empty when it is well. 处理建议"""


def find_program(kind: str, suite: str, bundle: Path) -> AsteriskProgram | None:
    """The Asterisk that would be started, without fetching anything."""
    found = find_system_asterisk() if kind in ("auto", "system") else None
    return found if found is not None or kind == "system" else find_bundle(bundle, suite)


def check_installed(program: AsteriskProgram | None) -> Check:
    """Is there an Asterisk to start?"""
    if program is None:
        return Check(
            name="asterisk-installed",
            ok=False,
            detail="未找到 Asterisk；首次执行 bin/hotline run 会自动下载免安装包，或用 apt 安装 asterisk",
        )
    return Check(name="asterisk-installed", ok=True, detail=f"程序 {program.command[-1]}")


def check_version(program: AsteriskProgram) -> Check:
    """Is it new enough?"""
    ok = major(program.version) >= OLDEST_MAJOR
    wanted = "" if ok else f"；需要 {OLDEST_MAJOR} 或更高版本"
    return Check(name="asterisk-version", ok=ok, detail=f"版本 {program.version}{wanted}")


def check_ports(server: AsteriskServer, ports: Mapping[str, int], host: str) -> Check:
    """Are its ports free, or held by our own running Asterisk?"""
    if server.find_running() is not None:
        return Check(name="asterisk-ports", ok=True, detail="端口由正在运行的 Asterisk 使用")
    taken = [f"{name} {port}" for name, port in ports.items() if port and not is_free(host, port)]
    if taken:
        return Check(
            name="asterisk-ports", ok=False, detail=f"端口被其他程序占用：{'、'.join(taken)}"
        )
    return Check(name="asterisk-ports", ok=True, detail="端口空闲")


def check_sounds(voices: Path, folder: Path, music: Path) -> Check:
    """Is every prompt there as it was last made, and music for those who wait?"""
    try:
        read_voices(voices)
    except VoiceListWrong as wrong:
        return Check(name="asterisk-sounds", ok=False, detail=f"音色表错误：{wrong}")
    prompts = read_manifest(folder)
    if not prompts:
        return Check(
            name="asterisk-sounds", ok=False, detail="提示音尚未制作；请执行 bin/hotline prompts"
        )
    missing = [
        f"{language}/{name}"
        for language, name in prompts
        if not _has_content(sound_path(folder, language, name))
    ]
    if not any(_has_content(file) for file in music.glob("*.*")):
        missing.append("等待音乐")
    if missing:
        return Check(
            name="asterisk-sounds",
            ok=False,
            detail=f"缺少 {'、'.join(missing)}；请执行 bin/hotline prompts",
        )
    broken = [one.problem for one in prompts.values() if one.problem]
    if broken:
        return Check(name="asterisk-sounds", ok=False, detail=f"{'；'.join(broken)}，现用合成语音")
    return Check(name="asterisk-sounds", ok=True, detail=f"{len(prompts)} 条提示音和等待音乐齐全")


async def check_running(server: AsteriskServer) -> Check:
    """Does it run, and does it answer?"""
    pid = server.find_running()
    if pid is None:
        return Check(name="asterisk-running", ok=False, detail="未运行")
    try:
        answer = await server.cli("core show uptime")
    except AsteriskError as silent:
        return Check(
            name="asterisk-running", ok=False, detail=f"进程 {pid} 无响应（{silent.code}）"
        )
    uptime = next(
        (line.split(":", 1)[1].strip() for line in answer.splitlines() if "uptime" in line), ""
    )
    return Check(name="asterisk-running", ok=True, detail=f"进程 {pid}，已运行 {uptime}")


def check_log(server: AsteriskServer) -> Check:
    """Has it logged warnings or errors since it was last started?"""
    troubles = read_troubles(server.messages_log)
    if troubles:
        detail = f"日志中有 {len(troubles)} 条警告或错误，见 {server.messages_log}"
        return Check(name="asterisk-log", ok=False, detail=detail)
    return Check(name="asterisk-log", ok=True, detail="日志中没有警告或错误")


def _has_content(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except OSError:
        return False
