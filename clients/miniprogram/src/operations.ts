// 由 `npm run generate` 从接口契约生成，请勿手改。
import type * as Methods from './methods';
import type { components } from './contract';

type Schemas = components['schemas'];

/** 每个操作的标志与路径；写法见 scripts/operations.mjs。 */
export const table = `users_count Ghr /system/users-count
users_count_post hbr /system/users-count
refresh_token hbt /system/refresh-token
health Gr
ready Gr
openapi_document Gr /openapi.json
wechat_login hb
wechat_profile
auth_refresh t /collections/tbl_auth_users/auth-refresh
company_ lcvu ~company
attachment_ lv ~attachments
attachment_create kt ~attachments attachments_link
product_ lv ~product_list
document_ lv ~document
dict_ lv ~system_dict
cart_
cart_record_ lcvud ~cart
order_
order_record_ lcvud ~order
file_token tr /files/token
batch bkt
file_download Ghrd /files/*/*/*`;

/** 每个集合的记录，以及指向其他集合的字段。 */
export interface Collections {
  tbl_company: { record: Schemas['PocketBaseCompanyRecord']; relations: {} };
  tbl_attachments: { record: Schemas['PocketBaseAttachmentRecord']; relations: {} };
  tbl_product_list: { record: Schemas['PocketBaseProductListRecord']; relations: { prod_list_icon: 'tbl_attachments' } };
  tbl_document: { record: Schemas['PocketBaseDocumentRecord']; relations: { document_images: 'tbl_attachments'[]; document_videos: 'tbl_attachments'[]; document_files: 'tbl_attachments'[] } };
  tbl_system_dict: { record: Schemas['PocketBaseDictionaryRecord']; relations: {} };
  tbl_cart: { record: Schemas['PocketBaseCartRecord']; relations: { cart_product_id: 'tbl_product_list' } };
  tbl_order: { record: Schemas['PocketBaseOrderRecord']; relations: {} };
}

/** 契约中的每个操作。 */
export interface Operations {
  /**
   * 查询注册用户总数
   *
   * 返回未删除的微信用户总数，可用于首页展示。无需登录，不接收任何参数。
   *
   * GET /pb/api/system/users-count
   */
  users_count: Methods.Plain<'users_count'>;
  /**
   * 查询注册用户总数（POST）
   *
   * 与同一路径的 GET 完全相同，供以 POST 调用的小程序使用；请求体可以省略，或为空对象。
   *
   * POST /pb/api/system/users-count
   */
  users_count_post: Methods.MaySend<'users_count_post'>;
  /**
   * 换取新的登录令牌
   *
   * 请求头带着有效令牌时，直接为同一用户签发新令牌，请求体可以省略；声明不可续期（`refreshable` 不为真）的令牌原样返回。
   * 没有令牌或令牌已失效时，改用 `users_wx_code` 按微信登录的规则换取令牌；
   * 两者都没有则返回 401，小程序应重新调用 `wx.login`。旧令牌在自身到期前仍然有效。
   *
   * POST /pb/api/system/refresh-token
   */
  refresh_token: Methods.MaySend<'refresh_token'>;
  /**
   * 健康检查
   *
   * 供负载均衡与 PocketBase SDK 探测服务是否可用，格式与 PocketBase 一致。无需登录。
   *
   * GET /pb/api/health
   */
  health: Methods.Ask<'health'>;
  /**
   * 就绪检查
   *
   * 本服务进程此刻能否处理业务请求，供滚动升级、监控与负载均衡使用。无需登录，不接收任何参数，最多一秒内回答，结果保留一秒。
   * `/pb/api/health` 只说明进程在应答；这里还检查数据库、数据库结构、磁盘空间，以及是否正在停止。
   *
   * GET /pb/api/ready
   */
  ready: Methods.Plain<'ready'>;
  /**
   * 下载本接口文档
   *
   * 返回合并后的 OpenAPI 3.1 文档，与服务器自身所用的完全相同。
   * 响应带 `ETag`；再次下载时用 `If-None-Match` 带上它，文档未变则只返回 304。
   *
   * GET /pb/api/openapi.json
   */
  openapi_document: Methods.Plain<'openapi_document'>;
  /**
   * 微信登录
   *
   * 用 `wx.login` 得到的 code 登录；首次登录自动注册。同一用户同时发起的多次首次登录只会产生一个账号。
   * `is_info_complete` 为真表示昵称与头像都已填写，且昵称看得见、不是微信的默认值“微信用户”；手机号不作要求。
   * 返回的 `token` 默认七天有效，之后的请求放在 `Authorization: Bearer <token>` 中。
   *
   * POST /pb/api/wechat/login
   */
  wechat_login: Methods.Send<'wechat_login'>;
  /**
   * 完善当前用户资料
   *
   * 修改昵称、手机号、标签、头像与其他图片、证件照或所属企业。每一项都可以不传；没有提交的与空字符串保持不变，
   * `null` 表示清除。没有任何变化时同样返回 200。
   *
   * **手机号** 用 `getPhoneNumber` 得到的动态 code 换取的号码已经过微信验证（`users_phone_verified` 为真）；
   * 直接提交的 `users_phone` 未经验证，已有验证过的号码时会被忽略。两者都提交时以 code 为准。
   *
   * **图片** 填附件的 `attachments_id`（须先用附件信息的创建接口上传），或 http(s) 链接与本站文件路径；
   * 手机和开发者工具里的临时路径（`wxfile://`、`http(s)://tmp/`、`http://127.0.0.1:…/__tmp__/`）不被接受。
   * `users_id_pic_a` 与 `users_id_pic_b` 是证件照，只能是本人上传的附件；附件一经填入即成为证件，之后只有本人看得到。
   *
   * 昵称与头像都填写后，`users_type` 由 `游客` 变为 `注册用户`，不再变回。
   *
   * POST /pb/api/wechat/profile
   */
  wechat_profile: Methods.MaySend<'wechat_profile'>;
  /**
   * 续期令牌（PocketBase SDK）
   *
   * 供 PocketBase SDK 的 `authRefresh()` 使用：令牌有效时返回新令牌与用户记录，旧令牌不因此失效。
   * 不需要请求体。令牌无效时按 PocketBase 的格式返回 401。
   *
   * POST /pb/api/collections/tbl_auth_users/auth-refresh
   */
  auth_refresh: Methods.Ask<'auth_refresh'>;
  /**
   * 企业列表
   *
   * 按 PocketBase 的约定分页返回未删除的企业，无需登录。
   * 例如 `filter=company_province="广东省"` 按省份筛选，`sort=company_name` 按名称排序。
   * `company_owner_openid` 只有创建者本人看得到自己的值，其他人得到空字符串，筛选与排序时也一样；
   * 因此 `filter=company_owner_openid="<自己的 openid>"` 得到自己创建的企业，而无法用来查找别人的。
   *
   * GET /pb/api/collections/tbl_company/records
   */
  company_list: Methods.List<'company_list', 'tbl_company'>;
  /**
   * 创建企业
   *
   * 登录用户创建企业，创建者即为之后唯一能修改它的人。未登录或令牌无效时按 PocketBase 的约定返回 400。
   * 统一社会信用代码须为大写且校验位正确，多家企业可以相同。`company_id` 由服务器生成；
   * `company_owner_openid` 恒为当前用户的 `openid`，提交的值会被忽略。
   *
   * POST /pb/api/collections/tbl_company/records
   */
  company_create: Methods.Create<'company_create', 'tbl_company'>;
  /**
   * 查看企业
   *
   * 按记录 id 返回一家企业，无需登录；已删除的企业返回 404。
   *
   * GET /pb/api/collections/tbl_company/records/{recordId}
   */
  company_view: Methods.View<'company_view', 'tbl_company'>;
  /**
   * 修改企业
   *
   * 只有创建者能修改；其他人、未登录者与已删除的企业一律返回 404。没有提交的字段保持不变。
   * 小程序不能发送 `PATCH`，请用 `POST` 并加请求头 `X-HTTP-Method-Override: PATCH`，路径与请求体不变：
   *
   * ```js
   * wx.request({
   *   method: 'POST',
   *   url: `${origin}/pb/api/collections/tbl_company/records/${id}`,
   *   header: { Authorization: `Bearer ${token}`, 'X-HTTP-Method-Override': 'PATCH' },
   *   data: { company_city: '广州市' },
   * })
   * ```
   *
   * PATCH /pb/api/collections/tbl_company/records/{recordId}
   */
  company_update: Methods.Update<'company_update', 'tbl_company'>;
  /**
   * 附件列表
   *
   * 按 PocketBase 的约定分页返回未删除且状态不是 `invalid` 的附件，无需登录；身份证件只有本人看得到。
   * 例如 `filter=attachments_filetype~"image/"` 只看图片。文件本身从文件下载接口获取。
   *
   * GET /pb/api/collections/tbl_attachments/records
   */
  attachment_list: Methods.List<'attachment_list', 'tbl_attachments'>;
  /**
   * 上传附件
   *
   * 登录用户用 `wx.uploadFile` 上传一个文件，字段名为 `attachments_link`，例如 `chooseAvatar` 得到的头像。
   * 类型按文件内容识别，接受 JPEG、PNG、WebP、GIF、PDF 与 MP4，最大 10 MiB。
   * 图片须能正常解码；图片与视频除方向外的元数据（如拍摄地点）会被去掉，画面不重新编码。
   * 拥有者、文件名、类型、大小、MD5 与状态都由服务器填写。未登录或令牌无效时返回 400。
   *
   * POST /pb/api/collections/tbl_attachments/records
   */
  attachment_create: Methods.Upload<'attachment_create', 'tbl_attachments', 'attachments_link'>;
  /**
   * 查看附件
   *
   * 按记录 id 返回一个附件，无需登录；状态为 `invalid` 的、已删除的与他人的身份证件返回 404。
   *
   * GET /pb/api/collections/tbl_attachments/records/{recordId}
   */
  attachment_view: Methods.View<'attachment_view', 'tbl_attachments'>;
  /**
   * 产品列表
   *
   * 按 PocketBase 的约定分页返回在售（`on_sale`）且未删除的产品，无需登录。
   * 例如 `filter=prod_list_category="开关面板" && prod_list_basic_price<=300`，`sort=prod_list_sort`。
   *
   * GET /pb/api/collections/tbl_product_list/records
   */
  product_list: Methods.List<'product_list', 'tbl_product_list'>;
  /**
   * 查看产品
   *
   * 按记录 id 返回一个在售的产品，无需登录；已下架或已删除的产品返回 404。
   *
   * GET /pb/api/collections/tbl_product_list/records/{recordId}
   */
  product_view: Methods.View<'product_view', 'tbl_product_list'>;
  /**
   * 文档列表
   *
   * 按 PocketBase 的约定分页返回未删除、不是草稿、已经生效的文档，无需登录。
   * 生效日期未设置或已到即为已生效；失效日期已到的文档仍在列表中，状态显示为 `过期`。
   * 例如 `filter=document_status="有效"`，`sort=-document_create`，`fields=id,document_title`。
   *
   * GET /pb/api/collections/tbl_document/records
   */
  document_list: Methods.List<'document_list', 'tbl_document'>;
  /**
   * 查看文档
   *
   * 按记录 id 返回一篇不是草稿、已经生效的文档，无需登录；其余情况返回 404。
   *
   * GET /pb/api/collections/tbl_document/records/{recordId}
   */
  document_view: Methods.View<'document_view', 'tbl_document'>;
  /**
   * 字典列表
   *
   * 按 PocketBase 的约定分页返回未删除的字典，无需登录。一行是一部字典，取值与文字都在其中。
   * 例如 `filter=dict_name="users_level"` 取用户等级的全部文字。
   *
   * GET /pb/api/collections/tbl_system_dict/records
   */
  dict_list: Methods.List<'dict_list', 'tbl_system_dict'>;
  /**
   * 查看字典
   *
   * 按记录 id 返回一部字典，无需登录；已删除的返回 404。
   *
   * GET /pb/api/collections/tbl_system_dict/records/{recordId}
   */
  dict_view: Methods.View<'dict_view', 'tbl_system_dict'>;
  /**
   * 购物车列表
   *
   * 返回本人未删除的购物车行，默认按创建时间倒序，请求体可以省略。
   * `page` 与 `perPage` 都不提交时返回前 500 行，此时 `perPage` 为 500；提交其中之一则按页返回。
   * `keyword` 在编号、分组名、产品记录 id、备注以及产品的名称与型号中查找，`cart_number` 只看这一组；
   * 已下单的行也在其中，可用 `cart_status` 区分。
   *
   * POST /pb/api/cart/list
   */
  cart_list: Methods.MaySend<'cart_list'>;
  /**
   * 购物车行详情
   *
   * 按 `cart_id` 返回本人的一行购物车；不存在、已删除或属于他人时返回 404。
   *
   * POST /pb/api/cart/detail
   */
  cart_detail: Methods.Send<'cart_detail'>;
  /**
   * 加入购物车
   *
   * 把一个在售产品加入购物车，拥有者取自令牌，价格由服务器按当时的售价写入。
   * 购物车中已有该产品的待下单行时，数量累加到那一行，价格重新取一次，备注与分组名在提交时才替换。
   * 每人最多 200 个待下单的行，一行最多 9999 件。
   *
   * POST /pb/api/cart/create
   */
  cart_create: Methods.Send<'cart_create'>;
  /**
   * 修改购物车行
   *
   * 修改本人一行购物车的数量、分组名或备注，其余键被忽略。与现有内容相同的值不算修改；
   * 没有要修改的内容时原样返回，`updated` 不变。已下单的行不能修改，返回 409。
   *
   * POST /pb/api/cart/update
   */
  cart_update: Methods.Send<'cart_update'>;
  /**
   * 删除购物车行
   *
   * 软删除：只把 `is_delete` 置为 1，此后任何接口都看不到这一行，再次删除返回 404。已下单的行也可以删除。
   *
   * POST /pb/api/cart/delete
   */
  cart_delete: Methods.Send<'cart_delete'>;
  /**
   * 购物车记录列表（原生）
   *
   * 按 PocketBase 的约定分页返回本人未删除的购物车记录；未登录或令牌无效时返回空列表。
   * 例如 `filter=cart_status="active"`，`expand=cart_product_id` 附上产品。
   *
   * GET /pb/api/collections/tbl_cart/records
   */
  cart_record_list: Methods.List<'cart_record_list', 'tbl_cart'>;
  /**
   * 创建购物车记录（原生）
   *
   * `cart_owner` 必须等于当前令牌对应的 `openid`，否则与未登录一样返回 400。价格、编号与状态由服务器填写，
   * 分组名 `cart_number` 没有提交时也由服务器生成。
   * 该产品已有待下单的行时，`cart_owner` 与 `cart_product_id` 都报 `validation_not_unique`；
   * 产品不存在、已删除或已下架时 `cart_product_id` 报 `validation_missing_rel_records`；
   * 购物车已满时 `cart_owner` 报 `validation_cart_full`。
   *
   * POST /pb/api/collections/tbl_cart/records
   */
  cart_record_create: Methods.Create<'cart_record_create', 'tbl_cart'>;
  /**
   * 查看购物车记录（原生）
   *
   * 按记录 id 返回本人的一条购物车记录；不存在、已删除、属于他人或未登录时返回 404。
   *
   * GET /pb/api/collections/tbl_cart/records/{recordId}
   */
  cart_record_view: Methods.View<'cart_record_view', 'tbl_cart'>;
  /**
   * 修改购物车记录（原生）
   *
   * 可修改产品（价格随之重新取一次）、数量、分组名、备注，或以 `is_delete: 1` 软删除；其余键被忽略。
   * 随 `is_delete: 1` 一起提交的键不生效。提交了他人的 `cart_owner` 返回 404。
   * 已下单的行有任何变化时，`cart_status` 报 `validation_invalid_transition`。
   * 小程序不能发送 `PATCH`，请用 `POST` 并加请求头 `X-HTTP-Method-Override: PATCH`，路径与请求体不变：
   *
   * ```js
   * wx.request({
   *   method: 'POST',
   *   url: `${origin}/pb/api/collections/tbl_cart/records/${id}`,
   *   header: { Authorization: `Bearer ${token}`, 'X-HTTP-Method-Override': 'PATCH' },
   *   data: { cart_remark: '放在门口' },
   * })
   * ```
   *
   * PATCH /pb/api/collections/tbl_cart/records/{recordId}
   */
  cart_record_update: Methods.Update<'cart_record_update', 'tbl_cart'>;
  /**
   * 删除购物车记录（原生）
   *
   * 软删除：只把 `is_delete` 置为 1，此后任何接口都看不到这条记录，再次删除返回 404。
   * 小程序也可用 `POST` 并加请求头 `X-HTTP-Method-Override: DELETE`，路径不变，没有请求体：
   *
   * ```js
   * wx.request({
   *   method: 'POST',
   *   url: `${origin}/pb/api/collections/tbl_cart/records/${id}`,
   *   header: { Authorization: `Bearer ${token}`, 'X-HTTP-Method-Override': 'DELETE' },
   * })
   * ```
   *
   * DELETE /pb/api/collections/tbl_cart/records/{recordId}
   */
  cart_record_delete: Methods.Delete;
  /**
   * 订单列表
   *
   * 返回本人未删除的订单，默认按创建时间倒序，请求体可以省略。
   * `page` 与 `perPage` 都不提交时返回前 500 笔，此时 `perPage` 为 500；提交其中之一则按页返回。
   * `keyword` 在订单编号、订单号、备注以及下单时的产品名称与型号中查找，`order_number` 须完全相同。
   *
   * POST /pb/api/order/list
   */
  order_list: Methods.MaySend<'order_list'>;
  /**
   * 订单详情
   *
   * 按 `order_id` 返回本人的一笔订单；不存在、已删除或属于他人时返回 404。
   *
   * POST /pb/api/order/detail
   */
  order_detail: Methods.Send<'order_detail'>;
  /**
   * 创建订单
   *
   * 从购物车下单或直接订购产品，每次 1 至 200 项，不得重复；`cart_ids` 与 `items` 不能同时提交。
   * 没有这两项时，商品取自 `order_source_id`（以 `,` 或 `|` 连接）或 `order_snap`（JSON 文本、列表或 `{"items": [...]}`）；
   * 哪一种方式优先见请求体的说明。什么商品都找不到时返回 400，并列出所有方式。
   * 一次事务内完成：按产品当前的名称与价格生成快照、汇总金额、把购物车行置为已下单；
   * 任何一行不可用则什么都不改变。价格与状态始终由服务器决定。
   * 用到的购物车行不存在、已删除或属于他人时返回 404，已经下过单返回 409；
   * 快照中的产品在购物车里没有数量相同的待下单行时返回 400，并指出是哪些产品。
   * 可以同时提交页面上显示的总额 `order_amount`：四舍五入到分后与实际金额不同时返回 409（`amount_changed`），
   * `data.order_amount` 为现在的金额，什么都不写入。
   *
   * POST /pb/api/order/create
   */
  order_create: Methods.Send<'order_create'>;
  /**
   * 修改订单
   *
   * 取消本人的待确认订单（`pending` 改为 `cancelled`），或修改其备注，其余键被忽略。
   * 其他状态变化由运营进行，客户端提交时返回 409；不再是 `pending` 的订单也不能改备注。
   * 与现有内容相同的值不算修改；没有要修改的内容时原样返回，`updated` 不变。
   *
   * POST /pb/api/order/update
   */
  order_update: Methods.Send<'order_update'>;
  /**
   * 删除订单
   *
   * 软删除：只把 `is_delete` 置为 1，此后任何接口都看不到这笔订单，再次删除返回 404。
   * 已确认（`confirmed`）的订单正在处理，不能删除，返回 409。
   *
   * POST /pb/api/order/delete
   */
  order_delete: Methods.Send<'order_delete'>;
  /**
   * 订单记录列表（原生）
   *
   * 按 PocketBase 的约定分页返回本人未删除的订单记录；未登录或令牌无效时返回空列表。
   * 例如 `filter=order_status="pending" && order_amount>=100`，`sort=-order_create`。
   *
   * GET /pb/api/collections/tbl_order/records
   */
  order_record_list: Methods.List<'order_record_list', 'tbl_order'>;
  /**
   * 创建订单记录（原生）
   *
   * `order_owner` 必须等于当前令牌对应的 `openid`，否则与未登录一样返回 400。
   * `order_snap.items` 只需产品编号与数量，名称、价格、小计与总额由服务器填写；
   * 同时提交的 `order_amount` 与计算结果不符时报 `validation_amount_mismatch`。
   * 没有商品时 `order_snap` 报 `validation_required`，商品不存在、已下架或数量有误时报 `validation_invalid_value`。
   * 本接口只创建记录，不会把购物车行置为已下单；`order_source_id` 由客户端自行填写。
   *
   * POST /pb/api/collections/tbl_order/records
   */
  order_record_create: Methods.Create<'order_record_create', 'tbl_order'>;
  /**
   * 查看订单记录（原生）
   *
   * 按记录 id 返回本人的一条订单记录；不存在、已删除、属于他人或未登录时返回 404。
   *
   * GET /pb/api/collections/tbl_order/records/{recordId}
   */
  order_record_view: Methods.View<'order_record_view', 'tbl_order'>;
  /**
   * 修改订单记录（原生）
   *
   * 可修改备注、取消待确认的订单，或以 `is_delete: 1` 软删除；其余键被忽略，随 `is_delete: 1` 一起提交的键不生效。
   * 提交了他人的 `order_owner` 返回 404。不允许的状态变化，以及修改不再是 `pending` 的订单的备注，
   * 报 `validation_invalid_transition`；删除已确认的订单返回 409。
   * 小程序不能发送 `PATCH`，请用 `POST` 并加请求头 `X-HTTP-Method-Override: PATCH`，路径与请求体不变：
   *
   * ```js
   * wx.request({
   *   method: 'POST',
   *   url: `${origin}/pb/api/collections/tbl_order/records/${id}`,
   *   header: { Authorization: `Bearer ${token}`, 'X-HTTP-Method-Override': 'PATCH' },
   *   data: { order_remark: '周末送货' },
   * })
   * ```
   *
   * PATCH /pb/api/collections/tbl_order/records/{recordId}
   */
  order_record_update: Methods.Update<'order_record_update', 'tbl_order'>;
  /**
   * 删除订单记录（原生）
   *
   * 软删除：只把 `is_delete` 置为 1，此后任何接口都看不到这条记录，再次删除返回 404。
   * 已确认（`confirmed`）的订单不能删除，返回 409。
   * 小程序也可用 `POST` 并加请求头 `X-HTTP-Method-Override: DELETE`，路径不变，没有请求体：
   *
   * ```js
   * wx.request({
   *   method: 'POST',
   *   url: `${origin}/pb/api/collections/tbl_order/records/${id}`,
   *   header: { Authorization: `Bearer ${token}`, 'X-HTTP-Method-Override': 'DELETE' },
   * })
   * ```
   *
   * DELETE /pb/api/collections/tbl_order/records/{recordId}
   */
  order_record_delete: Methods.Delete;
  /**
   * 获取文件令牌
   *
   * 为当前用户签发文件令牌，180 秒内有效；PocketBase SDK 的 `pb.files.getToken()` 调用的就是它。
   * 下载受保护的文件（本人的身份证件）时放在地址里：`?token=...`。文件令牌只能打开文件，不能用来登录。
   * 不需要请求体。没有有效的登录令牌时返回 401。
   *
   * POST /pb/api/files/token
   */
  file_token: Methods.Ask<'file_token'>;
  /**
   * 批量写入记录
   *
   * 按顺序执行最多 50 个原生 records 请求，全部在同一个事务里：任何一个被拒绝，整批都不写入。
   * 可用的是本文档中原生的创建、修改与删除，另有只在批量中可用的 `PUT`：带 `id` 时有则修改、没有则创建。
   * 后面的请求看得到前面请求的结果，例如先创建再修改同一条记录（创建时自定 `id`）。
   *
   * - 地址写作 `/api/collections/tbl_cart/records` 或带 `/pb` 前缀，后面可带 `?fields=` 与 `?expand=`
   * - 只认整批请求自己的令牌；各请求的 `headers` 不起作用
   * - 每个请求都按单独发送计入访问频率限制，权限、校验与可见范围也与单独发送时相同
   * - 上传文件时改用表单：`@jsonPayload` 是同样的 JSON，文件字段名为 `requests.0.attachments_link`，其中 `0` 是请求的序号
   * - JSON 最大 8 MiB，表单最大 11 MiB；整批最长 3 秒
   *
   * 失败时 `data.requests` 的键是被拒绝请求的序号，其中 `response` 是单独发送时会得到的错误。
   *
   * POST /pb/api/batch
   */
  batch: Methods.Send<'batch'>;
  /**
   * 下载文件
   *
   * 返回记录所存的文件，无需登录。支持 `Range` 分段下载与 `ETag` 缓存校验。
   * 身份证件受保护：只有本人的文件令牌（`token`）能打开，且任何人都不得缓存；没有令牌或令牌无效时返回 404。
   * 图片可用 `thumb` 取缩略图，不支持的尺寸、比原图还大的尺寸返回原图；`download=1` 让浏览器另存而不是打开。
   * 不存在的 collection、记录或文件名一律返回 404。
   *
   * GET /pb/api/files/{collection}/{recordId}/{filename}
   */
  file_download: Methods.Download<'file_download'>;
}
