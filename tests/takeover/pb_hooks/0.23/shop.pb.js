/// The old shop's login, as its mini program calls it; the code is the openid itself here.
routerAdd("POST", "/pb/api/wechat/login", (e) => {
  const openid = e.requestInfo().body.users_wx_code;
  const user = $app.findFirstRecordByData("tbl_auth_users", "openid", openid);
  return e.json(200, { statusCode: 200, errMsg: "ok", token: user.newAuthToken(), data: {} });
});
