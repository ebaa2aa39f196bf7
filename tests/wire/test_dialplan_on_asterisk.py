"""The dialplan on the real Asterisk: what becomes of a citizen whatever becomes of our service.

The story and its server are ours; the waiting room is a fake in which the test hands out the seats.
"""

import asyncio
import contextlib
import os
import socket
import wave
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cti.ids import CallId
from hotline.asterisk import AsteriskServer
from hotline.asterisk_log import read_troubles
from hotline.asterisk_values import asterisk_values, extra_conf
from hotline.clock import utc_now
from hotline.config import AsteriskConfig
from hotline.hold_music import provide_hold_music
from hotline.outside.errors import CallNotAnswered
from hotline.outside.far_end import loudness
from hotline.outside.phone_lines import free_port
from hotline.outside.world import OutsideWorld, open_world
from hotline.places import ROOT, Places
from hotline.secrets_file import open_secrets
from ivr.agi.channel import AgiChannel
from ivr.agi.server import AgiServer
from ivr.lifeboat_spool import read_record
from ivr.navigator import Navigator
from ivr.settings import IvrSettings
from tests.fakes.exchange import asterisk_program
from tests.fakes.waiting_room import FakeWaitingRoom
from tests.wire.test_outside_world import LOUD, tone

CALLER = "13800000001"
LIMIT_S = 20
PROMPTS = {"recording-notice": 0.6, "goodbye": 0.4, "all-seats-busy": 0.4}
