"""Which model is used, and plain words about what is wrong with one."""

import shutil
from pathlib import Path

import pytest

from asr.errors import ModelUnusable, UnknownModel
from asr.model_check import check_files
from asr.models import chosen_model, installed_models, model_folder, use

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
