"""`hotline prompts`: make what is missing or has changed, and say of each where it comes from. 提示音命令"""

from collections.abc import Callable, Sequence

from hotline.sounds.manifest import Made
from hotline.sounds.prompts import SILENT_DBFS

Say = Callable[[str], None]
ORIGIN = {"studio": "录音棚", "voice": "合成", "": "缺失"}


def report(made: Sequence[Made], say: Say) -> int:
    """Line by line, at the end how even they are. 1 if anything is wrong with any of them."""
    for one in made:
        news = "已更新" if one.changed else "未变"
        seconds = one.duration_ms / 1000
        say(f"{one.language}/{one.name}  {seconds:.1f} s  {ORIGIN[one.source]}  {news}")
        if one.problem:
            say(f"  {one.problem}")
    heard = [one for one in made if one.level_dbfs > SILENT_DBFS]
    if heard:
        came, now = [one.came_dbfs for one in heard], [one.level_dbfs for one in heard]
        say(
            f"{len(heard)} 条；响度 均衡前 {min(came):.1f} 至 {max(came):.1f} dBFS（相差 "
            f"{max(came) - min(came):.1f} dB），均衡后 {min(now):.1f} 至 {max(now):.1f} dBFS（相差 "
            f"{max(now) - min(now):.1f} dB）"
        )
    return 1 if any(one.problem or not one.source for one in made) else 0
