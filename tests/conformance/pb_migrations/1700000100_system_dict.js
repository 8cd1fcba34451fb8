/// 系统字典: `tbl_system_dict` as PocketBase would hold it, written by `bai-wx scaffold`.
migrate((app) => {
  app.save(new Collection({
    "id": "pbc_861895770",
    "name": "tbl_system_dict",
    "type": "base",
    "listRule": "is_delete = 0",
    "viewRule": "is_delete = 0",
    "fields": [
      {
        "type": "text",
        "name": "system_dict_id",
        "max": 64
      },
      {
        "type": "text",
        "name": "dict_name",
        "max": 0,
        "required": true
      },
      {
        "type": "text",
        "name": "dict_word_enum",
        "max": 0
      },
      {
        "type": "text",
        "name": "dict_word_description",
        "max": 0
      },
      {
        "type": "text",
        "name": "dict_word_is_enabled",
        "max": 0
      },
      {
        "type": "text",
        "name": "dict_word_sort_order",
        "max": 0
      },
      {
        "type": "text",
        "name": "dict_parent_id",
        "max": 0
      },
      {
        "type": "text",
        "name": "dict_remark",
        "max": 0
      },
      {
        "type": "number",
        "name": "is_delete",
        "onlyInt": true,
        "min": 0,
        "max": 1
      },
      {
        "type": "autodate",
        "name": "created",
        "onCreate": true
      },
      {
        "type": "autodate",
        "name": "updated",
        "onCreate": true,
        "onUpdate": true
      }
    ],
    "indexes": [
      "CREATE UNIQUE INDEX idx_system_dict_id ON tbl_system_dict (system_dict_id)",
      "CREATE UNIQUE INDEX idx_dict_name ON tbl_system_dict (dict_name)"
    ]
  }));
});
