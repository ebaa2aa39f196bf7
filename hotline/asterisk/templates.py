"""Asterisk's configuration: templates with @NAME@ placeholders become files. 配置模板"""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from hotline.asterisk.errors import PlaceholderValueUnsafe, PlaceholderWithoutValue

PLACEHOLDER = re.compile(r"@([A-Z][A-Z0-9_]*)@")


def render(templates: Path, etc: Path, values: Mapping[str, str]) -> None:
    """Write every `*.conf` of `templates` into `etc` (mode 0600), `@NAME@` replaced by its value.

    A value may have several lines only if its name ends in `_LINES`. Raises PlaceholderWithoutValue,
    PlaceholderValueUnsafe.
    """
    for name, value in values.items():
        if "\0" in value or (not name.endswith("_LINES") and re.search(r"[\r\n]", value)):
            raise PlaceholderValueUnsafe(f"@{name}@: {PlaceholderValueUnsafe.__doc__}")
    etc.mkdir(parents=True, exist_ok=True)
    for template in sorted(templates.glob("*.conf")):
        text = template.read_text(encoding="utf-8")
        missing = sorted({n for n in PLACEHOLDER.findall(text) if n not in values})
        if missing:
            raise PlaceholderWithoutValue(
                f"{template.name} names @{'@, @'.join(missing)}@, which has no value"
            )
        rendered = PLACEHOLDER.sub(lambda found: values[found.group(1)], text)
        write_private(etc / template.name, rendered)


def write_private(path: Path, text: str) -> None:
    """Replace a file as a whole, readable by its owner only: configuration holds passwords."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(
        os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as handle:
        handle.write(text)
    part.replace(path)
