"""All documents that hold together, and what is wrong between them. 规则全集"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from cti.ids import SeatId, SkillGroupCode
from documents.calendar import Calendar
from documents.problems import DocumentKind, Problem
from documents.reading import Complaints
from seats.groups import GENERAL
from seats.model import SeatDefinition
from seats.rule_documents.codes import CodeRow, read_codes
from seats.rule_documents.directory import DirectoryRow, read_directory
from seats.rule_documents.groups import Groups, read_groups
from seats.rule_documents.places import PlaceRow, read_places
from seats.rule_documents.policies import Policies, read_policies
from seats.rule_documents.posts import Post, Shift, read_posts, read_rosters
from seats.rule_documents.routing_table import RoutingRow, read_routing
from seats.rule_documents.sentences import Sentence, read_sentences
from seats.rule_documents.words import WordLists, read_words

FurtherCheck = Callable[[Mapping[DocumentKind, str], "Documents"], list[Problem]]
"""What is wrong with documents of kinds that are not read here, such as flows. 其他规则检查"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What documents are checked against beside each other. 检查依据"""

    calendar: Calendar
    seats: Mapping[SeatId, SeatDefinition] = field(default_factory=lambda: MappingProxyType({}))
    """Seats that are defined without a post. 已有座席"""
    prompts: Collection[str] | None = ()
    """Prompts that can be played, as "hotline/goodbye"; None: a further check sees to them. 提示音"""
    further: tuple[FurtherCheck, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """One document of each kind, read. 规则全集"""

    groups: Groups
    routing: tuple[RoutingRow, ...]
    posts: tuple[Post, ...]
    shifts: tuple[Shift, ...]
    directory: tuple[DirectoryRow, ...]
    codes: tuple[CodeRow, ...]
    policies: Policies
    words: WordLists
    sentences: tuple[Sentence, ...]
    places: tuple[PlaceRow, ...]


def read_all(texts: Mapping[DocumentKind, str]) -> tuple[Documents, list[Problem]]:
    """Every kind must be there; problems of each document by itself."""
    groups, of_groups = read_groups(texts[DocumentKind.GROUPS])
    routing, of_routing = read_routing(texts[DocumentKind.ROUTING])
    posts, of_posts = read_posts(texts[DocumentKind.POSTS])
    shifts, of_rosters = read_rosters(texts[DocumentKind.ROSTERS])
    directory, of_directory = read_directory(texts[DocumentKind.DIRECTORY])
    codes, of_codes = read_codes(texts[DocumentKind.CODES])
    policies, of_policies = read_policies(texts[DocumentKind.POLICIES])
    words, of_words = read_words(texts[DocumentKind.WORDS])
    sentences, of_sentences = read_sentences(texts[DocumentKind.SENTENCES])
    places, of_places = read_places(texts[DocumentKind.PLACES])
    documents = Documents(
        groups=groups,
        routing=routing,
        posts=posts,
        shifts=shifts,
        directory=directory,
        codes=codes,
        policies=policies,
        words=words,
        sentences=sentences,
        places=places,
    )
    own = (
        of_groups,
        of_routing,
        of_posts,
        of_rosters,
        of_directory,
        of_codes,
        of_policies,
        of_words,
        of_sentences,
        of_places,
    )
    return documents, [problem for problems in own for problem in problems]


def check(
    kind: DocumentKind,
    text: str,
    current: Mapping[DocumentKind, str],
    surroundings: Surroundings,
) -> list[Problem]:
    """What would be wrong if this text took the place of the current one of its kind.

    What is wrong only between other documents, and was so before, is not this text's fault.
    """
    texts = {**current, kind: text}
    documents, found = read_all(texts)
    own = [one for one in found if one.kind is kind]
    before, _ = read_all(current)
    old = {(one.kind, one.code, one.reason) for one in check_whole(current, before, surroundings)}
    between = [
        one
        for one in check_whole(texts, documents, surroundings)
        if one.kind is kind or (one.kind, one.code, one.reason) not in old
    ]
    # Behind a syntax error nothing was read: everything else would be its echo.
    if any(one.code in ("syntax", "document-too-long") for one in own):
        return own
    return sorted([*own, *between], key=lambda one: (one.kind != kind, one.kind, one.line))


def check_whole(
    texts: Mapping[DocumentKind, str], documents: Documents, surroundings: Surroundings
) -> list[Problem]:
    """What is wrong between the documents, and with those that others read."""
    further = [one for look in surroundings.further for one in look(texts, documents)]
    return [*check_together(documents, surroundings), *further]


def check_together(documents: Documents, surroundings: Surroundings) -> list[Problem]:
    """What is wrong between the documents."""
    return [
        *_routing(documents, surroundings),
        *_posts(documents, surroundings),
        *_rosters(documents, surroundings),
        *_staffing(documents, surroundings),
    ]


def _routing(documents: Documents, surroundings: Surroundings) -> list[Problem]:
    say = Complaints(DocumentKind.ROUTING)
    served = _served(documents, surroundings)
    for row in documents.routing:
        if row.group and row.group not in documents.groups:
            say.error(row.line, "group-unknown", f"“{row.name}”指向不存在的技能组 {row.group}")
        elif row.group and not _reachable(row.group, documents) & served:
            say.warn(
                row.line,
                "group-without-seats",
                f"“{row.name}”指向的技能组 {row.group} 及其放宽范围内没有任何座席",
            )
        known = surroundings.prompts
        if row.prompt and known is not None and row.prompt not in known:
            say.error(row.line, "prompt-missing", f"“{row.name}”的提示音 {row.prompt} 不存在")
    return say.found


def _posts(documents: Documents, surroundings: Surroundings) -> list[Problem]:
    say = Complaints(DocumentKind.POSTS)
    for post in documents.posts:
        for code in post.definition.skills:
            if code not in documents.groups:
                say.error(post.line, "group-unknown", f"座席 {post.seat_id} 的技能组 {code} 不存在")
        if post.seat_id not in surroundings.seats:
            say.error(
                post.line,
                "seat-without-extension",
                f"座席 {post.seat_id} 尚无分机账号，请先执行 hotline seat add {post.seat_id}",
            )
    return say.found


def _rosters(documents: Documents, surroundings: Surroundings) -> list[Problem]:
    say = Complaints(DocumentKind.ROSTERS)
    known = {*surroundings.seats, *(post.seat_id for post in documents.posts)}
    for shift in documents.shifts:
        for seat_id, skills in shift.skills.items():
            line = shift.lines[seat_id]
            if seat_id not in known:
                say.error(line, "seat-unknown", f"班次“{shift.name}”的座席 {seat_id} 不存在")
            for code in skills:
                if code not in documents.groups:
                    say.error(line, "group-unknown", f"班次“{shift.name}”的技能组 {code} 不存在")
    for number, first in enumerate(documents.shifts):
        for second in documents.shifts[number + 1 :]:
            both = set(first.skills) & set(second.skills)
            if both and _at_once(first, second):
                say.error(
                    second.line,
                    "hours-overlap",
                    f"座席 {min(both)} 同时在班次“{first.name}”与“{second.name}”",
                )
    return say.found


def _staffing(documents: Documents, surroundings: Surroundings) -> list[Problem]:
    say = Complaints(DocumentKind.GROUPS)
    general = documents.groups.get(GENERAL.code)
    if general is not None and GENERAL.code not in _served(documents, surroundings):
        say.warn(general.line, "group-without-seats", "综合技能组没有任何座席")
    for row in documents.groups.values():
        if row.hours is not None and not surroundings.calendar.years:
            say.warn(row.line, "calendar-empty", "没有节假日日历，服务时间只按星期计算")
    return say.found


def _at_once(first: Shift, second: Shift) -> bool:
    if first.hours is None or second.hours is None:
        return False
    return any(a.meets(b) for a in first.hours.windows for b in second.hours.windows)


def _reachable(code: SkillGroupCode, documents: Documents) -> set[SkillGroupCode]:
    found = {code}
    for step in documents.groups[code].rules.relaxations:
        found.update(step.also)
    return found


def _served(documents: Documents, surroundings: Surroundings) -> set[SkillGroupCode]:
    """Groups that some seat serves at some time."""
    own = {post.seat_id for post in documents.posts}
    found = {code for post in documents.posts for code in post.definition.skills}
    for seat_id, definition in surroundings.seats.items():
        if seat_id not in own:
            found.update(definition.skills)
    for shift in documents.shifts:
        for skills in shift.skills.values():
            found.update(skills)
    return found
