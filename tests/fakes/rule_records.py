"""Rule documents in memory. 假规则存储"""

from seats.errors import RuleRecordsAway, RulesChangedMeanwhile
from seats.model import SeatDefinition
from seats.rule_versions import RuleVersion


class MemoryRuleRecords:
    """Seats 8001 and 8002 answer general calls; `away` refuses every look."""

    def __init__(self):
        self.versions = []
        self.drafts = {}
        self.away = False
        self.defined = {
            seat: SeatDefinition(seat_id=seat, operator_name=seat, skills={"general": 1})
            for seat in ("8001", "8002")
        }

    async def due(self, now):
        return {one.kind: one for one in self.versions if one.effective_at <= now}

    async def newest(self):
        return {one.kind: one for one in self.versions}

    async def due_versions(self, now):
        if self.away:
            raise RuleRecordsAway
        return {kind: one.version for kind, one in (await self.due(now)).items()}

    async def history(self, kind):
        return [one for one in reversed(self.versions) if one.kind == kind]

    async def add(self, kind, body, *, by, at, note, effective_at, undoes, follows):
        history = await self.history(kind)
        if follows != (history[0].version if history else 0):
            raise RulesChangedMeanwhile
        made = RuleVersion(
            kind=kind,
            version=len(self.versions) + 1,
            body=body,
            by=by,
            at=at,
            note=note,
            effective_at=effective_at,
            undoes=undoes,
        )
        self.versions.append(made)
        self.drafts.pop(kind, None)
        return made

    async def draft(self, kind):
        return self.drafts.get(kind)

    async def save_draft(self, draft):
        self.drafts[draft.kind] = draft

    async def seats(self):
        return dict(self.defined)
