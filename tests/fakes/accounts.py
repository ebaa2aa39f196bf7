"""Accounts, logs, seats' definitions and the doctor, in memory."""

import hashlib
from dataclasses import replace
from datetime import date

from cti.ids import SeatId, SkillGroupCode
from web.admin_ports import DayOff, Finding, GroupHours, Kept, Phone, SealCheck
from web.approval_ports import RequestState


class MemoryUsers:
    def __init__(self, everyone):
        self.users = {one.username: one for one in everyone}
        self.logins = {}
        self.codes = {}
        self.notes = []

    async def find(self, username):
        return self.users.get(username)

    async def all(self):
        return [self.users[name] for name in sorted(self.users)]

    async def save(self, user, note=None):
        await self.change(user, note)
        self.logins = {k: v for k, v in self.logins.items() if v.username != user.username}

    async def change(self, user, note=None):
        self.users[user.username] = user
        self._keep(note)

    def _keep(self, note):
        if note is not None:
            self.notes.append(note)

    async def note_login_failed(self, username, failed_logins, locked_until):
        self.users[username] = replace(
            self.users[username], failed_logins=failed_logins, locked_until=locked_until
        )

    async def note_logged_in(self, username, at):
        self.users[username] = replace(
            self.users[username], failed_logins=0, locked_until=None, last_login_at=at
        )

    async def open_login(self, login):
        self.logins[login.token_hash] = login

    async def find_login(self, token_hash):
        return self.logins.get(token_hash)

    async def logins_of(self, username):
        return [one for one in self.logins.values() if one.username == username]

    async def close_login(self, token_hash, note=None):
        self.logins.pop(token_hash, None)
        self._keep(note)

    def seen(self, token_hash, at):
        self.logins[token_hash] = replace(self.logins[token_hash], seen_at=at)

    def factor_secret(self, nonce):
        return hashlib.sha1(nonce.encode()).digest()

    async def spend_step(self, username, step):
        known = self.users[username]
        if known.factor_step >= step:
            return False
        self.users[username] = replace(known, factor_step=step)
        return True

    async def put_recovery_codes(self, username, hashes, note):
        self.codes[username] = list(hashes)
        self._keep(note)

    async def spend_recovery_code(self, username, code_hash, at):
        if code_hash not in self.codes.get(username, ()):
            return False
        self.codes[username].remove(code_hash)
        return True

    async def recovery_codes_left(self, username):
        return len(self.codes.get(username, ()))


class MemoryAccountRequests:
    def __init__(self, users):
        self.users = users
        self.requests = {}

    async def find(self, request_id):
        return self.requests.get(request_id)

    async def newest(self, state, limit):
        found = [one for one in self.requests.values() if state in (None, one.state)]
        return found[::-1][:limit]

    async def add(self, request, note):
        self.requests[request.request_id] = request
        self.users.notes.append(note)

    async def settle(self, request, note, user):
        if self.requests[request.request_id].state is not RequestState.WAITING:
            return False
        self.requests[request.request_id] = request
        if user is not None:
            await self.users.save(user)
        self.users.notes.append(note)
        return True


class MemoryAudit:
    def __init__(self):
        self.acts, self.views = [], []

    def note(self, note):
        self.acts.append(note)

    def note_view(self, note):
        self.views.append(note)

    async def search(self, wanted):
        both = [(False, n) for n in self.acts] + [(True, n) for n in self.views]
        found = [
            Kept(seq=i + 1, is_view=is_view, note=n)
            for i, (is_view, n) in enumerate(both)
            if wanted.since <= n.at < wanted.until
            and wanted.who in (None, n.who)
            and wanted.is_view in (None, is_view)
            and wanted.about in (None, n.call_id, n.order_id, n.subject)
        ]
        return found[::-1][: wanted.limit]

    async def kinds(self):
        return sorted({n.kind for n in (*self.acts, *self.views)})

    async def verify(self):
        return [SealCheck(log="audit_log", rows=len(self.acts), broken_at=None)]


class MemorySeatOffice:
    def __init__(self):
        self.defined = {"8001": ("王明", {"general": 1}), "8002": ("李华", {"general": 1})}
        self.notes = []

    async def phones(self):
        return [
            Phone(
                seat_id=SeatId(seat),
                operator_name=name,
                skills={SkillGroupCode(code): level for code, level in skills.items()},
                sip_address=f"{seat}@127.0.0.1:5060",
            )
            for seat, (name, skills) in sorted(self.defined.items())
        ]

    async def create(self, seat_id, name, skills, note):
        self.defined[seat_id] = (name, skills)
        self.notes.append(note)
        return "first-secret"

    async def change(self, seat_id, name, skills, note):
        self.defined[seat_id] = (name, skills)
        self.notes.append(note)

    async def new_password(self, seat_id, note):
        self.notes.append(note)
        return "second-secret"

    async def retire(self, seat_id, note):
        del self.defined[seat_id]
        self.notes.append(note)


class MemoryDoctor:
    async def examine(self):
        return [
            Finding(name="database", ok=True, detail="正常"),
            Finding(name="disk", ok=False, detail="剩余 0.5 GB", advice="清理或扩容"),
        ]


class MemoryCalendar:
    years = (2026,)

    def days(self, year):
        day = DayOff(day=date(2026, 1, 1), name="元旦", off=True)
        return [day] if year == 2026 else []

    def hours(self):
        return [GroupHours(code="general", name="综合", hours=("工作日 09:00-17:00",))]
