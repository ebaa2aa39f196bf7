"""Where everything lies under var/. 存放位置"""

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The repository: bin/, asterisk-conf/, web/console. 项目根目录"""

BUNDLE_VARIABLE = "HOTLINE_BUNDLE"
"""Names a folder with a ready Asterisk bundle, to share one between several checkouts."""


@dataclass(frozen=True, slots=True)
class Places:
    """The folders and files of one installation. 存放位置"""

    var: Path

    @property
    def bundle(self) -> Path:
        return Path(os.environ.get(BUNDLE_VARIABLE) or self.var / "bundle")

    @property
    def asterisk(self) -> Path:
        return self.var / "asterisk"

    @property
    def outside(self) -> Path:
        """The demonstration's second Asterisk."""
        return self.var / "outside"

    @property
    def legs(self) -> Path:
        """Growing raw recordings, one file a side."""
        return self.var / "legs"

    @property
    def spool(self) -> Path:
        """What the lifeboat wrote while the service was away."""
        return self.var / "spool"

    @property
    def archive(self) -> Path:
        return self.var / "archive"

    @property
    def prompts(self) -> Path:
        return self.var / "prompts"

    @property
    def voices(self) -> Path:
        """Who speaks the prompts, a voice for each language."""
        return self.templates / "prompts.toml"

    @property
    def models(self) -> Path:
        return self.var / "models"

    @property
    def secrets(self) -> Path:
        return self.var / "secrets.toml"

    @property
    def ports(self) -> Path:
        return self.var / "ports.json"

    @property
    def config(self) -> Path:
        return self.var / "hotline.toml"

    @property
    def database_url(self) -> str:
        return f"sqlite+aiosqlite:///{self.var / 'hotline.sqlite'}"

    @property
    def templates(self) -> Path:
        return ROOT / "asterisk-conf"

    @property
    def console_source(self) -> Path:
        return ROOT / "web" / "console"

    @property
    def console_build(self) -> Path:
        return ROOT / "web" / "static"
