import { ApiError } from 'bai-wx-miniprogram';

const UNKNOWN = '出了点问题，请稍后再试';

/** Whether what was asked for is not there, or not any more: trying again will not help. */
export function isGone(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

/** What to tell the user about a failure: the server's or the client's sentence, in Chinese. */
export function messageOf(error: unknown): string {
  return error instanceof ApiError && error.message !== '' ? error.message : UNKNOWN;
}
