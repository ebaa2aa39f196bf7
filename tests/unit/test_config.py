import pytest

from hotline.config import Config, ConfigError, read_config


def write(tmp_path, text):
    path = tmp_path / "hotline.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_everything_has_its_default(tmp_path):
    assert read_config(tmp_path / "absent.toml") == Config()


def test_what_is_set_is_taken_and_the_rest_stays(tmp_path):
    config = read_config(
        write(tmp_path, '[asterisk]\nnumbers = ["12345", "12315"]\n[ami]\nping_every_s = 1\n')
    )
    assert config.asterisk.numbers == ("12345", "12315")
    assert config.ami.ping_every_s == 1.0
    assert config.web == Config().web


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[web]\nprot = 1\n", "web.prot"),
        ("[webb]\nport = 1\n", "webb"),
        ('[web]\nport = "12345"\n', "web.port"),
        ("[web]\nport = true\n", "web.port"),
        ("web = 1\n", "web"),
        ("[asterisk]\nnumbers = [12345]\n", "asterisk.numbers[0]"),
        ('[asterisk]\nnumbers = "12345"\n', "asterisk.numbers"),
        ("[web\n", "hotline.toml"),
    ],
)
def test_a_mistake_is_refused_with_its_name(tmp_path, text, named):
    with pytest.raises(ConfigError) as refused:
        read_config(write(tmp_path, text))
    assert named in str(refused.value)
