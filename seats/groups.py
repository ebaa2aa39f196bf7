"""Skill groups as data; the general one is always there. 技能组"""

from collections.abc import Iterable

from cti.ids import SkillGroupCode
from seats.model import SkillGroup

GENERAL = SkillGroup(code=SkillGroupCode("general"), name="综合受理")
"""Everybody who does not ask for a special seat, and every group nobody knows. 综合"""

SKILL_GROUPS = (
    GENERAL,
    SkillGroup(code=SkillGroupCode("housing_fund"), name="公积金"),
    SkillGroup(code=SkillGroupCode("social_security"), name="人社"),
    SkillGroup(code=SkillGroupCode("medical_insurance"), name="医保"),
    SkillGroup(code=SkillGroupCode("law"), name="法律"),
    SkillGroup(code=SkillGroupCode("government_services"), name="政务服务"),
    SkillGroup(code=SkillGroupCode("enterprise"), name="助企服务"),
    SkillGroup(code=SkillGroupCode("dialect"), name="方言"),
    SkillGroup(code=SkillGroupCode("foreign_language"), name="外语"),
)
"""The special seats that GB/T 44189 6.3.2-6.3.3 and DB1302/T 604 7.1.5 name; a city edits them. 专席"""


def with_general(groups: Iterable[SkillGroup]) -> dict[SkillGroupCode, SkillGroup]:
    """The groups by code, first the general one, whether it was listed or not."""
    by_code = {GENERAL.code: GENERAL}
    by_code.update({group.code: group for group in groups})
    return by_code
