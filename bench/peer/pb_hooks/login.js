/// Login: WeChat tells who a code belongs to; the first time registers the user.
const { Refusal, check, isText, businessId } = require(`${__hooks}/envelope.js`);

const LOGIN = { users_wx_code: [isText(1, 512), "应为 wx.login 的 code"] };
const TIMEOUT_S = 5;
const REFUSALS = {
  40029: [400, "wechat_code_invalid", "登录凭证无效"],
  40163: [400, "wechat_code_used", "登录凭证已被使用"],
  45011: [429, "wechat_busy", "操作太频繁，请稍后再试"],
  40226: [403, "wechat_user_blocked", "账号存在风险，无法登录"],
  40013: [500, "wechat_misconfigured", "服务配置有误"],
  40125: [500, "wechat_misconfigured", "服务配置有误"],
};
const UNAVAILABLE = [503, "wechat_unavailable", "微信服务暂不可用"];

/// The openid behind a code.
function openidOf(code) {
  const query = `appid=${$os.getenv("WECHAT_APPID")}&secret=${$os.getenv("WECHAT_SECRET")}` +
    `&js_code=${encodeURIComponent(code)}&grant_type=authorization_code`;
  let answer;
  try {
    answer = $http.send({
      url: `${$os.getenv("WECHAT_API_BASE")}/sns/jscode2session?${query}`,
      timeout: TIMEOUT_S,
    }).json;
  } catch {
    throw new Refusal(...UNAVAILABLE);
  }
  if (!answer || !answer.openid) throw new Refusal(...(REFUSALS[answer && answer.errcode] || UNAVAILABLE));
  return answer.openid;
}

/// The user of this openid, and whether it was registered just now.
function findOrRegister(app, openid) {
  const find = () => app.findFirstRecordByData("tbl_auth_users", "openid", openid);
  try {
    return [find(), false];
  } catch {
    // not there yet
  }
  try {
    const user = new Record(app.findCachedCollectionByNameOrId("tbl_auth_users"));
    user.set("openid", openid);
    user.set("users_id", businessId("U"));
    user.set("users_type", "wechat");
    user.set("users_status", "active");
    user.setRandomPassword();
    app.save(user);
    return [user, true];
  } catch {
    return [find(), false]; // another first login was quicker
  }
}

/// Hide the middle of a number.
function masked(phone) {
  if (!phone) return "";
  const head = phone[0] === "+" ? 4 : 3;
  return phone.length < head + 5 ? `****${phone.slice(-2)}` : `${phone.slice(0, head)}****${phone.slice(-4)}`;
}

function companyInfo(app, id) {
  if (!id) return null;
  try {
    const { is_delete, ...shown } = app.findRecordById("tbl_company", id).publicExport();
    return is_delete ? null : { ...shown, pb_id: id };
  } catch {
    return null;
  }
}

function info(app, user) {
  const text = (name) => user.getString(name);
  const company = companyInfo(app, text("company"));
  return {
    pb_id: user.id,
    users_id: text("users_id"),
    openid: text("openid"),
    users_name: text("users_name"),
    users_phone: text("users_phone"),
    users_phone_masked: masked(text("users_phone")),
    users_picture: text("users_picture"),
    users_type: text("users_type"),
    users_status: text("users_status"),
    users_rank_level: user.getInt("users_rank_level"),
    company_id: company ? company.company_id : "",
    company,
    created: text("created"),
    updated: text("updated"),
  };
}

function login(e, body) {
  check(body, LOGIN, ["users_wx_code"]);
  const [user, registered] = findOrRegister(e.app, openidOf(body.users_wx_code));
  if (user.getString("users_status") === "disabled" || user.getInt("is_delete")) {
    throw new Refusal(403, "user_disabled", "账号已停用");
  }
  const name = user.getString("users_name");
  return ["登录成功", {
    status: registered ? "register_success" : "login_success",
    is_info_complete: user.getString("users_picture") !== "" && name !== "" && name !== "微信用户",
    token: user.newAuthToken(),
    user: info(e.app, user),
  }];
}

module.exports = { login };
