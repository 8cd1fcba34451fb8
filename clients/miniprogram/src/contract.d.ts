// 由 `npm run generate` 从接口契约生成，请勿手改。
export interface paths {
    "/pb/api/system/users-count": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * 查询注册用户总数
         * @description 返回未删除的微信用户总数，可用于首页展示。无需登录，不接收任何参数。
         */
        get: operations["users_count"];
        put?: never;
        /**
         * 查询注册用户总数（POST）
         * @description 与同一路径的 GET 完全相同，供以 POST 调用的小程序使用；请求体可以省略，或为空对象。
         */
        post: operations["users_count_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pb/api/system/refresh-token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * 换取新的登录令牌
         * @description 请求头带着有效令牌时，直接为同一用户签发新令牌，请求体可以省略；声明不可续期（`refreshable` 不为真）的令牌原样返回。
         *     没有令牌或令牌已失效时，改用 `users_wx_code` 按微信登录的规则换取令牌；
         *     两者都没有则返回 401，小程序应重新调用 `wx.login`。旧令牌在自身到期前仍然有效。
         */
        post: operations["refresh_token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pb/api/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * 健康检查
         * @description 供负载均衡与 PocketBase SDK 探测服务是否可用，格式与 PocketBase 一致。无需登录。
         */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pb/api/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * 就绪检查
         * @description 本服务进程此刻能否处理业务请求，供滚动升级、监控与负载均衡使用。无需登录，不接收任何参数，最多一秒内回答，结果保留一秒。
         *     `/pb/api/health` 只说明进程在应答；这里还检查数据库、数据库结构、磁盘空间，以及是否正在停止。
         */
        get: operations["ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pb/api/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * 下载本接口文档
         * @description 返回合并后的 OpenAPI 3.1 文档，与服务器自身所用的完全相同。
         *     响应带 `ETag`；再次下载时用 `If-None-Match` 带上它，文档未变则只返回 304。
         */
        get: operations["openapi_document"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pb/api/wechat/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * 微信登录
         * @description 用 `wx.login` 得到的 code 登录；首次登录自动注册。同一用户同时发起的多次首次登录只会产生一个账号。
         *     `is_info_complete` 为真表示昵称与头像都已填写，且昵称看得见、不是微信的默认值“微信用户”；手机号不作要求。
         *     返回的 `token` 默认七天有效，之后的请求放在 `Authorization: Bearer <token>` 中。
         */
        post: operations["wechat_login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pb/api/wechat/profile": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * 完善当前用户资料
         * @description 修改昵称、手机号、标签、头像与其他图片、证件照或所属企业。每一项都可以不传；没有提交的与空字符串保持不变，
         *     `null` 表示清除。没有任何变化时同样返回 200。
         *
         *     **手机号** 用 `getPhoneNumber` 得到的动态 code 换取的号码已经过微信验证（`users_phone_verified` 为真）；
         *     直接提交的 `users_phone` 未经验证，已有验证过的号码时会被忽略。两者都提交时以 code 为准。
         *
         *     **图片** 填附件的 `attachments_id`（须先用附件信息的创建接口上传），或 http(s) 链接与本站文件路径；
         *     手机和开发者工具里的临时路径（`wxfile://`、`http(s)://tmp/`、`http://127.0.0.1:…/__tmp__/`）不被接受。
         *     `users_id_pic_a` 与 `users_id_pic_b` 是证件照，只能是本人上传的附件；附件一经填入即成为证件，之后只有本人看得到。
         *
         *     昵称与头像都填写后，`users_type` 由 `游客` 变为 `注册用户`，不再变回。
         */
        post: operations["wechat_profile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pb/api/collections/tbl_auth_users/auth-refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * 续期令牌（PocketBase SDK）
         * @description 供 PocketBase SDK 的 `authRefresh()` 使用：令牌有效时返回新令牌与用户记录，旧令牌不因此失效。
         *     不需要请求体。令牌无效时按 PocketBase 的格式返回 401。
         */
        post: operations["auth_refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pb/api/collections/tbl_company/records": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * 企业列表
         * @description 按 PocketBase 的约定分页返回未删除的企业，无需登录。
         *     例如 `filter=company_province="广东省"` 按省份筛选，`sort=company_name` 按名称排序。
         *     `company_owner_openid` 只有创建者本人看得到自己的值，其他人得到空字符串，筛选与排序时也一样；
         *     因此 `filter=company_owner_openid="<自己的 openid>"` 得到自己创建的企业，而无法用来查找别人的。
         */
        get: operations["company_list"];
        put?: never;
        /**
         * 创建企业
         * @description 登录用户创建企业，创建者即为之后唯一能修改它的人。未登录或令牌无效时按 PocketBase 的约定返回 400。
         *     统一社会信用代码须为大写且校验位正确，多家企业可以相同。`company_id` 由服务器生成；
         *     `company_owner_openid` 恒为当前用户的 `openid`，提交的值会被忽略。
         */
        post: operations["company_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pb/api/collections/tbl_company/records/{recordId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * 查看企业
         * @description 按记录 id 返回一家企业，无需登录；已删除的企业返回 404。
         */
        get: operations["company_view"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * 修改企业
         * @description 只有创建者能修改；其他人、未登录者与已删除的企业一律返回 404。没有提交的字段保持不变。
         *     小程序不能发送 `PATCH`，请用 `POST` 并加请求头 `X-HTTP-Method-Override: PATCH`，路径与请求体不变：
         *
         *     ```js
         *     wx.request({
         *       method: 'POST',
         *       url: `${origin}/pb/api/collections/tbl_company/records/${id}`,
         *       header: { Authorization: `Bearer ${token}`, 'X-HTTP-Method-Override': 'PATCH' },
         *       data: { company_city: '广州市' },
         *     })
         *     ```
         */
        patch: operations["company_update"];
        trace?: never;
    };
    "/pb/api/collections/tbl_attachments/records": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * 附件列表
         * @description 按 PocketBase 的约定分页返回未删除且状态不是 `invalid` 的附件，无需登录；身份证件只有本人看得到。
         *     例如 `filter=attachments_filetype~"image/"` 只看图片。文件本身从文件下载接口获取。
         */
        get: operations["attachment_list"];
        put?: never;
        /**
         * 上传附件
         * @description 登录用户用 `wx.uploadFile` 上传一个文件，字段名为 `attachments_link`，例如 `chooseAvatar` 得到的头像。
         *     类型按文件内容识别，接受 JPEG、PNG、WebP、GIF、PDF 与 MP4，最大 10 MiB。
         *     图片须能正常解码；图片与视频除方向外的元数据（如拍摄地点）会被去掉，画面不重新编码。
         *     拥有者、文件名、类型、大小、MD5 与状态都由服务器填写。未登录或令牌无效时返回 400。
         */
        post: operations["attachment_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pb/api/collections/tbl_attachments/records/{recordId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * 查看附件
         * @description 按记录 id 返回一个附件，无需登录；状态为 `invalid` 的、已删除的与他人的身份证件返回 404。
         */
        get: operations["attachment_view"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pb/api/collections/tbl_product_list/records": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * 产品列表
         * @description 按 PocketBase 的约定分页返回在售（`on_sale`）且未删除的产品，无需登录。
         *     例如 `filter=prod_list_category="开关面板" && prod_list_basic_price<=300`，`sort=prod_list_sort`。
         */
        get: operations["product_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pb/api/collections/tbl_product_list/records/{recordId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * 查看产品
         * @description 按记录 id 返回一个在售的产品，无需登录；已下架或已删除的产品返回 404。
         */
        get: operations["product_view"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pb/api/collections/tbl_document/records": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * 文档列表
         * @description 按 PocketBase 的约定分页返回未删除、不是草稿、已经生效的文档，无需登录。
         *     生效日期未设置或已到即为已生效；失效日期已到的文档仍在列表中，状态显示为 `过期`。
         *     例如 `filter=document_status="有效"`，`sort=-document_create`，`fields=id,document_title`。
         */
        get: operations["document_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pb/api/collections/tbl_document/records/{recordId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * 查看文档
         * @description 按记录 id 返回一篇不是草稿、已经生效的文档，无需登录；其余情况返回 404。
         */
        get: operations["document_view"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pb/api/collections/tbl_system_dict/records": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * 字典列表
         * @description 按 PocketBase 的约定分页返回未删除的字典，无需登录。一行是一部字典，取值与文字都在其中。
         *     例如 `filter=dict_name="users_level"` 取用户等级的全部文字。
         */
        get: operations["dict_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pb/api/collections/tbl_system_dict/records/{recordId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * 查看字典
         * @description 按记录 id 返回一部字典，无需登录；已删除的返回 404。
         */
        get: operations["dict_view"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pb/api/cart/list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * 购物车列表
         * @description 返回本人未删除的购物车行，默认按创建时间倒序，请求体可以省略。
         *     `page` 与 `perPage` 都不提交时返回前 500 行，此时 `perPage` 为 500；提交其中之一则按页返回。
         *     `keyword` 在编号、分组名、产品记录 id、备注以及产品的名称与型号中查找，`cart_number` 只看这一组；
         *     已下单的行也在其中，可用 `cart_status` 区分。
         */
        post: operations["cart_list"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pb/api/cart/detail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * 购物车行详情
         * @description 按 `cart_id` 返回本人的一行购物车；不存在、已删除或属于他人时返回 404。
         */
        post: operations["cart_detail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pb/api/cart/create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * 加入购物车
         * @description 把一个在售产品加入购物车，拥有者取自令牌，价格由服务器按当时的售价写入。
         *     购物车中已有该产品的待下单行时，数量累加到那一行，价格重新取一次，备注与分组名在提交时才替换。
         *     每人最多 200 个待下单的行，一行最多 9999 件。
         */
        post: operations["cart_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pb/api/cart/update": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * 修改购物车行
         * @description 修改本人一行购物车的数量、分组名或备注，其余键被忽略。与现有内容相同的值不算修改；
         *     没有要修改的内容时原样返回，`updated` 不变。已下单的行不能修改，返回 409。
         */
        post: operations["cart_update"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pb/api/cart/delete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * 删除购物车行
         * @description 软删除：只把 `is_delete` 置为 1，此后任何接口都看不到这一行，再次删除返回 404。已下单的行也可以删除。
         */
        post: operations["cart_delete"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pb/api/collections/tbl_cart/records": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * 购物车记录列表（原生）
         * @description 按 PocketBase 的约定分页返回本人未删除的购物车记录；未登录或令牌无效时返回空列表。
         *     例如 `filter=cart_status="active"`，`expand=cart_product_id` 附上产品。
         */
        get: operations["cart_record_list"];
        put?: never;
        /**
         * 创建购物车记录（原生）
         * @description `cart_owner` 必须等于当前令牌对应的 `openid`，否则与未登录一样返回 400。价格、编号与状态由服务器填写，
         *     分组名 `cart_number` 没有提交时也由服务器生成。
         *     该产品已有待下单的行时，`cart_owner` 与 `cart_product_id` 都报 `validation_not_unique`；
         *     产品不存在、已删除或已下架时 `cart_product_id` 报 `validation_missing_rel_records`；
         *     购物车已满时 `cart_owner` 报 `validation_cart_full`。
         */
        post: operations["cart_record_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pb/api/collections/tbl_cart/records/{recordId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * 查看购物车记录（原生）
         * @description 按记录 id 返回本人的一条购物车记录；不存在、已删除、属于他人或未登录时返回 404。
         */
        get: operations["cart_record_view"];
        put?: never;
        post?: never;
        /**
         * 删除购物车记录（原生）
         * @description 软删除：只把 `is_delete` 置为 1，此后任何接口都看不到这条记录，再次删除返回 404。
         *     小程序也可用 `POST` 并加请求头 `X-HTTP-Method-Override: DELETE`，路径不变，没有请求体：
         *
         *     ```js
         *     wx.request({
         *       method: 'POST',
         *       url: `${origin}/pb/api/collections/tbl_cart/records/${id}`,
         *       header: { Authorization: `Bearer ${token}`, 'X-HTTP-Method-Override': 'DELETE' },
         *     })
         *     ```
         */
        delete: operations["cart_record_delete"];
        options?: never;
        head?: never;
        /**
         * 修改购物车记录（原生）
         * @description 可修改产品（价格随之重新取一次）、数量、分组名、备注，或以 `is_delete: 1` 软删除；其余键被忽略。
         *     随 `is_delete: 1` 一起提交的键不生效。提交了他人的 `cart_owner` 返回 404。
         *     已下单的行有任何变化时，`cart_status` 报 `validation_invalid_transition`。
         *     小程序不能发送 `PATCH`，请用 `POST` 并加请求头 `X-HTTP-Method-Override: PATCH`，路径与请求体不变：
         *
         *     ```js
         *     wx.request({
         *       method: 'POST',
         *       url: `${origin}/pb/api/collections/tbl_cart/records/${id}`,
         *       header: { Authorization: `Bearer ${token}`, 'X-HTTP-Method-Override': 'PATCH' },
         *       data: { cart_remark: '放在门口' },
         *     })
         *     ```
         */
        patch: operations["cart_record_update"];
        trace?: never;
    };
    "/pb/api/order/list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * 订单列表
         * @description 返回本人未删除的订单，默认按创建时间倒序，请求体可以省略。
         *     `page` 与 `perPage` 都不提交时返回前 500 笔，此时 `perPage` 为 500；提交其中之一则按页返回。
         *     `keyword` 在订单编号、订单号、备注以及下单时的产品名称与型号中查找，`order_number` 须完全相同。
         */
        post: operations["order_list"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pb/api/order/detail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * 订单详情
         * @description 按 `order_id` 返回本人的一笔订单；不存在、已删除或属于他人时返回 404。
         */
        post: operations["order_detail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pb/api/order/create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * 创建订单
         * @description 从购物车下单或直接订购产品，每次 1 至 200 项，不得重复；`cart_ids` 与 `items` 不能同时提交。
         *     没有这两项时，商品取自 `order_source_id`（以 `,` 或 `|` 连接）或 `order_snap`（JSON 文本、列表或 `{"items": [...]}`）；
         *     哪一种方式优先见请求体的说明。什么商品都找不到时返回 400，并列出所有方式。
         *     一次事务内完成：按产品当前的名称与价格生成快照、汇总金额、把购物车行置为已下单；
         *     任何一行不可用则什么都不改变。价格与状态始终由服务器决定。
         *     用到的购物车行不存在、已删除或属于他人时返回 404，已经下过单返回 409；
         *     快照中的产品在购物车里没有数量相同的待下单行时返回 400，并指出是哪些产品。
         *     可以同时提交页面上显示的总额 `order_amount`：四舍五入到分后与实际金额不同时返回 409（`amount_changed`），
         *     `data.order_amount` 为现在的金额，什么都不写入。
         */
        post: operations["order_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pb/api/order/update": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * 修改订单
         * @description 取消本人的待确认订单（`pending` 改为 `cancelled`），或修改其备注，其余键被忽略。
         *     其他状态变化由运营进行，客户端提交时返回 409；不再是 `pending` 的订单也不能改备注。
         *     与现有内容相同的值不算修改；没有要修改的内容时原样返回，`updated` 不变。
         */
        post: operations["order_update"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pb/api/order/delete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * 删除订单
         * @description 软删除：只把 `is_delete` 置为 1，此后任何接口都看不到这笔订单，再次删除返回 404。
         *     已确认（`confirmed`）的订单正在处理，不能删除，返回 409。
         */
        post: operations["order_delete"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pb/api/collections/tbl_order/records": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * 订单记录列表（原生）
         * @description 按 PocketBase 的约定分页返回本人未删除的订单记录；未登录或令牌无效时返回空列表。
         *     例如 `filter=order_status="pending" && order_amount>=100`，`sort=-order_create`。
         */
        get: operations["order_record_list"];
        put?: never;
        /**
         * 创建订单记录（原生）
         * @description `order_owner` 必须等于当前令牌对应的 `openid`，否则与未登录一样返回 400。
         *     `order_snap.items` 只需产品编号与数量，名称、价格、小计与总额由服务器填写；
         *     同时提交的 `order_amount` 与计算结果不符时报 `validation_amount_mismatch`。
         *     没有商品时 `order_snap` 报 `validation_required`，商品不存在、已下架或数量有误时报 `validation_invalid_value`。
         *     本接口只创建记录，不会把购物车行置为已下单；`order_source_id` 由客户端自行填写。
         */
        post: operations["order_record_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pb/api/collections/tbl_order/records/{recordId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * 查看订单记录（原生）
         * @description 按记录 id 返回本人的一条订单记录；不存在、已删除、属于他人或未登录时返回 404。
         */
        get: operations["order_record_view"];
        put?: never;
        post?: never;
        /**
         * 删除订单记录（原生）
         * @description 软删除：只把 `is_delete` 置为 1，此后任何接口都看不到这条记录，再次删除返回 404。
         *     已确认（`confirmed`）的订单不能删除，返回 409。
         *     小程序也可用 `POST` 并加请求头 `X-HTTP-Method-Override: DELETE`，路径不变，没有请求体：
         *
         *     ```js
         *     wx.request({
         *       method: 'POST',
         *       url: `${origin}/pb/api/collections/tbl_order/records/${id}`,
         *       header: { Authorization: `Bearer ${token}`, 'X-HTTP-Method-Override': 'DELETE' },
         *     })
         *     ```
         */
        delete: operations["order_record_delete"];
        options?: never;
        head?: never;
        /**
         * 修改订单记录（原生）
         * @description 可修改备注、取消待确认的订单，或以 `is_delete: 1` 软删除；其余键被忽略，随 `is_delete: 1` 一起提交的键不生效。
         *     提交了他人的 `order_owner` 返回 404。不允许的状态变化，以及修改不再是 `pending` 的订单的备注，
         *     报 `validation_invalid_transition`；删除已确认的订单返回 409。
         *     小程序不能发送 `PATCH`，请用 `POST` 并加请求头 `X-HTTP-Method-Override: PATCH`，路径与请求体不变：
         *
         *     ```js
         *     wx.request({
         *       method: 'POST',
         *       url: `${origin}/pb/api/collections/tbl_order/records/${id}`,
         *       header: { Authorization: `Bearer ${token}`, 'X-HTTP-Method-Override': 'PATCH' },
         *       data: { order_remark: '周末送货' },
         *     })
         *     ```
         */
        patch: operations["order_record_update"];
        trace?: never;
    };
    "/pb/api/files/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * 获取文件令牌
         * @description 为当前用户签发文件令牌，180 秒内有效；PocketBase SDK 的 `pb.files.getToken()` 调用的就是它。
         *     下载受保护的文件（本人的身份证件）时放在地址里：`?token=...`。文件令牌只能打开文件，不能用来登录。
         *     不需要请求体。没有有效的登录令牌时返回 401。
         */
        post: operations["file_token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pb/api/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * 批量写入记录
         * @description 按顺序执行最多 50 个原生 records 请求，全部在同一个事务里：任何一个被拒绝，整批都不写入。
         *     可用的是本文档中原生的创建、修改与删除，另有只在批量中可用的 `PUT`：带 `id` 时有则修改、没有则创建。
         *     后面的请求看得到前面请求的结果，例如先创建再修改同一条记录（创建时自定 `id`）。
         *
         *     - 地址写作 `/api/collections/tbl_cart/records` 或带 `/pb` 前缀，后面可带 `?fields=` 与 `?expand=`
         *     - 只认整批请求自己的令牌；各请求的 `headers` 不起作用
         *     - 每个请求都按单独发送计入访问频率限制，权限、校验与可见范围也与单独发送时相同
         *     - 上传文件时改用表单：`@jsonPayload` 是同样的 JSON，文件字段名为 `requests.0.attachments_link`，其中 `0` 是请求的序号
         *     - JSON 最大 8 MiB，表单最大 11 MiB；整批最长 3 秒
         *
         *     失败时 `data.requests` 的键是被拒绝请求的序号，其中 `response` 是单独发送时会得到的错误。
         */
        post: operations["batch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pb/api/files/{collection}/{recordId}/{filename}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * 下载文件
         * @description 返回记录所存的文件，无需登录。支持 `Range` 分段下载与 `ETag` 缓存校验。
         *     身份证件受保护：只有本人的文件令牌（`token`）能打开，且任何人都不得缓存；没有令牌或令牌无效时返回 404。
         *     图片可用 `thumb` 取缩略图，不支持的尺寸、比原图还大的尺寸返回原图；`download=1` 让浏览器另存而不是打开。
         *     不存在的 collection、记录或文件名一律返回 404。
         */
        get: operations["file_download"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * 统一响应信封
         * @description hooks 接口所有响应的外层结构，成功与失败相同；HTTP 状态码与 `statusCode` 一致。
         */
        ApiResponseBase: {
            /** @description 状态码，与 HTTP 状态码相同 */
            statusCode: number;
            /** @description 可直接用于 `wx.showToast` 的中文提示，成功时也不为空 */
            errMsg: string;
            /** @description 业务数据；失败时为错误码与字段说明 */
            data: unknown;
        };
        /**
         * 统一错误响应
         * @description hooks 接口的失败响应。程序应依据 `data.code` 判断，`errMsg` 只用于展示。
         */
        ErrorResponse: {
            /** @description 错误状态码，与 HTTP 状态码相同 */
            statusCode: number;
            /** @description 可直接展示的中文错误提示 */
            errMsg: string;
            /** @description 错误码与字段说明 */
            data: components["schemas"]["ErrorData"];
        } & WithRequired<components["schemas"]["ApiResponseBase"], "statusCode" | "errMsg" | "data">;
        /**
         * 刷新令牌请求
         * @description 令牌仍有效时可以为空；已失效时携带微信 code。
         */
        SystemRefreshTokenRequest: {
            /**
             * 登录凭证
             * @description `wx.login` 得到的临时登录凭证
             */
            users_wx_code?: components["schemas"]["WechatCode"];
        };
        /**
         * 刷新令牌响应
         * @description 刷新令牌成功时的完整响应。
         */
        RefreshTokenResponse: {
            /**
             * @description 固定为 200
             * @constant
             */
            statusCode: 200;
            /** @description 可直接展示的中文提示 */
            errMsg: string;
            /** @description 新令牌 */
            data: components["schemas"]["RefreshTokenData"];
            /** @description 与 `data.token` 相同，供在最外层读取令牌的小程序使用 */
            token: components["schemas"]["Token"];
        } & WithRequired<components["schemas"]["ApiResponseBase"], "statusCode" | "errMsg" | "data">;
        /**
         * 用户总数
         * @description 用户统计数据。
         */
        UsersCountData: {
            /** @description 未删除的微信用户总数 */
            total_users: number;
        };
        /**
         * 用户总数响应
         * @description 查询用户总数成功时的完整响应。
         */
        UsersCountResponse: {
            /**
             * @description 固定为 200
             * @constant
             */
            statusCode: 200;
            /** @description 可直接展示的中文提示 */
            errMsg: string;
            /** @description 用户统计数据 */
            data: components["schemas"]["UsersCountData"];
        } & WithRequired<components["schemas"]["ApiResponseBase"], "statusCode" | "errMsg" | "data">;
        /**
         * 用户资料
         * @description 当前用户自己的资料，只会返回给本人。
         */
        UserInfo: {
            /** @description 用户的记录 id */
            pb_id: components["schemas"]["RecordId"];
            /**
             * 用户编号
             * @description 用户编号，前缀 `U-`
             */
            users_id: components["schemas"]["BusinessId"];
            /**
             * openid
             * @description 微信用户在本小程序下的唯一标识
             */
            openid: string;
            /**
             * 昵称
             * @description 昵称，未填写时为空字符串
             */
            users_name: string;
            /**
             * 手机号
             * @description 完整手机号，未绑定时为空字符串
             */
            users_phone: string;
            /**
             * 脱敏手机号
             * @description 脱敏手机号，形如 `138****8000`，未绑定时为空字符串
             */
            users_phone_masked: string;
            /**
             * 手机号已验证
             * @description 手机号是否由微信验证过；直接填写的号码为假
             */
            users_phone_verified: boolean;
            /**
             * 头像
             * @description 头像，与提交的相同：`attachments_id` 或地址，未设置时为空字符串
             */
            users_picture: string;
            /**
             * 头像地址
             * @description 头像的下载地址，没有时为空字符串
             */
            users_picture_url: components["schemas"]["PictureUrl"];
            /**
             * 标题图片
             * @description 标题图片，与提交的相同，未设置时为空字符串
             */
            users_title_picture: string;
            /**
             * 标题图片地址
             * @description 标题图片的下载地址，没有时为空字符串
             */
            users_title_picture_url: components["schemas"]["PictureUrl"];
            /**
             * 证件照正面
             * @description 证件照正面，与提交的相同，未设置时为空字符串
             */
            users_id_pic_a: string;
            /**
             * 证件照正面地址
             * @description 证件照正面的下载地址，没有时为空字符串
             */
            users_id_pic_a_url: components["schemas"]["PictureUrl"];
            /**
             * 证件照反面
             * @description 证件照反面，与提交的相同，未设置时为空字符串
             */
            users_id_pic_b: string;
            /**
             * 证件照反面地址
             * @description 证件照反面的下载地址，没有时为空字符串
             */
            users_id_pic_b_url: components["schemas"]["PictureUrl"];
            /**
             * 证件号码
             * @description 证件号码，只有本人与运营方看得到，没有时为空字符串
             */
            users_id_number: string;
            /**
             * 用户类型
             * @description 用户类型
             */
            users_type: components["schemas"]["UserType"];
            /**
             * 账号类型
             * @description 账号的来源，微信登录的用户为 `WeChat`
             */
            users_idtype: string;
            /**
             * 账号状态
             * @description 账号状态；`active` 正常，`disabled` 已停用
             * @enum {string}
             */
            users_status: "active" | "disabled";
            /**
             * 等级
             * @description 用户等级，0 为最低
             */
            users_rank_level: number;
            /**
             * 用户级别
             * @description 用户级别在字典中的枚举值，没有时为空字符串
             */
            users_level: string;
            /**
             * 用户级别名称
             * @description 字典中该级别的文字，没有时为空字符串
             */
            users_level_name: string;
            /**
             * 标签
             * @description 用户标签，没有时为空字符串
             */
            users_tag: string;
            /**
             * 上级用户
             * @description 上级用户的编号，没有时为空字符串
             */
            users_parent_id: string;
            /**
             * 会话编号
             * @description 客服会话的编号，没有时为空字符串
             */
            users_convers_id: string;
            /**
             * 企业编号
             * @description 所属企业的编号，没有时为空字符串
             */
            company_id: string;
            /**
             * 所属企业
             * @description 所属企业的资料，没有时为 null
             */
            company: components["schemas"]["CompanyInfo"] | null;
            /** @description 注册时间 */
            created: components["schemas"]["DateTime"];
            /** @description 最近修改时间 */
            updated: components["schemas"]["DateTime"];
        };
        /**
         * 微信登录请求
         * @description 携带微信登录凭证。
         */
        WechatLoginRequest: {
            /**
             * 登录凭证
             * @description `wx.login` 得到的临时登录凭证
             */
            users_wx_code: components["schemas"]["WechatCode"];
        };
        /**
         * 完善资料请求
         * @description 要修改的资料。没有提交的与空字符串保持不变，null 清除。
         */
        WechatProfileRequest: {
            /**
             * 昵称
             * @description 昵称；不能含有控制字符和改变文字方向的字符
             */
            users_name?: string | null;
            /**
             * 手机号凭证
             * @description `getPhoneNumber` 得到的动态 code，用来换取验证过的手机号；空字符串与 null 等于不传
             */
            users_phone_code?: string | null;
            /**
             * 手机号
             * @description 直接填写的手机号，未经验证；已有验证过的号码时被忽略，null 连同验证标记一起清除
             */
            users_phone?: string | null;
            /**
             * 标签
             * @description 用户标签
             */
            users_tag?: string | null;
            /**
             * 头像
             * @description 头像
             */
            users_picture?: components["schemas"]["Picture"];
            /**
             * 标题图片
             * @description 标题图片
             */
            users_title_picture?: components["schemas"]["Picture"];
            /**
             * 证件照正面
             * @description 证件照正面，须为本人上传的附件
             */
            users_id_pic_a?: components["schemas"]["Picture"];
            /**
             * 证件照反面
             * @description 证件照反面，须为本人上传的附件
             */
            users_id_pic_b?: components["schemas"]["Picture"];
            /**
             * 企业编号
             * @description 所属企业的编号；null 解除关联
             */
            company_id?: string | null;
        };
        /**
         * 登录结果
         * @description 令牌与用户资料。
         */
        AuthSuccessData: {
            /**
             * @description `register_success` 首次登录并注册，`login_success` 再次登录
             * @enum {string}
             */
            status: "register_success" | "login_success";
            /** @description 昵称与头像是否都已填写 */
            is_info_complete: boolean;
            /** @description 登录令牌 */
            token: components["schemas"]["Token"];
            /** @description 当前用户资料 */
            user: components["schemas"]["UserInfo"];
        };
        /**
         * 登录响应
         * @description 登录成功时的完整响应。
         */
        AuthSuccessResponse: {
            /**
             * @description 固定为 200
             * @constant
             */
            statusCode: 200;
            /** @description 可直接展示的中文提示 */
            errMsg: string;
            /** @description 登录结果 */
            data: components["schemas"]["AuthSuccessData"];
            /** @description 与 `data.token` 相同，供在最外层读取令牌的小程序使用 */
            token: components["schemas"]["Token"];
        } & WithRequired<components["schemas"]["ApiResponseBase"], "statusCode" | "errMsg" | "data">;
        /**
         * 完善资料结果
         * @description 修改后的用户资料。
         */
        WechatProfileResponseData: {
            /**
             * @description 固定为 `update_success`
             * @enum {string}
             */
            status: "update_success";
            /** @description 修改后的用户资料 */
            user: components["schemas"]["UserInfo"];
        };
        /**
         * 完善资料响应
         * @description 修改资料成功时的完整响应。
         */
        WechatProfileResponse: {
            /**
             * @description 固定为 200
             * @constant
             */
            statusCode: 200;
            /** @description 可直接展示的中文提示 */
            errMsg: string;
            /** @description 修改结果 */
            data: components["schemas"]["WechatProfileResponseData"];
        } & WithRequired<components["schemas"]["ApiResponseBase"], "statusCode" | "errMsg" | "data">;
        /**
         * 企业资料
         * @description 用户所属企业的资料，字段与企业记录相同，`pb_id` 即记录 id。
         */
        CompanyInfo: {
            /** @description 企业的记录 id */
            pb_id: components["schemas"]["RecordId"];
            /** @description 企业编号，前缀 `C-` */
            company_id: components["schemas"]["BusinessId"];
            /**
             * 企业名称
             * @description 企业名称
             */
            company_name: string;
            /**
             * 企业类型
             * @description 企业类型
             */
            company_type: string;
            /**
             * 法定代表人
             * @description 法定代表人
             */
            company_entity: string;
            /**
             * 统一社会信用代码
             * @description 统一社会信用代码
             */
            company_usci: string;
            /**
             * 国家或地区
             * @description 国家或地区
             */
            company_nationality: string;
            /**
             * 国家或地区代码
             * @description 国家或地区代码
             */
            company_nationality_code: string;
            /**
             * 省份
             * @description 省份
             */
            company_province: string;
            /**
             * 省份代码
             * @description 省份代码
             */
            company_province_code: string;
            /**
             * 城市
             * @description 城市
             */
            company_city: string;
            /**
             * 城市代码
             * @description 城市代码
             */
            company_city_code: string;
            /**
             * 区县
             * @description 区县
             */
            company_district: string;
            /**
             * 区县代码
             * @description 区县代码
             */
            company_district_code: string;
            /**
             * 邮政编码
             * @description 邮政编码
             */
            company_postalcode: string;
            /**
             * 详细地址
             * @description 详细地址
             */
            company_add: string;
            /**
             * 企业状态
             * @description 企业状态
             */
            company_status: string;
            /**
             * 企业等级
             * @description 企业等级
             */
            company_level: string;
            /**
             * 创建者
             * @description 创建者的 `openid`；当前用户不是创建者时为空字符串
             */
            company_owner_openid: string;
            /**
             * 备注
             * @description 备注
             */
            company_remark: string;
            /** @description 创建时间 */
            created: components["schemas"]["DateTime"];
            /** @description 最近修改时间 */
            updated: components["schemas"]["DateTime"];
        };
        /**
         * 原生接口错误
         * @description 与 PocketBase 相同的错误格式。
         */
        PocketBaseNativeError: {
            /** @description 错误状态码，与 HTTP 状态码相同 */
            status: number;
            /** @description 英文说明，以句号结尾 */
            message: string;
            /** @description 键为字段名，值为该字段的错误；与具体字段无关时为空对象 */
            data: {
                [key: string]: components["schemas"]["PocketBaseFieldError"];
            };
        };
        /**
         * 原生记录公共字段
         * @description 每条原生记录都有的字段。使用 `fields` 时只返回所选的键，因此记录都不列必有字段。
         */
        PocketBaseRecordBase: {
            /**
             * 记录 id
             * @description 记录 id
             */
            id?: components["schemas"]["RecordId"];
            /** @description 所属 collection 的 id */
            collectionId?: string;
            /** @description 所属 collection 的名称 */
            collectionName?: string;
            /**
             * 创建时间
             * @description 创建时间，由服务器维护
             */
            readonly created?: components["schemas"]["DateTime"];
            /**
             * 修改时间
             * @description 最近修改时间，由服务器维护
             */
            readonly updated?: components["schemas"]["DateTime"];
            /**
             * 删除标记
             * @description 删除标记
             */
            is_delete?: components["schemas"]["DeleteFlag"];
            /** @description 请求 `expand` 时附上的关联记录，键为关联字段名 */
            expand?: {
                [key: string]: unknown;
            };
        };
        /**
         * 企业字段
         * @description 企业资料中由客户端填写的字段。
         */
        PocketBaseCompanyFields: {
            /**
             * 企业名称
             * @description 企业名称
             */
            company_name?: string;
            /**
             * 企业类型
             * @description 企业类型，如有限责任公司
             */
            company_type?: string;
            /**
             * 法定代表人
             * @description 法定代表人
             */
            company_entity?: string;
            /**
             * 统一社会信用代码
             * @description 统一社会信用代码，未填写时为空字符串；导入的企业可能带有不符合规范的代码
             */
            company_usci?: string;
            /**
             * 国家或地区
             * @description 国家或地区
             */
            company_nationality?: string;
            /**
             * 国家或地区代码
             * @description 国家或地区的代码
             */
            company_nationality_code?: string;
            /**
             * 省份
             * @description 省份
             */
            company_province?: string;
            /**
             * 省份代码
             * @description 省份的行政区划代码
             */
            company_province_code?: string;
            /**
             * 城市
             * @description 城市
             */
            company_city?: string;
            /**
             * 城市代码
             * @description 城市的行政区划代码
             */
            company_city_code?: string;
            /**
             * 区县
             * @description 区或县
             */
            company_district?: string;
            /**
             * 区县代码
             * @description 区或县的行政区划代码
             */
            company_district_code?: string;
            /**
             * 邮政编码
             * @description 邮政编码
             */
            company_postalcode?: string;
            /**
             * 详细地址
             * @description 详细地址
             */
            company_add?: string;
            /**
             * 企业状态
             * @description 企业状态，如 `active`；未设置时为空字符串
             */
            company_status?: string;
            /**
             * 企业等级
             * @description 企业等级
             */
            company_level?: string;
            /**
             * 备注
             * @description 备注
             */
            company_remark?: string;
        };
        /**
         * 企业记录
         * @description PocketBase 格式的企业记录。使用 `fields` 时只返回所选的键，因此不列必有字段。
         */
        PocketBaseCompanyRecord: {
            /**
             * 企业编号
             * @description 企业编号，前缀 `C-`，由服务器生成
             */
            readonly company_id?: components["schemas"]["BusinessId"];
            /**
             * 企业名称
             * @description 企业名称
             */
            company_name?: string;
            /**
             * 创建者
             * @description 创建者的 `openid`，只有本人看得到，对其他人是空字符串；由服务器写入
             */
            readonly company_owner_openid?: string;
        } & (components["schemas"]["PocketBaseRecordBase"] & components["schemas"]["PocketBaseCompanyFields"]);
        /**
         * 创建企业请求
         * @description 企业资料，名称必填；未知字段与服务器维护的字段会被忽略。
         */
        PocketBaseCompanyCreateRequest: {
            /** @description 自定的记录 id，通常不传 */
            id?: components["schemas"]["RecordId"];
            /**
             * 企业名称
             * @description 企业名称，不能为空
             */
            company_name: string;
            /** @description 统一社会信用代码 */
            company_usci?: components["schemas"]["Usci"];
            /**
             * 创建者
             * @description 可以提交，但会被忽略；恒为当前用户的 `openid`
             */
            readonly company_owner_openid?: string;
        } & WithRequired<components["schemas"]["PocketBaseCompanyFields"], "company_name">;
        /**
         * 修改企业请求
         * @description 要修改的企业资料，没有提交的保持不变；未知字段与服务器维护的字段会被忽略。
         */
        PocketBaseCompanyUpdateRequest: {
            /**
             * 企业名称
             * @description 企业名称，不能改为空
             */
            company_name?: string;
            /** @description 统一社会信用代码；与已有的值相同则不检查 */
            company_usci?: components["schemas"]["Usci"];
            /**
             * 创建者
             * @description 可以提交，但会被忽略，创建者不能更改
             */
            readonly company_owner_openid?: string;
            /**
             * 删除标记
             * @description `1` 表示软删除
             */
            is_delete?: components["schemas"]["DeleteFlag"];
        } & components["schemas"]["PocketBaseCompanyFields"];
        /**
         * 企业列表
         * @description 一页企业记录。
         */
        PocketBaseCompanyListResponse: {
            /** @description 本页的企业记录 */
            items: components["schemas"]["PocketBaseCompanyRecord"][];
        } & components["schemas"]["PocketBasePage"];
        /**
         * 附件记录
         * @description PocketBase 格式的附件记录。使用 `fields` 时只返回所选的键，因此不列必有字段。
         */
        PocketBaseAttachmentRecord: {
            /**
             * 附件编号
             * @description 附件编号，前缀 `A-`，由服务器生成
             */
            readonly attachments_id?: components["schemas"]["BusinessId"];
            /**
             * 文件
             * @description 存储的文件名，用于文件下载接口；没有文件时为空字符串
             */
            attachments_link?: string;
            /**
             * 文件名
             * @description 上传时的原始文件名
             */
            readonly attachments_filename?: string;
            /**
             * 文件类型
             * @description 按内容识别的 MIME 类型
             */
            readonly attachments_filetype?: string;
            /**
             * 文件大小
             * @description 所存文件的大小，单位字节
             */
            readonly attachments_size?: number;
            /**
             * MD5
             * @description 所存文件内容的 MD5，32 位十六进制，大小写均可
             */
            readonly attachments_md5?: string;
            /**
             * 上传者
             * @description 上传者的 `openid`，只有本人看得到；对其他人恒为空字符串，筛选与排序时也一样
             */
            readonly attachments_owner?: string;
            /**
             * 识别文字
             * @description 文字识别结果
             */
            attachments_ocr?: string;
            /**
             * 状态
             * @description 附件状态，上传后为 `valid`；`invalid` 的附件不再展示，其他写法都照常展示
             */
            readonly attachments_status?: string;
            /**
             * 备注
             * @description 备注
             */
            attachments_remark?: string;
        } & components["schemas"]["PocketBaseRecordBase"];
        /**
         * 附件列表
         * @description 一页附件记录。
         */
        PocketBaseAttachmentListResponse: {
            /** @description 本页的附件记录 */
            items: components["schemas"]["PocketBaseAttachmentRecord"][];
        } & components["schemas"]["PocketBasePage"];
        /**
         * 产品字段
         * @description 产品自身的字段。
         */
        PocketBaseProductListFields: {
            /**
             * 产品编号
             * @description 产品编号，前缀 `P-`
             */
            readonly prod_list_id?: components["schemas"]["BusinessId"];
            /**
             * 产品名称
             * @description 产品名称
             */
            prod_list_name?: string;
            /**
             * 产品型号
             * @description 产品型号
             */
            prod_list_modelnumber?: string;
            /**
             * 产品图标
             * @description 产品图标，附件的记录 id，没有时为空字符串
             */
            prod_list_icon?: string;
            /**
             * 产品说明
             * @description 产品说明
             */
            prod_list_description?: string;
            /**
             * 产品特色
             * @description 产品特色
             */
            prod_list_feature?: string;
            /**
             * 产品参数
             * @description 产品参数，未填写时为 null
             */
            prod_list_parameters?: components["schemas"]["ProductParameter"][] | null;
            /**
             * 方案类型
             * @description 方案类型
             */
            prod_list_plantype?: string;
            /**
             * 产品分类
             * @description 产品分类
             */
            prod_list_category?: string;
            /**
             * 排序值
             * @description 排序值，小的在前
             */
            prod_list_sort?: number;
            /**
             * 通讯方式
             * @description 通讯方式
             */
            prod_list_comm_type?: string;
            /**
             * 产品系列
             * @description 产品系列
             */
            prod_list_series?: string;
            /**
             * 基础价格
             * @description 基础价格，单位元
             */
            prod_list_basic_price?: components["schemas"]["Money"];
            /**
             * 销售状态
             * @description 销售状态
             */
            prod_list_status?: components["schemas"]["ProductStatus"];
            /**
             * 产品功能
             * @description 产品功能，任意 JSON，未填写时为 null
             */
            prod_list_function?: unknown;
            /**
             * 条形码
             * @description 条形码
             */
            prod_list_barcode?: string;
            /**
             * 产品标签
             * @description 产品标签，多个用 `|` 连接
             */
            prod_list_tags?: string;
            /**
             * 备注
             * @description 备注
             */
            prod_list_remark?: string;
        };
        /**
         * 产品记录
         * @description PocketBase 格式的产品记录。使用 `fields` 时只返回所选的键，因此不列必有字段。
         */
        PocketBaseProductListRecord: components["schemas"]["PocketBaseRecordBase"] & components["schemas"]["PocketBaseProductListFields"];
        /**
         * 产品列表
         * @description 一页产品记录。
         */
        PocketBaseProductListListResponse: {
            /** @description 本页的产品记录 */
            items: components["schemas"]["PocketBaseProductListRecord"][];
        } & components["schemas"]["PocketBasePage"];
        /**
         * 文档字段
         * @description 文档自身的字段。
         */
        PocketBaseDocumentFields: {
            /**
             * 文档编号
             * @description 文档编号，前缀 `D-`
             */
            readonly document_id?: components["schemas"]["BusinessId"];
            /**
             * 创建日期
             * @description 文档的创建时间，由服务器填写；常用 `sort=-document_create`
             */
            readonly document_create?: components["schemas"]["DateTime"];
            /**
             * 标题
             * @description 标题
             */
            document_title?: string;
            /**
             * 副标题
             * @description 副标题
             */
            document_subtitle?: string;
            /**
             * 摘要
             * @description 摘要
             */
            document_summary?: string;
            /**
             * 正文
             * @description 正文，富文本 HTML
             */
            document_content?: string;
            /**
             * 文档类型
             * @description 文档类型，形如 `字典@词`，多个用 `|` 连接
             */
            document_type?: string;
            /**
             * 酒店类型
             * @description 适用的酒店类型
             */
            document_hotel_type?: string;
            /**
             * 图片
             * @description 图片，附件的记录 id，可以展开
             */
            document_images?: components["schemas"]["RecordIds"];
            /**
             * 视频
             * @description 视频，附件的记录 id，可以展开
             */
            document_videos?: components["schemas"]["RecordIds"];
            /**
             * 文件
             * @description 文件，附件的记录 id，可以展开
             */
            document_files?: components["schemas"]["RecordIds"];
            /**
             * 图片编号
             * @description 图片的 `attachments_id`，多个用 `|` 连接；写入时由 `document_images` 得出
             */
            readonly document_image?: string;
            /**
             * 视频编号
             * @description 视频的 `attachments_id`，多个用 `|` 连接；写入时由 `document_videos` 得出
             */
            readonly document_video?: string;
            /**
             * 文件编号
             * @description 文件的 `attachments_id`，多个用 `|` 连接；写入时由 `document_files` 得出
             */
            readonly document_file?: string;
            /**
             * 所有者
             * @description 所有者的 `openid`，只有本人看得到，其他人看到空字符串
             */
            document_owner?: string;
            /**
             * 关联型号
             * @description 关联的产品型号
             */
            document_relation_model?: string;
            /**
             * 关键词
             * @description 关键词，多个用 `|` 连接
             */
            document_keywords?: string;
            /**
             * 产品分类
             * @description 适用的产品分类，多个用 `|` 连接
             */
            document_product_categories?: string;
            /**
             * 应用场景
             * @description 应用场景，多个用 `|` 连接
             */
            document_application_scenarios?: string;
            /**
             * 分享次数
             * @description 分享次数
             */
            document_share_count?: number;
            /**
             * 下载次数
             * @description 下载次数
             */
            document_download_count?: number;
            /**
             * 收藏次数
             * @description 收藏次数
             */
            document_favorite_count?: number;
            /**
             * 文档状态
             * @description 文档状态；`草稿` 不对外显示，`有效` 可以查看，失效日期已到时显示为 `过期`，空字符串为未设置
             * @enum {string}
             */
            readonly document_status?: "草稿" | "有效" | "过期" | "";
            /**
             * 生效日期
             * @description 生效日期，此前不显示
             */
            document_effect_date?: components["schemas"]["DateTimeOrEmpty"];
            /**
             * 失效日期
             * @description 失效日期，到期后状态为 `过期`
             */
            document_expiry_date?: components["schemas"]["DateTimeOrEmpty"];
            /**
             * 备注
             * @description 备注
             */
            document_remark?: string;
        };
        /**
         * 文档记录
         * @description PocketBase 格式的文档记录。使用 `fields` 时只返回所选的键，因此不列必有字段。
         */
        PocketBaseDocumentRecord: components["schemas"]["PocketBaseRecordBase"] & components["schemas"]["PocketBaseDocumentFields"];
        /**
         * 文档列表
         * @description 一页文档记录。
         */
        PocketBaseDocumentListResponse: {
            /** @description 本页的文档记录 */
            items: components["schemas"]["PocketBaseDocumentRecord"][];
        } & components["schemas"]["PocketBasePage"];
        /**
         * 字典记录
         * @description PocketBase 格式的字典记录，取值、文字、启用与排序按位置一一对应。使用 `fields` 时只返回所选的键，因此不列必有字段。
         */
        PocketBaseDictionaryRecord: {
            /**
             * 字典编号
             * @description 字典编号，前缀 `DICT-`，由服务器生成
             */
            readonly system_dict_id?: components["schemas"]["BusinessId"];
            /**
             * 字典名
             * @description 字典的名字，互不相同，如 `users_level`
             */
            dict_name?: string;
            /**
             * 取值
             * @description 各个取值，JSON 数组或以 `|` 相连，按存入的原样返回
             */
            dict_word_enum?: string;
            /**
             * 文字
             * @description 各个取值对应的文字，写法与取值相同
             */
            dict_word_description?: string;
            /**
             * 是否启用
             * @description 各个取值是否启用，写法与取值相同
             */
            dict_word_is_enabled?: string;
            /**
             * 排序
             * @description 各个取值的排序，写法与取值相同
             */
            dict_word_sort_order?: string;
            /**
             * 上级字典
             * @description 上级字典的 `system_dict_id`，没有时为空
             */
            dict_parent_id?: string;
            /**
             * 备注
             * @description 备注
             */
            dict_remark?: string;
        } & components["schemas"]["PocketBaseRecordBase"];
        /**
         * 字典列表
         * @description 一页字典记录。
         */
        PocketBaseDictionaryListResponse: {
            /** @description 本页的字典记录 */
            items: components["schemas"]["PocketBaseDictionaryRecord"][];
        } & components["schemas"]["PocketBasePage"];
        /**
         * hooks 记录公共字段
         * @description hooks 接口返回的每条记录都有的字段。
         */
        HookRecordBase: {
            /** @description 记录 id，即原生接口的 `id` */
            pb_id: components["schemas"]["RecordId"];
            /** @description 创建时间 */
            created: components["schemas"]["DateTime"];
            /** @description 最近修改时间 */
            updated: components["schemas"]["DateTime"];
        };
        /**
         * 购物车行
         * @description 一行购物车，附上产品的当前信息。
         */
        CartRecord: components["schemas"]["CartRecordFields"];
        /**
         * 购物车行列表请求
         * @description 分页、筛选与排序条件，全部可选；空字符串与 null 等同于没有提交。`page` 与 `perPage` 都不提交时返回前 500 条。
         */
        CartListRequest: {
            /**
             * 页码
             * @description 页码，默认 1
             */
            page?: components["schemas"]["PageNumber"] | components["schemas"]["LeftOut"];
            /**
             * 每页条数
             * @description 每页条数；提交了 `page` 时默认 20，两者都不提交时为 500
             */
            perPage?: components["schemas"]["HookPageSize"] | components["schemas"]["LeftOut"];
            /**
             * 关键词
             * @description 在购物车行编号、分组名、产品记录 id、备注以及产品名称与型号中查找
             */
            keyword?: components["schemas"]["Keyword"];
            /**
             * 购物车状态
             * @description 只看这种状态的购物车行；`active` 待下单，`ordered` 已下单，空字符串与 null 为全部
             * @enum {string|null}
             */
            cart_status?: "active" | "ordered" | "" | null;
            /**
             * 分组名
             * @description 只看分组名与此完全相同的购物车行
             */
            cart_number?: string | null;
            /**
             * 排序
             * @description 排序，逗号分隔，最多 8 项，前加 `-` 为降序，默认 `-created`；可用 `created`、`updated`、`cart_create`、`cart_number`、`cart_status`、`cart_product_quantity`、`cart_at_price`
             */
            sort?: string | null;
        };
        /**
         * 购物车行详情请求
         * @description 指明要查看的购物车行。
         */
        CartDetailRequest: {
            /**
             * 购物车行编号
             * @description 购物车行编号
             */
            cart_id: components["schemas"]["BusinessId"];
        };
        /**
         * 加入购物车请求
         * @description 产品、数量与分组；也可以照原样提交 `CartRecord` 的其他键，它们被忽略。
         */
        CartCreateRequest: {
            /**
             * 商品
             * @description 产品的记录 id 或产品编号 `prod_list_id`
             */
            cart_product_id: string;
            /**
             * 数量
             * @description 要加入的数量
             */
            cart_product_quantity: components["schemas"]["Quantity"];
            /**
             * 分组名
             * @description 这一行或这一组的名称；不传、空字符串或 null 时，新的行由服务器生成，已有的行不变
             */
            cart_number?: components["schemas"]["CartNumber"];
            /**
             * 备注
             * @description 备注；不传则保留原有备注
             */
            cart_remark?: string;
            /**
             * 删除标记
             * @description 只能为 0
             */
            is_delete?: components["schemas"]["NotDeleted"];
            /**
             * 购物车行编号
             * @description 由服务器生成，提交的值被忽略
             */
            cart_id?: components["schemas"]["IgnoredKey"];
            /**
             * 记录 id
             * @description 由服务器决定，提交的值被忽略
             */
            pb_id?: components["schemas"]["IgnoredKey"];
            /**
             * 创建时间
             * @description 由服务器决定，提交的值被忽略
             */
            created?: components["schemas"]["IgnoredKey"];
            /**
             * 修改时间
             * @description 由服务器决定，提交的值被忽略
             */
            updated?: components["schemas"]["IgnoredKey"];
            /**
             * 加入时间
             * @description 由服务器决定，提交的值被忽略
             */
            cart_create?: components["schemas"]["IgnoredKey"];
            /**
             * 拥有者
             * @description 取自令牌，提交的值被忽略
             */
            cart_owner?: components["schemas"]["IgnoredKey"];
            /**
             * 单价
             * @description 由服务器决定，提交的值被忽略
             */
            cart_at_price?: components["schemas"]["IgnoredKey"];
            /**
             * 状态
             * @description 由服务器决定，提交的值被忽略
             */
            cart_status?: components["schemas"]["IgnoredKey"];
            /**
             * 产品名称
             * @description 由服务器决定，提交的值被忽略
             */
            product_name?: components["schemas"]["IgnoredKey"];
            /**
             * 产品型号
             * @description 由服务器决定，提交的值被忽略
             */
            product_modelnumber?: components["schemas"]["IgnoredKey"];
            /**
             * 产品售价
             * @description 由服务器决定，提交的值被忽略
             */
            product_basic_price?: components["schemas"]["IgnoredKey"];
            /**
             * 产品
             * @description 由服务器决定，提交的值被忽略
             */
            product?: components["schemas"]["IgnoredKey"];
        };
        /**
         * 修改购物车行请求
         * @description 指明购物车行，给出要修改的内容；与现有内容相同的值不算修改，没有要修改的内容时原样返回。也可以照原样提交 `CartRecord` 的其他键，它们被忽略。
         */
        CartUpdateRequest: {
            /**
             * 购物车行编号
             * @description 购物车行编号
             */
            cart_id: components["schemas"]["BusinessId"];
            /**
             * 数量
             * @description 新的数量
             */
            cart_product_quantity?: components["schemas"]["Quantity"];
            /**
             * 分组名
             * @description 新的分组名；空字符串或 null 表示不变
             */
            cart_number?: components["schemas"]["CartNumber"];
            /**
             * 备注
             * @description 新的备注
             */
            cart_remark?: string;
            /**
             * 删除标记
             * @description 只能为 0；删除请调用 `/pb/api/cart/delete`
             */
            is_delete?: components["schemas"]["NotDeleted"];
            /**
             * 商品
             * @description 不能在这里换成另一个产品，提交的值被忽略
             */
            cart_product_id?: components["schemas"]["IgnoredKey"];
            /**
             * 记录 id
             * @description 由服务器决定，提交的值被忽略
             */
            pb_id?: components["schemas"]["IgnoredKey"];
            /**
             * 创建时间
             * @description 由服务器决定，提交的值被忽略
             */
            created?: components["schemas"]["IgnoredKey"];
            /**
             * 修改时间
             * @description 由服务器决定，提交的值被忽略
             */
            updated?: components["schemas"]["IgnoredKey"];
            /**
             * 加入时间
             * @description 由服务器决定，提交的值被忽略
             */
            cart_create?: components["schemas"]["IgnoredKey"];
            /**
             * 拥有者
             * @description 取自令牌，提交的值被忽略
             */
            cart_owner?: components["schemas"]["IgnoredKey"];
            /**
             * 单价
             * @description 由服务器决定，提交的值被忽略
             */
            cart_at_price?: components["schemas"]["IgnoredKey"];
            /**
             * 状态
             * @description 由服务器决定，提交的值被忽略
             */
            cart_status?: components["schemas"]["IgnoredKey"];
            /**
             * 产品名称
             * @description 由服务器决定，提交的值被忽略
             */
            product_name?: components["schemas"]["IgnoredKey"];
            /**
             * 产品型号
             * @description 由服务器决定，提交的值被忽略
             */
            product_modelnumber?: components["schemas"]["IgnoredKey"];
            /**
             * 产品售价
             * @description 由服务器决定，提交的值被忽略
             */
            product_basic_price?: components["schemas"]["IgnoredKey"];
            /**
             * 产品
             * @description 由服务器决定，提交的值被忽略
             */
            product?: components["schemas"]["IgnoredKey"];
        };
        /**
         * 删除购物车行请求
         * @description 指明要删除的购物车行。
         */
        CartDeleteRequest: {
            /**
             * 购物车行编号
             * @description 购物车行编号
             */
            cart_id: components["schemas"]["BusinessId"];
        };
        /**
         * 购物车列表响应
         * @description 购物车列表的完整响应。
         */
        CartListResponse: {
            /**
             * @description 固定为 200
             * @constant
             */
            statusCode: 200;
            /** @description 可直接展示的中文提示 */
            errMsg: string;
            /** @description 一页购物车行 */
            data: components["schemas"]["CartPage"];
            /** @description 与 `data.items` 相同 */
            items: components["schemas"]["CartRecord"][];
        } & WithRequired<components["schemas"]["ApiResponseBase"], "statusCode" | "errMsg" | "data">;
        /**
         * 删除购物车行响应
         * @description 删除购物车行的完整响应。
         */
        CartDeleteResponse: {
            /**
             * @description 固定为 200
             * @constant
             */
            statusCode: 200;
            /** @description 可直接展示的中文提示 */
            errMsg: string;
            /** @description 删除结果 */
            data: components["schemas"]["CartDeleteData"];
            /** @description 被删除的购物车行编号 */
            cart_id: components["schemas"]["BusinessId"];
            /**
             * @description 固定为 1
             * @constant
             */
            is_delete: 1;
        } & WithRequired<components["schemas"]["ApiResponseBase"], "statusCode" | "errMsg" | "data">;
        /**
         * 购物车字段
         * @description 购物车记录自身的字段。
         */
        PocketBaseCartFields: {
            /**
             * 购物车行编号
             * @description 购物车行编号，前缀 `CART-`，由服务器生成
             */
            readonly cart_id?: components["schemas"]["BusinessId"];
            /**
             * 分组名
             * @description 客户端起的分组名，可以重复；创建时没有提交则是服务器生成的可读流水号
             */
            cart_number?: string;
            /**
             * 加入时间
             * @description 加入购物车的时间，由服务器填写
             */
            readonly cart_create?: components["schemas"]["DateTimeOrEmpty"];
            /**
             * 拥有者
             * @description 拥有者的 `openid`
             */
            cart_owner?: string;
            /**
             * 产品
             * @description 产品的记录 id
             */
            cart_product_id?: string;
            /**
             * 数量
             * @description 数量
             */
            cart_product_quantity?: components["schemas"]["Quantity"];
            /**
             * 单价
             * @description 写入时的产品单价，单位元，由服务器填写
             */
            readonly cart_at_price?: components["schemas"]["Money"];
            /**
             * 状态
             * @description 状态；`active` 待下单，`ordered` 已下单，空字符串为未设置
             * @enum {string}
             */
            cart_status?: "active" | "ordered" | "";
            /**
             * 备注
             * @description 备注
             */
            cart_remark?: string;
        };
        /**
         * 购物车记录
         * @description PocketBase 格式的购物车记录。使用 `fields` 时只返回所选的键，因此不列必有字段。
         */
        PocketBaseCartRecord: components["schemas"]["PocketBaseRecordBase"] & components["schemas"]["PocketBaseCartFields"];
        /**
         * 创建购物车记录请求
         * @description 客户端可填写的字段；未知字段与服务器维护的字段会被忽略。
         */
        PocketBaseCartCreateRequest: {
            /** @description 自定的记录 id，通常不传 */
            id?: components["schemas"]["RecordId"];
            /** @description 拥有者，必须等于当前令牌的 `openid` */
            cart_owner: string;
            /** @description 产品的记录 id */
            cart_product_id: components["schemas"]["RecordId"];
            /** @description 数量 */
            cart_product_quantity: components["schemas"]["Quantity"];
            /**
             * 分组名
             * @description 分组名；不传或空字符串时由服务器生成
             */
            cart_number?: string;
            /** @description 备注 */
            cart_remark?: string;
        };
        /**
         * 修改购物车记录请求
         * @description 客户端可修改的字段，没有提交的保持不变；其余字段会被忽略。
         */
        PocketBaseCartUpdateRequest: {
            /** @description 换成另一个产品，价格随之重新取一次 */
            cart_product_id?: components["schemas"]["RecordId"];
            /** @description 新的数量 */
            cart_product_quantity?: components["schemas"]["Quantity"];
            /**
             * 分组名
             * @description 新的分组名；空字符串表示不变
             */
            cart_number?: string;
            /** @description 新的备注 */
            cart_remark?: string;
            /** @description `1` 表示软删除 */
            is_delete?: components["schemas"]["DeleteFlag"];
        };
        /**
         * 购物车记录列表
         * @description 一页购物车记录。
         */
        PocketBaseCartListResponse: {
            /** @description 本页的购物车记录 */
            items: components["schemas"]["PocketBaseCartRecord"][];
        } & components["schemas"]["PocketBasePage"];
        /**
         * 订单
         * @description 一笔订单，附下单时的商品快照。
         */
        OrderRecord: components["schemas"]["OrderRecordFields"];
        /**
         * 订单列表请求
         * @description 分页、筛选与排序条件，全部可选；空字符串与 null 等同于没有提交。`page` 与 `perPage` 都不提交时返回前 500 条。
         */
        OrderListRequest: {
            /**
             * 页码
             * @description 页码，默认 1
             */
            page?: components["schemas"]["PageNumber"] | components["schemas"]["LeftOut"];
            /**
             * 每页条数
             * @description 每页条数；提交了 `page` 时默认 20，两者都不提交时为 500
             */
            perPage?: components["schemas"]["HookPageSize"] | components["schemas"]["LeftOut"];
            /**
             * 关键词
             * @description 在订单编号、订单号、备注与商品快照中查找
             */
            keyword?: components["schemas"]["Keyword"];
            /**
             * 订单状态
             * @description 只看这种状态的订单；`pending` 待确认，`confirmed` 已确认，`completed` 已完成，`cancelled` 已取消，空字符串与 null 为全部
             * @enum {string|null}
             */
            order_status?: "pending" | "confirmed" | "completed" | "cancelled" | "" | null;
            /**
             * 订单号
             * @description 只看订单号与此完全相同的订单
             */
            order_number?: string | null;
            /**
             * 排序
             * @description 排序，逗号分隔，最多 8 项，前加 `-` 为降序，默认 `-created`；可用 `created`、`updated`、`order_create`、`order_number`、`order_status`、`order_amount`
             */
            sort?: string | null;
        };
        /**
         * 订单详情请求
         * @description 指明要查看的订单。
         */
        OrderDetailRequest: {
            /**
             * 订单编号
             * @description 订单编号
             */
            order_id: components["schemas"]["BusinessId"];
        };
        /**
         * 创建订单请求
         * @description 要订购的商品有多种提交方式，取最先出现的一种：
         *
         *     - `order_source` 为 `cart`：`cart_ids`，否则 `order_source_id` 中的购物车行编号，否则 `order_snap` 中的购物车行
         *     - `order_source` 为 `product`：`items`，否则 `order_snap` 中的产品，否则 `order_source_id` 中的产品编号，各一件
         *     - 没有或为其他值：按找到的内容决定，能找到购物车行的来自购物车，否则为直接订购
         *
         *     也可以照原样提交 `OrderRecord` 的其他键，它们被忽略。
         */
        OrderCreateRequest: {
            /**
             * 订单来源
             * @description 来源，`cart` 来自购物车，`product` 直接订购；没有或为其他值时按找到的内容决定
             */
            order_source?: string | null;
            /**
             * 购物车行
             * @description 购物车行编号，不得重复；不能与 `items` 同时提交
             */
            cart_ids?: components["schemas"]["BusinessId"][];
            /**
             * 商品清单
             * @description 直接订购的商品，产品不得重复；不能与 `cart_ids` 同时提交
             */
            items?: components["schemas"]["OrderItem"][];
            /**
             * 来源编号
             * @description 购物车行编号或产品编号，以 `,` 或 `|` 连接，最多 200 个，不得重复
             */
            order_source_id?: string | null;
            /**
             * 商品快照
             * @description 要订购的商品：`{"items": [...]}`、商品列表，或其中之一的 JSON 文本；最多 200 项，名称与价格等其余键被忽略。
             *     用 `cart_id` 指明的购物车行按行内的数量订购；来自购物车而没有 `cart_id` 的，取同一产品、数量相同的待下单行
             */
            order_snap?: string | components["schemas"]["OrderSnapItemRequest"][] | components["schemas"]["OrderSnapRequest"] | null;
            /**
             * 订单号
             * @description 客户端的订单号，在本人的订单（包括已删除的）中不得重复；不传、空字符串或 null 时由服务器生成
             */
            order_number?: string | null;
            /**
             * 备注
             * @description 备注
             */
            order_remark?: string;
            /**
             * 总额
             * @description 客户端预期的总额，单位元，数字或数字文本，按四舍五入到分比较；不传、`null`、空字符串或 0 表示不比较
             */
            order_amount?: number | string | null;
            /**
             * 订单状态
             * @description 新订单总是 `pending`，提交的值被忽略
             */
            order_status?: components["schemas"]["IgnoredKey"];
            /**
             * 删除标记
             * @description 只能为 0
             */
            is_delete?: components["schemas"]["NotDeleted"];
            /**
             * 订单编号
             * @description 由服务器生成，提交的值被忽略
             */
            order_id?: components["schemas"]["IgnoredKey"];
            /**
             * 记录 id
             * @description 由服务器决定，提交的值被忽略
             */
            pb_id?: components["schemas"]["IgnoredKey"];
            /**
             * 创建时间
             * @description 由服务器决定，提交的值被忽略
             */
            created?: components["schemas"]["IgnoredKey"];
            /**
             * 修改时间
             * @description 由服务器决定，提交的值被忽略
             */
            updated?: components["schemas"]["IgnoredKey"];
            /**
             * 下单时间
             * @description 由服务器决定，提交的值被忽略
             */
            order_create?: components["schemas"]["IgnoredKey"];
            /**
             * 拥有者
             * @description 取自令牌，提交的值被忽略
             */
            order_owner?: components["schemas"]["IgnoredKey"];
        };
        /**
         * 修改订单请求
         * @description 指明订单，给出要修改的内容；与现有内容相同的值不算修改，没有要修改的内容时原样返回。也可以照原样提交 `OrderRecord` 的其他键，它们被忽略。
         */
        OrderUpdateRequest: {
            /**
             * 订单编号
             * @description 订单编号
             */
            order_id: components["schemas"]["BusinessId"];
            /**
             * 订单状态
             * @description 新的状态；本人只能把 `pending` 改为 `cancelled`
             */
            order_status?: components["schemas"]["OrderStatus"];
            /**
             * 备注
             * @description 新的备注，只有 `pending` 的订单可以修改
             */
            order_remark?: string;
            /**
             * 删除标记
             * @description 只能为 0；删除请调用 `/pb/api/order/delete`
             */
            is_delete?: components["schemas"]["NotDeleted"];
            /**
             * 订单号
             * @description 下单后不能修改，提交的值被忽略
             */
            order_number?: components["schemas"]["IgnoredKey"];
            /**
             * 订单来源
             * @description 下单后不能修改，提交的值被忽略
             */
            order_source?: components["schemas"]["IgnoredKey"];
            /**
             * 来源编号
             * @description 下单后不能修改，提交的值被忽略
             */
            order_source_id?: components["schemas"]["IgnoredKey"];
            /**
             * 商品快照
             * @description 由服务器决定，提交的值被忽略
             */
            order_snap?: components["schemas"]["IgnoredKey"];
            /**
             * 总额
             * @description 由服务器决定，提交的值被忽略
             */
            order_amount?: components["schemas"]["IgnoredKey"];
            /**
             * 记录 id
             * @description 由服务器决定，提交的值被忽略
             */
            pb_id?: components["schemas"]["IgnoredKey"];
            /**
             * 创建时间
             * @description 由服务器决定，提交的值被忽略
             */
            created?: components["schemas"]["IgnoredKey"];
            /**
             * 修改时间
             * @description 由服务器决定，提交的值被忽略
             */
            updated?: components["schemas"]["IgnoredKey"];
            /**
             * 下单时间
             * @description 由服务器决定，提交的值被忽略
             */
            order_create?: components["schemas"]["IgnoredKey"];
            /**
             * 拥有者
             * @description 取自令牌，提交的值被忽略
             */
            order_owner?: components["schemas"]["IgnoredKey"];
        };
        /**
         * 删除订单请求
         * @description 指明要删除的订单。
         */
        OrderDeleteRequest: {
            /**
             * 订单编号
             * @description 订单编号
             */
            order_id: components["schemas"]["BusinessId"];
        };
        /**
         * 订单列表响应
         * @description 订单列表的完整响应。
         */
        OrderListResponse: {
            /**
             * @description 固定为 200
             * @constant
             */
            statusCode: 200;
            /** @description 可直接展示的中文提示 */
            errMsg: string;
            /** @description 一页订单 */
            data: components["schemas"]["OrderPage"];
            /** @description 与 `data.items` 相同 */
            items: components["schemas"]["OrderRecord"][];
        } & WithRequired<components["schemas"]["ApiResponseBase"], "statusCode" | "errMsg" | "data">;
        /**
         * 删除订单响应
         * @description 删除订单的完整响应。
         */
        OrderDeleteResponse: {
            /**
             * @description 固定为 200
             * @constant
             */
            statusCode: 200;
            /** @description 可直接展示的中文提示 */
            errMsg: string;
            /** @description 删除结果 */
            data: components["schemas"]["OrderDeleteData"];
            /** @description 被删除的订单编号 */
            order_id: components["schemas"]["BusinessId"];
            /**
             * @description 固定为 1
             * @constant
             */
            is_delete: 1;
        } & WithRequired<components["schemas"]["ApiResponseBase"], "statusCode" | "errMsg" | "data">;
        /**
         * 订单字段
         * @description 订单记录自身的字段。
         */
        PocketBaseOrderFields: {
            /**
             * 订单编号
             * @description 订单编号，前缀 `O-`，由服务器生成
             */
            readonly order_id?: components["schemas"]["BusinessId"];
            /**
             * 订单号
             * @description 客户端的订单号，在本人的订单中不重复；创建时没有提交则由服务器生成
             */
            order_number?: string;
            /**
             * 下单时间
             * @description 下单时间，由服务器填写
             */
            readonly order_create?: components["schemas"]["DateTimeOrEmpty"];
            /**
             * 拥有者
             * @description 拥有者的 `openid`
             */
            order_owner?: string;
            /**
             * 来源
             * @description 来源；`cart` 来自购物车，`product` 直接订购
             */
            order_source?: components["schemas"]["OrderSource"];
            /**
             * 来源编号
             * @description 来源编号
             */
            order_source_id?: string;
            /**
             * 状态
             * @description 状态；`pending` 待确认，`confirmed` 已确认，`completed` 已完成，`cancelled` 已取消，空字符串为未设置
             * @enum {string}
             */
            order_status?: "pending" | "confirmed" | "completed" | "cancelled" | "";
            /**
             * 商品快照
             * @description 下单时的商品快照；没有快照时为 null
             */
            order_snap?: components["schemas"]["PocketBaseOrderSnap"] | null;
            /**
             * 总额
             * @description 订单总额，单位元
             */
            order_amount?: components["schemas"]["Money"];
            /**
             * 备注
             * @description 备注
             */
            order_remark?: string;
        };
        /**
         * 订单记录
         * @description PocketBase 格式的订单记录。使用 `fields` 时只返回所选的键，因此不列必有字段。
         */
        PocketBaseOrderRecord: components["schemas"]["PocketBaseRecordBase"] & components["schemas"]["PocketBaseOrderFields"];
        /**
         * 创建订单记录请求
         * @description 客户端可填写的字段；未知字段与服务器维护的字段会被忽略。
         */
        PocketBaseOrderCreateRequest: {
            /** @description 自定的记录 id，通常不传 */
            id?: components["schemas"]["RecordId"];
            /** @description 拥有者，必须等于当前令牌的 `openid` */
            order_owner: string;
            /** @description 来源 */
            order_source: components["schemas"]["OrderSource"];
            /** @description 来源编号，由客户端自行填写 */
            order_source_id?: string;
            /**
             * 订单号
             * @description 订单号，在本人的订单（包括已删除的）中不得重复；不传或空字符串时由服务器生成
             */
            order_number?: string;
            /** @description 订购的商品 */
            order_snap: components["schemas"]["PocketBaseOrderSnapRequest"];
            /** @description 客户端算出的总额，可不传；四舍五入到分后与服务器的结果不符时被拒绝 */
            order_amount?: components["schemas"]["Money"];
            /** @description 备注 */
            order_remark?: string;
        };
        /**
         * 修改订单记录请求
         * @description 客户端可修改的字段，没有提交的保持不变；其余字段会被忽略。
         */
        PocketBaseOrderUpdateRequest: {
            /** @description 新的备注，只有 `pending` 的订单可以修改 */
            order_remark?: string;
            /**
             * @description 新的状态；本人只能改为 `cancelled`
             * @enum {string}
             */
            order_status?: "cancelled";
            /** @description `1` 表示软删除 */
            is_delete?: components["schemas"]["DeleteFlag"];
        };
        /**
         * 订单记录列表
         * @description 一页订单记录。
         */
        PocketBaseOrderListResponse: {
            /** @description 本页的订单记录 */
            items: components["schemas"]["PocketBaseOrderRecord"][];
        } & components["schemas"]["PocketBasePage"];
        /**
         * 错误详情
         * @description 机器可读的错误码，以及按字段给出的说明。
         */
        ErrorData: {
            /** @description 稳定不变的错误码 */
            code: components["schemas"]["ErrorCode"];
            /** @description 键为字段名，值为中文说明；与具体字段无关的错误为空对象 */
            fields: {
                [key: string]: string;
            };
            /** @description 只在 `amount_changed` 时出现：订单现在的金额，单位元 */
            order_amount?: components["schemas"]["Money"];
        };
        /**
         * 错误码
         * @description 稳定不变的错误码：
         *
         *     - `validation_failed` 请求不符合约定
         *     - `product_unavailable` 商品不存在、已删除或已下架
         *     - `wechat_code_invalid` 微信 code 无效或已过期
         *     - `wechat_code_used` 微信 code 已被使用
         *     - `unauthorized` 未登录或令牌失效
         *     - `user_disabled` 账号已停用
         *     - `wechat_user_blocked` 微信限制该用户登录
         *     - `not_found` 数据或路径不存在
         *     - `method_not_allowed` 该路径不支持此请求方法
         *     - `request_timeout` 请求体没有在限时内传完
         *     - `amount_changed` 订单金额与客户端预期的不同
         *     - `cart_full` 购物车已满（200 行）
         *     - `cart_already_ordered` 购物车行已下单，不能修改
         *     - `order_in_progress` 订单处理中，不能删除
         *     - `order_state_invalid` 订单当前状态不允许此操作
         *     - `payload_too_large` 请求体过大
         *     - `unsupported_media_type` 请求体不是 JSON
         *     - `idempotency_key_reused` 幂等键已用于其他内容
         *     - `too_many_requests` 请求过于频繁
         *     - `wechat_busy` 微信限制调用频率
         *     - `internal_error` 服务器内部错误
         *     - `wechat_misconfigured` 小程序 app id 或密钥配置有误
         *     - `not_implemented` 已声明而尚未实现的接口
         *     - `service_unavailable` 服务暂时不可用
         *     - `wechat_unavailable` 微信没有应答
         * @enum {string}
         */
        ErrorCode: "validation_failed" | "product_unavailable" | "wechat_code_invalid" | "wechat_code_used" | "unauthorized" | "user_disabled" | "wechat_user_blocked" | "not_found" | "method_not_allowed" | "request_timeout" | "amount_changed" | "cart_full" | "cart_already_ordered" | "order_in_progress" | "order_state_invalid" | "payload_too_large" | "unsupported_media_type" | "idempotency_key_reused" | "too_many_requests" | "wechat_busy" | "internal_error" | "wechat_misconfigured" | "not_implemented" | "service_unavailable" | "wechat_unavailable";
        /**
         * 金额
         * @description 人民币，单位元，最多两位小数，0 至 9999999.99。
         */
        Money: number;
        /**
         * 空请求
         * @description 没有任何字段的请求体。
         */
        EmptyRequest: Record<string, never>;
        /**
         * 微信临时凭证
         * @description 由微信客户端取得，只能使用一次，约五分钟内有效。
         */
        WechatCode: string;
        /**
         * 新令牌
         * @description 刷新后得到的令牌。
         */
        RefreshTokenData: {
            /** @description 新的登录令牌 */
            token: components["schemas"]["Token"];
        };
        /**
         * 登录令牌
         * @description JWT，放在请求头 `Authorization` 中使用。
         */
        Token: string;
        /**
         * 健康检查响应
         * @description 与 PocketBase 相同的健康检查结果。使用 `fields` 时只返回所选的键，因此不列必有字段。
         */
        HealthResponse: {
            /**
             * @description 固定为 200
             * @constant
             */
            code?: 200;
            /**
             * @description 固定的英文说明
             * @constant
             */
            message?: "API is healthy.";
            /** @description 对普通调用者始终为空对象 */
            data?: {
                [key: string]: unknown;
            };
        };
        /**
         * 字段错误
         * @description 一个字段未通过校验的原因。
         */
        PocketBaseFieldError: {
            /** @description 错误码，如 PocketBase 的 `validation_required` */
            code: string;
            /** @description 英文说明 */
            message: string;
            /** @description 说明中用到的参数，如最大长度 */
            params?: {
                [key: string]: unknown;
            };
        };
        /**
         * 就绪检查响应
         * @description 全部检查都已通过。
         */
        ReadyResponse: {
            /**
             * @description 固定为 200
             * @constant
             */
            code: 200;
            /**
             * @description 固定的英文说明
             * @constant
             */
            message: "API is ready.";
            /** @description 每项检查的结果 */
            data: {
                /**
                 * @description 数据库一秒内作出了回答，文件完好
                 * @constant
                 */
                database: "ok";
                /**
                 * @description `ok` 数据库结构与程序相符，`newer` 数据库来自更新的版本，程序仍可使用
                 * @enum {string}
                 */
                migrations: "ok" | "newer";
                /**
                 * @description 磁盘有足够的空间
                 * @constant
                 */
                disk: "ok";
                /**
                 * @description 没有收到停止的信号
                 * @constant
                 */
                drain: "ok";
            };
        };
        /**
         * 接口文档
         * @description 合并后的 OpenAPI 3.1 文档本身。
         */
        OpenapiDocument: {
            /** @description OpenAPI 版本 */
            openapi: string;
            /** @description 标题、版本与总说明 */
            info: {
                [key: string]: unknown;
            };
            /** @description 全部路径与操作 */
            paths: {
                [key: string]: unknown;
            };
        };
        /**
         * 记录 id
         * @description 15 位小写字母或数字，由服务器生成，也可由客户端在原生创建时给出。
         */
        RecordId: string;
        /**
         * 业务编号
         * @description 服务器生成、不可更改的业务编号，前缀表明种类，其余部分可按时间排序。
         */
        BusinessId: string;
        /**
         * 图片地址
         * @description 以 `/pb/api/files/` 开头的本站路径，或提交时的地址；没有图片时为空字符串。
         */
        PictureUrl: string;
        /**
         * 用户类型
         * @description `游客` 资料尚未完善，`注册用户` 昵称与头像都已填写过，空字符串为未设置。
         * @enum {string}
         */
        UserType: "游客" | "注册用户" | "";
        /**
         * UTC 时间
         * @description 毫秒精度的 UTC 时间，形如 `2026-11-23 08:15:30.123Z`。
         */
        DateTime: string;
        /**
         * 图片
         * @description 附件的 `attachments_id`，或 http(s) 链接、以 `/pb/api/files/` 开头的本站路径；空字符串保持不变，null 清除。
         */
        Picture: string | null;
        /**
         * 令牌续期响应
         * @description PocketBase SDK 所需的令牌与用户记录。使用 `fields` 时只返回所选的键，因此不列必有字段。
         */
        PocketBaseAuthResponse: {
            /** @description 新的登录令牌；`fields=token:excerpt(n)` 时只有开头 */
            token?: string;
            /** @description 当前用户的记录 */
            record?: components["schemas"]["PocketBaseUserRecord"];
        };
        /**
         * 用户记录
         * @description PocketBase 格式的用户记录，只会返回给本人。使用 `fields` 时只返回所选的键，因此不列必有字段。
         */
        PocketBaseUserRecord: {
            /**
             * @description 恒为空字符串；PocketBase SDK 要求用户记录带有它
             * @constant
             */
            email?: "";
            /**
             * @description 恒为 false，同上
             * @constant
             */
            emailVisibility?: false;
            /**
             * @description 恒为 false，同上
             * @constant
             */
            verified?: false;
            /**
             * openid
             * @description 微信用户在本小程序下的唯一标识
             */
            readonly openid?: string;
            /**
             * unionid
             * @description 微信开放平台统一标识，没有时为空字符串
             */
            readonly unionid?: string;
            /**
             * 用户编号
             * @description 用户编号，前缀 `U-`
             */
            readonly users_id?: components["schemas"]["BusinessId"];
            /**
             * 昵称
             * @description 昵称
             */
            users_name?: string;
            /**
             * 手机号
             * @description 手机号，E.164 或大陆格式
             */
            users_phone?: string;
            /**
             * 手机号已验证
             * @description 手机号是否由微信验证过
             */
            users_phone_verified?: boolean;
            /**
             * 头像
             * @description 头像：`attachments_id` 或地址
             */
            users_picture?: string;
            /**
             * 标题图片
             * @description 标题图片，写法同头像
             */
            users_title_picture?: string;
            /**
             * 证件照正面
             * @description 证件照正面，写法同头像
             */
            users_id_pic_a?: string;
            /**
             * 证件照反面
             * @description 证件照反面，写法同头像
             */
            users_id_pic_b?: string;
            /**
             * 证件号码
             * @description 证件号码
             */
            users_id_number?: string;
            /**
             * 用户类型
             * @description 用户类型
             */
            users_type?: components["schemas"]["UserType"];
            /**
             * 账号类型
             * @description 账号的来源，微信登录的用户为 `WeChat`
             */
            users_idtype?: string;
            /**
             * 账号状态
             * @description 账号状态；`active` 正常，`disabled` 已停用，空字符串为未设置
             * @enum {string}
             */
            users_status?: "active" | "disabled" | "";
            /**
             * 等级
             * @description 用户等级
             */
            users_rank_level?: number;
            /**
             * 用户级别
             * @description 用户级别在字典中的枚举值
             */
            users_level?: string;
            /**
             * 标签
             * @description 用户标签
             */
            users_tag?: string;
            /**
             * 上级用户
             * @description 上级用户的编号
             */
            users_parent_id?: string;
            /**
             * 会话编号
             * @description 客服会话的编号
             */
            users_convers_id?: string;
            /**
             * 所属企业
             * @description 所属企业的记录 id，没有时为空字符串
             */
            company?: string;
        } & components["schemas"]["PocketBaseRecordBase"];
        /**
         * 删除标记
         * @description `0` 为正常，`1` 为已删除；已删除的数据对所有接口不可见。
         * @enum {integer}
         */
        DeleteFlag: 0 | 1;
        /**
         * 原生列表分页信息
         * @description 原生列表的分页信息。
         */
        PocketBasePage: {
            /** @description 当前页码 */
            page: number;
            /** @description 实际采用的每页条数 */
            perPage: number;
            /** @description 总条数；`skipTotal` 为真时是 -1 */
            totalItems: number;
            /** @description 总页数；`skipTotal` 为真时是 -1 */
            totalPages: number;
        };
        /**
         * 统一社会信用代码
         * @description 18 位大写字母与数字，末位是校验位；未填写时为空字符串。
         */
        Usci: string;
        /**
         * 产品参数
         * @description 一项产品参数。
         */
        ProductParameter: {
            /** @description 参数名称 */
            name?: string;
            /** @description 参数值 */
            value?: string | number | boolean | null;
            /** @description 单位 */
            unit?: string;
            /** @description 参数分组 */
            category?: string;
            /** @description 排序值，小的在前 */
            sort?: number;
        };
        /**
         * 销售状态
         * @description `on_sale` 在售，`off_sale` 已下架，空字符串为未设置。
         * @enum {string}
         */
        ProductStatus: "on_sale" | "off_sale" | "";
        /**
         * 多个关联
         * @description 关联记录的 id，没有时为空数组。
         */
        RecordIds: components["schemas"]["RecordId"][];
        /**
         * 可为空的 UTC 时间
         * @description 毫秒精度的 UTC 时间；未设置时为空字符串。
         */
        DateTimeOrEmpty: string;
        /**
         * 页码
         * @description 从 1 开始的页码；超过末页时列表为空。上限是 JavaScript 能精确表示的最大整数。
         */
        PageNumber: number;
        /**
         * 视为未提交
         * @description 空字符串或 null，等同于没有提交。
         * @enum {unknown}
         */
        LeftOut: "" | null;
        /**
         * 每页条数
         * @description 每页 1 至 100 条。
         */
        HookPageSize: number;
        /**
         * 搜索关键字
         * @description 不区分大小写，按原文查找，`%` 与 `_` 没有特殊含义；空字符串与 null 等于不搜索。
         */
        Keyword: string | null;
        /**
         * 一页购物车行
         * @description 购物车列表的数据。
         */
        CartPage: {
            /** @description 本页的购物车行 */
            items: components["schemas"]["CartRecord"][];
        } & components["schemas"]["HookPage"];
        /**
         * 分页信息
         * @description hooks 列表接口的分页信息。
         */
        HookPage: {
            /** @description 当前页码，从 1 开始 */
            page: number;
            /** @description 每页条数；`page` 与 `perPage` 都没有提交时为 500 */
            perPage: number;
            /** @description 符合条件的总条数 */
            totalItems: number;
            /** @description 总页数，没有数据时为 0 */
            totalPages: number;
        };
        /**
         * 购物车行的字段
         * @description 记录自身的键；响应中既在 `data` 里，也在 `data` 旁边。
         */
        CartRecordFields: {
            /** @description 购物车行编号，前缀 `CART-` */
            cart_id: components["schemas"]["BusinessId"];
            /**
             * 分组名
             * @description 客户端起的分组名；没有提交时是服务器生成的可读流水号
             */
            cart_number: string;
            /** @description 加入购物车的时间 */
            cart_create: components["schemas"]["DateTimeOrEmpty"];
            /** @description 拥有者的 `openid` */
            cart_owner: string;
            /** @description 产品的记录 id */
            cart_product_id: components["schemas"]["RecordId"];
            /** @description 数量 */
            cart_product_quantity: components["schemas"]["Quantity"];
            /** @description 写入这一行时的产品单价，单位元 */
            cart_at_price: components["schemas"]["Money"];
            /** @description 状态 */
            cart_status: components["schemas"]["CartStatus"];
            /** @description 备注 */
            cart_remark: string;
            /**
             * 删除标记
             * @description 固定为 0，已删除的行不会出现
             */
            is_delete: components["schemas"]["NotDeleted"];
            /**
             * 产品名称
             * @description 产品的当前名称；产品已删除时为空字符串
             */
            product_name: string;
            /**
             * 产品型号
             * @description 产品的当前型号；产品已删除时为空字符串
             */
            product_modelnumber: string;
            /**
             * 产品售价
             * @description 产品的当前售价，单位元；产品已删除时为 0
             */
            product_basic_price: components["schemas"]["Money"];
            /** @description 产品的当前信息；已下架仍显示，已删除为 null */
            product: components["schemas"]["CartProduct"] | null;
        } & components["schemas"]["HookRecordBase"];
        /**
         * 数量
         * @description 1 至 9999 的整数。
         */
        Quantity: number;
        /**
         * 购物车行状态
         * @description `active` 待下单，`ordered` 已下单。
         * @enum {string}
         */
        CartStatus: "active" | "ordered";
        /**
         * 删除标记
         * @description 只能为 0；删除请调用删除接口。
         * @constant
         */
        NotDeleted: 0;
        /**
         * 购物车中的产品
         * @description 购物车行所指产品的当前信息。
         */
        CartProduct: {
            /** @description 产品编号，前缀 `P-` */
            prod_list_id: components["schemas"]["BusinessId"];
            /** @description 产品名称 */
            prod_list_name: string;
            /** @description 产品型号 */
            prod_list_modelnumber: string;
            /** @description 当前售价，单位元 */
            prod_list_basic_price: components["schemas"]["Money"];
            /** @description 当前销售状态 */
            prod_list_status: components["schemas"]["ProductStatus"];
            /** @description 图标路径，以 `/pb/api/files/` 开头，没有时为空字符串 */
            prod_list_icon_url: string;
        };
        /**
         * 购物车行响应
         * @description 查看、加入与修改购物车行的完整响应；`data` 中的键在旁边再出现一次。
         */
        CartRecordResponse: {
            /**
             * @description 固定为 200
             * @constant
             */
            statusCode: 200;
            /** @description 可直接展示的中文提示 */
            errMsg: string;
            /** @description 购物车行 */
            data: components["schemas"]["CartRecord"];
        } & (WithRequired<components["schemas"]["ApiResponseBase"], "statusCode" | "errMsg" | "data"> & components["schemas"]["CartRecordFields"]);
        /**
         * 分组名
         * @description 客户端给一行或一组购物车行起的名称，最多 64 个字符，可以重复。
         */
        CartNumber: string | null;
        /**
         * 被忽略的键
         * @description 记录中由服务器决定、或在这里不能修改的键；可以照原样提交，任何值都被忽略。
         */
        IgnoredKey: unknown;
        /**
         * 删除购物车行结果
         * @description 被删除的购物车行。
         */
        CartDeleteData: {
            /** @description 被删除的购物车行编号 */
            cart_id: components["schemas"]["BusinessId"];
            /**
             * @description 固定为 1
             * @constant
             */
            is_delete: 1;
        };
        /**
         * 一页订单
         * @description 订单列表的数据。
         */
        OrderPage: {
            /** @description 本页的订单 */
            items: components["schemas"]["OrderRecord"][];
        } & components["schemas"]["HookPage"];
        /**
         * 订单的字段
         * @description 记录自身的键；响应中既在 `data` 里，也在 `data` 旁边。
         */
        OrderRecordFields: {
            /** @description 订单编号，前缀 `O-` */
            order_id: components["schemas"]["BusinessId"];
            /**
             * 订单号
             * @description 客户端的订单号，在本人的订单中不重复；没有提交时由服务器生成，以日期开头，可按时间排序
             */
            order_number: string;
            /** @description 下单时间 */
            order_create: components["schemas"]["DateTimeOrEmpty"];
            /** @description 拥有者的 `openid` */
            order_owner: string;
            /** @description 来源 */
            order_source: components["schemas"]["OrderSource"];
            /** @description 来源编号，以逗号连接的购物车行编号或产品编号，最多 1000 个字符 */
            order_source_id: string;
            /** @description 状态 */
            order_status: components["schemas"]["OrderStatus"];
            /** @description 下单时的商品快照；没有快照时为 null */
            order_snap: components["schemas"]["OrderSnap"] | null;
            /** @description 订单总额，单位元 */
            order_amount: components["schemas"]["Money"];
            /** @description 备注 */
            order_remark: string;
            /**
             * 删除标记
             * @description 固定为 0，已删除的订单不会出现
             */
            is_delete: components["schemas"]["NotDeleted"];
        } & components["schemas"]["HookRecordBase"];
        /**
         * 订单来源
         * @description `cart` 来自购物车，`product` 直接订购。
         * @enum {string}
         */
        OrderSource: "cart" | "product";
        /**
         * 订单状态
         * @description `pending` 待确认，`confirmed` 已确认，`completed` 已完成，`cancelled` 已取消。
         * @enum {string}
         */
        OrderStatus: "pending" | "confirmed" | "completed" | "cancelled";
        /**
         * 商品快照
         * @description 下单时的商品与总额，此后不随产品变化。
         */
        OrderSnap: {
            /** @description 每一项商品 */
            items: components["schemas"]["OrderSnapItem"][];
            /** @description 各项小计之和，单位元 */
            total: components["schemas"]["Money"];
        };
        /**
         * 快照中的商品
         * @description 一项商品下单时的样子。
         */
        OrderSnapItem: {
            /** @description 产品编号 */
            prod_list_id: components["schemas"]["BusinessId"];
            /** @description 产品名称 */
            prod_list_name: string;
            /** @description 产品型号 */
            prod_list_modelnumber: string;
            /** @description 数量 */
            quantity: components["schemas"]["Quantity"];
            /** @description 下单时的单价，单位元 */
            at_price: components["schemas"]["Money"];
            /** @description 小计，单位元 */
            subtotal: components["schemas"]["Money"];
        };
        /**
         * 订单响应
         * @description 查看、创建与修改订单的完整响应；`data` 中的键在旁边再出现一次。
         */
        OrderRecordResponse: {
            /**
             * @description 固定为 200
             * @constant
             */
            statusCode: 200;
            /** @description 可直接展示的中文提示 */
            errMsg: string;
            /** @description 订单 */
            data: components["schemas"]["OrderRecord"];
        } & (WithRequired<components["schemas"]["ApiResponseBase"], "statusCode" | "errMsg" | "data"> & components["schemas"]["OrderRecordFields"]);
        /**
         * 订购的商品
         * @description 产品与数量。
         */
        OrderItem: {
            /**
             * 商品
             * @description 产品编号
             */
            prod_list_id: components["schemas"]["BusinessId"];
            /**
             * 数量
             * @description 数量
             */
            quantity: components["schemas"]["Quantity"];
        };
        /**
         * 提交的快照中的商品
         * @description 编号取 `prod_list_id`、`cart_product_id` 中先出现的一个，或用 `cart_id` 指明购物车行；
         *     数量取 `quantity`、`cart_product_quantity` 中先出现的一个。其余键被忽略。
         */
        OrderSnapItemRequest: {
            /**
             * 购物车行编号
             * @description 购物车行编号
             */
            cart_id?: string | null;
            /**
             * 商品
             * @description 产品编号或产品的记录 id
             */
            prod_list_id?: string | null;
            /**
             * 商品
             * @description 产品的记录 id 或产品编号
             */
            cart_product_id?: string | null;
            /**
             * 数量
             * @description 1 至 9999 的整数；用 `cart_id` 指明时被忽略
             */
            quantity?: unknown;
            /**
             * 数量
             * @description 没有 `quantity` 时的数量；用 `cart_id` 指明时被忽略
             */
            cart_product_quantity?: unknown;
        };
        /**
         * 提交的商品快照
         * @description 商品在 `items` 中；其余键被忽略。
         */
        OrderSnapRequest: {
            /**
             * 商品清单
             * @description 每一项商品
             */
            items?: components["schemas"]["OrderSnapItemRequest"][] | null;
        };
        /**
         * 删除订单结果
         * @description 被删除的订单。
         */
        OrderDeleteData: {
            /** @description 被删除的订单编号 */
            order_id: components["schemas"]["BusinessId"];
            /**
             * @description 固定为 1
             * @constant
             */
            is_delete: 1;
        };
        /**
         * 原生记录中的商品快照
         * @description 下单时的商品与总额。`fields` 可以只取其中一部分，因此不列必有字段。
         */
        PocketBaseOrderSnap: {
            /** @description 每一项商品 */
            items?: components["schemas"]["PocketBaseOrderSnapItem"][];
            /** @description 各项小计之和，单位元 */
            total?: components["schemas"]["Money"];
        };
        /**
         * 原生记录快照中的商品
         * @description 一项商品下单时的样子。`fields` 可以只取其中一部分，因此不列必有字段。
         */
        PocketBaseOrderSnapItem: {
            /** @description 产品编号 */
            prod_list_id?: components["schemas"]["BusinessId"];
            /** @description 产品名称 */
            prod_list_name?: string;
            /** @description 产品型号 */
            prod_list_modelnumber?: string;
            /** @description 数量 */
            quantity?: components["schemas"]["Quantity"];
            /** @description 下单时的单价，单位元 */
            at_price?: components["schemas"]["Money"];
            /** @description 小计，单位元 */
            subtotal?: components["schemas"]["Money"];
        };
        /**
         * 订购的商品
         * @description 只需产品编号与数量，其余由服务器填写。
         */
        PocketBaseOrderSnapRequest: {
            /** @description 每一项商品 */
            items: components["schemas"]["PocketBaseOrderItem"][];
        };
        /**
         * 原生创建时的商品
         * @description 产品编号与数量，其余键被忽略。
         */
        PocketBaseOrderItem: {
            /** @description 产品编号 */
            prod_list_id: components["schemas"]["BusinessId"];
            /** @description 数量 */
            quantity: components["schemas"]["Quantity"];
        };
        /**
         * 文件令牌
         * @description 下载受保护的文件时放在地址里的令牌。使用 `fields` 时只返回所选的键，因此不列必有字段。
         */
        PocketBaseFileTokenResponse: {
            /**
             * 文件令牌
             * @description 180 秒内有效的文件令牌，只能用于下载本人的文件
             */
            token?: string;
        };
        /**
         * 批量请求
         * @description 要在同一个事务里执行的请求；未知字段会被忽略。
         */
        PocketBaseBatchRequest: {
            /**
             * 请求
             * @description 按顺序执行的请求
             */
            requests: components["schemas"]["PocketBaseBatchInnerRequest"][];
        };
        /**
         * 批量中的一个请求
         * @description 一次创建、修改或删除。
         */
        PocketBaseBatchInnerRequest: {
            /**
             * 方法
             * @description `POST` 创建，`PATCH` 修改，`DELETE` 删除，`PUT` 有则修改、没有则创建
             */
            method: components["schemas"]["BatchMethod"];
            /**
             * 地址
             * @description 如 `/api/collections/tbl_cart/records/{id}?fields=id`，可带 `/pb` 前缀；最多 2000 字节
             */
            url: string;
            /**
             * 内容
             * @description 与单独发送时相同的记录字段
             */
            body?: {
                [key: string]: unknown;
            };
        };
        /**
         * 批量中的方法
         * @description `POST` 创建，`PATCH` 修改，`DELETE` 删除，`PUT` 有则修改、没有则创建。
         * @enum {string}
         */
        BatchMethod: "POST" | "PATCH" | "DELETE" | "PUT";
        /**
         * 批量结果
         * @description 每个请求的结果，顺序与请求相同。
         */
        PocketBaseBatchResponse: components["schemas"]["PocketBaseBatchResult"][];
        /**
         * 批量中一个请求的结果
         * @description 单独发送时会得到的状态码与内容。
         */
        PocketBaseBatchResult: {
            /** @description 状态码 */
            status: number;
            /** @description 写入后的记录；删除时为 null */
            body: {
                [key: string]: unknown;
            } | null;
        };
        /**
         * 批量错误
         * @description 整批没有写入的原因。
         */
        PocketBaseBatchError: {
            /** @description 错误状态码，与 HTTP 状态码相同 */
            status: number;
            /** @description 英文说明，以句号结尾 */
            message: string;
            /** @description 与具体请求无关时为空对象 */
            data: {
                /** @description 整批的一个问题，或以请求序号为键的问题 */
                requests?: components["schemas"]["PocketBaseFieldError"] | {
                    [key: string]: components["schemas"]["PocketBaseBatchRequestError"];
                };
            };
        };
        /**
         * 批量中一个请求的错误
         * @description 请求被拒绝时有 `code`、`message` 与 `response`；请求不合要求时有 `method` 或 `url`。
         */
        PocketBaseBatchRequestError: {
            /**
             * @description 固定为 `batch_request_failed`
             * @constant
             */
            code?: "batch_request_failed";
            /** @description 英文说明 */
            message?: string;
            /** @description 单独发送时会得到的错误 */
            response?: components["schemas"]["PocketBaseNativeError"];
            /** @description 方法的问题 */
            method?: components["schemas"]["PocketBaseFieldError"];
            /** @description 地址的问题 */
            url?: components["schemas"]["PocketBaseFieldError"];
        };
        /**
         * 文件内容
         * Format: binary
         * @description 文件的原始字节。
         */
        FileContent: string;
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    users_count: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description 查询成功，返回用户总数。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsersCountResponse"];
                };
            };
        };
    };
    users_count_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description 不需要任何内容；没有请求体等于空对象。 */
        requestBody?: {
            content: {
                "application/json": components["schemas"]["EmptyRequest"];
            };
        };
        responses: {
            /** @description 查询成功，返回用户总数。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsersCountResponse"];
                };
            };
        };
    };
    refresh_token: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description 令牌失效时用来重新登录的微信 code；令牌有效时可不传。 */
        requestBody?: {
            content: {
                "application/json": components["schemas"]["SystemRefreshTokenRequest"];
            };
        };
        responses: {
            /** @description 已签发新令牌。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RefreshTokenResponse"];
                };
            };
        };
    };
    health: {
        parameters: {
            query?: {
                /**
                 * @description 只返回列出的字段，逗号分隔，可用 `*`、`expand.字段.子字段`，以及截取文字的 `字段:excerpt(长度)`。
                 *     未知字段被忽略，未知修饰符返回 400；被截取的文字不受响应结构中格式约束的限制。
                 */
                fields?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description 服务可用。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthResponse"];
                };
            };
        };
    };
    ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description 可以处理请求。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReadyResponse"];
                };
            };
        };
    };
    openapi_document: {
        parameters: {
            query?: never;
            header?: {
                /** @description 上次响应的 `ETag`。内容未变时返回 304，不再传输正文。 */
                "If-None-Match"?: string;
                /** @description 上次响应的 `ETag`。内容已变时返回 412。 */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description 完整的接口文档。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenapiDocument"];
                };
            };
        };
    };
    wechat_login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description 微信登录凭证。 */
        requestBody: {
            content: {
                "application/json": components["schemas"]["WechatLoginRequest"];
            };
        };
        responses: {
            /** @description 登录成功；首次登录时 `status` 为 `register_success`。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthSuccessResponse"];
                };
            };
        };
    };
    wechat_profile: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description 要修改的资料，每一项都可以不传。 */
        requestBody?: {
            content: {
                "application/json": components["schemas"]["WechatProfileRequest"];
            };
        };
        responses: {
            /** @description 修改成功，返回最新的用户资料。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WechatProfileResponse"];
                };
            };
        };
    };
    auth_refresh: {
        parameters: {
            query?: {
                /** @description 要一并返回的关联记录，可用 `company`；看不到的关联不会出现，也不报错。 */
                expand?: string;
                /**
                 * @description 只返回列出的字段，逗号分隔，可用 `*`、`expand.字段.子字段`，以及截取文字的 `字段:excerpt(长度)`。
                 *     未知字段被忽略，未知修饰符返回 400；被截取的文字不受响应结构中格式约束的限制。
                 */
                fields?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description 已签发新令牌，并附上当前用户的记录。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PocketBaseAuthResponse"];
                };
            };
        };
    };
    company_list: {
        parameters: {
            query?: {
                /** @description 页码，默认 1；0 与负数当作 1，超过末页时 `items` 为空。 */
                page?: number;
                /** @description 每页条数，默认 30；0 与负数当作 30，超过 1000 当作 1000，响应里是实际采用的值。 */
                perPage?: number;
                /** @description 排序，逗号分隔，最多 8 项；字段前加 `-` 为降序，空字符串等于不传。未知字段返回 400。 */
                sort?: string;
                /**
                 * @description PocketBase 筛选表达式，例如 `created >= "2026-01-01" && is_delete = 0`，不超过 3500 字节；须做 URL 编码。
                 *     语法错误或未知字段返回 400；普通用户的表达式里出现 `@request.` 或 `@collection.` 返回 403。
                 */
                filter?: string;
                /** @description 要一并返回的关联记录，逗号分隔；本数据没有可展开的关联，写了也不报错。 */
                expand?: string;
                /**
                 * @description 只返回列出的字段，逗号分隔，可用 `*`、`expand.字段.子字段`，以及截取文字的 `字段:excerpt(长度)`。
                 *     未知字段被忽略，未知修饰符返回 400；被截取的文字不受响应结构中格式约束的限制。
                 */
                fields?: string;
                /** @description 为真时不统计总数，`totalItems` 与 `totalPages` 返回 -1，列表更快。 */
                skipTotal?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description 一页企业记录。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PocketBaseCompanyListResponse"];
                };
            };
        };
    };
    company_create: {
        parameters: {
            query?: {
                /** @description 要一并返回的关联记录，逗号分隔；本数据没有可展开的关联，写了也不报错。 */
                expand?: string;
                /**
                 * @description 只返回列出的字段，逗号分隔，可用 `*`、`expand.字段.子字段`，以及截取文字的 `字段:excerpt(长度)`。
                 *     未知字段被忽略，未知修饰符返回 400；被截取的文字不受响应结构中格式约束的限制。
                 */
                fields?: string;
            };
            header?: {
                /**
                 * @description 幂等键，1 至 64 个可打印的 ASCII 字符，首尾不能是空格。同一用户在 24 小时内用同一个键重复提交相同内容，
                 *     得到的是第一次的成功响应，不会重复创建；同一个键换了内容或用于另一个接口则返回 422。网络不稳而重试时请沿用原来的键。
                 *     被拒绝的请求什么也没做，它的键可以用于任何内容；超过 64 KiB 的响应再次返回时不含 `expand` 带来的关联记录。
                 *     每次点击生成一个新的 UUID，形如 `5f0c7d3e-2b5a-4a0e-9a55-0d3f6f1c9b7a`；此处不给示例值，以免两次试用共用一个键。
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        /** @description 企业资料，`company_name` 必填。 */
        requestBody: {
            content: {
                "application/json": components["schemas"]["PocketBaseCompanyCreateRequest"];
            };
        };
        responses: {
            /** @description 创建成功，返回完整记录（PocketBase 的创建成功码是 200）。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PocketBaseCompanyRecord"];
                };
            };
        };
    };
    company_view: {
        parameters: {
            query?: {
                /** @description 要一并返回的关联记录，逗号分隔；本数据没有可展开的关联，写了也不报错。 */
                expand?: string;
                /**
                 * @description 只返回列出的字段，逗号分隔，可用 `*`、`expand.字段.子字段`，以及截取文字的 `字段:excerpt(长度)`。
                 *     未知字段被忽略，未知修饰符返回 400；被截取的文字不受响应结构中格式约束的限制。
                 */
                fields?: string;
            };
            header?: never;
            path: {
                /** @description 记录 id，15 位小写字母或数字；不符合的 id 等同于不存在。 */
                recordId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description 企业记录。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PocketBaseCompanyRecord"];
                };
            };
        };
    };
    company_update: {
        parameters: {
            query?: {
                /** @description 要一并返回的关联记录，逗号分隔；本数据没有可展开的关联，写了也不报错。 */
                expand?: string;
                /**
                 * @description 只返回列出的字段，逗号分隔，可用 `*`、`expand.字段.子字段`，以及截取文字的 `字段:excerpt(长度)`。
                 *     未知字段被忽略，未知修饰符返回 400；被截取的文字不受响应结构中格式约束的限制。
                 */
                fields?: string;
            };
            header?: never;
            path: {
                /** @description 记录 id，15 位小写字母或数字；不符合的 id 等同于不存在。 */
                recordId: string;
            };
            cookie?: never;
        };
        /** @description 要修改的字段。 */
        requestBody: {
            content: {
                "application/json": components["schemas"]["PocketBaseCompanyUpdateRequest"];
            };
        };
        responses: {
            /** @description 修改成功，返回完整记录。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PocketBaseCompanyRecord"];
                };
            };
        };
    };
    attachment_list: {
        parameters: {
            query?: {
                /** @description 页码，默认 1；0 与负数当作 1，超过末页时 `items` 为空。 */
                page?: number;
                /** @description 每页条数，默认 30；0 与负数当作 30，超过 1000 当作 1000，响应里是实际采用的值。 */
                perPage?: number;
                /** @description 排序，逗号分隔，最多 8 项；字段前加 `-` 为降序，空字符串等于不传。未知字段返回 400。 */
                sort?: string;
                /**
                 * @description PocketBase 筛选表达式，例如 `created >= "2026-01-01" && is_delete = 0`，不超过 3500 字节；须做 URL 编码。
                 *     语法错误或未知字段返回 400；普通用户的表达式里出现 `@request.` 或 `@collection.` 返回 403。
                 */
                filter?: string;
                /** @description 要一并返回的关联记录，逗号分隔；本数据没有可展开的关联，写了也不报错。 */
                expand?: string;
                /**
                 * @description 只返回列出的字段，逗号分隔，可用 `*`、`expand.字段.子字段`，以及截取文字的 `字段:excerpt(长度)`。
                 *     未知字段被忽略，未知修饰符返回 400；被截取的文字不受响应结构中格式约束的限制。
                 */
                fields?: string;
                /** @description 为真时不统计总数，`totalItems` 与 `totalPages` 返回 -1，列表更快。 */
                skipTotal?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description 一页附件记录。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PocketBaseAttachmentListResponse"];
                };
            };
        };
    };
    attachment_create: {
        parameters: {
            query?: {
                /** @description 要一并返回的关联记录，逗号分隔；本数据没有可展开的关联，写了也不报错。 */
                expand?: string;
                /**
                 * @description 只返回列出的字段，逗号分隔，可用 `*`、`expand.字段.子字段`，以及截取文字的 `字段:excerpt(长度)`。
                 *     未知字段被忽略，未知修饰符返回 400；被截取的文字不受响应结构中格式约束的限制。
                 */
                fields?: string;
            };
            header?: {
                /**
                 * @description 幂等键，1 至 64 个可打印的 ASCII 字符，首尾不能是空格。同一用户在 24 小时内用同一个键重复提交相同内容，
                 *     得到的是第一次的成功响应，不会重复创建；同一个键换了内容或用于另一个接口则返回 422。网络不稳而重试时请沿用原来的键。
                 *     被拒绝的请求什么也没做，它的键可以用于任何内容；超过 64 KiB 的响应再次返回时不含 `expand` 带来的关联记录。
                 *     每次点击生成一个新的 UUID，形如 `5f0c7d3e-2b5a-4a0e-9a55-0d3f6f1c9b7a`；此处不给示例值，以免两次试用共用一个键。
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        /** @description 一个文件与可选的备注。 */
        requestBody: {
            content: {
                "multipart/form-data": {
                    /**
                     * 文件
                     * Format: binary
                     * @description 要上传的文件，一次一个，最大 10 MiB
                     */
                    attachments_link: string;
                    /**
                     * 识别文字
                     * @description 文字识别结果
                     */
                    attachments_ocr?: string;
                    /**
                     * 备注
                     * @description 备注
                     */
                    attachments_remark?: string;
                };
            };
        };
        responses: {
            /** @description 上传成功，返回完整记录。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PocketBaseAttachmentRecord"];
                };
            };
        };
    };
    attachment_view: {
        parameters: {
            query?: {
                /** @description 要一并返回的关联记录，逗号分隔；本数据没有可展开的关联，写了也不报错。 */
                expand?: string;
                /**
                 * @description 只返回列出的字段，逗号分隔，可用 `*`、`expand.字段.子字段`，以及截取文字的 `字段:excerpt(长度)`。
                 *     未知字段被忽略，未知修饰符返回 400；被截取的文字不受响应结构中格式约束的限制。
                 */
                fields?: string;
            };
            header?: never;
            path: {
                /** @description 记录 id，15 位小写字母或数字；不符合的 id 等同于不存在。 */
                recordId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description 附件记录。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PocketBaseAttachmentRecord"];
                };
            };
        };
    };
    product_list: {
        parameters: {
            query?: {
                /** @description 页码，默认 1；0 与负数当作 1，超过末页时 `items` 为空。 */
                page?: number;
                /** @description 每页条数，默认 30；0 与负数当作 30，超过 1000 当作 1000，响应里是实际采用的值。 */
                perPage?: number;
                /** @description 排序，逗号分隔，最多 8 项；字段前加 `-` 为降序，空字符串等于不传。未知字段返回 400。 */
                sort?: string;
                /**
                 * @description PocketBase 筛选表达式，例如 `created >= "2026-01-01" && is_delete = 0`，不超过 3500 字节；须做 URL 编码。
                 *     语法错误或未知字段返回 400；普通用户的表达式里出现 `@request.` 或 `@collection.` 返回 403。
                 */
                filter?: string;
                /** @description 要一并返回的关联记录，可用 `prod_list_icon`；看不到的关联不会出现，也不报错。 */
                expand?: string;
                /**
                 * @description 只返回列出的字段，逗号分隔，可用 `*`、`expand.字段.子字段`，以及截取文字的 `字段:excerpt(长度)`。
                 *     未知字段被忽略，未知修饰符返回 400；被截取的文字不受响应结构中格式约束的限制。
                 */
                fields?: string;
                /** @description 为真时不统计总数，`totalItems` 与 `totalPages` 返回 -1，列表更快。 */
                skipTotal?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description 一页产品记录。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PocketBaseProductListListResponse"];
                };
            };
        };
    };
    product_view: {
        parameters: {
            query?: {
                /** @description 要一并返回的关联记录，可用 `prod_list_icon`；看不到的关联不会出现，也不报错。 */
                expand?: string;
                /**
                 * @description 只返回列出的字段，逗号分隔，可用 `*`、`expand.字段.子字段`，以及截取文字的 `字段:excerpt(长度)`。
                 *     未知字段被忽略，未知修饰符返回 400；被截取的文字不受响应结构中格式约束的限制。
                 */
                fields?: string;
            };
            header?: never;
            path: {
                /** @description 记录 id，15 位小写字母或数字；不符合的 id 等同于不存在。 */
                recordId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description 产品记录。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PocketBaseProductListRecord"];
                };
            };
        };
    };
    document_list: {
        parameters: {
            query?: {
                /** @description 页码，默认 1；0 与负数当作 1，超过末页时 `items` 为空。 */
                page?: number;
                /** @description 每页条数，默认 30；0 与负数当作 30，超过 1000 当作 1000，响应里是实际采用的值。 */
                perPage?: number;
                /** @description 排序，逗号分隔，最多 8 项；字段前加 `-` 为降序，空字符串等于不传。未知字段返回 400。 */
                sort?: string;
                /**
                 * @description PocketBase 筛选表达式，例如 `created >= "2026-01-01" && is_delete = 0`，不超过 3500 字节；须做 URL 编码。
                 *     语法错误或未知字段返回 400；普通用户的表达式里出现 `@request.` 或 `@collection.` 返回 403。
                 */
                filter?: string;
                /** @description 要一并返回的关联记录，可用 `document_images`、`document_videos`、`document_files`；看不到的关联不会出现，也不报错。 */
                expand?: string;
                /**
                 * @description 只返回列出的字段，逗号分隔，可用 `*`、`expand.字段.子字段`，以及截取文字的 `字段:excerpt(长度)`。
                 *     未知字段被忽略，未知修饰符返回 400；被截取的文字不受响应结构中格式约束的限制。
                 */
                fields?: string;
                /** @description 为真时不统计总数，`totalItems` 与 `totalPages` 返回 -1，列表更快。 */
                skipTotal?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description 一页文档记录。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PocketBaseDocumentListResponse"];
                };
            };
        };
    };
    document_view: {
        parameters: {
            query?: {
                /** @description 要一并返回的关联记录，可用 `document_images`、`document_videos`、`document_files`；看不到的关联不会出现，也不报错。 */
                expand?: string;
                /**
                 * @description 只返回列出的字段，逗号分隔，可用 `*`、`expand.字段.子字段`，以及截取文字的 `字段:excerpt(长度)`。
                 *     未知字段被忽略，未知修饰符返回 400；被截取的文字不受响应结构中格式约束的限制。
                 */
                fields?: string;
            };
            header?: never;
            path: {
                /** @description 记录 id，15 位小写字母或数字；不符合的 id 等同于不存在。 */
                recordId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description 文档记录。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PocketBaseDocumentRecord"];
                };
            };
        };
    };
    dict_list: {
        parameters: {
            query?: {
                /** @description 页码，默认 1；0 与负数当作 1，超过末页时 `items` 为空。 */
                page?: number;
                /** @description 每页条数，默认 30；0 与负数当作 30，超过 1000 当作 1000，响应里是实际采用的值。 */
                perPage?: number;
                /** @description 排序，逗号分隔，最多 8 项；字段前加 `-` 为降序，空字符串等于不传。未知字段返回 400。 */
                sort?: string;
                /**
                 * @description PocketBase 筛选表达式，例如 `created >= "2026-01-01" && is_delete = 0`，不超过 3500 字节；须做 URL 编码。
                 *     语法错误或未知字段返回 400；普通用户的表达式里出现 `@request.` 或 `@collection.` 返回 403。
                 */
                filter?: string;
                /** @description 要一并返回的关联记录，逗号分隔；本数据没有可展开的关联，写了也不报错。 */
                expand?: string;
                /**
                 * @description 只返回列出的字段，逗号分隔，可用 `*`、`expand.字段.子字段`，以及截取文字的 `字段:excerpt(长度)`。
                 *     未知字段被忽略，未知修饰符返回 400；被截取的文字不受响应结构中格式约束的限制。
                 */
                fields?: string;
                /** @description 为真时不统计总数，`totalItems` 与 `totalPages` 返回 -1，列表更快。 */
                skipTotal?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description 一页字典记录。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PocketBaseDictionaryListResponse"];
                };
            };
        };
    };
    dict_view: {
        parameters: {
            query?: {
                /** @description 要一并返回的关联记录，逗号分隔；本数据没有可展开的关联，写了也不报错。 */
                expand?: string;
                /**
                 * @description 只返回列出的字段，逗号分隔，可用 `*`、`expand.字段.子字段`，以及截取文字的 `字段:excerpt(长度)`。
                 *     未知字段被忽略，未知修饰符返回 400；被截取的文字不受响应结构中格式约束的限制。
                 */
                fields?: string;
            };
            header?: never;
            path: {
                /** @description 记录 id，15 位小写字母或数字；不符合的 id 等同于不存在。 */
                recordId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description 字典记录。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PocketBaseDictionaryRecord"];
                };
            };
        };
    };
    cart_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description 分页、筛选与排序条件，全部可选。 */
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CartListRequest"];
            };
        };
        responses: {
            /** @description 一页购物车行。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CartListResponse"];
                };
            };
        };
    };
    cart_detail: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description 要查看的购物车行。 */
        requestBody: {
            content: {
                "application/json": components["schemas"]["CartDetailRequest"];
            };
        };
        responses: {
            /** @description 购物车行。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CartRecordResponse"];
                };
            };
        };
    };
    cart_create: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description 幂等键，1 至 64 个可打印的 ASCII 字符，首尾不能是空格。同一用户在 24 小时内用同一个键重复提交相同内容，
                 *     得到的是第一次的成功响应，不会重复创建；同一个键换了内容或用于另一个接口则返回 422。网络不稳而重试时请沿用原来的键。
                 *     被拒绝的请求什么也没做，它的键可以用于任何内容；超过 64 KiB 的响应再次返回时不含 `expand` 带来的关联记录。
                 *     每次点击生成一个新的 UUID，形如 `5f0c7d3e-2b5a-4a0e-9a55-0d3f6f1c9b7a`；此处不给示例值，以免两次试用共用一个键。
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        /** @description 产品与数量。 */
        requestBody: {
            content: {
                "application/json": components["schemas"]["CartCreateRequest"];
            };
        };
        responses: {
            /** @description 已加入，返回该行的最新内容。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CartRecordResponse"];
                };
            };
        };
    };
    cart_update: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description 要修改的行与新的内容。 */
        requestBody: {
            content: {
                "application/json": components["schemas"]["CartUpdateRequest"];
            };
        };
        responses: {
            /** @description 已修改，返回该行的最新内容。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CartRecordResponse"];
                };
            };
        };
    };
    cart_delete: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description 要删除的购物车行。 */
        requestBody: {
            content: {
                "application/json": components["schemas"]["CartDeleteRequest"];
            };
        };
        responses: {
            /** @description 已删除。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CartDeleteResponse"];
                };
            };
        };
    };
    cart_record_list: {
        parameters: {
            query?: {
                /** @description 页码，默认 1；0 与负数当作 1，超过末页时 `items` 为空。 */
                page?: number;
                /** @description 每页条数，默认 30；0 与负数当作 30，超过 1000 当作 1000，响应里是实际采用的值。 */
                perPage?: number;
                /** @description 排序，逗号分隔，最多 8 项；字段前加 `-` 为降序，空字符串等于不传。未知字段返回 400。 */
                sort?: string;
                /**
                 * @description PocketBase 筛选表达式，例如 `created >= "2026-01-01" && is_delete = 0`，不超过 3500 字节；须做 URL 编码。
                 *     语法错误或未知字段返回 400；普通用户的表达式里出现 `@request.` 或 `@collection.` 返回 403。
                 */
                filter?: string;
                /** @description 要一并返回的关联记录，可用 `cart_product_id` 与 `cart_product_id.prod_list_icon`；已下架的产品不会出现，也不报错。 */
                expand?: string;
                /**
                 * @description 只返回列出的字段，逗号分隔，可用 `*`、`expand.字段.子字段`，以及截取文字的 `字段:excerpt(长度)`。
                 *     未知字段被忽略，未知修饰符返回 400；被截取的文字不受响应结构中格式约束的限制。
                 */
                fields?: string;
                /** @description 为真时不统计总数，`totalItems` 与 `totalPages` 返回 -1，列表更快。 */
                skipTotal?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description 一页购物车记录。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PocketBaseCartListResponse"];
                };
            };
        };
    };
    cart_record_create: {
        parameters: {
            query?: {
                /** @description 要一并返回的关联记录，可用 `cart_product_id` 与 `cart_product_id.prod_list_icon`；已下架的产品不会出现，也不报错。 */
                expand?: string;
                /**
                 * @description 只返回列出的字段，逗号分隔，可用 `*`、`expand.字段.子字段`，以及截取文字的 `字段:excerpt(长度)`。
                 *     未知字段被忽略，未知修饰符返回 400；被截取的文字不受响应结构中格式约束的限制。
                 */
                fields?: string;
            };
            header?: {
                /**
                 * @description 幂等键，1 至 64 个可打印的 ASCII 字符，首尾不能是空格。同一用户在 24 小时内用同一个键重复提交相同内容，
                 *     得到的是第一次的成功响应，不会重复创建；同一个键换了内容或用于另一个接口则返回 422。网络不稳而重试时请沿用原来的键。
                 *     被拒绝的请求什么也没做，它的键可以用于任何内容；超过 64 KiB 的响应再次返回时不含 `expand` 带来的关联记录。
                 *     每次点击生成一个新的 UUID，形如 `5f0c7d3e-2b5a-4a0e-9a55-0d3f6f1c9b7a`；此处不给示例值，以免两次试用共用一个键。
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        /** @description 拥有者、产品与数量。 */
        requestBody: {
            content: {
                "application/json": components["schemas"]["PocketBaseCartCreateRequest"];
            };
        };
        responses: {
            /** @description 创建成功，返回完整记录（PocketBase 的创建成功码是 200）。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PocketBaseCartRecord"];
                };
            };
        };
    };
    cart_record_view: {
        parameters: {
            query?: {
                /** @description 要一并返回的关联记录，可用 `cart_product_id` 与 `cart_product_id.prod_list_icon`；已下架的产品不会出现，也不报错。 */
                expand?: string;
                /**
                 * @description 只返回列出的字段，逗号分隔，可用 `*`、`expand.字段.子字段`，以及截取文字的 `字段:excerpt(长度)`。
                 *     未知字段被忽略，未知修饰符返回 400；被截取的文字不受响应结构中格式约束的限制。
                 */
                fields?: string;
            };
            header?: never;
            path: {
                /** @description 记录 id，15 位小写字母或数字；不符合的 id 等同于不存在。 */
                recordId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description 购物车记录。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PocketBaseCartRecord"];
                };
            };
        };
    };
    cart_record_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 记录 id，15 位小写字母或数字；不符合的 id 等同于不存在。 */
                recordId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description 已删除，没有响应体。 */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    cart_record_update: {
        parameters: {
            query?: {
                /** @description 要一并返回的关联记录，可用 `cart_product_id` 与 `cart_product_id.prod_list_icon`；已下架的产品不会出现，也不报错。 */
                expand?: string;
                /**
                 * @description 只返回列出的字段，逗号分隔，可用 `*`、`expand.字段.子字段`，以及截取文字的 `字段:excerpt(长度)`。
                 *     未知字段被忽略，未知修饰符返回 400；被截取的文字不受响应结构中格式约束的限制。
                 */
                fields?: string;
            };
            header?: never;
            path: {
                /** @description 记录 id，15 位小写字母或数字；不符合的 id 等同于不存在。 */
                recordId: string;
            };
            cookie?: never;
        };
        /** @description 要修改的字段。 */
        requestBody: {
            content: {
                "application/json": components["schemas"]["PocketBaseCartUpdateRequest"];
            };
        };
        responses: {
            /** @description 修改成功，返回完整记录。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PocketBaseCartRecord"];
                };
            };
        };
    };
    order_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description 分页、筛选与排序条件，全部可选。 */
        requestBody?: {
            content: {
                "application/json": components["schemas"]["OrderListRequest"];
            };
        };
        responses: {
            /** @description 一页订单。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderListResponse"];
                };
            };
        };
    };
    order_detail: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description 要查看的订单。 */
        requestBody: {
            content: {
                "application/json": components["schemas"]["OrderDetailRequest"];
            };
        };
        responses: {
            /** @description 订单。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderRecordResponse"];
                };
            };
        };
    };
    order_create: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description 幂等键，1 至 64 个可打印的 ASCII 字符，首尾不能是空格。同一用户在 24 小时内用同一个键重复提交相同内容，
                 *     得到的是第一次的成功响应，不会重复创建；同一个键换了内容或用于另一个接口则返回 422。网络不稳而重试时请沿用原来的键。
                 *     被拒绝的请求什么也没做，它的键可以用于任何内容；超过 64 KiB 的响应再次返回时不含 `expand` 带来的关联记录。
                 *     每次点击生成一个新的 UUID，形如 `5f0c7d3e-2b5a-4a0e-9a55-0d3f6f1c9b7a`；此处不给示例值，以免两次试用共用一个键。
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        /** @description 订单来源与内容。 */
        requestBody: {
            content: {
                "application/json": components["schemas"]["OrderCreateRequest"];
            };
        };
        responses: {
            /** @description 下单成功，返回订单。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderRecordResponse"];
                };
            };
        };
    };
    order_update: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description 要修改的订单与新的内容。 */
        requestBody: {
            content: {
                "application/json": components["schemas"]["OrderUpdateRequest"];
            };
        };
        responses: {
            /** @description 已修改，返回订单的最新内容。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderRecordResponse"];
                };
            };
        };
    };
    order_delete: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description 要删除的订单。 */
        requestBody: {
            content: {
                "application/json": components["schemas"]["OrderDeleteRequest"];
            };
        };
        responses: {
            /** @description 已删除。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderDeleteResponse"];
                };
            };
        };
    };
    order_record_list: {
        parameters: {
            query?: {
                /** @description 页码，默认 1；0 与负数当作 1，超过末页时 `items` 为空。 */
                page?: number;
                /** @description 每页条数，默认 30；0 与负数当作 30，超过 1000 当作 1000，响应里是实际采用的值。 */
                perPage?: number;
                /** @description 排序，逗号分隔，最多 8 项；字段前加 `-` 为降序，空字符串等于不传。未知字段返回 400。 */
                sort?: string;
                /**
                 * @description PocketBase 筛选表达式，例如 `created >= "2026-01-01" && is_delete = 0`，不超过 3500 字节；须做 URL 编码。
                 *     语法错误或未知字段返回 400；普通用户的表达式里出现 `@request.` 或 `@collection.` 返回 403。
                 */
                filter?: string;
                /** @description 要一并返回的关联记录，逗号分隔；本数据没有可展开的关联，写了也不报错。 */
                expand?: string;
                /**
                 * @description 只返回列出的字段，逗号分隔，可用 `*`、`expand.字段.子字段`，以及截取文字的 `字段:excerpt(长度)`。
                 *     未知字段被忽略，未知修饰符返回 400；被截取的文字不受响应结构中格式约束的限制。
                 */
                fields?: string;
                /** @description 为真时不统计总数，`totalItems` 与 `totalPages` 返回 -1，列表更快。 */
                skipTotal?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description 一页订单记录。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PocketBaseOrderListResponse"];
                };
            };
        };
    };
    order_record_create: {
        parameters: {
            query?: {
                /** @description 要一并返回的关联记录，逗号分隔；本数据没有可展开的关联，写了也不报错。 */
                expand?: string;
                /**
                 * @description 只返回列出的字段，逗号分隔，可用 `*`、`expand.字段.子字段`，以及截取文字的 `字段:excerpt(长度)`。
                 *     未知字段被忽略，未知修饰符返回 400；被截取的文字不受响应结构中格式约束的限制。
                 */
                fields?: string;
            };
            header?: {
                /**
                 * @description 幂等键，1 至 64 个可打印的 ASCII 字符，首尾不能是空格。同一用户在 24 小时内用同一个键重复提交相同内容，
                 *     得到的是第一次的成功响应，不会重复创建；同一个键换了内容或用于另一个接口则返回 422。网络不稳而重试时请沿用原来的键。
                 *     被拒绝的请求什么也没做，它的键可以用于任何内容；超过 64 KiB 的响应再次返回时不含 `expand` 带来的关联记录。
                 *     每次点击生成一个新的 UUID，形如 `5f0c7d3e-2b5a-4a0e-9a55-0d3f6f1c9b7a`；此处不给示例值，以免两次试用共用一个键。
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        /** @description 拥有者、来源与商品。 */
        requestBody: {
            content: {
                "application/json": components["schemas"]["PocketBaseOrderCreateRequest"];
            };
        };
        responses: {
            /** @description 创建成功，返回完整记录（PocketBase 的创建成功码是 200）。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PocketBaseOrderRecord"];
                };
            };
        };
    };
    order_record_view: {
        parameters: {
            query?: {
                /** @description 要一并返回的关联记录，逗号分隔；本数据没有可展开的关联，写了也不报错。 */
                expand?: string;
                /**
                 * @description 只返回列出的字段，逗号分隔，可用 `*`、`expand.字段.子字段`，以及截取文字的 `字段:excerpt(长度)`。
                 *     未知字段被忽略，未知修饰符返回 400；被截取的文字不受响应结构中格式约束的限制。
                 */
                fields?: string;
            };
            header?: never;
            path: {
                /** @description 记录 id，15 位小写字母或数字；不符合的 id 等同于不存在。 */
                recordId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description 订单记录。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PocketBaseOrderRecord"];
                };
            };
        };
    };
    order_record_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description 记录 id，15 位小写字母或数字；不符合的 id 等同于不存在。 */
                recordId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description 已删除，没有响应体。 */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    order_record_update: {
        parameters: {
            query?: {
                /** @description 要一并返回的关联记录，逗号分隔；本数据没有可展开的关联，写了也不报错。 */
                expand?: string;
                /**
                 * @description 只返回列出的字段，逗号分隔，可用 `*`、`expand.字段.子字段`，以及截取文字的 `字段:excerpt(长度)`。
                 *     未知字段被忽略，未知修饰符返回 400；被截取的文字不受响应结构中格式约束的限制。
                 */
                fields?: string;
            };
            header?: never;
            path: {
                /** @description 记录 id，15 位小写字母或数字；不符合的 id 等同于不存在。 */
                recordId: string;
            };
            cookie?: never;
        };
        /** @description 要修改的字段。 */
        requestBody: {
            content: {
                "application/json": components["schemas"]["PocketBaseOrderUpdateRequest"];
            };
        };
        responses: {
            /** @description 修改成功，返回完整记录。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PocketBaseOrderRecord"];
                };
            };
        };
    };
    file_token: {
        parameters: {
            query?: {
                /**
                 * @description 只返回列出的字段，逗号分隔，可用 `*`、`expand.字段.子字段`，以及截取文字的 `字段:excerpt(长度)`。
                 *     未知字段被忽略，未知修饰符返回 400；被截取的文字不受响应结构中格式约束的限制。
                 */
                fields?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description 已签发文件令牌。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PocketBaseFileTokenResponse"];
                };
            };
        };
    };
    batch: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description 幂等键，1 至 64 个可打印的 ASCII 字符，首尾不能是空格。同一用户在 24 小时内用同一个键重复提交相同内容，
                 *     得到的是第一次的成功响应，不会重复创建；同一个键换了内容或用于另一个接口则返回 422。网络不稳而重试时请沿用原来的键。
                 *     被拒绝的请求什么也没做，它的键可以用于任何内容；超过 64 KiB 的响应再次返回时不含 `expand` 带来的关联记录。
                 *     每次点击生成一个新的 UUID，形如 `5f0c7d3e-2b5a-4a0e-9a55-0d3f6f1c9b7a`；此处不给示例值，以免两次试用共用一个键。
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        /** @description 要执行的请求；有文件时用表单提交。 */
        requestBody: {
            content: {
                "application/json": components["schemas"]["PocketBaseBatchRequest"];
                "multipart/form-data": {
                    /** @description 批量请求的 JSON 文本 */
                    "@jsonPayload": string;
                    /**
                     * Format: binary
                     * @description 第一个请求上传的文件；其余请求依序号类推
                     */
                    "requests.0.attachments_link"?: string;
                };
            };
        };
        responses: {
            /** @description 全部成功，按请求的顺序返回每个请求的状态码与内容；删除没有内容。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PocketBaseBatchResponse"];
                };
            };
        };
    };
    file_download: {
        parameters: {
            query?: {
                /** @description 缩略图尺寸 `宽x高`，可加 `t`、`b`（从上、从下裁剪）或 `f`（完整缩放）；一边为 0 时按比例。只对图片有效。 */
                thumb?: string;
                /** @description 文件令牌，来自 `/pb/api/files/token`；只有受保护的文件需要。 */
                token?: string;
                /** @description 是否另存：`1`、`true` 另存，`0`、`false` 由浏览器决定。 */
                download?: "1" | "true" | "0" | "false";
            };
            header?: {
                /** @description 只取一段内容，例如 `bytes=0-1023`；无法理解的写法会被忽略。 */
                Range?: string;
                /** @description 上次响应的 `ETag`。内容未变时返回 304，不再传输正文。 */
                "If-None-Match"?: string;
                /** @description 上次响应的 `Last-Modified`；带了 `If-None-Match` 时忽略本项。 */
                "If-Modified-Since"?: string;
                /** @description 与 `Range` 一起使用：上次响应的 `ETag` 或 `Last-Modified`。文件已变时忽略 `Range`，返回全部内容。 */
                "If-Range"?: string;
                /** @description 上次响应的 `ETag`。内容已变时返回 412。 */
                "If-Match"?: string;
                /** @description 文件在此之后有修改时返回 412；带了 `If-Match` 时忽略本项。 */
                "If-Unmodified-Since"?: string;
            };
            path: {
                /** @description collection 的名称或 id，例如 `tbl_attachments`。 */
                collection: string;
                /** @description 记录 id，15 位小写字母或数字；不符合的 id 等同于不存在。 */
                recordId: string;
                /** @description 存储的文件名，即附件的 `attachments_link`。 */
                filename: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description 文件的全部内容。 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": components["schemas"]["FileContent"];
                    "image/png": components["schemas"]["FileContent"];
                    "image/webp": components["schemas"]["FileContent"];
                    "image/gif": components["schemas"]["FileContent"];
                    "application/pdf": components["schemas"]["FileContent"];
                    "video/mp4": components["schemas"]["FileContent"];
                    "application/octet-stream": components["schemas"]["FileContent"];
                };
            };
            /** @description 文件的一段内容。 */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": components["schemas"]["FileContent"];
                    "image/png": components["schemas"]["FileContent"];
                    "image/webp": components["schemas"]["FileContent"];
                    "image/gif": components["schemas"]["FileContent"];
                    "application/pdf": components["schemas"]["FileContent"];
                    "video/mp4": components["schemas"]["FileContent"];
                    "application/octet-stream": components["schemas"]["FileContent"];
                };
            };
        };
    };
}
type WithRequired<T, K extends keyof T> = T & {
    [P in K]-?: T[P];
};
