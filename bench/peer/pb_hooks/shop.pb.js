/// The hook paths of the contract that the bench asks. The work is in the modules beside this one.
routerAdd("POST", "/pb/api/cart/list", (e) =>
  require(`${__hooks}/envelope.js`).answer(e, require(`${__hooks}/cart.js`).list));

routerAdd("POST", "/pb/api/cart/create", (e) =>
  require(`${__hooks}/envelope.js`).answer(e, require(`${__hooks}/cart.js`).create));

routerAdd("POST", "/pb/api/order/create", (e) =>
  require(`${__hooks}/envelope.js`).answer(e, require(`${__hooks}/order.js`).create));

routerAdd("POST", "/pb/api/wechat/login", (e) =>
  require(`${__hooks}/envelope.js`).answer(e, require(`${__hooks}/login.js`).login));
