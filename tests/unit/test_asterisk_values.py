"""The product's templates and the values they are filled with fit together."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from hotline.asterisk.errors import PlaceholderValueUnsafe
from hotline.asterisk.log import read_troubles
from hotline.asterisk.values import asterisk_values, carrier_conf, seats_conf, wanted_ports
from hotline.config import AsteriskConfig
from hotline.secrets_file import Secrets

TEMPLATES = Path(__file__).parents[2] / "asterisk-conf"
SECRETS = Secrets(ami="amisecret", trunk="trunksecret", seats={"8001": "seatsecret"})


def values(config: AsteriskConfig) -> dict[str, str]:
    ports = {name: 22000 + i for i, name in enumerate(wanted_ports(config, 0))}
    folder = Path("/var/hotline")
    return asterisk_values(config, ports, SECRETS, legs=folder, spool=folder, music=folder)


def template(name: str) -> str:
    lines = (TEMPLATES / name).read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith(";"))


def test_every_placeholder_of_the_templates_has_a_value():
    text = "".join(t.read_text(encoding="utf-8") for t in TEMPLATES.glob("*.conf"))
    wanted = {n for n in re.findall(r"@([A-Z][A-Z0-9_]*)@", text) if not n.startswith("ASTERISK_")}
    assert wanted <= set(values(AsteriskConfig()))


def test_nothing_that_runs_programs_is_loaded():
    loaded = set(re.findall(r"load => (\w+)\.so", template("modules.conf")))
    assert "autoload = no" in template("modules.conf")
    dangerous = {"app_system", "app_exec", "app_originate", "func_shell", "func_curl", "func_env"}
    assert not loaded & (dangerous | {"pbx_lua", "res_pjsip_endpoint_identifier_anonymous"})


def test_the_ami_user_has_no_more_rights_than_promised():
    text = template("manager.conf")
    assert re.findall(r"^read = (.*)$", text, re.M) == ["call,agent,user,dtmf,reporting"]
    assert re.findall(r"^write = (.*)$", text, re.M) == ["call,agent,originate,reporting"]
    assert "bindaddr = 127.0.0.1" in text
    assert "secret = @AMI_SECRET@" in text


def test_each_seat_has_an_endpoint_with_its_own_password():
    text = seats_conf({"8002": "b", "8001": "a"})
    assert re.findall(r"^\[(\w+)\]\(seat\)\nauth = (\w+)\naors = (\w+)$", text, re.M) == [
        ("8001", "8001", "8001"),
        ("8002", "8002", "8002"),
    ]
    assert re.findall(r"^username = (\w+)\npassword = (\w+)$", text, re.M) == [
        ("8001", "a"),
        ("8002", "b"),
    ]


@pytest.mark.parametrize("seat", ["8001]", "a\n[evil]", "", "8001;"])
def test_a_seat_whose_name_would_break_the_configuration_is_refused(seat):
    with pytest.raises(PlaceholderValueUnsafe):
        seats_conf({seat: "a"})


def test_no_carrier_is_written_until_one_is_configured():
    assert "[" not in carrier_conf("", 5060)
    text = carrier_conf("192.0.2.10", 5080)
    assert "match = 192.0.2.10" in text
    assert "contact = sip:192.0.2.10:5080" in text
    assert "identify_by = ip" in text
    assert "contact = sip:[2001:db8::1]:5060" in carrier_conf("2001:db8::1", 5060)


@pytest.mark.parametrize("host", ["192.0.2.1\nmatch = 0.0.0.0/0", "0.0.0.0/0", "a b"])
def test_a_carrier_that_is_no_single_address_is_refused(host):
    with pytest.raises(PlaceholderValueUnsafe):
        carrier_conf(host, 5060)


def test_a_node_name_that_would_spoil_call_ids_is_refused():
    with pytest.raises(PlaceholderValueUnsafe):
        values(replace(AsteriskConfig(), node="node-1.a"))


def test_each_number_of_ours_begins_in_the_dialplan():
    ours = replace(AsteriskConfig(), numbers=("12345", "+861012345"))
    assert values(ours)["NUMBER_LINES"].splitlines() == [
        "exten => 12345,1,NoOp()",
        "exten => +861012345,1,NoOp()",
    ]


@pytest.mark.parametrize("number", ["", "_X.", "12345,1,Answer()", "12345\nexten => 1"])
def test_a_number_that_would_break_the_dialplan_is_refused(number):
    with pytest.raises(PlaceholderValueUnsafe):
        values(replace(AsteriskConfig(), numbers=(number,)))


def test_sound_stays_on_the_configured_address_except_on_all():
    assert "media_address = 127.0.0.1" in values(AsteriskConfig())["MEDIA_LINES"]
    everywhere = replace(AsteriskConfig(), sip_address="0.0.0.0")
    assert "media_address =" not in values(everywhere)["MEDIA_LINES"]


def test_only_troubles_since_the_last_start_are_counted(tmp_path):
    log = tmp_path / "messages"
    log.write_text(
        "[2026-01-01 00:00:00.000] ERROR[1] a.c: old\n"
        "[2026-01-02 00:00:00.000] Asterisk 22.1 built by nobody\n"
        "[2026-01-02 00:00:00.100] WARNING[1] a.c: new\n"
        "[2026-01-02 00:00:00.150] ERROR[1][C-1] func_global.c: Channel 'node1-1.2' not found!  "
        "Variable 'HOTLINE_ENDED' not set to '1767312000'.\n"
        "[2026-01-02 00:00:00.200] VERBOSE[1] a.c: WARNING in words only\n",
        encoding="utf-8",
    )
    assert [line[-3:] for line in read_troubles(log)] == ["new"]
    assert read_troubles(tmp_path / "none") == []
