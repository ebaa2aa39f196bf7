"""Fetching a model over HTTP: breaks, wrong files and wicked archives."""

import io
import shutil
import stat
import zipfile
from pathlib import Path

import pytest

from asr.errors import (
    ChecksumWrong,
    DownloadBroken,
    ModelListUnreadable,
    ModelUnusable,
    UnknownModel,
    UnsafeArchive,
)
from asr.model_check import check, check_files
from asr.model_fetch import fetch, official_models
from asr.models import installed_models, use
from hotline.config import read_config
from hotline.model_commands import list_models
from hotline.places import Places
from tests.fakes.model_shop import ModelShop

NAME = "vosk-model-small-cn-0.22"
DEMO_MODEL = Path(__file__).parents[2] / "asr" / "demo_model"


def zipped(entries: dict[str, bytes]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in entries.items():
            packed.writestr(name, content)
    return archive.getvalue()


def model_entries() -> dict[str, bytes]:
    return {
        f"{NAME}/{path.relative_to(DEMO_MODEL)}": path.read_bytes()
        for path in DEMO_MODEL.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def archive() -> bytes:
    return zipped(model_entries())


@pytest.fixture
def shop(archive):
    with ModelShop(archive, NAME).open() as shop:
        yield shop


def fetched(shop, var, **options):
    return fetch(NAME, var, shop.list_url, **options)


def leftovers(var: Path) -> list[str]:
    return sorted(p.name for p in (var / "models").iterdir() if p.name != ".fetching")


def test_the_list_holds_what_can_be_fetched(shop):
    (model,) = official_models(shop.list_url)
    assert (model.name, model.language, model.size_bytes) == (NAME, "cn", len(shop.archive))


@pytest.mark.parametrize("text", ["<html>", '{"a": 1}', ""])
def test_a_list_that_is_none_is_named(shop, text):
    shop.list_text = text
    with pytest.raises(ModelListUnreadable):
        official_models(shop.list_url)


def test_a_list_that_cannot_be_reached_is_named():
    with pytest.raises(ModelListUnreadable):
        official_models("http://127.0.0.1:1/model-list.json")


def test_a_fetched_model_is_one_that_vosk_loads(shop, tmp_path):
    seen = []
    folder = fetched(shop, tmp_path, progress=lambda have, whole: seen.append((have, whole)))
    assert folder == tmp_path / "models" / NAME
    assert check(folder).complaints == ()
    assert seen[-1] == (len(shop.archive), len(shop.archive))
    assert leftovers(tmp_path) == [NAME]
    assert installed_models(tmp_path) == ("demo", NAME)
    asked = len(shop.asked)
    assert fetched(shop, tmp_path) == folder
    assert len(shop.asked) == asked  # it is there: nobody is asked


def test_a_broken_download_goes_on_where_it_broke_off(shop, tmp_path):
    shop.cut_after = 1_000_000
    with pytest.raises(DownloadBroken):
        fetched(shop, tmp_path)
    assert leftovers(tmp_path) == [f"{NAME}.zip.part"]
    shop.cut_after = None
    fetched(shop, tmp_path)
    assert shop.asked[-1] == (f"/{NAME}.zip", "bytes=1000000-")
    assert leftovers(tmp_path) == [NAME]


def test_a_server_that_knows_no_ranges_sends_it_all_again(shop, tmp_path):
    shop.cut_after, shop.knows_ranges = 1_000_000, False
    with pytest.raises(DownloadBroken):
        fetched(shop, tmp_path)
    shop.cut_after = None
    assert fetched(shop, tmp_path).is_dir()


def test_a_download_killed_after_its_last_byte_is_not_repeated(shop, tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / f"{NAME}.zip.part").write_bytes(shop.archive)
    fetched(shop, tmp_path)
    assert [path for path, _ in shop.asked] == ["/model-list.json"]


def test_a_wrong_checksum_is_never_unpacked_and_the_file_is_deleted(shop, tmp_path):
    shop.md5 = "0" * 32
    with pytest.raises(ChecksumWrong):
        fetched(shop, tmp_path)
    assert leftovers(tmp_path) == []


def test_a_part_of_some_other_file_is_found_out_and_then_fetched_anew(shop, tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / f"{NAME}.zip.part").write_bytes(b"\1" * 5000)
    with pytest.raises(ChecksumWrong):
        fetched(shop, tmp_path)
    assert fetched(shop, tmp_path).is_dir()


def wicked_link() -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        link = zipfile.ZipInfo(f"{NAME}/extra")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        packed.writestr(link, "/etc")
        packed.writestr(f"{NAME}/am/final.mdl", b"\0B")
    return archive.getvalue()


@pytest.mark.parametrize(
    "archive",
    [
        zipped({"../outside.txt": b"x"}),
        zipped({f"{NAME}/../../outside.txt": b"x"}),
        zipped({"/tmp/outside.txt": b"x"}),
        zipped({"a\\..\\..\\outside.txt": b"x"}),
        zipped({"C:/outside.txt": b"x"}),
        wicked_link(),
        zipped({"a": b"x", "a/b": b"y"}),
        b"PK\3\4 this is no zip",
    ],
)
def test_an_archive_that_leads_elsewhere_is_refused_whole(archive, tmp_path):
    var = tmp_path / "deep" / "var"
    with ModelShop(archive, NAME).open() as shop, pytest.raises(UnsafeArchive):
        fetched(shop, var)
    assert not list(tmp_path.rglob("outside.txt"))
    assert not (var / "models" / NAME).exists()


def test_a_model_with_missing_files_is_not_installed(tmp_path):
    entries = {k: v for k, v in model_entries().items() if "final.mdl" not in k}
    with (
        ModelShop(zipped(entries), NAME).open() as shop,
        pytest.raises(ModelUnusable, match="acoustic model"),
    ):
        fetched(shop, tmp_path)
    assert NAME not in leftovers(tmp_path)


@pytest.mark.parametrize("name", ["vosk-model-xx", "../etc", "a/b", "", ".hidden"])
def test_an_unknown_name_is_named(shop, tmp_path, name):
    with pytest.raises(UnknownModel):
        fetch(name, tmp_path, shop.list_url)


def test_the_list_cannot_make_us_read_local_files(shop, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("x")
    shop.list_text = shop.model_list().replace(f"{shop.url}/{NAME}.zip", secret.as_uri())
    with pytest.raises(DownloadBroken):
        fetched(shop, tmp_path)


def test_a_model_that_is_broken_inside_is_found_out_by_loading_it(tmp_path):
    broken = tmp_path / "broken"
    shutil.copytree(DEMO_MODEL, broken)
    (broken / "am" / "final.mdl").write_bytes(b"\0B<TransitionModel> and no more")
    assert check_files(broken).usable
    (complaint,) = check(broken).complaints
    assert complaint.startswith("Vosk cannot load it: ")


def listed(shop, var, language=None) -> list[str]:
    lines: list[str] = []
    config = read_config(None)
    assert list_models(Places(var), config, language, lines.append, shop.list_url) == 0
    return lines


def test_the_list_shows_by_language_what_there_is_what_is_installed_and_what_is_used(
    shop, tmp_path
):
    lines = listed(shop, tmp_path)
    assert lines[0].startswith("demo  * zh  about ")
    assert lines[1] == "zh  (in use: demo)"
    assert lines[2] == f"  {NAME}  {len(shop.archive) / 1e6:.0f} MB"
    fetched(shop, tmp_path)
    use(NAME, tmp_path, "en")
    lines = listed(shop, tmp_path)
    assert lines[1].startswith(f"{NAME}  * en  about ")
    assert lines[-1].endswith("installed")
    assert listed(shop, tmp_path, "ja") == lines[:2]


def test_without_the_network_the_list_still_shows_what_is_installed(shop, tmp_path):
    shop.list_text = "<html>"
    use("demo", tmp_path, "en")
    assert listed(shop, tmp_path) == [line for line in listed(shop, tmp_path) if "demo" in line]
