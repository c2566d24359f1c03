"""Which kind of occupation a title names, for drawing a varied gold set.

A rough sieve over titles: it decides only how many postings of a kind are drawn. It is neither an
occupation code nor used in judging.
"""

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Kind:
    """A stratum of the sample."""

    name: str
    """Its name in ``postings.csv``."""
    title: re.Pattern[str]
    """A title with a match is of this kind, unless an earlier kind has it."""
    it: bool
    """Whether the work itself is information technology."""
    unless: re.Pattern[str] | None = None
    """A title with a match is not of this kind, whatever else it says."""


def _words(pattern: str) -> re.Pattern[str]:
    """Titles write English words in any case."""
    return re.compile(pattern, re.IGNORECASE)


_MAKES_SOFTWARE: Final = _words(
    r"开发|程序|软件|算法|测试|架构|前端|后端|java|python|php|ruby|web前|c\+\+|c#|\.?net|h5|运维"
    r"|爬虫|数据库|数据仓|etl|研发|编程|实施|代码|系统|技术支持|\bit\b|全栈|图像处理|挖掘"
    r"|数据(?:分析|工程|开发|产品|研究)|\d+k|unity|3d|服务器|反作弊|人工智能|深度学习|(?:机器|计算机)视觉"
    r"|网络安全|工控安全|安全(?:研究|运营)|ai技术|助理工程师|技术助理|技术(?:顾问|专员|规划)|crm"
)
"""These words turn a title of another trade into information technology ("电气软件工程师")."""


def _other(name: str, pattern: str) -> Kind:
    """A kind outside information technology."""
    return Kind(name, _words(pattern), it=False, unless=_MAKES_SOFTWARE)


KINDS: Final = (
    Kind("teaching", _words(r"讲师|教师|老师|教研|培训师|班主任|教练|助教"), it=False),
    Kind("design", _words(r"美工|平面|ui(?!.{0,4}(?:开发|前端))|视觉|原画|动画|特效|设计师|\bux\b"),
         it=False, unless=_words(r"开发|架构|前端|芯片|ic|程序|嵌入|电路|算法|软件|h5"
                                 r"|视觉.{0,5}(?:工程|实习)")),
    _other("sales", r"销售|业务员|客户经理|商务|\bbd\b|售前|外贸|导购|业务代表|客户代表"),
    _other("service", r"客服|客户服务|宾客|催收|呼叫|售后"),
    _other("marketing", r"市场|营销|品牌|推广|策划|公关|seo|sem|广告|竞价"),
    _other("operation", r"运营"),
    _other("editing", r"编辑|文案|翻译|记者|写作|审核|标注|内容"),
    _other("accounting", r"会计|财务|出纳|审计|税务"),
    _other("finance", r"投资|证券|基金|理财|风控|保险|信贷|金融|交易员|银行|量化|精算|股权|风险"),
    _other("personnel", r"人事|人力|招聘(?:专员|经理|顾问|主管|助理)|\bhr|猎头|薪酬|组织发展"),
    _other("legal", r"法务|律师|合规|知识产权|专利"),
    _other("administration", r"行政|前台|文员|助理|秘书|内勤|专员|储备|管培|管理培训"),
    _other("logistics", r"物流|采购|仓储|供应链|关务|仓管|跟单"),
    _other("engineering", r"机械|电气|电子工|结构|工艺|模具|技工|维修|机电|自动化|硬件|设备|射频"
           r"|光学|仪表|暖通|现场|生产|制造"),
    _other("quality", r"质量|品质|\bqc\b|\bqa\b|安全员|认证"),
    _other("life-science", r"医|护士|药|临床|生物|健康|基因"),
    _other("building", r"建筑|土建|施工|造价|规划|测绘|环保|环境|水利|交通|地质|农"),
    _other("hospitality", r"厨|餐厅|服务员|酒店|旅|店长|店员|空乘|主播|演员|司机|保安"),
    _other("research", r"研究员|研究助理|分析员|咨询|顾问|行业研究"),
    Kind("test", _words(r"测试|\bqa\b"), it=True),
    Kind("embedded", _words(r"嵌入|单片机|驱动|fpga|固件|硬件|芯片|dsp|\bic\b"), it=True),
    Kind("algorithm", _words(r"算法|机器学习|深度学习|人工智能|\bai\b|视觉|图像|nlp|自然语言|slam"
         r"|语音"), it=True),
    Kind("data", _words(r"数据|etl|\bbi\b|hadoop|spark|数仓|爬虫"), it=True),
    Kind("game", _words(r"游戏|unity|cocos|u3d|虚幻|\bvr\b"), it=True),
    Kind("mobile", _words(r"android|安卓|ios|移动端|小程序|app"), it=True),
    Kind("frontend", _words(r"前端|web|h5|html|javascript|\bjs\b|vue|react|node"), it=True),
    Kind("infrastructure", _words(r"运维|devops|网络|安全|云计算|dba|系统管理|linux"), it=True),
    Kind("product", _words(r"产品"), it=True),
    Kind("delivery", _words(r"项目经理|项目主管|实施|技术支持|售前|需求|解决方案|it\b"), it=True),
    Kind("java", _words(r"java|j2ee"), it=True),
    Kind("python", _words(r"python"), it=True),
    Kind("cpp", _words(r"c\+\+|c/c|\bqt\b|vc"), it=True),
    Kind("dotnet", _words(r"\.net|c#|asp"), it=True),
    Kind("php", _words(r"php|ruby|golang|\bgo\b"), it=True),
)  # fmt: skip
"""Every stratum; the first that a title fits is its kind."""


def kind_of(title: str) -> Kind | None:
    """The first kind whose words stand in the title, or None.

    >>> kind_of("Java开发工程师").name, kind_of("销售代表").name, kind_of("其他")
    ('java', 'sales', None)
    """
    return next((kind for kind in KINDS if _fits(kind, title)), None)


def _fits(kind: Kind, title: str) -> bool:
    """Whether the kind's words stand in the title and none that rules it out."""
    ruled_out = kind.unless is not None and kind.unless.search(title) is not None
    return not ruled_out and kind.title.search(title) is not None
