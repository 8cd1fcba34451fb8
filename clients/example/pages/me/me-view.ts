/** What the page of the user shows, for guests too. */

import type { UserInfo } from 'bai-wx-miniprogram';

import { missingOf } from '../profile/profile-form';

export interface UserView {
  isLoggedIn: boolean;
  /** What the profile lacks, in words; empty where it is complete. */
  missing: string;
  name: string;
  phone: string;
  pictureUrl: string;
  /** The word of the user's level; empty where there is none. */
  level: string;
  company: string;
}

const GUEST: UserView = {
  isLoggedIn: false,
  missing: '',
  name: '',
  phone: '',
  pictureUrl: '',
  level: '',
  company: '',
};

/** @param absolute makes an absolute address of the path of a picture */
export function viewUser(user: UserInfo | null | undefined, absolute: (path: string) => string): UserView {
  if (!user) return GUEST;
  return {
    isLoggedIn: true,
    missing: missingOf(user),
    name: user.users_name,
    phone: user.users_phone_masked,
    pictureUrl: user.users_picture_url && absolute(user.users_picture_url),
    level: user.users_level_name,
    company: user.company ? user.company.company_name : '未登记',
  };
}
