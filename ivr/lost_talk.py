"""A citizen whose seat's telephone died in the middle of the talk. 通话中断

The seat's leg notes it on his channel when it ends (asterisk-conf/extensions.conf, [hotline-seat-gone]);
an operator who hangs up notes nothing. What is done for him here the dialplan does without us.
"""

import asyncio
from datetime import datetime

from ivr import dialplan_variables as variables
from ivr.agi.channel import AgiChannel
from ivr.known import number_in
from ivr.saying import play

SORRY = "hotline/talk-lost"
LOST = f"SHARED({variables.LOST})"
ENDED = f"SHARED({variables.ENDED})"
ENDS_WITHIN_S, LOOK_EVERY_S = 2.0, 0.05
"""The seat's leg says how it ended in a thread of its own, hundredths of a second after he is free."""
LOST_WITHIN_S = 5
"""What was noted earlier was another leg: he has talked on with somebody since."""


async def lost_his_seat(channel: AgiChannel, now: datetime) -> bool:
    """True: nobody hung up; he has been told that he comes into the line again. Raises CitizenHungUp."""
    for _ in range(round(ENDS_WITHIN_S / LOOK_EVERY_S)):
        ended, noted = await channel.get_variables(ENDED, LOST)
        if ended:
            break
        await asyncio.sleep(LOOK_EVERY_S)
    if now.timestamp() - (number_in(noted) or 0) >= LOST_WITHIN_S:
        return False
    # He waits from this moment on, for whichever process tells his story.
    await channel.set_variable(variables.DIALSTATUS, "")
    await channel.set_variable(variables.RETRIES, "0")
    await channel.set_variable(LOST, "")
    await play(channel, SORRY)
    return True
