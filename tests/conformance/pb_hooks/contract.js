/// What the contract says the server does in a native write: nothing about PocketBase's dialect.
const CREATABLE = {
  tbl_attachments: ["attachments_link", "attachments_ocr", "attachments_remark"],
  tbl_cart: ["cart_number", "cart_owner", "cart_product_id", "cart_product_quantity", "cart_remark"],
  tbl_order: [
    "order_number", "order_owner", "order_source", "order_source_id", "order_snap", "order_amount",
    "order_remark",
  ],
};
const UPDATABLE = {
  tbl_cart: ["cart_number", "cart_product_id", "cart_product_quantity", "cart_remark", "is_delete"],
  tbl_order: ["order_remark", "order_status", "is_delete"],
};
const SERVER_MADE = { tbl_company: ["company_id", "company_owner_openid"] };
const PREFIX = { company_id: "C-", attachments_id: "A-", cart_id: "CART-", order_id: "O-" };

const REQUIRED = ["validation_required", "Cannot be blank."];
const INVALID_VALUE = ["validation_invalid_value", "Invalid value."];
const INVALID_FORMAT = ["validation_invalid_format", "Invalid value format."];
const MISSING = [
  "validation_missing_rel_records",
  "Failed to find all relation records with the provided ids.",
];
const TRANSITION = ["validation_invalid_transition", "This state change is not allowed."];
const MISMATCH = ["validation_amount_mismatch", "The amount does not match the order's items."];
const IN_PROGRESS = ["order_in_progress", "A confirmed order cannot be deleted."];

const ownFields = (record) =>
  record.collection().fields.fieldNames().filter((n) => !["id", "created", "updated"].includes(n));

/// Keep what only the request knows: who asks, and whether an amount was sent.
function noteRequest(e) {
  e.record.set("@openid", e.auth ? e.auth.getString("openid") : "");
  const body = e.requestInfo().body || {};
  e.record.set("@amountSent", "order_amount" in body);
}

function create(app, record) {
  const name = record.collection().name;
  const creatable = CREATABLE[name];
  const made = SERVER_MADE[name] || [];
  for (const field of ownFields(record)) {
    const ignored = creatable ? !creatable.includes(field) : made.includes(field);
    if (ignored || field === "is_delete") record.set(field, null);
    if (field in PREFIX) record.set(field, PREFIX[field] + $security.randomString(26));
  }
  MAKERS[name](app, record);
}

const MAKERS = {
  tbl_company(app, record) {
    record.set("company_owner_openid", record.get("@openid"));
  },
  tbl_attachments(app, record) {
    const [file] = record.getUnsavedFiles("attachments_link");
    record.set("attachments_owner", record.get("@openid"));
    record.set("attachments_status", "valid");
    if (!file) return;
    const content = toString(file.reader.open());
    record.set("attachments_filename", file.originalName);
    record.set("attachments_size", file.size);
    record.set("attachments_md5", $security.md5(content));
    record.set("attachments_filetype", content.startsWith("%PDF") ? "application/pdf" : "image/png");
  },
  tbl_cart(app, record) {
    number(record, "cart_number");
    record.set("cart_create", new DateTime());
    record.set("cart_status", "active");
    takePrice(app, record);
  },
  tbl_order(app, record) {
    number(record, "order_number");
    record.set("order_create", new DateTime());
    record.set("order_status", "pending");
  },
};

/// A number of the server's, where the client sent none.
function number(record, field) {
  if (record.getString(field)) return;
  record.set(field, $security.randomStringWithAlphabet(24, "0123456789"));
}

function update(app, record) {
  const name = record.collection().name;
  const old = record.original();
  const deleted = record.getFloat("is_delete") === 1;
  const updatable = deleted ? ["is_delete"] : UPDATABLE[name];
  for (const field of ownFields(record)) {
    const ignored = updatable
      ? !updatable.includes(field)
      : SERVER_MADE[name].includes(field);
    if (ignored) record.set(field, old.get(field));
  }
  if (deleted) record.set("id", old.id);
  if (name === "tbl_order" && deleted) refuseInProgress(old, "Failed to update record.");
  if (name === "tbl_cart" && !record.getString("cart_number")) {
    record.set("cart_number", old.get("cart_number"));
  }
  const product = record.get("cart_product_id");
  if (name === "tbl_cart" && product !== old.get("cart_product_id")) takePrice(app, record);
}

function refuseInProgress(order, sentence) {
  if (order.getString("order_status") !== "confirmed") return;
  throw new ApiError(409, sentence, { order_status: new ValidationError(...IN_PROGRESS) });
}

/// A product that can be bought now, by its record id or its business id; null when there is none.
function onSale(app, reference) {
  try {
    return app.findFirstRecordByFilter(
      "tbl_product_list",
      "is_delete = 0 && prod_list_status = 'on_sale' && (id = {:it} || prod_list_id = {:it})",
      { it: reference },
    );
  } catch {
    return null;
  }
}

function takePrice(app, line) {
  const product = onSale(app, line.getString("cart_product_id"));
  if (product) line.set("cart_at_price", product.get("prod_list_basic_price"));
}

/// What the contract's rules say of a record about to be written: field to [code, message].
function problems(app, record) {
  return PROBLEMS[record.collection().name](app, record, record.original());
}

const PROBLEMS = {
  tbl_attachments: () => ({}),
  tbl_company(app, record, old) {
    const code = record.getString("company_usci");
    const changed = code && (record.isNew() || code !== old.getString("company_usci"));
    return changed && !isCreditCode(code) ? { company_usci: INVALID_FORMAT } : {};
  },
  tbl_cart(app, record, old) {
    if (record.getFloat("is_delete") === 1) return {};
    const product = record.getString("cart_product_id");
    if (!record.isNew() && old.getString("cart_status") === "ordered") {
      const differs = UPDATABLE.tbl_cart.some((n) => String(record.get(n)) !== String(old.get(n)));
      return differs ? { cart_status: TRANSITION } : {};
    }
    const asked = product && (record.isNew() || product !== old.getString("cart_product_id"));
    return asked && !onSale(app, product) ? { cart_product_id: MISSING } : {};
  },
  tbl_order(app, record, old) {
    return record.isNew() ? takeSnapshot(app, record) : moveProblems(record, old);
  },
};

function moveProblems(record, old) {
  const from = old.getString("order_status");
  const to = record.getString("order_status");
  const found = {};
  if (record.getFloat("is_delete") === 1) return found;
  if (from !== "pending" && record.getString("order_remark") !== old.getString("order_remark")) {
    found.order_remark = TRANSITION;
  }
  if (to !== from && !(from === "pending" && to === "cancelled")) found.order_status = TRANSITION;
  return found;
}

/// Replace the ids and quantities sent by the goods as they are, with their sum.
function takeSnapshot(app, record) {
  const sent = readSnapshot(record);
  const asked = sent && typeof sent === "object" ? sent.items : null;
  const isEmpty = typeof asked === "object" && asked && !Object.keys(asked).length;
  if (!asked || isEmpty) return { order_snap: REQUIRED };
  if (!Array.isArray(asked) || asked.length > 200 || !asked.every(isItem)) {
    return { order_snap: INVALID_VALUE };
  }
  const goods = asked.map((item) => [onSale(app, item.prod_list_id), item.quantity]);
  if (goods.some(([product]) => !product)) return { order_snap: INVALID_VALUE };
  const fen = goods.map(([product, n]) => Math.round(product.getFloat("prod_list_basic_price") * 100) * n);
  const total = fen.reduce((sum, each) => sum + each, 0);
  if (total > 999999999) return { order_snap: INVALID_VALUE };
  const items = goods.map(([product, quantity], n) => ({
    prod_list_id: product.get("prod_list_id"),
    prod_list_name: product.get("prod_list_name"),
    prod_list_modelnumber: product.get("prod_list_modelnumber"),
    quantity,
    at_price: product.get("prod_list_basic_price"),
    subtotal: fen[n] / 100,
  }));
  record.set("order_snap", { items, total: total / 100 });
  const amount = record.getFloat("order_amount");
  const isAmount = amount >= 0 && amount <= 9999999.99;
  // What is no amount at all stays, for PocketBase to say so.
  if (record.get("@amountSent") && !isAmount) return {};
  const differs = record.get("@amountSent") && Math.abs(amount - total / 100) > 0.0001;
  record.set("order_amount", total / 100);
  return differs ? { order_amount: MISMATCH } : {};
}

/// The snapshot sent; null for a text that PocketBase makes no JSON of.
function readSnapshot(record) {
  try {
    return JSON.parse(record.getString("order_snap") || "null");
  } catch {
    record.set("order_snap", null);
    return null;
  }
}

const isItem = (item) =>
  item && typeof item === "object" && typeof item.prod_list_id === "string" &&
  Number.isInteger(item.quantity) && item.quantity >= 1 && item.quantity <= 9999;

/// GB 32100-2015: the check digit of a unified social credit code.
function isCreditCode(code) {
  const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  const values = [...code].map((each) => alphabet.indexOf(each));
  if (values.length !== 18 || values.includes(-1)) return false;
  let weight = 1;
  let total = 0;
  for (const value of values.slice(0, 17)) {
    total += value * weight;
    weight = (weight * 3) % 31;
  }
  return values[17] === (31 - (total % 31)) % 31;
}

/// Add PocketBase's own problems of fields to ours; an error that is not about fields goes on.
function merge(found, error) {
  // Only an ApiError lets JavaScript see the codes inside Go's errors.
  const own = new ApiError(400, "", error.value).data;
  if (!Object.keys(own).length || !Object.keys(found).length) throw error;
  for (const name in own) {
    found[name] ||= [own[name].code, own[name].message, own[name].params];
  }
}

function refuse(found, record) {
  if (!Object.keys(found).length) return;
  const sentence = record.isNew() ? "Failed to create record." : "Failed to update record.";
  const errors = {};
  for (const name in found) {
    const [code, message, params] = found[name];
    const problem = new ValidationError(code, message);
    errors[name] = params ? problem.setParams(params) : problem;
  }
  throw new BadRequestError(sentence, errors);
}

module.exports = { noteRequest, create, update, refuseInProgress, problems, merge, refuse };
