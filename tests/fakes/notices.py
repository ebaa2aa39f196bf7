"""Notices that nobody wrote down. 无通知"""


class NoNotices:
    def __init__(self, *notices):
        self.notices = notices

    async def since(self, at):
        return [one for one in self.notices if one.at > at]
