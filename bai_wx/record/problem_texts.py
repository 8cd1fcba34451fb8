"""What is wrong with a value, in Chinese and English, for the problems of `bai_wx.record.problems`."""

from collections.abc import Mapping
from typing import Any, Final

from bai_wx.errors import ApiError, FieldProblem
from bai_wx.record import fields
from bai_wx.record.go_values import printed
from bai_wx.record.money import MAX_FEN, yuan_of
from bai_wx.record.record_field import RecordField
from bai_wx.record.refusals import refusal_of
from bai_wx.record.strict_values import Unfit

Texts = tuple[str, str]
"""A text in Chinese and in English."""

READ_ONLY: Final[Texts] = ("不能在此修改", "Cannot be changed here.")

CHINESE: Final[Mapping[str, str]] = {
    "validation_required": "不能为空",
    "validation_not_unique": "已被另一条记录使用",
    "validation_invalid_format": "格式不正确",
    "validation_invalid_value": "不是可选的值",
    "validation_missing_rel_records": "所选的记录不存在或已删除",
    "validation_not_a_number": "请填写数字",
    "validation_only_int_constraint": "请填写整数",
    "validation_invalid_url": "请填写以 http:// 或 https:// 开头的网址",
    "validation_min_text_constraint": "至少 {min} 个字符",
    "validation_max_text_constraint": "最多 {max} 个字符",
    "validation_min_number_constraint": "不能小于 {min}",
    "validation_max_number_constraint": "不能大于 {max}",
    "validation_content_size_limit": "内容过长，最多 {maxSize} 字节",
    "validation_json_size_limit": "内容过长，最多 {maxSize} 字节",
    "expires_before_effect": "失效日期必须晚于生效日期",
    "on_sale_without_price": "没有价格的商品不能上架",
    "validation_file_size_limit": "文件过大，最多 {maxSize} 字节",
    "validation_invalid_mime_type": "只能上传 JPEG、PNG、WebP、GIF 图片、PDF 和 MP4 视频；"
    "HEIC 照片请先转换为 JPEG",
    "validation_invalid_picture": "图片已损坏或不完整，请重新选择",
    "validation_invalid_filename": "文件名不是 UTF-8 编码，请改名后再上传",
    "validation_invalid_file": "请选择文件",
}
"""The Chinese text of each code, with the problem's parameters in their places."""


def of_problem(problem: FieldProblem) -> Texts:
    """The texts of a problem that a native write answers with."""
    shown = {name: _shown(value) for name, value in problem.get("params", {}).items()}
    chinese = CHINESE.get(problem["code"], "填写有误").format(**shown)
    return chinese, problem["message"]


def of_unfit(field: RecordField, error: Unfit) -> Texts:
    """The texts of a value that does not fit its field."""
    english = str(error)
    return _wanted(field), f"{english[:1].upper()}{english[1:]}."


def of_error(error: ApiError, collection: str = "") -> Texts:
    """The texts of a rule's error, such as a move that an order's state does not allow."""
    refusal = refusal_of(collection, error)
    return error.toast, refusal.problem["message"] if refusal else error.sentence


def _wanted(field: RecordField) -> str:
    """What would fit a field, in Chinese."""
    match field:
        case fields.Money():
            return f"请填写金额（元）：0 到 {yuan_of(MAX_FEN)}，最多两位小数"
        case fields.Int():
            return f"请填写整数{_limits(field.minimum, field.maximum)}"
        case fields.Date():
            return "请填写时间，例如 2026-11-23 08:15"
        case fields.Select():
            return f"请选择：{'、'.join(field.values)}"
        case fields.Text() if field.pattern:
            return "格式不正确"
        case fields.Text():
            return f"请填写文字，最多 {field.text_max} 个字符"
    return "填写有误"


def _limits(minimum: int | None, maximum: int | None) -> str:
    if minimum is not None and maximum is not None:
        return f"，{minimum} 到 {maximum}"
    if minimum is not None:
        return f"，不小于 {minimum}"
    return "" if maximum is None else f"，不大于 {maximum}"


def _shown(value: Any) -> str:
    return printed(value) if isinstance(value, (int, float)) else str(value)
