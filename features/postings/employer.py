"""Who advertises: one spelling of a company's name, and whether it hires for others."""

from collections.abc import Callable
from typing import Final

import polars as pl

_BRACKETS: Final = r"[(\[【《〔][^)\]】》〕]*[)\]】》〕]?"
_BRANCH: Final = (
    r"(公司|集团)[^公]{2,14}(?:分公司|办事处|分店|分部|分厂|营业部|服务部|项目部)$"
    r"|(.{2})(?:浙江省?|杭州市?)[^公]{0,6}(?:分公司|办事处|分店|分部)$"
)
_LEGAL: Final = (
    r"(?:控股)?(?:集团)?(?:控股)?(?:股份)?(?:有限)?(?:责任)?(?:总|子|分)?公司$"
    r"|(?:企业|控股)?集团(?:总部)?$|有限合伙$|个体工商户$|普通合伙$|(?:co|company)?(?:ltd|limited)$"
    r"|(?:inc|llc|corp|corporation|gmbh)$"
)
_NAMELESS: Final = (
    r"^$|^某|^(?:匿名|保密|未知|不详|无|暂无|na|none|null|test|测试)$"
    r"|^(?:知名|大型|上市)?(?:公司|企业)$"
)

_TRADE: Final = (
    r"人力资源|人力服务|人力外包|人力科技|劳务|派遣|人才服务|人才开发|人才市场|人才网|人才派遣|人才科技"
    r"|猎头|猎聘|猎才|职业介绍|职介|人事服务|人事代理|外包|招聘服务"
    r"|科锐国际|万宝盛华|任仕达|外企德科|瀚纳仕|米高蒲志|罗致恒富|上海外服|北京外企|中智上海|中智浙江"
    r"|(?i:headhunt|recruiting|recruitment|recruiter|staffing|manpower|human resource)"
)
"""What only those call themselves who hire for others; the last names are known agencies."""

_PERHAPS: Final = (
    r"企业管理|管理咨询|管理顾问|企业服务|商务咨询|商务服务|信息咨询|咨询服务|人才|人力|英才"
)
"""What agencies and others call themselves alike."""

_HIRED_OUT: Final = (
    r"(?:劳务)?派遣(?:员工|用工|工人|制|性质|形式|编制|岗|合同)|(?:为|属于?|系|签|走|采用)(?:订|的是)?劳务派遣"
    r"|[(（【]劳务派遣[)）】]|人事外包|外包(?:岗|性质|编制|员工|项目岗)"
    r"|第三方(?:签|合同|用工|外包|公司签)|代招|代理招聘|猎头(?:职位|岗位|招聘)"
)
"""That the job itself is with a dispatcher; to manage 劳务派遣 is a task like any other."""

_DENIED: Final = (
    r"(?:非|不是|无|没有|拒绝|谢绝|不走|绝非|不含|不要)(?:劳务)?(?:派遣|外包|中介|猎头)(?:公司|性质|岗)?"
    r"|(?:中介|猎头|劳务|派遣)(?:公司)?(?:勿扰|免扰|绕行|勿投)|直招|直聘|直签|自招"
)


def employer_key(company: pl.Expr) -> pl.Expr:
    """A company's name as it is compared: without legal form, branch, brackets and spaces.

    The city at the front stays, since 杭州银行 is no 银行.

    Returns:
        Text; null where no employer is named (某知名企业).
    """
    plain = company.str.normalize("NFKC").str.to_lowercase().str.strip_chars()
    open_name = plain.str.replace_all(_BRACKETS, "")
    name = pl.when(open_name.str.len_chars() > 1).then(open_name).otherwise(plain)
    bare = (
        name.str.replace_all(r"[^\p{L}\p{N}]", "")
        .str.replace(_BRANCH, "${1}${2}")
        .str.replace(_LEGAL, "")
    )
    return pl.when(~bare.str.contains(_NAMELESS)).then(bare)


def in_the_trade(company: pl.Expr) -> pl.Expr:
    """Whether a company's name says that it hires for others.

    Returns:
        True for a name of the trade, false for an ordinary one; null for a name that agencies
        share with others (企业管理咨询), and where none is given.
    """
    name = company.str.normalize("NFKC")
    ordinary = pl.when(~name.str.contains(_PERHAPS)).then(pl.lit(value=False))
    return pl.when(name.str.contains(_TRADE)).then(pl.lit(value=True)).otherwise(ordinary)


def hires_for_others(
    given: pl.Expr, company: pl.Expr, by_name: pl.Expr, title: pl.Expr, description: pl.Expr
) -> pl.Expr:
    """Whether an advertisement is an agency's: a recruiter, a labour dispatcher, an outsourcer.

    What the source says wins. Then the company's name decides, if it names the trade; then the
    text, if it speaks of dispatch and doesn't deny it. False needs a named company of which
    nothing points to the trade, or an unnamed one that denies it; a text that says both leaves
    it unknown.

    Args:
        given: what the source says.
        company: the name.
        by_name: ``in_the_trade`` of the name.
        title: the advertisement's.
        description: the advertisement's.

    Returns:
        True, false, or null for unknown.
    """
    denied = _either(title, description, lambda text: text.str.contains(_DENIED))
    hired_out = _either(
        title, description, lambda text: text.str.replace_all(_DENIED, "").str.contains(_HIRED_OUT)
    )
    by_text = (
        pl.when(hired_out & denied)
        .then(None)
        .when(hired_out)
        .then(pl.lit(value=True))
        .when(company.is_null() & denied)
        .then(pl.lit(value=False))
        .otherwise(by_name)
    )
    return pl.coalesce(given, pl.when(by_name).then(pl.lit(value=True)).otherwise(by_text))


def _either(title: pl.Expr, description: pl.Expr, says: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
    return says(title) | says(description).fill_null(value=False)
