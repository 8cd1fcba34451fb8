/**
 * Where the server is. In production: your own domain over HTTPS, entered in the console of the mini
 * program. A third-party platform says it in `ext.json`, which goes first.
 */
const inExtJson = (wx.getExtConfigSync() as { baseUrl?: string }).baseUrl;

export const BASE_URL = inExtJson || 'http://127.0.0.1:8090';

/** Who is logged in on `bai-wx serve --demo`, which knows no login codes of WeChat. In production: `''`. */
export const DEMO_USER = inExtJson ? '' : 'xiaobai';
