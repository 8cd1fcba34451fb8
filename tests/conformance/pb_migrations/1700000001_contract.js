/// The contract's collections as PocketBase would hold them: fields, indexes, rules.
migrate((app) => {
  const common = [
    { type: "number", name: "is_delete", onlyInt: true, min: 0, max: 1 },
    { type: "autodate", name: "created", onCreate: true },
    { type: "autodate", name: "updated", onCreate: true, onUpdate: true },
  ];
  const text = (name, max = 0, more = {}) => ({ type: "text", name, max, ...more });
  const number = (name, min = null, max = null, more = {}) => ({
    type: "number", name, onlyInt: true, min, max, ...more,
  });
  const money = (name) => ({ type: "number", name, min: 0, max: 9999999.99 });
  const select = (name, values, more = {}) => ({ type: "select", name, values, maxSelect: 1, ...more });
  const date = (name) => ({ type: "date", name });
  const json = (name) => ({ type: "json", name });
  const relation = (name, collectionId, more = {}) => ({
    type: "relation", name, collectionId, maxSelect: 1, ...more,
  });
  const relations = (name, collectionId) => relation(name, collectionId, { maxSelect: 999 });
  const required = { required: true };
  const hidden = { hidden: true };

  const COMPANY = "pbc_3827114575";
  const ATTACHMENTS = "pbc_2934568924";
  const PRODUCTS = "pbc_689708714";

  // A disabled user's token is a guest's on native paths; a guest's status is not "active" either.
  const user = '@request.auth.users_status = "active"';
  const own = (owner) => `is_delete = 0 && ${owner} = @request.auth.openid && ${user}`;
  const naming = (owner) => `@request.body.${owner} = @request.auth.openid && ${user}`;
  const notGivenAway = (owner) =>
    `(@request.body.${owner}:isset = false || @request.body.${owner} = @request.auth.openid)`;

  const make = (id, name, rules, fields, indexes) =>
    app.save(new Collection({ id, name, type: "base", ...rules, fields: [...fields, ...common], indexes }));
  const unique = (table, column) =>
    `CREATE UNIQUE INDEX idx_${column} ON ${table} (${column})`;

  make(COMPANY, "tbl_company",
    {
      listRule: "is_delete = 0",
      viewRule: "is_delete = 0",
      createRule: user,
      updateRule: own("company_owner_openid"),
    },
    [
      text("company_id", 64),
      text("company_name", 200, required),
      text("company_type", 50),
      text("company_entity", 100),
      text("company_usci", 0, { pattern: "^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$" }),
      text("company_nationality", 50),
      text("company_nationality_code", 50),
      text("company_province", 50),
      text("company_province_code", 50),
      text("company_city", 50),
      text("company_city_code", 50),
      text("company_district", 50),
      text("company_district_code", 50),
      text("company_postalcode", 20),
      text("company_add", 300),
      text("company_status", 50),
      text("company_level", 20),
      text("company_owner_openid", 100),
      text("company_remark", 1000),
    ],
    [
      unique("tbl_company", "company_id"),
      "CREATE INDEX idx_company_usci ON tbl_company (company_usci)",
      "CREATE INDEX idx_company_owner ON tbl_company (company_owner_openid)",
    ]);

  // An identity paper is its owner's alone. A guest's openid is "", as that of a row without an owner.
  const papers = "(attachments_is_identity = 0 || " +
    '(attachments_owner = @request.auth.openid && @request.auth.openid != ""))';
  const notInvalid = `is_delete = 0 && attachments_status != "invalid" && ${papers}`;
  make(ATTACHMENTS, "tbl_attachments",
    {
      listRule: notInvalid,
      viewRule: notInvalid,
      createRule: user,
    },
    [
      text("attachments_id", 64),
      {
        type: "file", name: "attachments_link", required: true, maxSelect: 1, maxSize: 10485760,
        protected: true, // as ours: who may not see the row gets no file of it
        mimeTypes: ["image/jpeg", "image/png", "image/webp", "image/gif", "application/pdf", "video/mp4"],
      },
      text("attachments_filename", 255),
      text("attachments_filetype", 100),
      number("attachments_size", 0),
      text("attachments_md5", 32, { pattern: "^[0-9a-fA-F]{32}$" }),
      text("attachments_owner", 100),
      text("attachments_ocr"),
      text("attachments_status", 50),
      text("attachments_remark", 1000),
      number("attachments_is_identity", 0, 1, hidden),
    ],
    [unique("tbl_attachments", "attachments_id")]);

  make(PRODUCTS, "tbl_product_list",
    {
      listRule: 'is_delete = 0 && prod_list_status = "on_sale"',
      viewRule: 'is_delete = 0 && prod_list_status = "on_sale"',
    },
    [
      text("prod_list_id", 64),
      text("prod_list_name", 200, required),
      text("prod_list_modelnumber", 100),
      relation("prod_list_icon", ATTACHMENTS),
      text("prod_list_description"),
      text("prod_list_feature"),
      json("prod_list_parameters"),
      text("prod_list_plantype", 50),
      text("prod_list_category", 50),
      number("prod_list_sort"),
      text("prod_list_comm_type", 50),
      text("prod_list_series", 50),
      money("prod_list_basic_price"),
      select("prod_list_status", ["on_sale", "off_sale"]),
      json("prod_list_function"),
      text("prod_list_barcode", 64),
      text("prod_list_tags"),
      text("prod_list_remark", 1000),
    ],
    [unique("tbl_product_list", "prod_list_id")]);

  const inEffect =
    'is_delete = 0 && document_status != "草稿"' +
    ' && (document_effect_date = "" || document_effect_date <= @now)';
  make("pbc_3636602973", "tbl_document",
    { listRule: inEffect, viewRule: inEffect },
    [
      text("document_id", 64),
      date("document_create"),
      text("document_title", 200, required),
      text("document_subtitle", 200),
      text("document_summary", 1000),
      { type: "editor", name: "document_content" },
      text("document_type", 1000),
      text("document_hotel_type"),
      relations("document_images", ATTACHMENTS),
      relations("document_videos", ATTACHMENTS),
      relations("document_files", ATTACHMENTS),
      text("document_image", 30000),
      text("document_video", 30000),
      text("document_file", 30000),
      text("document_owner", 100),
      text("document_relation_model", 200),
      text("document_keywords"),
      text("document_product_categories"),
      text("document_application_scenarios"),
      number("document_share_count", 0),
      number("document_download_count", 0),
      number("document_favorite_count", 0),
      select("document_status", ["草稿", "有效", "过期"]),
      date("document_effect_date"),
      date("document_expiry_date"),
      text("document_remark", 1000),
    ],
    [unique("tbl_document", "document_id")]);

  make("pbc_4274881862", "tbl_cart",
    {
      listRule: own("cart_owner"),
      viewRule: own("cart_owner"),
      createRule: naming("cart_owner"),
      updateRule: `${own("cart_owner")} && ${notGivenAway("cart_owner")}`,
      deleteRule: own("cart_owner"),
    },
    [
      text("cart_id", 64),
      text("cart_number", 64),
      date("cart_create"),
      text("cart_owner", 100, required),
      relation("cart_product_id", PRODUCTS, required),
      number("cart_product_quantity", 1, 9999, required),
      money("cart_at_price"),
      select("cart_status", ["active", "ordered"]),
      text("cart_remark", 500),
    ],
    [
      unique("tbl_cart", "cart_id"),
      "CREATE UNIQUE INDEX idx_cart_active ON tbl_cart (cart_owner, cart_product_id) " +
        "WHERE is_delete = 0 AND cart_status = 'active'",
    ]);

  make("pbc_1063665439", "tbl_order",
    {
      listRule: own("order_owner"),
      viewRule: own("order_owner"),
      createRule: naming("order_owner"),
      updateRule: `${own("order_owner")} && ${notGivenAway("order_owner")}`,
      deleteRule: own("order_owner"),
    },
    [
      text("order_id", 64),
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
    [unique("tbl_order", "order_id"), "CREATE UNIQUE INDEX idx_order_number ON tbl_order (order_number, order_owner)"]);

  app.save(new Collection({
    id: "pbc_421601843",
    name: "tbl_auth_users",
    type: "auth",
    authToken: { duration: 604800, secret: $os.getenv("CONFORMANCE_SECRET") },
    fileToken: { duration: 180, secret: $os.getenv("CONFORMANCE_FILE_SECRET") },
    fields: [
      text("openid", 100, required),
      text("unionid", 100),
      text("users_id", 64),
      text("users_name", 50),
      text("users_phone", 20),
      { type: "bool", name: "users_phone_verified" },
      text("users_picture", 500),
      text("users_title_picture", 500),
      text("users_id_pic_a", 500),
      text("users_id_pic_b", 500),
      text("users_id_number"),
      select("users_type", ["游客", "注册用户"]),
      text("users_idtype"),
      select("users_status", ["active", "disabled"]),
      number("users_rank_level", 0),
      text("users_level"),
      text("users_tag", 1000),
      text("users_parent_id"),
      text("users_convers_id"),
      relation("company", COMPANY),
      ...common,
    ],
    indexes: [unique("tbl_auth_users", "openid"), unique("tbl_auth_users", "users_id")],
  }));
});
