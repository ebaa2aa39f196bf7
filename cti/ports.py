"""What calls need from outside, in their own words. 通话端口"""

from collections.abc import Callable
from datetime import datetime

from cti.events import Event
from cti.facts import Fact, PhoneChanged

Tell = Callable[[Event], None]
"""Says what happened; never blocks, never raises. 告知"""

Meet = Callable[[Fact], None]
"""Takes a fact to whom it concerns; never blocks, never raises. 交付事实"""

PhoneChangedCallable = Callable[[PhoneChanged], None]
"""Takes a phone's new state to the seats. 交付话机状态"""

Now = Callable[[], datetime]
"""The instant, aware UTC. 当前时刻"""
