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
    user.set("users_type", "游客");
    user.set("users_idtype", "WeChat");
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

function companyInfo(app, id, openid) {
  if (!id) return null;
  try {
    const { is_delete, ...shown } = app.findRecordById("tbl_company", id).publicExport();
    const owner = shown.company_owner_openid === openid ? openid : "";
    return is_delete ? null : { ...shown, company_owner_openid: owner, pb_id: id };
  } catch {
    return null;
  }
}

/// The address of a picture: as it is, or the path of the attachment it names.
function pictureUrl(app, picture) {
  if (!picture || /^(https?:\/)?\//.test(picture)) return picture;
  try {
    const file = app.findFirstRecordByData("tbl_attachments", "attachments_id", picture);
    return `/pb/api/files/tbl_attachments/${file.id}/${file.getString("attachments_link")}`;
  } catch {
    return "";
  }
}

const TEXTS = [
  "users_id", "openid", "users_name", "users_phone", "users_id_number", "users_type", "users_idtype",
  "users_status", "users_level", "users_tag", "users_parent_id", "users_convers_id",
];
const PICTURES = ["users_picture", "users_title_picture", "users_id_pic_a", "users_id_pic_b"];

function info(app, user) {
  const text = (name) => user.getString(name);
  const company = companyInfo(app, text("company"), text("openid"));
  const found = { pb_id: user.id };
  for (const name of TEXTS) found[name] = text(name);
  for (const name of PICTURES) {
    found[name] = text(name);
    found[`${name}_url`] = pictureUrl(app, found[name]);
  }
  return {
    ...found,
    users_phone_masked: masked(found.users_phone),
    users_phone_verified: user.getBool("users_phone_verified"),
    users_level_name: "",
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
  const token = user.newAuthToken();
  return ["登录成功", {
    status: registered ? "register_success" : "login_success",
    is_info_complete: user.getString("users_picture") !== "" && name !== "" && name !== "微信用户",
    token,
    user: info(e.app, user),
  }, { token }];
}

module.exports = { login };
