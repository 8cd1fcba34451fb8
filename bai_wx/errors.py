"""Every error a caller can meet, on one page.

```
ApiError
├── ValidationFailed          400 validation_failed       the contract refuses the body or a parameter
│   ├── BadQuery              400                         native: filter, sort, page or body that cannot be read
│   │   └── UnsupportedContentType                        native: a body of a media type nobody reads
│   ├── RecordInvalid         400                         native: a record's fields are refused, all at once
│   ├── BatchRefused          400                         native: a batch, for what cannot be done in it
│   ├── AmountTooLarge        400                         the goods cost more than an order may
│   └── CartLineExists        400                         native: the product has an active line already
├── ProductUnavailable        400 product_unavailable
├── WechatCodeInvalid         400 wechat_code_invalid
├── WechatCodeUsed            400 wechat_code_used
├── Unauthorized              401 unauthorized
├── Forbidden                 403 forbidden               native: what only superusers may do
├── UserDisabled              403 user_disabled
├── WechatUserBlocked         403 wechat_user_blocked
├── NotFound                  404 not_found               missing, deleted and somebody else's row alike
├── MethodNotAllowed          405 method_not_allowed
├── RequestTimeout            408 request_timeout         the body did not arrive in time
├── AmountChanged             409 amount_changed          the order costs another sum than its client expects
├── CartFull                  409 cart_full
├── CartAlreadyOrdered        409 cart_already_ordered
├── OrderInProgress           409 order_in_progress
├── OrderStateInvalid         409 order_state_invalid
│   └── OrderRemarkFixed      409                         the remark of an order that is no longer pending
├── PreconditionFailed        412 precondition_failed     native: a file that is not the one the client means
├── PayloadTooLarge           413 payload_too_large
├── UnsupportedMediaType      415 unsupported_media_type
├── RangeNotSatisfiable       416 range_not_satisfiable   native: a part of a file that is not there
├── IdempotencyKeyReused      422 idempotency_key_reused
├── TooManyRequests           429 too_many_requests
├── WechatBusy                429 wechat_busy
├── InternalError             500 internal_error
├── WechatMisconfigured       500 wechat_misconfigured
├── NotImplementedYet         501 not_implemented         an operation that is declared and not written yet
│   └── UnknownTransferCoding                         a body in a coding beside chunked
├── ServiceUnavailable        503 service_unavailable     the database or the file storage cannot be reached
└── WechatUnavailable         503 wechat_unavailable
```

A class owns its status, its stable `code`, its `errmsg` (short Chinese for `wx.showToast`) and its
`message` (PocketBase's English sentence, for the native records APIs). `bai_wx/request/render.py` is the one
place that turns them into JSON, in the shape of the path that was asked.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Final, TypedDict


class FieldProblem(TypedDict, total=False):
    """What is wrong with one field of a native record, in PocketBase's words."""

    code: str
    message: str
    params: dict[str, object]


NOTHING: Final[Mapping[str, Any]] = {}  # orjson writes it


class ApiError(Exception):
    """An answer that is not a success. `detail` goes to the log, and to the caller only with `tells_detail`."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    errmsg: ClassVar[str] = "服务器开小差了，请稍后再试"
    message: ClassVar[str] = "Something went wrong while processing your request."
    own_headers: Sequence[tuple[str, str]] = ()
    usual_retry_after_s: ClassVar[int | None] = None
    """Seconds to come again after, where whoever raises it knows no better."""
    tells_detail: ClassVar[bool] = False
    """Whether `detail` is the English message of the answer, where there is one."""

    fields: Mapping[str, object] = NOTHING
    """What to say of single fields: on hooks a Chinese text a field."""
    facts: Mapping[str, object] = NOTHING
    """What `data` of a hook's answer holds beside `code` and `fields`."""
    problems: Mapping[str, Any] = NOTHING
    """What to say of single fields on native paths: PocketBase's code and message a field."""

    def __init__(self, detail: str = "", *, retry_after_s: int | None = None) -> None:
        super().__init__(detail or self.code)
        self.detail = detail
        self.retry_after_s = self.usual_retry_after_s if retry_after_s is None else retry_after_s

    @property
    def toast(self) -> str:
        """The Chinese text this very answer shows."""
        return self.errmsg

    @property
    def sentence(self) -> str:
        """The English message of this very answer, on native paths."""
        return (self.tells_detail and self.detail) or self.message

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Headers the answer carries."""
        if self.retry_after_s is None:
            return [*self.own_headers]
        return [*self.own_headers, ("Retry-After", str(self.retry_after_s))]


class ValidationFailed(ApiError):
    """The body or a parameter is not what the contract asks. `fields` maps each to a Chinese text.

    Under `""` stands what is wrong with the whole; a toast shows it, no field of the answer does.
    """

    status, code, errmsg = 400, "validation_failed", "请求参数有误"

    def __init__(self, fields: Mapping[str, str] | None = None, detail: str = "") -> None:
        super().__init__(detail or ", ".join(fields or ()))
        self._texts = dict(fields or {})
        self.fields = {name: text for name, text in self._texts.items() if name}
        self.title_of: Callable[[str], str] = lambda _: ""
        """Finds what the contract calls a field; whoever knows the contract sets it."""

    @property
    def toast(self) -> str:
        """The first field's text behind its title, because a toast shows one: 数量不能大于 9999."""
        for name, text in self._texts.items():
            title = self.title_of(name) if name else ""
            return f"{title}{text}" if title or not name else f"{name}：{text}"
        return self.errmsg


class BadQuery(ValidationFailed):
    """A native request that cannot be read: PocketBase's generic 400."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(None, detail)


class UnsupportedContentType(BadQuery):
    """A native body of a media type that cannot be read: PocketBase answers 400, not 415."""

    message = "Unsupported Content-Type."


class BatchRefused(ValidationFailed):
    """Nothing of a batch is done. `problem` is of the whole, or of each wrong request by its place."""

    message = "Batch transaction failed."

    def __init__(self, problem: object = None, *, sentence: str = message) -> None:
        super().__init__()
        self.problems = {"requests": problem} if problem else {}
        self.message = sentence  # type: ignore[misc]  # what cannot be read or is no batch says another


class RecordInvalid(ValidationFailed):
    """Fields of a native record are refused. `data` maps each to code, message and params."""

    message = "Failed to create record."

    def __init__(
        self,
        problems: Mapping[str, FieldProblem] | None = None,
        *,
        sentence: str = "Failed to create record.",
        status: int = 400,
    ) -> None:
        super().__init__(None, ", ".join(problems or ()))
        self.problems = dict(problems or {})
        self.fields = {name: each.get("message", "") for name, each in self.problems.items()}
        self.message = sentence  # type: ignore[misc]  # an update says another one
        self.status = status  # type: ignore[misc]  # an order in progress answers 409 in this shape


class AmountTooLarge(ValidationFailed):
    """The goods cost more than an amount can hold. `field` names them in the body."""

    def __init__(self, field: str) -> None:
        super().__init__({field: "订单金额超过上限"})


class CartLineExists(ValidationFailed):
    """The product has an active line in this cart already; a hook adds to it."""

    def __init__(self) -> None:
        super().__init__({"cart_product_id": "购物车中已有该商品"})


class ProductUnavailable(ApiError):
    """The product is unknown, deleted or off sale."""

    status, code, errmsg = 400, "product_unavailable", "商品已下架或不存在"

    def __init__(self, detail: str = "", *, name: str = "") -> None:
        """`name` is what a customer knows the product by, as far as there is one."""
        super().__init__(detail)
        self._name = name

    @property
    def toast(self) -> str:
        return f"商品「{self._name}」已下架或不存在" if self._name else self.errmsg


class WechatCodeInvalid(ApiError):
    """WeChat does not know the code, or it is older than five minutes (40029)."""

    status, code, errmsg = 400, "wechat_code_invalid", "微信登录凭证无效，请重试"


class WechatCodeUsed(ApiError):
    """The code was exchanged before (40163)."""

    status, code, errmsg = 400, "wechat_code_used", "微信登录凭证已被使用，请重试"


class Unauthorized(ApiError):
    """No token, or one that does not hold."""

    status, code, errmsg = 401, "unauthorized", "请先登录"
    message = "The request requires valid record authorization token."


class Forbidden(ApiError):
    """A native path that only PocketBase's superusers, or users of another collection, may use."""

    status, code, errmsg = 403, "forbidden", "没有权限"
    message = "Only superusers can perform this action."
    tells_detail = True


class UserDisabled(ApiError):
    """The operator has disabled this user."""

    status, code, errmsg = 403, "user_disabled", "账号已被停用"


class WechatUserBlocked(ApiError):
    """WeChat itself blocks this user (40226)."""

    status, code, errmsg = 403, "wechat_user_blocked", "微信限制了该账号登录"


class NotFound(ApiError):
    """No such row or path; somebody else's row answers the same."""

    status, code, errmsg = 404, "not_found", "内容不存在"
    message = "The requested resource wasn't found."
    tells_detail = True


class MethodNotAllowed(ApiError):
    """A hook path asked with a method the contract does not have. `allowed` names those it has."""

    status, code, errmsg = 405, "method_not_allowed", "请求方法不支持"

    def __init__(self, allowed: tuple[str, ...]) -> None:
        super().__init__(", ".join(allowed))
        self.own_headers = [("Allow", ", ".join(allowed))]


class RequestTimeout(ApiError):
    """The body stopped arriving; the connection is closed."""

    status, code, errmsg = 408, "request_timeout", "网络太慢，请重试"
    message = "The request body did not arrive in time."
    own_headers = (("Connection", "close"),)


class AmountChanged(ApiError):
    """The order costs another sum than its client expects. `amount` is ours, in yuan."""

    status, code, errmsg = 409, "amount_changed", "金额已变化"

    def __init__(self, amount: float) -> None:
        super().__init__()
        self.facts = {"order_amount": amount}
        self.errmsg = f"金额已变为 {amount:.2f} 元"  # type: ignore[misc]  # this one names the sum
        self.fields = {"order_amount": self.errmsg}


class CartFull(ApiError):
    """The owner already has as many active lines as a cart holds."""

    status, code, errmsg = 409, "cart_full", "购物车已满"


class CartAlreadyOrdered(ApiError):
    """The line went into an order: it can be deleted, not changed."""

    status, code, errmsg = 409, "cart_already_ordered", "该商品已下单"


class OrderInProgress(ApiError):
    """A confirmed order cannot be deleted."""

    status, code, errmsg = 409, "order_in_progress", "订单处理中，不能删除"


class OrderStateInvalid(ApiError):
    """The order's state does not allow this change."""

    status, code, errmsg = 409, "order_state_invalid", "订单当前状态不允许该操作"


class OrderRemarkFixed(OrderStateInvalid):
    """The remark is to be changed of an order that is no longer pending."""


class PreconditionFailed(ApiError):
    """`If-Match` or `If-Unmodified-Since` means another content than there is."""

    status, code, errmsg = 412, "precondition_failed", "内容已变化，请刷新后重试"
    message = "The precondition of the request is not met."


class PayloadTooLarge(ApiError):
    """The body is larger than the operation takes."""

    status, code, errmsg = 413, "payload_too_large", "提交的内容过大"
    message = "Request entity too large."


class UnsupportedMediaType(ApiError):
    """A hook body that is not JSON."""

    status, code, errmsg = 415, "unsupported_media_type", "请使用 JSON 格式提交"
    message = "Unsupported Content-Type."


class RangeNotSatisfiable(ApiError):
    """The part asked for lies past the end of the file, which has `size` bytes."""

    status, code, errmsg = 416, "range_not_satisfiable", "请求的范围超出文件大小"
    message = "The requested range is not satisfiable."

    def __init__(self, size: int) -> None:
        super().__init__(f"past the end of {size} bytes")
        self.own_headers = [("Content-Range", f"bytes */{size}")]


class IdempotencyKeyReused(ApiError):
    """The same `Idempotency-Key` came with another body."""

    status, code, errmsg = 422, "idempotency_key_reused", "重复的提交标识"
    message = "The Idempotency-Key was already used with another body."


class TooManyRequests(ApiError):
    """The client sent more than the limits allow."""

    status, code, errmsg = 429, "too_many_requests", "操作太频繁，请稍后再试"
    message = "Too Many Requests."


class WechatBusy(ApiError):
    """WeChat limits how often it may be asked (45011)."""

    status, code, errmsg = 429, "wechat_busy", "微信服务繁忙，请稍后再试"


class InternalError(ApiError):
    """A defect of ours. The log has it, the caller does not."""


class WechatMisconfigured(ApiError):
    """WeChat refuses our app id or secret (40013, 40125)."""

    status, code, errmsg = 500, "wechat_misconfigured", "登录服务配置有误，请联系客服"


class NotImplementedYet(ApiError):
    """The contract declares the operation and nobody has written it yet."""

    status, code, errmsg = 501, "not_implemented", "功能开发中"
    message = "This operation is declared and not implemented yet."


class UnknownTransferCoding(NotImplementedYet):
    """The body comes in a transfer coding beside chunked; the connection is closed."""

    errmsg = "请求格式不正确"
    message = "Unsupported transfer encoding."


class ServiceUnavailable(ApiError):
    """The database or the file storage did not answer in time. Nothing was written."""

    status, code, errmsg = 503, "service_unavailable", "服务暂时不可用，请稍后再试"
    message = "The service is temporarily unavailable."
    usual_retry_after_s = 1


class WechatUnavailable(ApiError):
    """WeChat did not answer, or not in words we know."""

    status, code, errmsg = 503, "wechat_unavailable", "微信服务暂时不可用，请稍后再试"
    usual_retry_after_s = 1


class Unstorable(ValueError):
    """A text to be written holds a NUL, which PostgreSQL cannot keep."""
