"""What the bundle says when something is wrong; fetching itself is tried for real elsewhere."""

import json

import pytest

from hotline.asterisk.bundle import find_bundle, major, provide
from hotline.asterisk.bundle_errors import (
    ArchiveUnreachable,
    AsteriskNotProvided,
    DiskFull,
    SignatureWrong,
)
from hotline.asterisk.private_apt import explain_apt


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (["Err:1 http://m sid InRelease", "W: GPG error: NO_PUBKEY 6ED0E7"], SignatureWrong),
        (["E: The repository 'http://m sid InRelease' is not signed."], SignatureWrong),
        (["E: Failed to fetch http://m  Temporary failure resolving 'm'"], ArchiveUnreachable),
        (["E: You don't have enough free space in /v/."], DiskFull),
        (["E: Unable to locate package asterisk"], AsteriskNotProvided),
    ],
)
def test_what_apt_complained_about_becomes_a_named_error(said, kind):
    explained = explain_apt(said)
    assert type(explained) is kind
    assert said[-1] in str(explained)


def test_versions_of_every_distribution_have_a_major_number():
    assert major("22.10.1+dfsg+~cs6.17.60671434-1") == 22
    assert major("20.6.0~dfsg+~cs6.13.40431414-2build5") == 20
    assert major("GIT-master") == 0


def test_an_unfinished_folder_is_no_bundle(tmp_path):
    (tmp_path / "root.part").mkdir()
    assert find_bundle(tmp_path, "sid") is None


def test_a_marker_without_its_program_is_no_bundle(tmp_path):
    (tmp_path / "finished.json").write_text(json.dumps({"asked_suite": "sid"}), encoding="utf-8")
    assert find_bundle(tmp_path, "sid") is None


def test_a_broken_marker_is_no_bundle(tmp_path):
    (tmp_path / "finished.json").write_text("{", encoding="utf-8")
    assert find_bundle(tmp_path, "sid") is None


def test_asking_for_an_unknown_kind_is_named(tmp_path):
    with pytest.raises(AsteriskNotProvided, match="'docker'"):
        provide("docker", "sid", tmp_path, lambda _: None)
