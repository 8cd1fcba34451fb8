/** What the profile's page sends: only what the user changed. */

import type { UserInfo } from 'bai-wx-miniprogram';

/** WeChat gives this name to whoever did not choose one: it counts as none. */
const PLACEHOLDER_NAME = '微信用户';

export const LONGEST_NAME = 50;

export interface ProfileForm {
  name: string;
  phone: string;
}

export interface ProfileChanges {
  users_name?: string;
  users_phone?: string;
}

/** What of picture and name is missing, in words; empty where the server says `is_info_complete`. */
export function missingOf(user: Pick<UserInfo, 'users_name' | 'users_picture'>): string {
  const hasName = user.users_name !== '' && user.users_name !== PLACEHOLDER_NAME;
  return [user.users_picture === '' && '头像', !hasName && '昵称'].filter(Boolean).join('与');
}

export function formOf(user: Pick<UserInfo, 'users_name' | 'users_phone'>): ProfileForm {
  return { name: user.users_name, phone: user.users_phone };
}

/** What is wrong with the form, as a sentence; empty where it can be sent. */
export function refuseProfile(form: ProfileForm): string {
  if (form.name.trim() === '') return '请填写昵称';
  if (form.phone !== '' && !isPhone(form.phone)) return '手机号格式不正确';
  return '';
}

/** The keys that differ from what is stored. An empty text would leave the old value: it is not sent. */
export function changesOf(form: ProfileForm, user: Pick<UserInfo, 'users_name' | 'users_phone'>): ProfileChanges {
  const changes: ProfileChanges = {};
  const name = form.name.trim();
  if (name !== '' && name !== user.users_name) changes.users_name = name;
  if (form.phone !== '' && form.phone !== user.users_phone) changes.users_phone = form.phone;
  return changes;
}

/** A number of the mainland, or one with the code of its country. */
function isPhone(text: string): boolean {
  return /^1\d{10}$/.test(text) || /^\+\d{7,15}$/.test(text);
}
