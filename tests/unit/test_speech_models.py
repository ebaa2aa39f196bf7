"""Which model is used, and plain words about what is wrong with one."""

import shutil
from pathlib import Path

import pytest

from asr.errors import ModelUnusable, NotEnoughMemory, UnknownLanguage, UnknownModel
from asr.model_check import check_files
from asr.model_fetch import OfficialModel
from asr.model_memory import available_bytes, memory_need, refuse_too_large
from asr.models import (
    chosen_model,
    chosen_models,
    installed_models,
    model_folder,
    model_for,
    models_in_use,
    use,
)

DEMO_MODEL = Path(__file__).parents[2] / "asr" / "demo_model"


@pytest.fixture
def model(tmp_path) -> Path:
    folder = tmp_path / "models" / "mine"
    shutil.copytree(DEMO_MODEL, folder)
    return folder


def test_the_demo_model_is_usable_and_says_its_rate():
    report = check_files(model_folder("demo", Path("var")))
    assert report.usable
    assert report.sample_rate == 8_000
    assert report.takes_phrases


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("am/final.mdl", "the acoustic model"),
        ("conf/mfcc.conf", "features"),
        ("conf/model.conf", "decoder"),
        ("graph/Gr.fst", "half of the graph"),
        ("graph/disambig_tid.int", "may be empty"),
        ("graph/words.txt", "the words"),
    ],
)
def test_a_missing_file_is_named(model, missing, said):
    (model / missing).unlink()
    (complaint,) = check_files(model).complaints
    assert said in complaint


def test_cut_files_are_found_out(model):
    (model / "am" / "final.mdl").write_bytes(b"<html>")
    (model / "graph" / "HCLr.fst").write_bytes(b"\xd6\xfd\xb2")
    assert len(check_files(model).complaints) == 2


def test_a_rate_that_calls_do_not_have_is_refused(model):
    (model / "conf" / "mfcc.conf").write_text("--sample-frequency=44100\n")
    (complaint,) = check_files(model).complaints
    assert "44100" in complaint


def test_the_flat_layout_of_older_models_is_known(model, tmp_path):
    flat = tmp_path / "flat"
    flat.mkdir()
    for path in model.rglob("*"):
        if path.is_file():
            shutil.copy(path, flat / path.name)
    assert check_files(flat).usable


def test_things_that_are_no_vosk_model_are_told_apart(tmp_path, model):
    (tmp_path / "empty").mkdir()
    onnx = tmp_path / "onnx"
    onnx.mkdir()
    (onnx / "encoder.onnx").touch()
    (onnx / "tokens.txt").touch()
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.txt").touch()
    (other / "b.txt").touch()
    archive = tmp_path / "m.zip"
    archive.touch()
    said = {
        path: check_files(path).complaints[0]
        for path in (tmp_path / "nowhere", tmp_path / "empty", onnx, other, archive, model.parent)
    }
    assert "there is no folder" in said[tmp_path / "nowhere"]
    assert "empty" in said[tmp_path / "empty"]
    assert "another engine" in said[onnx]
    assert "no Vosk model" in said[other]
    assert "zip" in said[archive]
    assert f"one folder deeper: {model}" in said[model.parent]


def test_the_chosen_model_is_used_unless_the_configuration_names_one(model, tmp_path):
    assert chosen_model("demo", tmp_path) == "demo"
    use("mine", tmp_path)
    assert chosen_model("demo", tmp_path) == "mine"
    assert chosen_model("other", tmp_path) == "other"
    assert model_folder("mine", tmp_path) == model
    assert installed_models(tmp_path) == ("demo", "mine")
    use("demo", tmp_path)
    assert chosen_model("demo", tmp_path) == "demo"


def test_a_spoilt_choice_is_the_demo_model(tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "chosen").write_bytes(b"../../etc\xff")
    assert chosen_model("demo", tmp_path) == "demo"


def test_only_a_usable_model_can_be_chosen(model, tmp_path):
    with pytest.raises(UnknownModel):
        use("absent", tmp_path)
    with pytest.raises(UnknownModel):
        use("../models/mine", tmp_path)
    (model / "am" / "final.mdl").unlink()
    with pytest.raises(ModelUnusable, match="acoustic"):
        use("mine", tmp_path)
    assert chosen_model("demo", tmp_path) == "demo"


def test_every_language_has_its_own_choice_and_the_configuration_goes_first(model, tmp_path):
    assert models_in_use({}, "demo", tmp_path) == {"zh": "demo"}
    use("mine", tmp_path, "en")
    assert chosen_model("demo", tmp_path) == "demo"
    assert models_in_use({}, "demo", tmp_path) == {"en": "mine", "zh": "demo"}
    configured = {"en": "theirs", "ja": "ours"}
    assert model_for("en", configured, "demo", tmp_path) == "theirs"
    assert model_for("ja", configured, "demo", tmp_path) == "ours"
    assert model_for("ko", configured, "demo", tmp_path) is None
    assert model_for("zh", {"zh": "mine"}, "demo", tmp_path) == "mine"
    use("demo", tmp_path)
    assert chosen_models(tmp_path) == {"en": "mine", "zh": "demo"}


def test_a_choice_of_the_first_release_still_holds_for_chinese(tmp_path):
    (tmp_path / "models").mkdir()
    chosen = tmp_path / "models" / "chosen"
    chosen.write_text("mine\n")
    assert models_in_use({}, "demo", tmp_path) == {"zh": "mine"}
    chosen.write_text("zh mine\nen ../x\nEN y\n\nja vosk-model-small-ja-0.22\n")
    assert chosen_models(tmp_path) == {"zh": "mine", "ja": "vosk-model-small-ja-0.22"}


@pytest.mark.parametrize("language", ["EN", "english!", "", "../en", "e n"])
def test_a_language_that_is_none_cannot_be_given_a_model(language, tmp_path):
    with pytest.raises(UnknownLanguage):
        use("demo", tmp_path, language)


def test_a_model_too_large_for_the_free_memory_is_refused_before_it_is_loaded(model):
    need = memory_need(model)
    size = sum(path.stat().st_size for path in model.rglob("*") if path.is_file())
    assert size < need.least_bytes < need.likely_bytes
    refuse_too_large(model, need.least_bytes)
    refuse_too_large(model, None)
    with pytest.raises(NotEnoughMemory, match=r"mine needs at least \d+ MB, 5 MB are free"):
        refuse_too_large(model, 5_000_000)


def test_a_second_language_model_needs_more_than_its_size(model):
    before = memory_need(model).likely_bytes
    (model / "rescore").mkdir()
    (model / "rescore" / "G.carpa").write_bytes(bytes(1_000_000))
    assert memory_need(model).likely_bytes == before + 2_000_000


def test_free_memory_is_read_from_the_system(tmp_path):
    told = tmp_path / "meminfo"
    told.write_text("MemTotal:  24105000 kB\nMemAvailable:   1000 kB\n")
    assert available_bytes(told) == 1_024_000
    assert available_bytes(tmp_path / "nothing") is None
    told.write_text("MemTotal: 5 kB\n")
    assert available_bytes(told) is None


@pytest.mark.parametrize(
    ("name", "listed", "spoken", "recognises"),
    [
        ("vosk-model-small-cn-0.22", "cn", "zh", True),
        ("vosk-model-small-en-us-0.15", "en-us", "en", True),
        ("vosk-model-small-vn-0.4", "vn", "vi", True),
        ("vosk-model-small-ja-0.22", "ja", "ja", True),
        ("vosk-model-spk-0.4", "all", "all", False),
        ("vosk-recasepunc-en-0.22", "en-us", "en", False),
    ],
)
def test_official_models_are_told_apart_by_language(name, listed, spoken, recognises):
    model = OfficialModel(name=name, language=listed, size_bytes=1, md5="0" * 32, url="https://x")
    assert (model.spoken, model.recognises) == (spoken, recognises)
