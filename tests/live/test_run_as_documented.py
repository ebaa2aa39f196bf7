"""`hotline run`, used with nothing but what it prints."""

import re
import signal

from hotline.api_client import ApiClient
from hotline.asterisk.process import lives
from hotline.outside.world import open_world
from tests.fakes.exchange import asterisk_program
from tests.live.afterwards import left_whole
from tests.live.stage import QUICK, open_product, stop

CALLER = "13800000001"
ACCOUNT = re.compile(r"^  (\w+) +(\S+)$", re.MULTILINE)
SIP = re.compile(r"SIP phone\s+([\d.]+):(\d+)/udp\s+用户 (\d+)\s+密码 (\S+)")
NUMBERS = re.compile(r"numbers (.+)")


async def test_the_printed_account_takes_a_call_and_everything_ends_in_order(ready_var, short_path):
    async with open_product(ready_var, short_path, QUICK) as stage:
        printed = stage.log.read_text()
        accounts = dict(ACCOUNT.findall(printed))
        host, port, seat_id, password = SIP.search(printed).groups()
        numbers = NUMBERS.search(printed)[1].split()
        assert numbers == ["12345"]
        assert {"admin", seat_id} <= accounts.keys()
        assert stage.address in printed
        operator = ApiClient(stage.address)
        user = await operator.log_in(seat_id, accounts[seat_id])
        assert user["seat_id"] == seat_id
        await ApiClient(stage.address).log_in("admin", accounts["admin"])

        async with open_world(
            asterisk_program(),
            short_path / "o",
            system_port=int(port),
            trunk_secret=stage.secrets["asterisk"]["trunk"],
            phones={seat_id: password},
            hears=False,
        ) as stage.world:
            assert host == "127.0.0.1"
            await stage.take_seat(seat_id)
            citizen = await stage.world.dial(CALLER, numbers[0])
            call_id = (await stage.call_of(CALLER))["call_id"]
            phone = stage.world.phone(seat_id)
            await phone.talking()
            assert phone.shown_number == CALLER
            assert phone.call_id == call_id

            service, asterisk = stage.service_pid(), stage.asterisk_pid()
            stage.process.send_signal(signal.SIGHUP)
            await stage.new_service(service)
            assert stage.asterisk_pid() == asterisk
            await stage.call_is(call_id, "talking")
            assert phone.far_end is not None
            await citizen.hang_up()
            await left_whole(stage, call_id)

        running = [stage.service_pid(), asterisk, *stage.worker_pids()]
        await stop(stage.process)
        assert stage.process.returncode == 0
        assert not [pid for pid in running if lives(pid)]
        assert "Traceback" not in stage.log.read_text()
