"""Ports are free when chosen, and the same the next time."""

import socket

import pytest

from hotline.ports_file import PortsFileWrong, forget_taken_ports, is_free, provide_ports


def test_chosen_ports_are_free_different_and_remembered(tmp_path):
    path = tmp_path / "ports.json"
    first = provide_ports(path, {"sip": 0, "ami": 0, "agi": 0})
    assert len(set(first.values())) == 3
    assert all(is_free("127.0.0.1", port) for port in first.values())
    assert provide_ports(path, {"ami": 0, "sip": 0, "http": 0})["ami"] == first["ami"]


def test_a_configured_port_goes_first_and_is_not_remembered(tmp_path):
    path = tmp_path / "ports.json"
    chosen = provide_ports(path, {"sip": 0})["sip"]
    assert provide_ports(path, {"sip": 5060})["sip"] == 5060
    assert provide_ports(path, {"sip": 0})["sip"] == chosen


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
def test_a_port_that_somebody_took_is_chosen_anew_once_forgotten(tmp_path, kind):
    path = tmp_path / "ports.json"
    ports = provide_ports(path, {"sip": 0, "ami": 0})
    with socket.socket(socket.AF_INET, kind) as somebody:
        somebody.bind(("127.0.0.1", ports["sip"]))
        if kind == socket.SOCK_STREAM:
            somebody.listen()
        assert provide_ports(path, {"sip": 0})["sip"] == ports["sip"]
        assert forget_taken_ports(path, ["sip", "ami", "never-chosen"]) == ("sip",)
        again = provide_ports(path, {"sip": 0, "ami": 0})
    assert again["sip"] != ports["sip"]
    assert again["ami"] == ports["ami"]


@pytest.mark.parametrize("text", ["{", "[]", '{"sip": "x"}', '{"sip": 70000}'])
def test_a_broken_file_is_named(tmp_path, text):
    path = tmp_path / "ports.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PortsFileWrong):
        provide_ports(path, {"sip": 0})
