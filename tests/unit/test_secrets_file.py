"""Secrets are made once, stay, and are nobody else's."""

import stat

import pytest

from hotline.secrets_file import SecretsFileWrong, make_secret, open_secrets


def test_secrets_are_made_at_first_and_stay(tmp_path):
    first = open_secrets(tmp_path / "secrets.toml", ["8001"])
    second = open_secrets(tmp_path / "secrets.toml", ["8001", "8002"], ["outside"])
    assert second.ami == first.ami
    assert second.trunk == first.trunk
    assert second.seats["8001"] == first.seats["8001"]
    everything = [second.ami, second.trunk, *second.seats.values(), *second.others.values()]
    assert len(set(everything)) == 5
    assert all(len(secret) == 24 and secret.isalnum() for secret in everything)


def test_a_seat_nobody_asks_for_keeps_its_password(tmp_path):
    open_secrets(tmp_path / "secrets.toml", ["8001"])
    before = open_secrets(tmp_path / "secrets.toml").seats["8001"]
    assert open_secrets(tmp_path / "secrets.toml", ["8001"]).seats["8001"] == before


def test_the_file_is_its_owners_alone(tmp_path):
    open_secrets(tmp_path / "secrets.toml")
    assert stat.S_IMODE((tmp_path / "secrets.toml").stat().st_mode) == 0o600


def test_a_file_open_to_others_is_closed(tmp_path):
    path = tmp_path / "secrets.toml"
    before = open_secrets(path)
    path.chmod(0o644)
    assert open_secrets(path) == before
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_broken_file_is_named_and_neither_quoted_nor_replaced(tmp_path):
    path = tmp_path / "secrets.toml"
    path.write_text('[asterisk]\nami = "topsecret\n', encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(SecretsFileWrong) as wrong:
        open_secrets(path)
    assert "topsecret" not in str(wrong.value)
    assert "topsecret" in path.read_text(encoding="utf-8")


def test_a_secret_that_would_break_a_configuration_line_is_refused(tmp_path):
    path = tmp_path / "secrets.toml"
    path.write_text('[asterisk]\nami = "x\\nwrite=all"\n', encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(SecretsFileWrong):
        open_secrets(path)


def test_secrets_do_not_show_when_printed(tmp_path):
    made = open_secrets(tmp_path / "secrets.toml", ["8001"])
    assert made.ami not in repr(made)
    assert made.seats["8001"] not in repr(made)


def test_no_two_secrets_are_alike():
    assert len({make_secret() for _ in range(100)}) == 100
