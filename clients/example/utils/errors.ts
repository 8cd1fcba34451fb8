import { ApiError } from 'bai-wx-miniprogram';

const UNKNOWN = '出了点问题，请稍后再试';

/** What to tell the user about a failure: the server's or the client's sentence, in Chinese. */
export function messageOf(error: unknown): string {
  return error instanceof ApiError && error.message !== '' ? error.message : UNKNOWN;
}
