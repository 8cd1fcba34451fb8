/// The contract's collections that the bench asks, as a careful PocketBase user would make them.
migrate((app) => {
  const text = (name, max = 0, more = {}) => ({ type: "text", name, max, ...more });
  const integer = (name, min = null, max = null, more = {}) => ({
    type: "number", name, onlyInt: true, min, max, ...more,
  });
  const money = (name) => ({ type: "number", name, min: 0, max: 9999999.99 });
  const select = (name, values, more = {}) => ({ type: "select", name, values, maxSelect: 1, ...more });
  const date = (name) => ({ type: "date", name });
  const json = (name) => ({ type: "json", name });
  const relation = (name, collectionId, more = {}) => ({
    type: "relation", name, collectionId, maxSelect: 1, ...more,
  });
  const required = { required: true };
  const common = [
    integer("is_delete", 0, 1),
    { type: "autodate", name: "created", onCreate: true },
    { type: "autodate", name: "updated", onCreate: true, onUpdate: true },
  ];
  const unique = (table, column) => `CREATE UNIQUE INDEX idx_${column} ON ${table} (${column})`;
  const index = (table, name, columns) => `CREATE INDEX idx_${table}_${name} ON ${table} (${columns})`;
  const make = (id, name, rule, fields, indexes) =>
    app.save(new Collection({
      id, name, type: "base", listRule: rule, viewRule: rule, fields: [...fields, ...common], indexes,
    }));

  const COMPANY = "pbc_3827114575";
  const ATTACHMENTS = "pbc_2934568924";
  const PRODUCTS = "pbc_689708714";
  const own = (owner) => `is_delete = 0 && ${owner} = @request.auth.openid`;

  make(COMPANY, "tbl_company", "is_delete = 0",
    [
      ...["company_id", "company_name", "company_type", "company_entity", "company_usci"].map((n) => text(n)),
      ...["company_nationality", "company_nationality_code", "company_province"].map((n) => text(n)),
      ...["company_province_code", "company_city", "company_city_code"].map((n) => text(n)),
      ...["company_district", "company_district_code", "company_postalcode"].map((n) => text(n)),
      ...["company_add", "company_status", "company_level", "company_remark"].map((n) => text(n)),
      text("company_owner_openid", 100),
    ],
    [unique("tbl_company", "company_id"), index("tbl_company", "owner", "company_owner_openid")]);

  make(ATTACHMENTS, "tbl_attachments",
    'is_delete = 0 && attachments_status != "invalid"' +
      ' && (attachments_is_identity = 0 || attachments_owner = @request.auth.openid)',
    [
      text("attachments_id"),
      { type: "file", name: "attachments_link", maxSelect: 1, maxSize: 10485760 },
      text("attachments_owner", 100),
      text("attachments_status", 50),
      integer("attachments_is_identity"),
    ],
    [unique("tbl_attachments", "attachments_id")]);

  make(PRODUCTS, "tbl_product_list", 'is_delete = 0 && prod_list_status = "on_sale"',
    [
      text("prod_list_id"),
      text("prod_list_name", 200, required),
      text("prod_list_modelnumber", 100),
      relation("prod_list_icon", ATTACHMENTS),
      text("prod_list_description"),
      text("prod_list_feature"),
      json("prod_list_parameters"),
      text("prod_list_plantype", 50),
      text("prod_list_category", 50),
      integer("prod_list_sort"),
      text("prod_list_comm_type", 50),
      text("prod_list_series", 50),
      money("prod_list_basic_price"),
      select("prod_list_status", ["on_sale", "off_sale"]),
      json("prod_list_function"),
      text("prod_list_barcode", 64),
      text("prod_list_tags"),
      text("prod_list_remark", 1000),
    ],
    [
      unique("tbl_product_list", "prod_list_id"),
      index("tbl_product_list", "sort", "prod_list_status, is_delete, prod_list_sort"),
      index("tbl_product_list", "category", "prod_list_category, prod_list_status, is_delete, prod_list_sort"),
    ]);

  make("pbc_4274881862", "tbl_cart", own("cart_owner"),
    [
      text("cart_id"),
      text("cart_number", 64),
      date("cart_create"),
      text("cart_owner", 100, required),
      relation("cart_product_id", PRODUCTS, required),
      integer("cart_product_quantity", 1, 9999, required),
      money("cart_at_price"),
      select("cart_status", ["active", "ordered"]),
      text("cart_remark", 500),
    ],
    [
      unique("tbl_cart", "cart_id"),
      index("tbl_cart", "newest", "cart_owner, is_delete, cart_status, created"),
      "CREATE UNIQUE INDEX idx_cart_active ON tbl_cart (cart_owner, cart_product_id) " +
        "WHERE is_delete = 0 AND cart_status = 'active'",
    ]);

  make("pbc_1063665439", "tbl_order", own("order_owner"),
    [
      text("order_id"),
      text("order_number", 64),
      date("order_create"),
      text("order_owner", 100, required),
      select("order_source", ["cart", "product"], required),
      text("order_source_id", 1000),
      select("order_status", ["pending", "confirmed", "completed", "cancelled"]),
      json("order_snap"),
      money("order_amount"),
      text("order_remark", 500),
    ],
    [
      unique("tbl_order", "order_id"),
      "CREATE UNIQUE INDEX idx_order_number ON tbl_order (order_number, order_owner)",
      index("tbl_order", "newest", "order_owner, is_delete, created"),
      index("tbl_order", "state", "order_owner, is_delete, order_status, created"),
    ]);

  app.save(new Collection({
    id: "pbc_421601843",
    name: "tbl_auth_users",
    type: "auth",
    authToken: { duration: 604800, secret: $os.getenv("BENCH_SECRET") },
    fields: [
      text("openid", 0, required),
      text("unionid"),
      text("users_id"),
      text("users_name", 50),
      text("users_phone", 20),
      { type: "bool", name: "users_phone_verified" },
      ...["users_picture", "users_title_picture", "users_id_pic_a", "users_id_pic_b"].map((n) => text(n, 500)),
      text("users_id_number"),
      select("users_type", ["游客", "注册用户"]),
      text("users_idtype"),
      select("users_status", ["active", "disabled"]),
      integer("users_rank_level", 0),
      ...["users_level", "users_tag", "users_parent_id", "users_convers_id"].map((n) => text(n)),
      relation("company", COMPANY),
      ...common,
    ],
    indexes: [unique("tbl_auth_users", "openid"), unique("tbl_auth_users", "users_id")],
  }));

  const settings = app.settings();
  settings.logs.maxDays = 0;
  app.save(settings);

  const superuser = new Record(app.findCollectionByNameOrId("_superusers"));
  superuser.set("email", "bench@example.com");
  superuser.set("password", $security.randomString(30));
  app.save(superuser); // else the start waits for a first one
});
