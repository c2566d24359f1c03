"""Made-up but plausible names of towns, villages, institutions and venues."""

from typing import Final

import numpy as np

from data.simulate.gather import ints, pick

_STEM_TEXT: Final = (
    "云栖星河丁桥南屏桂语荷风望江石桥梅堰兰溪"
    "清波龙坞双林长睦永宁金桥沿山绿汀芳洲杨家"
    "沈塘钱家翠苑同心和睦西溪新安康乐宁围太平"
    "凤鸣玉泉竹园枫桦河滨东新北塘景芳三里五常"
    "七星八卦百合万寿春晖秋涛雪岭晴川月明霞湾"
    "江畔湖墅海棠溪口泉塘潮鸣浪石沙田洲头墩里"
    "埠前浦东堰桥闸口渡船塔山亭趾楼塔阁前苑中"
    "庄里坊前"
)
STEMS: Final = tuple(_STEM_TEXT[at : at + 2] for at in range(0, len(_STEM_TEXT), 2))
"""Two-character stems for towns and villages."""

TOWN_KINDS: Final = ("街道", "街道", "街道", "镇", "镇", "乡")
URBAN_VILLAGE_KINDS: Final = ("社区", "社区", "社区", "苑社区", "新村社区")
RURAL_VILLAGE_KINDS: Final = ("村", "村", "村", "社区")
MALLS: Final = (
    "银泰城",
    "万象汇",
    "龙湖天街",
    "宝龙广场",
    "印象城",
    "邻里中心",
    "大悦里",
    "时代广场",
)
PARKS: Final = ("智造园", "科创园", "数字产业园", "医药港", "电商园", "芯谷")
COMPANY_WORDS: Final = (
    "云麓",
    "启辰",
    "嘉禾",
    "瑞丰",
    "智联",
    "海纳",
    "星远",
    "同创",
    "泽文",
    "安捷",
)


def bare(town: str) -> str:
    """A town's name without 街道, 镇 or 乡."""
    return town.removesuffix("街道").removesuffix("镇").removesuffix("乡")


def distinct(rng: np.random.Generator, stems: int, kinds: tuple[str, ...]) -> list[str]:
    """That many different names, a stem and a kind each; numbered when stems run out."""
    order = ints(rng.permutation(len(STEMS)))
    picked = [STEMS[order[index % len(STEMS)]] for index in range(stems)]
    rounds = [index // len(STEMS) for index in range(stems)]
    chosen = pick(kinds, rng.integers(0, len(kinds), stems))
    return [
        f"{stem}{'' if not again else _ORDINALS[min(again, 9)]}{kind}"
        for stem, again, kind in zip(picked, rounds, chosen, strict=True)
    ]


_ORDINALS: Final = "零东西南北中上下前后"
