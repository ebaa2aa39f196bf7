from tests.live.shape_marks import Story

STORIES: dict[str, tuple[Story, ...]] = {}
