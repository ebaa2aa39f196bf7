"""The machine's own archive is found in every shape apt knows."""

from pathlib import Path

from hotline.asterisk.apt_sources import (
    find_archive,
    parse_deb822,
    parse_one_line,
    read_machine_sources,
)

DEBIAN_13 = """\
Types: deb deb-src
# a comment in the middle
URIs: http://mirror.example.org/debian
Suites: trixie trixie-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example.org/debian-security
Suites: trixie-security
Components: main
"""
DEBIAN_11 = """\
# deb cdrom:[Debian]/ bullseye main
deb [arch=amd64 signed-by=/etc/a.gpg] https://mirror.example.org/debian/ bullseye main # ours
deb-src https://mirror.example.org/debian/ bullseye main
deb https://mirror.example.org/debian-security bullseye-security main
"""
UBUNTU_24 = """\
Types: deb
URIs: http://archive.example.org/ubuntu/
Suites: noble noble-updates noble-backports
Components: main universe restricted multiverse
Signed-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg
"""
THIRD_PARTY = "deb https://packages.example.com/apt cloud-sdk main\n"
INLINE_KEY = """\
Types: deb
URIs: http://mirror.example.org/debian
Suites: trixie
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abc
"""


def os_release(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "os-release"
    path.write_text(text, encoding="utf-8")
    return path


def debian(tmp_path: Path) -> Path:
    return os_release(tmp_path, 'ID=debian\nVERSION_ID="13"\nVERSION_CODENAME=trixie\n')


def ubuntu(tmp_path: Path, version: str, codename: str) -> Path:
    return os_release(tmp_path, f'ID=ubuntu\nVERSION_ID="{version}"\nVERSION_CODENAME={codename}\n')


def test_a_deb822_stanza_gives_one_source_for_each_suite():
    sources = parse_deb822(DEBIAN_13)
    assert [s.suite for s in sources] == ["trixie", "trixie-updates", "trixie-security"]
    assert sources[0].components == ("main", "contrib")
    assert sources[0].signed_by == "/usr/share/keyrings/debian-archive-keyring.gpg"


def test_a_disabled_stanza_and_a_source_stanza_give_nothing():
    assert parse_deb822("Enabled: no\n" + DEBIAN_13.split("\n\n")[0]) == []
    assert parse_deb822("Types: deb-src\nURIs: http://a\nSuites: b\nComponents: main\n") == []


def test_a_key_written_into_a_stanza_is_no_path():
    assert [s.signed_by for s in parse_deb822(INLINE_KEY)] == [None]


def test_one_line_sources_are_read_with_options_and_without_comments():
    sources = parse_one_line(DEBIAN_11)
    assert [(s.uri, s.suite) for s in sources] == [
        ("https://mirror.example.org/debian/", "bullseye"),
        ("https://mirror.example.org/debian-security", "bullseye-security"),
    ]
    assert sources[0].components == ("main",)
    assert sources[0].signed_by == "/etc/a.gpg"


def test_debian_takes_the_asked_suite_from_its_own_mirror(tmp_path):
    archive = find_archive(parse_deb822(DEBIAN_13), "sid", debian(tmp_path))
    assert archive is not None
    assert (archive.uri, archive.suite) == ("http://mirror.example.org/debian", "sid")
    assert archive.components == ("main",)


def test_ubuntu_takes_its_own_suite_with_universe(tmp_path):
    archive = find_archive(parse_deb822(UBUNTU_24), "sid", ubuntu(tmp_path, "24.04", "noble"))
    assert archive is not None
    assert (archive.uri, archive.suite) == ("http://archive.example.org/ubuntu/", "noble")
    assert archive.components == ("main", "universe")


def test_an_ubuntu_whose_asterisk_is_too_old_borrows_a_later_suite(tmp_path):
    jammy = parse_one_line("deb http://archive.example.org/ubuntu jammy main universe\n")
    archive = find_archive(jammy, "sid", ubuntu(tmp_path, "22.04", "jammy"))
    assert archive is not None
    assert archive.suite == "noble"


def test_third_parties_and_security_archives_are_not_the_archive(tmp_path):
    security = DEBIAN_13.split("\n\n")[1]
    sources = [*parse_one_line(THIRD_PARTY), *parse_deb822(security)]
    assert find_archive(sources, "sid", debian(tmp_path)) is None


def test_a_mirror_with_an_unusual_path_is_known_by_its_suite(tmp_path):
    sources = parse_one_line("deb http://proxy.example.org/remote/deb-main trixie main\n")
    archive = find_archive(sources, "sid", debian(tmp_path))
    assert archive is not None
    assert archive.uri == "http://proxy.example.org/remote/deb-main"


def test_a_machine_has_both_kinds_of_files_and_some_that_are_neither(tmp_path):
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list").write_text(DEBIAN_11, encoding="utf-8")
    (tmp_path / "sources.list.d/debian.sources").write_text(DEBIAN_13, encoding="utf-8")
    (tmp_path / "sources.list.d/old.list.save").write_text(THIRD_PARTY, encoding="utf-8")
    suites = [s.suite for s in read_machine_sources(tmp_path)]
    assert suites == [
        "bullseye",
        "bullseye-security",
        "trixie",
        "trixie-updates",
        "trixie-security",
    ]


def test_a_machine_without_apt_has_no_sources(tmp_path):
    assert read_machine_sources(tmp_path / "nothing") == ()
