"""How the database is used. 数据库设置"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSettings:
    """The database. 数据库"""

    url: str = ""
    """SQLAlchemy URL; empty means SQLite in var/hotline.sqlite. 数据库地址"""
    batch_limit: int = 500
    """Journal rows written in one transaction at most. 批量上限"""
    pending_limit: int = 200_000
    """Events kept in memory while the store cannot write; then the oldest go, and are counted. 积压上限"""
