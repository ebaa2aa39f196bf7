"""Rule 16: no citizen in the logs."""

import ast
import json
from pathlib import Path

import pytest
import structlog

from hotline.logs import set_up_logs

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "cti",
    "documents",
    "ivr",
    "asr",
    "seats",
    "recordings",
    "orders",
    "store",
    "web",
    "hotline",
)
METHODS = {"debug", "info", "warning", "error", "exception", "critical"}
PRIVATE_FIELDS = {"caller_number", "number", "text", "content", "phone", "caller", "words", "name"}


@pytest.fixture(autouse=True)
def _as_before():
    yield
    structlog.reset_defaults()


def test_private_fields_are_left_out(capsys):
    set_up_logs(plain=False)
    structlog.get_logger().info("seat did not answer", seat_id="8001", pii_number="13800000001")
    line = json.loads(capsys.readouterr().err)
    assert line["event"] == "seat did not answer"
    assert line["seat_id"] == "8001"
    assert "13800000001" not in str(line)


def log_calls():
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr in METHODS
                    and isinstance(node.func.value, ast.Name)
                    and node.func.value.id == "log"
                ):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def test_every_log_line_is_a_constant_sentence_without_a_citizens_data():
    calls = list(log_calls())
    assert len(calls) > 30
    for where, call in calls:
        assert isinstance(call.args[0], ast.Constant), where
        fields = {keyword.arg for keyword in call.keywords}
        assert not fields & PRIVATE_FIELDS, where
