"""What must be there before the service can start, made where it is missing. 安装准备

Everything lies under var/ and is made once: bundle, ports, secrets, prompts, hold music, console.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from documents.problems import DocumentKind
from hotline.asterisk.bundle import AsteriskProgram, provide
from hotline.asterisk.server import AsteriskServer
from hotline.asterisk.values import asterisk_values, extra_conf, wanted_ports
from hotline.certificate import CertificateFiles, certificate_files
from hotline.config import Config
from hotline.console_build import build_console
from hotline.places import ROOT, Places
from hotline.ports_file import forget_taken_ports, provide_ports
from hotline.secrets_file import ACCOUNTS, QUERY_CODES, Secrets, open_secrets
from hotline.sounds.errors import PromptError
from hotline.sounds.hold_music import provide_hold_music
from hotline.sounds.making import make_from
from hotline.sounds.names import CHINESE, sound_path
from hotline.sounds.prompts import RECORDING_NOTICE
from hotline.sounds.voice import VoiceMissing
from ivr.spoken import LANGUAGES
from seats.rule_versions import shipped
from store.database import Database

Say = Callable[[str], None]

RELOAD_SEATS = "module reload res_pjsip.so"
"""Has a running Asterisk read its seats anew; "pjsip reload" is no command of Asterisk 22."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """A prepared installation. 安装"""

    config: Config
    places: Places
    ports: dict[str, int]
    secrets: Secrets


def open_installation(
    config: Config, places: Places, seat_ids: Sequence[str] = (), others: Sequence[str] = ()
) -> Installation:
    """Folders, ports and secrets; cheap, and the same each time."""
    for folder in (places.legs, places.spool, places.archive, places.models):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    wanted = wanted_ports(config.asterisk, config.ivr.agi_port)
    return Installation(
        config=config,
        places=places,
        ports=provide_ports(places.ports, wanted),
        secrets=open_secrets(places.secrets, seat_ids, (QUERY_CODES, ACCOUNTS, *others)),
    )


def database_of(installation: Installation) -> Database:
    return Database(installation.config.store.url or installation.places.database_url)


def archive_of(installation: Installation) -> Path:
    chosen = installation.config.recordings.archive_folder
    return Path(chosen) if chosen else installation.places.archive


def certificate_of(installation: Installation) -> CertificateFiles | None:
    """None: the console is plain http. Raises CertificateMissing."""
    web = installation.config.web
    return certificate_files(
        web.certificate_file, web.certificate_key_file, installation.places.var
    )


def provide_program(installation: Installation, say: Say) -> AsteriskProgram:
    """Asterisk itself. Raises AsteriskNotProvided."""
    asterisk = installation.config.asterisk
    return provide(asterisk.provide, asterisk.bundle_suite, installation.places.bundle, say)


def provide_sounds_and_pages(places: Places, say: Say, texts: str | None = None) -> None:
    """Prompts of the texts in force (else of those shipped), hold music, console.

    Raises PromptError, VoiceMissing, ConsoleNotBuilt.
    """
    provide_prompts(places, say, shipped(DocumentKind.TEXTS).body if texts is None else texts)
    provide_hold_music(places.asterisk / "music")
    build_console(places.console_source, places.console_build, say)


def provide_prompts(places: Places, say: Say, texts: str) -> None:
    """Raises PromptError, VoiceMissing where citizens could not be told of the recording."""
    try:
        prompts = make_from(texts, places.voices, places.prompts)
    except (PromptError, VoiceMissing) as trouble:
        # With the sounds of before the line can be served; a full disk must not end it.
        if not sound_path(places.prompts, CHINESE, RECORDING_NOTICE).exists():
            raise
        say(f"{trouble.code}: {trouble}")
        return
    for made in prompts:
        if made.problem:
            say(f"{made.language}/{made.name}: {made.problem}")
    if any(made.changed for made in prompts):
        say("prompts spoken")


def sound_folders(prompts: Path) -> dict[str, Path]:
    """Where Asterisk finds them: hotline/<name> in the channel's language and else in Chinese, and
    prompts/<language>/<name> whatever the channel's language is."""
    return {
        **{f"{language}/hotline": prompts / language for language in LANGUAGES},
        "hotline": prompts / CHINESE,
        "prompts": prompts,
    }


def asterisk_server(
    installation: Installation, program: AsteriskProgram, seat_ids: Sequence[str]
) -> AsteriskServer:
    """The product's Asterisk, configured for these seats; call prepare() before start()."""
    places, config = installation.places, installation.config
    return AsteriskServer(
        program,
        places.asterisk,
        places.templates,
        asterisk_values(
            config.asterisk,
            installation.ports,
            installation.secrets,
            legs=places.legs,
            spool=places.spool,
            music=places.asterisk / "music",
        ),
        extra_conf=extra_conf(config.asterisk, seat_ids, installation.secrets),
        sounds=sound_folders(places.prompts),
        agi_scripts={"lifeboat.py": ROOT / "ivr" / "lifeboat.py"},
    )


def free_taken_ports(installation: Installation) -> None:
    """Before a first start: ports that others took since they were chosen are chosen anew."""
    config = installation.config
    forget_taken_ports(
        installation.places.ports, wanted_ports(config.asterisk, config.ivr.agi_port)
    )
