/// Ordering products directly: prices and names are the products' own.
const {
  Refusal, invalid, user, check, isText, isInteger, leftOutOr, ignored, businessId, stamp, readableNumber, recordId,
  fen,
} = require(`${__hooks}/envelope.js`);

const MAX_FEN = 999999999;
const MAX_ITEMS = 200;

const isItem = (it) =>
  it && typeof it === "object" && Object.keys(it).length === 2 &&
  isText(1, 64)(it.prod_list_id) && isInteger(1, 9999)(it.quantity);

const isItems = (it) =>
  Array.isArray(it) && it.length >= 1 && it.length <= MAX_ITEMS && it.every(isItem) &&
  new Set(it.map((item) => item.prod_list_id)).size === it.length;

const CREATE = {
  order_source: [(it) => it === "product", "应为 product"], // the bench orders no cart
  items: [isItems, "应为 1 到 200 种不重复的商品"],
  order_remark: [isText(0, 500), "应为不超过 500 字的文字"],
  order_number: [leftOutOr(isText(0, 64)), "应为不超过 64 字的文字"],
  is_delete: [(it) => it === 0, "应为 0"],
  ...ignored("pb_id", "created", "updated", "order_id", "order_create", "order_owner", "order_status"),
};

/// The products that can be bought now, by either of their ids, in one query.
function onSale(app, references) {
  const values = {};
  const marks = references.map((reference, n) => {
    values[`r${n}`] = reference;
    return `{:r${n}}`;
  }).join(",");
  const rows = arrayOf(new DynamicModel({
    id: "", prod_list_id: "", prod_list_name: "", prod_list_modelnumber: "", prod_list_basic_price: -0,
  }));
  app.db()
    .newQuery("SELECT id, prod_list_id, prod_list_name, prod_list_modelnumber, prod_list_basic_price" +
      ` FROM tbl_product_list WHERE (id IN (${marks}) OR prod_list_id IN (${marks}))` +
      " AND is_delete = 0 AND prod_list_status = 'on_sale'")
    .bind(values)
    .all(rows);
  const found = {};
  for (const row of rows) found[row.prod_list_id] = row;
  for (const row of rows) found[row.id] = row;
  return references.map((reference) => {
    if (!found[reference]) throw new Refusal(400, "product_unavailable", "商品已下架");
    return found[reference];
  });
}

function create(e, body) {
  const openid = user(e).getString("openid");
  check(body, CREATE, ["order_source", "items"]);
  const references = body.items.map((item) => item.prod_list_id);
  const now = stamp();
  const order = {
    pb_id: recordId(),
    created: now,
    updated: now,
    order_id: businessId("O"),
    order_number: "",
    order_create: now,
    order_owner: openid,
    order_source: "product",
    order_source_id: references.join(",").slice(0, 1000),
    order_status: "pending",
    order_remark: body.order_remark || "",
    is_delete: 0,
  };
  e.app.runInTransaction((app) => {
    const products = onSale(app, references);
    if (new Set(products.map((product) => product.id)).size < products.length) {
      throw invalid({ items: "商品不能重复" });
    }
    Object.assign(order, snapshot(products, body.items));
    order.order_number = numberOf(app, openid, body.order_number, now);
    insert(app, order);
  });
  return ["下单成功", order, order];
}

/// What was ordered and what it costs; sums in whole fen.
function snapshot(products, asked) {
  let total = 0;
  const items = products.map((product, n) => {
    const subtotal = fen(product.prod_list_basic_price) * asked[n].quantity;
    total += subtotal;
    return {
      prod_list_id: product.prod_list_id,
      prod_list_name: product.prod_list_name,
      prod_list_modelnumber: product.prod_list_modelnumber,
      quantity: asked[n].quantity,
      at_price: product.prod_list_basic_price,
      subtotal: subtotal / 100,
    };
  });
  if (total > MAX_FEN) throw invalid({ items: "订单金额超过上限" });
  return { order_snap: { items, total: total / 100 }, order_amount: total / 100 };
}

/// The client's number, if no order of this owner has it; else a new one that no order has.
function numberOf(app, openid, sent, now) {
  const has = (condition, values) => {
    const found = new DynamicModel({ n: 0 });
    app.db().newQuery(`SELECT COUNT(*) AS n FROM tbl_order WHERE ${condition}`).bind(values).one(found);
    return found.n > 0;
  };
  if (sent) {
    const values = { number: sent, owner: openid };
    if (has("order_number = {:number} AND order_owner = {:owner}", values)) throw invalid({ order_number: "已被使用" });
    return sent;
  }
  let number = readableNumber(now);
  while (has("order_number = {:number}", { number })) number = readableNumber(now);
  return number;
}

function insert(app, order) {
  app.db()
    .newQuery("INSERT INTO tbl_order (id, order_id, order_number, order_create, order_owner, order_source," +
      " order_source_id, order_status, order_snap, order_amount, order_remark, is_delete, created, updated)" +
      " VALUES ({:pb_id}, {:order_id}, {:order_number}, {:order_create}, {:order_owner}, {:order_source}," +
      " {:order_source_id}, {:order_status}, {:snap}, {:order_amount}, {:order_remark}, 0, {:created}, {:created})")
    .bind({ ...order, snap: JSON.stringify(order.order_snap) })
    .execute();
}

module.exports = { create };
