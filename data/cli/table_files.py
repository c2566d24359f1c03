"""Tables as files that programs and people open: CSV, JSON, Parquet and workbooks."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import polars as pl
from openpyxl import Workbook
from openpyxl.cell.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from data.errors import XuepeiError

FORMATS: Final = (".csv", ".xlsx", ".json", ".parquet")

FREE_TEXT: Final = ("sources",)
"""Columns whose text comes from files of others; ids are left as they are in CSV."""

FORMULA: Final = re.compile(r"^[=+\-@\t\r\n]")
"""Beginnings that a spreadsheet takes for a formula."""

CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""Characters that no workbook can hold."""

MOST_ROWS: Final = 1_048_575
"""Rows below the header of one sheet."""

TITLES: Final[Mapping[str, str]] = {
    "month": "月份",
    "division_code": "区划代码",
    "skill_id": "技能编号",
    "ads": "招聘广告数",
    "live": "月末在招岗位数",
    "headcount": "写明的招聘人数",
    "vacancies": "估计需求人数",
    "low": "下限（5%）",
    "high": "上限（95%）",
    "n_eff": "有效广告数",
    "salary_q25": "月薪下四分位（元）",
    "salary_q50": "月薪中位数（元）",
    "salary_q75": "月薪上四分位（元）",
    "trend": "月增长率",
    "trend_low": "月增长率下限",
    "trend_high": "月增长率上限",
    "season": "季节系数",
    "freshness_days": "最新广告距月末天数",
    "sources": "来源",
    "level": "所用层级",
    "own_low": "自身水平下限（5%）",
    "own_high": "自身水平上限（95%）",
    "ahead": "预测月数",
    "median": "预测中位数",
    "posting_id": "岗位编号",
    "vacancy_id": "去重后岗位编号",
    "counted": "是否计入",
    "rank": "排名",
    "need": "每月需求人数",
    "need_low": "需求下限（5%）",
    "need_high": "需求上限（95%）",
    "seekers": "求职人数（少于 10 人不列）",
    "own": "区内每月结业人数",
    "reachable": "30 分钟内外区结业人数",
    "online": "线上结业人数",
    "gap": "缺口人数",
    "gap_low": "缺口下限（5%）",
    "gap_high": "缺口上限（95%）",
    "tau": "紧缺程度（对数）",
    "tau_low": "紧缺程度下限（5%）",
    "probability": "紧缺概率",
    "found": "是否认定紧缺",
    "cause": "可能原因",
    "wage_growth": "工资年增长率",
    "days_open": "平均挂出天数",
    "repost_rate": "重复发布率",
    "vacancy_seeker_ratio": "求人倍率",
    "evidence": "近一年广告数",
    "note": "说明",
    "note_en": "说明（英文）",
}
"""What each column is called in a workbook's header, before its own name."""


def check_format(path: Path) -> None:
    """Refuse a file whose ending says no known format.

    Raises:
        XuepeiError: names the endings there are.
    """
    if path.suffix not in FORMATS:
        message = f"{path} should end in one of {', '.join(FORMATS)}"
        raise XuepeiError(message)


def write_tables(files: Mapping[Path, pl.DataFrame]) -> None:
    """Write all the tables or none: each beside its target first, then renamed onto it.

    Raises:
        XuepeiError: a file can't be written, or a sheet can't hold so many rows.
    """
    parts = {path: path.with_name(f".{path.name}.{os.getpid()}.part") for path in files}
    try:
        for path, table in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(table, parts[path], path.suffix)
        for path, part in parts.items():
            part.replace(path)
    except OSError as error:
        message = f"{', '.join(str(path) for path in files)} can't be written: {error}"
        raise XuepeiError(message) from error
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)


def safe(text: str) -> str:
    """Text that a spreadsheet shows and never runs.

    >>> safe("=HYPERLINK(1)"), safe("board-a 3")
    ("'=HYPERLINK(1)", 'board-a 3')
    """
    plain = CONTROL.sub("", text)
    return f"'{plain}" if FORMULA.match(plain) else plain


def _write(table: pl.DataFrame, path: Path, suffix: str) -> None:
    if suffix == ".parquet":
        table.write_parquet(path)
    elif suffix == ".json":
        table.write_json(path)
    elif suffix == ".csv":
        text = [name for name in FREE_TEXT if name in table.columns]
        guarded = pl.col(text).map_elements(safe, return_dtype=pl.String)
        table.with_columns(guarded).write_csv(path)
    else:
        _write_workbook(table, path)


def _write_workbook(table: pl.DataFrame, path: Path) -> None:
    """One sheet with a bold header that stays in sight, a filter, and text only as text."""
    if table.height > MOST_ROWS:
        message = (
            f"a sheet holds {MOST_ROWS:,} rows, the table has {table.height:,}; choose months, "
            "divisions or skills, or write .parquet or .csv"
        )
        raise XuepeiError(message)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("xuepei")
    sheet.freeze_panes = "D2"
    for number, name in enumerate(table.columns, start=1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = max(
            12, 2 * len(TITLES.get(name, "")), len(name) + 2
        )
    sheet.auto_filter.ref = f"A1:{get_column_letter(max(1, table.width))}{table.height + 1}"
    sheet.append([_header(sheet, name) for name in table.columns])
    for row in table.iter_rows():
        sheet.append([safe(value) if isinstance(value, str) else value for value in row])
    book.save(path)


def _header(sheet: Worksheet, name: str) -> Cell:
    title = TITLES.get(name)
    cell = WriteOnlyCell(sheet, value=f"{title} {name}" if title else name)
    cell.font = Font(bold=True)
    return cell
