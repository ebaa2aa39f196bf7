"""A citizen's walk through a flow, step by step. 流程行走

    begin ─► Step(position, doing) ─► what came of it ─► advance ─► Step … until JoinLine or Over

Pure, so the simulator and the story on a real channel walk alike. The position alone says where he
is: another process takes it up (`take_up`), twice at most, and then he goes to a person. No walk is
longer than MOST_MOVES nodes, whatever a document says: then, too, he goes to a person.
What happens within one node is in ivr.flow_doings and ivr.flow_turns.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from ivr.flow import (
    BY_THE_TABLE,
    NOWHERE,
    PERSON_KEY,
    AskKey,
    Bot,
    Choose,
    Flow,
    Language,
    Message,
    Node,
    NodeId,
    Progress,
    Urge,
    WaitingRoom,
)
from ivr.flow_choice import Surroundings, chosen
from ivr.flow_doings import ORDER, first_stage, to_do
from ivr.flow_position import QUERY_CODE, Position, Stage
from ivr.flow_steps import (
    Came,
    DigitsCame,
    Gone,
    Heard,
    JoinLine,
    KeyCame,
    Over,
    Step,
    WaitedLong,
)
from ivr.flow_turns import Go, Stay, next_stage
from ivr.spoken import Value

MOST_MOVES = 200
MOST_TAKEN_UP = 2
NEED_PERSON = "person"
"""What a bot understood when he asked for a person. 转人工"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """One version of a flow, for one call at one instant. 行走"""

    flow: Flow
    version: int
    around: Surroundings
    greeting: str
    """The text that a node's `greeting` stands for. 本号码欢迎词"""

    def begin(self) -> Step:
        """The first step of a call."""
        # After a talk he is asked in the language of that talk; before it, the flow itself chooses.
        known = self.around.language if self.flow.after_talk else ""
        return self._enter(self._start(known), self.flow.entry)

    def in_line(self, language: str) -> Step:
        """In the line behind key 0, with nothing before it."""
        return self._to_person(self._start(language), None)

    def _start(self, language: str) -> Position:
        """Before the first node; in the flow's first language if it does not speak this one."""
        return Position(
            flow=self.flow.code,
            version=self.version,
            node=self.flow.entry,
            stage=Stage.SAY,
            language=language if language in self.flow.languages else self.flow.languages[0],
        )

    def advance(self, position: Position, came: Came) -> Step:
        """What follows; what does not belong to the position changes nothing."""
        node = self.flow.nodes.get(position.node)
        if isinstance(came, Gone) or position.stage is Stage.OVER:
            on_tape = isinstance(node, Message) and position.stage in (Stage.CONFIRM, Stage.NOTE)
            return Step(
                position=replace(position, stage=Stage.OVER), doing=Over(has_message=on_tape)
            )
        if node is None:
            return self._to_person(position, None)
        if isinstance(node, WaitingRoom):
            return self._while_waiting(position, node, came)
        if _asks_for_person(node, came):
            return self._to_person(position, node)
        match next_stage(node, position, came):
            case Go(target=target, leaves_line=leaves, value=value):
                at = replace(position, room=NOWHERE) if leaves else position
                return self._enter(_with(at, value), target)
            case Stay(stage=stage, tries=tries, value=value, told=told):
                at = replace(_with(position, value), stage=stage, tries=tries)
                return self._at(at, node, told=told)
            case None:
                return self._at(position, node)
            case _:
                return self._to_person(position, node)

    def take_up(self, position: Position) -> Step:
        """Another process goes on: where he was, or with a person; never from the beginning."""
        taken = replace(position, taken_up=position.taken_up + 1)
        node = self.flow.nodes.get(position.node)
        if (
            node is None
            or taken.taken_up > MOST_TAKEN_UP
            or (position.flow, position.version) != (self.flow.code, self.version)
        ):
            return self._to_person(taken, node)
        looks = position.stage in (Stage.LOOK, Stage.TELL)
        if isinstance(node, Progress) and looks and QUERY_CODE not in position.values:
            # Neither the code nor what was found stands in the channel: he types it once more.
            taken = replace(taken, stage=Stage.ASK)
        return self._at(taken, node)

    def _enter(self, position: Position, target: NodeId) -> Step:
        """Come into a node, and through those that do nothing by themselves."""
        entered: list[NodeId] = []
        at = _with(position, {QUERY_CODE: ""})
        while at.moves < MOST_MOVES:
            node = self.flow.nodes.get(target)
            if node is None:
                break
            entered.append(target)
            at = replace(at, node=target, stage=first_stage(node), tries=0, moves=at.moves + 1)
            match node:
                case Choose():
                    target = chosen(node, self.around)
                case Language():
                    at = replace(at, language=node.language)
                    target = node.next
                case Bot() if node.switch not in self.around.switches:
                    target = node.otherwise
                case Urge() if ORDER not in at.values:
                    return self._to_person(at, node)
                case WaitingRoom() if at.room in self.flow.nodes and at.room != target:
                    target = at.room  # he keeps his place where he has one
                case WaitingRoom():
                    first = at.room != target
                    at = replace(at, room=target)
                    return self._at(at, node, entered=tuple(entered), first=first)
                case _:
                    return self._at(at, node, entered=tuple(entered))
        return self._in_any_line(at, tuple(entered))

    def _to_person(self, position: Position, node: Node | None) -> Step:
        """The line that he is in already, else the one behind key 0."""
        target = position.room or (self.flow.person if node is None else self.flow.person_of(node))
        room = self.flow.nodes.get(target)
        if not isinstance(room, WaitingRoom) or position.moves >= MOST_MOVES:
            return self._in_any_line(position, ())
        return self._enter(position, target)

    def _in_any_line(self, position: Position, entered: tuple[NodeId, ...]) -> Step:
        """Whatever the document says: there is a person for everybody."""
        room = self.flow.nodes.get(position.room or self.flow.person)
        group = room.group if isinstance(room, WaitingRoom) else BY_THE_TABLE
        at = replace(position, stage=Stage.WAIT, node=position.room or self.flow.person)
        return Step(position=at, doing=JoinLine(group=group), entered=entered)

    def _while_waiting(self, position: Position, room: WaitingRoom, came: Came) -> Step:
        offer = self.flow.nodes.get(room.offer)
        offered = replace(position, offered=position.offered + 1)
        match came:
            case WaitedLong() if offer is not None and self._offers_after(position, room):
                return self._enter(offered, room.offer)
            case KeyCame(key=key) if isinstance(offer, AskKey) and key in offer.keys:
                if offer.keys[key] != room.id:
                    return self._enter(offered, offer.keys[key])
            case _:
                pass
        return self._at(position, room)

    def _offers_after(self, position: Position, room: WaitingRoom) -> int:
        if room.offer not in self.flow.nodes or position.moves >= MOST_MOVES:
            return 0
        return room.offer_again_s if position.offered else room.offer_after_s

    def _at(
        self,
        position: Position,
        node: Node,
        *,
        entered: tuple[NodeId, ...] = (),
        first: bool = False,
        told: Mapping[str, Value] | None = None,
    ) -> Step:
        doing = to_do(node, position, self.greeting, told or {})
        if isinstance(doing, JoinLine):
            offer = self.flow.nodes.get(node.offer) if isinstance(node, WaitingRoom) else None
            assert isinstance(node, WaitingRoom)
            doing = replace(
                doing,
                comfort=doing.comfort if first else (),
                offer_after_s=self._offers_after(position, node),
                keys=frozenset(offer.keys) if isinstance(offer, AskKey) else frozenset(),
            )
        return Step(position=position, doing=doing, entered=entered)


def _asks_for_person(node: Node, came: Came) -> bool:
    match came:
        case KeyCame(key=key) | DigitsCame(digits=key) if key == PERSON_KEY:
            return not (isinstance(node, AskKey) and PERSON_KEY in node.keys)
        case Heard(need=need):
            return need == NEED_PERSON
        case _:
            return False


def _with(position: Position, value: Mapping[str, str]) -> Position:
    """With these values too; an empty one is taken away."""
    if all(position.values.get(name, "") == one for name, one in value.items()):
        return position
    values = {name: one for name, one in {**position.values, **value}.items() if one}
    return replace(position, values=MappingProxyType(values))
