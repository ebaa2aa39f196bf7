"""Docs that cannot drift."""

import dataclasses
import importlib
import re
from enum import StrEnum
from pathlib import Path

import pytest

from cti.events import Event
from cti.facts import Fact
from hotline.config import Config

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "cti",
    "ivr",
    "asr",
    "seats",
    "recordings",
    "orders",
    "quality",
    "store",
    "web",
    "hotline",
)
PURE = ("events", "facts", "model", "call", "ports", "facts")
REFUSED_NAMES = re.compile(r"util|helper|common|manager|handler|processor|misc", re.IGNORECASE)


def config_fields(kind=Config, where=""):
    for field in dataclasses.fields(kind):
        default = field.default_factory if field.default is dataclasses.MISSING else field.default
        if dataclasses.is_dataclass(default):
            yield from config_fields(default, f"{where}{field.name}.")
        else:
            yield f"{where}{field.name}"


@pytest.mark.parametrize("name", sorted(config_fields()))
def test_every_setting_is_explained(name):
    section, field = name.rsplit(".", 1)
    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    part = text.split(f"## [{section}]", 1)
    assert len(part) == 2, f"no section for [{section}]"
    assert f"| `{field}` |" in part[1].split("\n## ", 1)[0]


@pytest.mark.parametrize("name", sorted(config_fields()))
def test_no_setting_is_a_secret(name):
    assert not re.search(r"secret|password|token|key$", name)


def nouns():
    modules = []
    for package in PACKAGES:
        for module in PURE:
            if (ROOT / package / f"{module}.py").exists():
                modules.append(importlib.import_module(f"{package}.{module}"))
    for module in modules:
        for name, thing in vars(module).items():
            if not isinstance(thing, type) or thing.__module__ != module.__name__:
                continue
            if issubclass(thing, Event | Fact):
                yield name
            elif issubclass(thing, StrEnum) and name.endswith(("State", "Role", "Reason")):
                yield from (member.value for member in thing)


@pytest.mark.parametrize("noun", sorted(set(nouns())))
def test_every_state_event_and_role_is_in_the_glossary(noun):
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    assert f"`{noun}`" in text


def test_no_file_is_named_for_nothing_in_particular():
    files = [
        path.relative_to(ROOT)
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if "node_modules" not in path.parts
    ]
    assert len(files) > 30
    assert [path for path in files if REFUSED_NAMES.search(path.stem)] == []
