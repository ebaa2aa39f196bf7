"""What each kind of node is written with. 节点写法

say           text, whole, next
ask-key       text, keys, retries, timeout_s, on_silence, on_wrong
ask-digits    text, name, shortest, longest, end_key, retries, timeout_s, next, on_silence
choose        by, cases, otherwise
language      language, next
message       text, confirm, keep_key, again_key, longest_s, silence_s, retakes, timeout_s, next, on_silence
survey        text, timeout_s, next
progress      text, found, wrong, shortest, longest, tries, timeout_s, next, on_silence
urge          text, next
callback      text, next
bot           text, confirm, needs, switch, longest_s, retries, timeout_s, otherwise
waiting-room  group, comfort, place, estimate, useful, every_s, offer, offer_after_s, offer_again_s
hang-up       text

A silence or a wrong key that says nothing of its own leads to a person.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from cti.ids import SkillGroupCode
from documents.calendar import Hours, HoursUnreadable, read_hours
from documents.reading import Complaints, Entry
from ivr.flow import (
    KINDS,
    AskDigits,
    AskKey,
    Bot,
    Callback,
    Case,
    Choose,
    ChooseBy,
    HangUp,
    Language,
    Message,
    Node,
    NodeId,
    Progress,
    Say,
    Survey,
    Urge,
    WaitingRoom,
)

PERSON = NodeId("person")
"""In a document: wherever key 0 leads from this node. 转人工"""
_KEY = re.compile(r"[0-9*#]")


def read_node(entry: Entry, node_id: NodeId, person: NodeId, say: Complaints) -> Node | None:
    """One node; None if its kind is unknown, and nothing more is said of it.

    `person` is where key 0 leads unless the node says otherwise.
    """
    kind = entry.text("kind", required=True)
    if kind not in KINDS:
        say.error(entry.line_of("kind"), "kind-unknown", f"没有节点种类 {kind}")
        entry.pass_over()
        return None
    read = _Reading(entry, node_id, person, say)
    match kind:
        case "say":
            return read.say()
        case "ask-key":
            return read.ask_key()
        case "ask-digits":
            return read.ask_digits()
        case "choose":
            return read.choose()
        case "language":
            return read.language()
        case "message":
            return read.message()
        case "survey":
            return read.survey()
        case "progress":
            return read.progress()
        case "urge":
            return read.urge()
        case "callback":
            return read.callback()
        case "bot":
            return read.bot()
        case "waiting-room":
            return read.waiting_room()
        case _:
            return read.hang_up()


class _Reading:
    """Reads one entry as a node of its kind. 节点读取"""

    def __init__(self, entry: Entry, node_id: NodeId, person: NodeId, say: Complaints) -> None:
        self._entry = entry
        self._id = node_id
        self._line = entry.line
        self._complaints = say
        self._person = NodeId(entry.text("person", person))

    def say(self) -> Say:
        return Say(
            id=self._id,
            line=self._line,
            person=self._person,
            text=self._text("text"),
            whole=self._entry.flag("whole", default=False),
            next=self._target("next"),
        )

    def ask_key(self) -> AskKey:
        return AskKey(
            id=self._id,
            line=self._line,
            person=self._person,
            text=self._text("text"),
            keys=self._keys(),
            retries=self._entry.whole("retries", 1, 0, 5),
            timeout_s=self._timeout(5),
            on_silence=self._or_person("on_silence"),
            on_wrong=self._or_person("on_wrong"),
        )

    def ask_digits(self) -> AskDigits:
        shortest, longest = self._length()
        name = self._entry.text("name", required=True)
        if name and re.fullmatch(r"[a-z][a-z0-9-]{0,31}", name) is None:
            self._error("name", f"{name} 不能作名称")
        end_key = self._entry.text("end_key", "#")
        if end_key not in ("#", "*", ""):
            self._error("end_key", "end_key 只能是 #、* 或空")
        return AskDigits(
            id=self._id,
            line=self._line,
            person=self._person,
            text=self._text("text"),
            name=name,
            shortest=shortest,
            longest=longest,
            end_key=end_key,
            retries=self._entry.whole("retries", 1, 0, 5),
            timeout_s=self._timeout(5),
            next=self._target("next"),
            on_silence=self._or_person("on_silence"),
        )

    def choose(self) -> Choose:
        by = ChooseBy(self._entry.one_of("by", list(ChooseBy), ChooseBy.NUMBER))
        return Choose(
            id=self._id,
            line=self._line,
            person=self._person,
            by=by,
            cases=tuple(
                Case(value=value, target=self._meant(target), hours=self._case_value(by, value))
                for value, target in self._entry.pairs("cases").items()
            ),
            otherwise=self._target("otherwise"),
        )

    def language(self) -> Language:
        return Language(
            id=self._id,
            line=self._line,
            person=self._person,
            language=self._entry.text("language", required=True),
            next=self._target("next"),
        )

    def message(self) -> Message:
        keep_key = self._entry.text("keep_key", "1")
        again_key = self._entry.text("again_key", "2")
        for key in (keep_key, again_key):
            self._check_key("keep_key", key)
        if keep_key == again_key or "0" in (keep_key, again_key):
            self._error("keep_key", "确认键与重录键不能相同，也不能是 0")
        return Message(
            id=self._id,
            line=self._line,
            person=self._person,
            text=self._text("text"),
            confirm=self._text("confirm"),
            keep_key=keep_key,
            again_key=again_key,
            longest_s=self._entry.whole("longest_s", 120, 5, 600),
            silence_s=self._entry.whole("silence_s", 5, 2, 30),
            retakes=self._entry.whole("retakes", 2, 0, 5),
            timeout_s=self._timeout(8),
            next=self._target("next"),
            on_silence=self._or_person("on_silence"),
        )

    def survey(self) -> Survey:
        return Survey(
            id=self._id,
            line=self._line,
            person=self._person,
            text=self._text("text"),
            timeout_s=self._timeout(8),
            next=self._target("next"),
        )

    def progress(self) -> Progress:
        shortest, longest = self._length()
        return Progress(
            id=self._id,
            line=self._line,
            person=self._person,
            text=self._text("text"),
            found=self._text("found"),
            wrong=self._text("wrong"),
            shortest=shortest,
            longest=longest,
            tries=self._entry.whole("tries", 3, 1, 5),
            timeout_s=self._timeout(8),
            next=self._target("next"),
            on_silence=self._or_person("on_silence"),
        )

    def urge(self) -> Urge:
        return Urge(
            id=self._id,
            line=self._line,
            person=self._person,
            text=self._text("text"),
            next=self._target("next"),
        )

    def callback(self) -> Callback:
        return Callback(
            id=self._id,
            line=self._line,
            person=self._person,
            text=self._text("text"),
            next=self._target("next"),
        )

    def bot(self) -> Bot:
        needs = self._entry.pairs("needs")
        return Bot(
            id=self._id,
            line=self._line,
            person=self._person,
            text=self._text("text"),
            confirm=self._text("confirm"),
            needs=MappingProxyType({need: self._meant(where) for need, where in needs.items()}),
            switch=self._entry.text("switch", "voice-bot"),
            longest_s=self._entry.whole("longest_s", 10, 3, 60),
            retries=self._entry.whole("retries", 1, 0, 3),
            timeout_s=self._timeout(5),
            otherwise=self._or_person("otherwise"),
        )

    def waiting_room(self) -> WaitingRoom:
        return WaitingRoom(
            id=self._id,
            line=self._line,
            person=self._person,
            group=SkillGroupCode(self._entry.text("group")),
            comfort=self._entry.text("comfort"),
            place=self._entry.text("place"),
            estimate=self._entry.text("estimate"),
            useful=self._entry.texts("useful"),
            every_s=self._entry.whole("every_s", 30, 10, 600),
            offer=NodeId(self._entry.text("offer")),
            offer_after_s=self._entry.whole("offer_after_s", 60, 5, 3600),
            offer_again_s=self._entry.whole("offer_again_s", 0, 0, 3600),
        )

    def hang_up(self) -> HangUp:
        return HangUp(id=self._id, line=self._line, person=self._person, text=self._text("text"))

    def _text(self, key: str) -> str:
        return self._entry.text(key, required=True)

    def _timeout(self, default: int) -> int:
        return self._entry.whole("timeout_s", default, 2, 30)

    def _target(self, key: str) -> NodeId:
        return self._meant(self._entry.text(key, required=True))

    def _or_person(self, key: str) -> NodeId:
        return self._meant(self._entry.text(key, PERSON))

    def _meant(self, target: str) -> NodeId:
        return self._person if target == PERSON else NodeId(target)

    def _keys(self) -> Mapping[str, NodeId]:
        keys = self._entry.pairs("keys")
        for key in keys:
            self._check_key("keys", key)
        return MappingProxyType({key: self._meant(target) for key, target in keys.items()})

    def _check_key(self, where: str, key: str) -> None:
        if _KEY.fullmatch(key) is None:
            self._error(where, f"{key} 不是按键，应为 0 至 9、* 或 #")

    def _length(self) -> tuple[int, int]:
        shortest = self._entry.whole("shortest", 4, 2, 20)
        longest = self._entry.whole("longest", 12, 2, 20)
        if longest < shortest:
            self._error("longest", "longest 不能小于 shortest")
        return shortest, longest

    def _case_value(self, by: ChooseBy, value: str) -> Hours | None:
        if by is ChooseBy.LOAD and not value.isdecimal():
            self._error("cases", f"{value} 应为排队人数")
        if by is not ChooseBy.TIME:
            return None
        try:
            return read_hours((value,))
        except HoursUnreadable:
            self._error("cases", f"看不懂服务时间“{value}”，应如“工作日 09:00-17:00”")
            return None

    def _error(self, key: str, reason: str) -> None:
        self._complaints.error(self._entry.line_of(key), "value-invalid", reason)
