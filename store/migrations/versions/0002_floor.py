"""The whole floor: rules, parties, callbacks, endings. 座席与呼叫控制"""

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
