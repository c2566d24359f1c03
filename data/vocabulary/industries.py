"""Which industry an occupation belongs to, for counts that are kept by industry.

Industries are the sections of GB/T 4754; occupations carry codes of the national classification
(职业分类大典 2022). The two classifications don't nest, so the map is by the usual employer of an
occupation: a programmer counts to information technology wherever she is hired.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

INDUSTRIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "1": "公共管理、社会保障和社会组织",
        "2": "科学研究和技术服务业",
        "2-02-10": "信息传输、软件和信息技术服务业",
        "2-06": "金融业",
        "2-08": "教育",
        "2-05": "卫生和社会工作",
        "2-09": "文化、体育和娱乐业",
        "3": "租赁和商务服务业",
        "4": "租赁和商务服务业",
        "4-01": "批发和零售业",
        "4-02": "交通运输、仓储和邮政业",
        "4-03": "住宿和餐饮业",
        "4-04": "信息传输、软件和信息技术服务业",
        "4-05": "金融业",
        "4-06": "房地产业",
        "4-10": "居民服务、修理和其他服务业",
        "4-12": "居民服务、修理和其他服务业",
        "4-13": "文化、体育和娱乐业",
        "4-14": "卫生和社会工作",
        "5": "农、林、牧、渔业",
        "6": "制造业",
        "6-28": "电力、热力、燃气及水生产和供应业",
        "6-29": "建筑业",
        "6-30": "交通运输、仓储和邮政业",
    }
)
"""Industries (GB/T 4754 sections) by how an occupation's code begins; the longest match holds."""


def industry_of(code: str) -> str:
    """The industry of an occupation, by the longest beginning of its code that is known.

    An occupation of no known class counts to public administration, as the classification's
    first class does.

    >>> industry_of("4-04-05-01"), industry_of("6-29-02-01")
    ('信息传输、软件和信息技术服务业', '建筑业')
    """
    parts = code.split("-")
    for length in range(len(parts), 0, -1):
        name = INDUSTRIES.get("-".join(parts[:length]))
        if name is not None:
            return name
    return INDUSTRIES["1"]
