/// The cart: its list, and putting a product into it.
const {
  Refusal, invalid, user, check, isText, isInteger, leftOutOr, ignored, businessId, stamp, readableNumber, recordId,
} = require(`${__hooks}/envelope.js`);

const MAX_QUANTITY = 9999;
const MAX_ACTIVE_LINES = 200;
const SORTABLE = [
  "created", "updated", "cart_create", "cart_number", "cart_status", "cart_product_quantity", "cart_at_price",
];

const isSort = (it) =>
  isText(1, 500)(it) && it.split(",").every((key) => SORTABLE.includes(key.replace(/^-/, "")));

const LIST = {
  page: [leftOutOr(isInteger(1, 1e9)), "应为正整数"],
  perPage: [leftOutOr(isInteger(1, 100)), "应为 1 到 100 的整数"],
  keyword: [leftOutOr(isText(0, 100)), "应为不超过 100 字的文字"],
  cart_status: [leftOutOr((it) => it === "active" || it === "ordered"), "应为 active 或 ordered"],
  cart_number: [leftOutOr(isText(0, 64)), "应为不超过 64 字的文字"],
  sort: [leftOutOr(isSort), "不能按此排序"],
};

const CREATE = {
  cart_product_id: [isText(1, 64), "应为产品编号"],
  cart_product_quantity: [isInteger(1, MAX_QUANTITY), "应为 1 到 9999 的整数"],
  cart_remark: [isText(0, 500), "应为不超过 500 字的文字"],
  cart_number: [leftOutOr(isText(0, 64)), "应为不超过 64 字的文字"],
  is_delete: [(it) => it === 0, "应为 0"],
  ...ignored(
    "pb_id", "created", "updated", "cart_id", "cart_create", "cart_owner", "cart_at_price", "cart_status",
    "product_name", "product_modelnumber", "product_basic_price", "product",
  ),
};

const PRODUCT =
  "COALESCE(p.id, '') AS p_id, COALESCE(p.prod_list_id, '') AS prod_list_id," +
  " COALESCE(p.prod_list_name, '') AS prod_list_name," +
  " COALESCE(p.prod_list_modelnumber, '') AS prod_list_modelnumber," +
  " COALESCE(p.prod_list_basic_price, 0) AS prod_list_basic_price," +
  " COALESCE(p.prod_list_status, '') AS prod_list_status," +
  " COALESCE(a.id, '') AS a_id, COALESCE(a.attachments_link, '') AS a_link";

const ICON =
  " LEFT JOIN tbl_attachments a ON a.id = p.prod_list_icon AND a.is_delete = 0" +
  " AND a.attachments_status != 'invalid' AND a.attachments_is_identity = 0";

const SELECT =
  "SELECT c.id, c.created, c.updated, c.cart_id, c.cart_number, c.cart_create, c.cart_owner," +
  " c.cart_product_id, c.cart_product_quantity, c.cart_at_price, c.cart_status, c.cart_remark," +
  ` ${PRODUCT} FROM tbl_cart c` +
  ` LEFT JOIN tbl_product_list p ON p.id = c.cart_product_id AND p.is_delete = 0${ICON}`;

const PRODUCT_SHAPE = {
  p_id: "", prod_list_id: "", prod_list_name: "", prod_list_modelnumber: "", prod_list_basic_price: -0,
  prod_list_status: "", a_id: "", a_link: "",
};

const shape = () => new DynamicModel({
  id: "", created: "", updated: "", cart_id: "", cart_number: "", cart_create: "", cart_owner: "",
  cart_product_id: "", cart_product_quantity: 0, cart_at_price: -0, cart_status: "", cart_remark: "",
  ...PRODUCT_SHAPE,
});

/// `CartRecord` of the contract, from the columns of a line and those of its product.
function record(line, product) {
  return {
    pb_id: line.id,
    created: line.created,
    updated: line.updated,
    cart_id: line.cart_id,
    cart_number: line.cart_number,
    cart_create: line.cart_create,
    cart_owner: line.cart_owner,
    cart_product_id: line.cart_product_id,
    cart_product_quantity: line.cart_product_quantity,
    cart_at_price: line.cart_at_price,
    cart_status: line.cart_status,
    cart_remark: line.cart_remark,
    is_delete: 0,
    product_name: product.prod_list_name,
    product_modelnumber: product.prod_list_modelnumber,
    product_basic_price: product.prod_list_basic_price,
    product: product.p_id && {
      prod_list_id: product.prod_list_id,
      prod_list_name: product.prod_list_name,
      prod_list_modelnumber: product.prod_list_modelnumber,
      prod_list_basic_price: product.prod_list_basic_price,
      prod_list_status: product.prod_list_status,
      prod_list_icon_url: product.a_link && `/pb/api/files/tbl_attachments/${product.a_id}/${product.a_link}`,
    } || null,
  };
}

function list(e, body) {
  const openid = user(e).getString("openid");
  check(body, LIST);
  const page = body.page || 1;
  const perPage = body.perPage || (body.page ? 20 : 500);
  const values = { owner: openid };
  let where = " WHERE c.cart_owner = {:owner} AND c.is_delete = 0";
  if (body.cart_status) {
    where += " AND c.cart_status = {:status}";
    values.status = body.cart_status;
  }
  if (body.cart_number) {
    where += " AND c.cart_number = {:number}";
    values.number = body.cart_number;
  }
  let counted = "FROM tbl_cart c";
  if (body.keyword) {
    where += " AND instr(lower(c.cart_id || ' ' || c.cart_number || ' ' || c.cart_product_id || ' ' ||" +
      " c.cart_remark || ' ' ||" +
      " COALESCE(p.prod_list_name, '') || ' ' || COALESCE(p.prod_list_modelnumber, '')), {:keyword}) > 0";
    values.keyword = body.keyword.toLowerCase();
    counted += " LEFT JOIN tbl_product_list p ON p.id = c.cart_product_id AND p.is_delete = 0";
  }
  const order = (body.sort || "-created").split(",")
    .map((key) => `c.${key.replace(/^-/, "")}${key[0] === "-" ? " DESC" : ""}`);
  const rows = arrayOf(shape());
  const asked = { ...values, limit: perPage, offset: (page - 1) * perPage };
  const sql = `${SELECT}${where} ORDER BY ${order}, c.rowid LIMIT {:limit} OFFSET {:offset}`;
  e.app.db().newQuery(sql).bind(asked).all(rows);
  const total = new DynamicModel({ n: 0 });
  e.app.db().newQuery(`SELECT COUNT(*) AS n ${counted}${where}`).bind(values).one(total);
  const items = rows.map((row) => record(row, row));
  return ["查询成功", {
    page,
    perPage,
    totalItems: total.n,
    totalPages: Math.ceil(total.n / perPage),
    items,
  }, { items }];
}

/// The product that can be bought now, by its record id or its business id.
function onSale(app, reference) {
  const found = arrayOf(new DynamicModel({ ...PRODUCT_SHAPE }));
  app.db()
    .newQuery(`SELECT ${PRODUCT} FROM tbl_product_list p${ICON} WHERE (p.id = {:it} OR p.prod_list_id = {:it})` +
      " AND p.is_delete = 0 AND p.prod_list_status = 'on_sale'")
    .bind({ it: reference })
    .all(found);
  if (!found.length) throw new Refusal(400, "product_unavailable", "商品已下架");
  return found[0];
}

function create(e, body) {
  const openid = user(e).getString("openid");
  check(body, CREATE, ["cart_product_id", "cart_product_quantity"]);
  let added;
  e.app.runInTransaction((app) => {
    const product = onSale(app, body.cart_product_id);
    const mine = arrayOf(new DynamicModel({ id: "", cart_product_quantity: 0 }));
    app.db()
      .newQuery("SELECT id, cart_product_quantity FROM tbl_cart WHERE cart_owner = {:owner}" +
        " AND cart_product_id = {:product} AND is_delete = 0 AND cart_status = 'active'")
      .bind({ owner: openid, product: product.p_id })
      .all(mine);
    added = mine.length ? addTo(app, mine[0], product, body) : insert(app, openid, product, body);
  });
  return ["已加入购物车", added, added];
}

function addTo(app, line, product, body) {
  const quantity = line.cart_product_quantity + body.cart_product_quantity;
  if (quantity > MAX_QUANTITY) throw invalid({ cart_product_quantity: "单个商品最多 9999 件" });
  app.db()
    .newQuery("UPDATE tbl_cart SET cart_product_quantity = {:quantity}, cart_at_price = {:price}," +
      " cart_remark = COALESCE({:remark}, cart_remark), cart_number = COALESCE({:number}, cart_number)," +
      " updated = {:now} WHERE id = {:id}")
    .bind({
      id: line.id,
      quantity,
      price: product.prod_list_basic_price,
      remark: body.cart_remark === undefined ? null : body.cart_remark,
      number: body.cart_number || null,
      now: stamp(),
    })
    .execute();
  const row = shape();
  app.db().newQuery(`${SELECT} WHERE c.id = {:id}`).bind({ id: line.id }).one(row);
  return record(row, row);
}

function insert(app, openid, product, body) {
  const count = new DynamicModel({ n: 0 });
  app.db()
    .newQuery("SELECT COUNT(*) AS n FROM tbl_cart WHERE cart_owner = {:owner} AND is_delete = 0" +
      " AND cart_status = 'active'")
    .bind({ owner: openid })
    .one(count);
  if (count.n >= MAX_ACTIVE_LINES) throw new Refusal(409, "cart_full", "购物车已满");
  const now = stamp();
  const line = {
    id: recordId(),
    created: now,
    updated: now,
    cart_id: businessId("CART"),
    cart_number: body.cart_number || readableNumber(now),
    cart_create: now,
    cart_owner: openid,
    cart_product_id: product.p_id,
    cart_product_quantity: body.cart_product_quantity,
    cart_at_price: product.prod_list_basic_price,
    cart_status: "active",
    cart_remark: body.cart_remark || "",
  };
  app.db()
    .newQuery("INSERT INTO tbl_cart (id, created, updated, cart_id, cart_number, cart_create, cart_owner," +
      " cart_product_id, cart_product_quantity, cart_at_price, cart_status, cart_remark, is_delete) VALUES" +
      " ({:id}, {:created}, {:updated}, {:cart_id}, {:cart_number}, {:cart_create}, {:cart_owner}," +
      " {:cart_product_id}, {:cart_product_quantity}, {:cart_at_price}, {:cart_status}, {:cart_remark}, 0)")
    .bind(line)
    .execute();
  return record(line, product);
}

module.exports = { list, create };
