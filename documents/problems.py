"""What is wrong with a rule document, and where. 规则问题"""

from dataclasses import dataclass
from enum import StrEnum


class DocumentKind(StrEnum):
    """What a document is about. 规则种类"""

    GROUPS = "groups"  # 技能组
    ROUTING = "routing"  # 路由表
    POSTS = "posts"  # 岗位
    ROSTERS = "rosters"  # 排班
    DIRECTORY = "directory"  # 通讯录
    CODES = "codes"  # 话后小结代码
    POLICIES = "policies"  # 策略
    WORDS = "words"  # 词表
    SENTENCES = "sentences"  # 规范用语
    PLACES = "places"  # 地名与单位名
    FLOWS = "flows"  # 语音流程
    TEXTS = "texts"  # 提示音文本


class Severity(StrEnum):
    """Whether it stands in the way of publishing. 严重程度"""

    ERROR = "error"  # 错误，不能发布
    WARNING = "warning"  # 提醒，确认后可发布


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong, in the document of that kind. 规则问题"""

    kind: DocumentKind
    line: int
    code: str
    reason: str
    """A Chinese sentence for the administrator."""
    severity: Severity = Severity.ERROR


def errors_in(problems: "list[Problem] | tuple[Problem, ...]") -> tuple[Problem, ...]:
    return tuple(one for one in problems if one.severity is Severity.ERROR)


def warnings_in(problems: "list[Problem] | tuple[Problem, ...]") -> tuple[Problem, ...]:
    return tuple(one for one in problems if one.severity is Severity.WARNING)
