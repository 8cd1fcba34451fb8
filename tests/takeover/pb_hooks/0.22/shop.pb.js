/// The old shop's login, as its mini program calls it; the code is the openid itself here.
routerAdd("POST", "/pb/api/wechat/login", (c) => {
  const openid = $apis.requestInfo(c).data.users_wx_code;
  const user = $app.dao().findFirstRecordByData("tbl_auth_users", "openid", openid);
  return c.json(200, { statusCode: 200, errMsg: "ok", token: $tokens.recordAuthToken($app, user), data: {} });
});
