import type { components } from './contract';

/** 契约中的错误码。 */
export type ErrorCode = components['schemas']['ErrorCode'];

/** 只有原生接口会给的。 */
export type NativeCode = 'forbidden';

/** 客户端自己的：连不上（`wx.login` 也算），或等得太久。 */
export type ClientCode = 'network' | 'timeout';

export type AnyCode = ErrorCode | NativeCode | ClientCode;

/** 错误附带的内容：hooks 接口的 `data`、原生接口的 `data`，或平台的 `errMsg`。 */
export interface ErrorDetails {
  [key: string]: unknown;
  /** `amount_changed` 时的新金额，元。 */
  order_amount?: number;
}

/** 任何失败的调用。`code` 用来判断，`message` 是可以直接展示的中文。 */
export class ApiError extends Error {
  /** HTTP 状态码；没有得到回答时为 0。 */
  declare readonly status: number;
  declare readonly code: AnyCode;
  /** 被拒绝的字段及其中文原因；没有时为空对象。 */
  declare readonly fields: Record<string, string>;
  declare readonly data: ErrorDetails;
  /** 服务器建议等待的秒数。 */
  declare readonly retryAfter?: number;
}

const LATER = '，请稍后再试';

/** 原生接口只给状态码与英文：对应的错误码与中文，与 docs/errors.md 相同；别的状态码当作 400。 */
const NATIVE: Record<number, string> = {
  400: 'validation_failed 请求参数有误',
  401: 'unauthorized 请先登录',
  403: 'forbidden 没有权限',
  404: 'not_found 内容不存在',
  413: 'payload_too_large 提交的内容过大',
  429: 'too_many_requests 操作太频繁' + LATER,
  500: 'internal_error 服务器开小差了' + LATER,
  503: 'service_unavailable 服务暂时不可用' + LATER,
};

/** 不知道做成了没有：没有得到回答，或得到的不是服务器的（代理、登录热点的网页）；以及要换一个微信 code 的。 */
export const LOST = /network|timeout|wechat_(code|un)/;

/**
 * 失败的请求。
 *
 * @param status HTTP 状态码；没有得到回答时为 0
 * @param answer 服务器的回答，或平台的 `fail` 所给的
 */
export function errorOf(status: number, answer: unknown, retryAfter?: number): ApiError {
  const { errMsg, message, data: given = answer } = Object(answer);
  const data = Object(given);
  const isSlow = /time.*out|超时/i.test(errMsg);
  const lost = (isSlow ? 'timeout 网络太慢' : 'network 网络连接失败') + LATER;
  // 拒绝可能是网关的网页，状态码仍说明原因；5xx 则须是服务器自己的。
  const isRefused = status > 399 && status < 500;
  const known = (message || isRefused) && NATIVE[status];
  let [code, text] = (known || (isRefused && NATIVE[400]) || lost).split(' ');
  let fields: Record<string, string> = {};
  if (status && errMsg) [code, text, fields] = [data.code, errMsg, data.fields];
  else for (const name in data) if (Object(data[name]).code) fields[name] = '填写有误';
  return Object.assign(new ApiError(text), { status, code, fields, data, retryAfter });
}
