"""A job title as boards print it, taken apart: what names the work, and what stands around it."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

MAX_PARTS: Final = 6
"""Parts of a title that are looked at; titles that list more say nothing more."""

MAX_TOKENS: Final = 24
"""Tokens of a part that are looked at; names of occupations are shorter."""

_TOKEN: Final = re.compile(r"[a-z0-9][a-z0-9+#]*(?:\.[a-z0-9]+)*|\.net|[^\W_]")
_BRACKETS: Final = re.compile(r"[(\[【<《{「]([^()\[\]【】<>《》{}「」]*)[)\]】>》}」]?")
_CLOSING: Final = re.compile(r"[)\]】>》}」]")
_CODE: Final = re.compile(
    r"(?:职位|岗位)(?:编号|代码)\s*[::]?\s*[a-z]*\d*|(?<![a-z0-9])[a-z]{0,4}\d{4,}[a-z]?(?![a-z0-9])"
    r"|(?<![a-z0-9])[a-z]{1,4}\d{3,}(?![a-z0-9])|^\d{2,}[a-z]*-?"
)
_PAY: Final = re.compile(
    r"(?:月薪|年薪|底薪|保底|均薪|月入|日薪|时薪|薪资|工资|年入)?\d+(?:\.\d+)?(?:-\d+(?:\.\d+)?)?"
    r"(?:k|千|万|元|w)(?:[/每](?:月|年|天|日|时|小时))?(?:起薪?|以上|左右)?\+?"
    r"|(?:月薪|年薪|底薪|保底|均薪|月入|日薪)(?:\d[\d-]*|过万)?\+?|\d{4,}(?:-\d{4,})?\+?"
)
_BAIT: Final = re.compile(
    r"高薪诚聘|高薪急聘|急聘|急招|急职|诚聘|诚招|热招|直招|直聘|高薪|急|無责任?底薪|无责任?底?薪?"
    r"|(?:高|日|月)?提成(?:最高)?|大小周|双休|单休|[五六七]险[一二两]金|[五六]险|包吃包?住|包食宿|包住宿?"
    r"|包吃|包餐|提供(?:食宿|吃住|住宿)|餐补|房补|住宿补贴|补贴|年终(?:奖|分红)?|年底(?:双薪|分红)"
    r"|带薪年假|奖金|晋升|旅游|社保|期权|零经验|无经验|经验不限|可?接受应届毕?业?生?|欢迎应届毕?业?生?"
    r"|(?:可|招)?应届(?:毕业)?生(?:均可|优先)?|\d*届|实习生?均可|做五休二|朝九晚[五六七]|工作轻松|时间自由"
    r"|就近分配|地铁(?:口|旁)|免费|上不封顶|轻松|校园招聘|校招|社招|春招|秋招|优秀|内部正式职位|外包"
    r"|上市公司|待上市|知名(?:企业)?|外企|国企|央企|\d+强(?:企业|公司|外企)?|世界\d+强|年假|福利"
)
_PLACE: Final = re.compile(
    r"(?:北京|上海|广州|深圳|杭州|成都|武汉|南京|西安|重庆|苏州|天津|长沙|郑州|东莞|佛山|宁波|青岛|无锡|合肥"
    r"|厦门|福州|济南|大连|沈阳|昆明|贵阳|南昌|常州|珠海|中山|惠州|温州|嘉兴|绍兴|金华|台州|哈尔滨|长春"
    r"|石家庄|太原|南宁|海口|兰州|乌鲁木齐|拉萨|香港|上城|拱墅|西湖|滨江|萧山|余杭|富阳|临安|临平|钱塘"
    r"|桐庐|淳安|建德|浙江|江苏|广东|安徽|福建|湖北|湖南|四川|山东|河南|河北|江西|陕西|华南|华东|华北"
    r")(?:市|省|区|县|地区)?"
)
_LEVEL: Final = re.compile(
    r"^(?:高级(?!中学|职业)|资深|初级|中级|初中级|中高级|高中级|初高级|初至中级|见习|储备|实习(?!指导|生)"
    r"|首席(?=\w{3,}师)|主任(?=\w{2,}师)|兼职|全职|专职)+"
)
_INNER: Final = re.compile(
    r"(?:中高级|高级|资深|中级|初级)(?!中学|职业|$)|(?<![a-z])(?:senior|junior|middle|sr|jr)(?![a-z])\.?"
)
_TRAINEE: Final = re.compile(r"(?:实习生|实习|培训生|管培生|学徒|岗|方向|类)$")
_CALL: Final = re.compile(
    r"招聘[::]?(?!专员|经理|主管|顾问|助理|总监|实习|负责|hr|师|运营|专家|岗|管|组|文员|$)"
)
_SEPARATOR: Final = re.compile(
    r"[/、|,,;;。.!!??::·•~*\-—–―_&\\\"'“”]+|(?<!c)#|(?<![c+])\+|(?:和|与|及|或|兼)(?=\w)"
)
_LETTERS: Final = r"a-z0-9.+#"
_GAP: Final = re.compile(rf"(?<=[{_LETTERS}])\s+(?=[{_LETTERS}])")
_MIXED: Final = re.compile(
    rf"(?<=[{_LETTERS}])\s+(?=[^{_LETTERS}\s])|(?<=[^{_LETTERS}\s])\s+(?=[a-z.])"
)
_SPELLINGS: Final = (
    (re.compile(r"c/c\+\+|c\+\+/c(?![a-z#])"), "c++"),
    (re.compile(r"asp\.net"), ".net"),
    (re.compile(r"dot\s?net|(?<![a-z.])net(?=[(/\s开工软程]|$)"), ".net"),
    (re.compile(r"node\.js"), "nodejs"),
    (re.compile(r"(?<![a-z])html\s?5"), "h5"),
    (re.compile(r"unity\s?3d|u3d"), "unity"),
    (re.compile(r"\bpl/sql"), "plsql"),
    (re.compile(r"c#/\.net|\.net/c#|c#\.net"), "c#"),
)
"""Ways of writing one name, so that separators don't cut it."""

Tokens = tuple[str, ...]
"""Words of Latin letters and single other characters, in order."""


@dataclass(frozen=True, slots=True)
class Title:
    """What a title names."""

    parts: tuple[Tokens, ...]
    """What may name the work, in the order of the title."""
    asides: tuple[Tokens, ...]
    """What stood in brackets."""


def read_title(raw: str) -> Title:
    """Take a title apart.

    Brackets become asides; codes, pay, places, bait and ranks are dropped; a title that consists
    of nothing else keeps what it has.

    >>> read_title("【急聘】高级Java开发工程师(杭州) 15-20K 双休").parts
    (('java', '开', '发', '工', '程', '师'),)
    >>> [("".join(part)) for part in read_title("销售助理/行政文员（应届生）").parts]
    ['销售助理', '行政文员']
    """
    text = _spelled(raw)
    outside = _CLOSING.sub(" ", _BRACKETS.sub(" ", text))
    parts = tuple(_parts(outside))
    asides = tuple(part for aside in _BRACKETS.findall(text) for part in _parts(aside))
    if not parts:
        parts, asides = asides or (tokens(text),), ()
    return Title(parts[:MAX_PARTS], asides[:MAX_PARTS])


def tokens(text: str) -> Tokens:
    """The tokens of a text in one spelling: half-width, lower case, without punctuation.

    >>> tokens("Ｃ++ 开发")
    ('c++', '开', '发')
    """
    return tuple(_TOKEN.findall(_spelled(text)))


def name_tokens(name: str) -> Tokens:
    """The tokens of an occupation's name as ``read_title`` would leave it.

    >>> name_tokens("高级中学教师") == tokens("高级中学教师")
    True
    """
    found = tokens(name)
    return found[:MAX_TOKENS]


def _spelled(raw: str) -> str:
    text = unicodedata.normalize("NFKC", raw).lower()
    for pattern, spelling in _SPELLINGS:
        text = pattern.sub(spelling, text)
    return text


def _parts(text: str) -> Iterator[Tokens]:
    """The parts between separators, without what doesn't name the work."""
    bare = _CALL.sub("/", _CODE.sub(" ", _PAY.sub(" ", text)))
    bare = _BAIT.sub("/", bare)
    bare = _PLACE.sub(" ", bare)
    joined = _MIXED.sub("", _GAP.sub("\0", bare.strip()))
    for part in _SEPARATOR.sub(" ", joined).split():
        found = tokens(_unranked(part.replace("\0", " ")))[:MAX_TOKENS]
        if found:
            yield found


def _unranked(part: str) -> str:
    """A part without rank; ``实习生`` alone stays."""
    bare = _INNER.sub("", _LEVEL.sub("", part)).strip() or part
    shorter = _TRAINEE.sub("", bare)
    return shorter if len(shorter) > 1 else bare
