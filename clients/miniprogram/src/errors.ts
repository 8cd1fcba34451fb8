import type { components } from './contract';

/** 契约中的错误码。 */
export type ErrorCode = components['schemas']['ErrorCode'];

/** 原生接口按状态码给出、契约的 `ErrorCode` 中没有的。 */
export type NativeCode = 'forbidden' | 'precondition_failed' | 'range_not_satisfiable';

/** 客户端自己的：连不上、超时、`wx.login` 失败、回答不是服务器的。 */
export type ClientCode = 'network' | 'timeout' | 'login_failed' | 'unexpected_answer';

export type AnyCode = ErrorCode | NativeCode | ClientCode;

/** 错误附带的内容：hooks 接口的 `data`、原生接口的 `data`，或平台的 `errMsg`。 */
export interface ErrorDetails {
  [key: string]: unknown;
  /** `amount_changed` 时的新金额，元。 */
  order_amount?: number;
}

/** 任何失败的调用。`code` 用来判断，`message` 是可以直接展示的中文。 */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    /** HTTP 状态码；没有得到回答时为 0。 */
    readonly status: number,
    readonly code: AnyCode,
    message: string,
    /** 被拒绝的字段及其中文原因；没有时为空对象。 */
    readonly fields: Record<string, string> = {},
    readonly data: ErrorDetails = {},
    /** 服务器建议等待的秒数。 */
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}

/** 原生接口只给状态码与英文：对应的错误码与中文，与 docs/errors.md 相同。 */
const NATIVE: Record<number, [AnyCode, string]> = {
  400: ['validation_failed', '请求参数有误'],
  401: ['unauthorized', '请先登录'],
  403: ['forbidden', '没有权限'],
  404: ['not_found', '内容不存在'],
  408: ['request_timeout', '网络太慢，请重试'],
  409: ['order_in_progress', '订单处理中，不能删除'],
  412: ['precondition_failed', '内容已变化，请刷新后重试'],
  413: ['payload_too_large', '提交的内容过大'],
  416: ['range_not_satisfiable', '请求的范围超出文件大小'],
  422: ['idempotency_key_reused', '重复的提交标识'],
  429: ['too_many_requests', '操作太频繁，请稍后再试'],
  500: ['internal_error', '服务器开小差了，请稍后再试'],
  501: ['not_implemented', '功能开发中'],
  503: ['service_unavailable', '服务暂时不可用，请稍后再试'],
};

/** 原生接口的字段错误；其余的一律“填写有误”。 */
const FIELD: Record<string, string> = {
  required: '不能为空',
  not_unique: '已存在',
  max_text_constraint: '太长',
  min_text_constraint: '太短',
  invalid_format: '格式不正确',
};

/** 平台的 `fail`。 */
export function lostError(failure: { errMsg?: string }): ApiError {
  const errMsg = (failure && failure.errMsg) || String(failure);
  const data = { errMsg };
  return /time ?d? ?out|超时/i.test(errMsg)
    ? new ApiError(0, 'timeout', '网络太慢，请重试', {}, data)
    : new ApiError(0, 'network', '网络连接失败，请稍后再试', {}, data);
}

/** 服务器的拒绝。 */
export function refusalError(status: number, answer: unknown, retryAfter?: number): ApiError {
  const body = Object(answer);
  const data = Object(body.data);
  if (body.errMsg) return new ApiError(status, data.code, body.errMsg, data.fields, data, retryAfter);
  const known = body.message ? NATIVE[status] : undefined;
  const [code, message] = known || ['unexpected_answer', '服务暂时不可用，请稍后再试'];
  const fields: Record<string, string> = {};
  for (const name of Object.keys(data)) {
    fields[name] = FIELD[String(data[name].code).replace('validation_', '')] || '填写有误';
  }
  return new ApiError(status, code, message, fields, data, retryAfter);
}
