"""The service level in Prometheus' text."""

from prometheus_client import CollectorRegistry, generate_latest

from hotline.service_level import ServiceLevelCollector
from tests.unit.test_service_level import Desk


def page(desk):
    registry = CollectorRegistry()
    registry.register(ServiceLevelCollector(desk.clock.board))
    return generate_latest(registry).decode()


def test_gauges_carry_shares_and_causes_and_nothing_of_a_citizen():
    desk = Desk()
    desk.joins(0, "node1-1.1")
    desk.answers(3, "node1-1.1")
    desk.joins(1, "node1-1.2")
    desk.gives_up(40, "node1-1.2")
    text = page(desk)
    assert 'hotline_in_time_share{skill_group="general",window="today"} 0.5' in text
    assert 'hotline_missed{cause="no-seat-signed-in",window="day"} 1.0' in text
    assert "hotline_waiting 0.0" in text
    assert "node1-1" not in text


def test_a_share_of_nobody_is_left_out_rather_than_zero():
    assert "hotline_answer_rate{" not in page(Desk())
