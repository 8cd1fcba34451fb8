"""What the demo shop holds: tables of values, no code.

Ids, prices and texts are fixed, so that the README's examples come true on every machine.
"""

from typing import Any

from bai_wx.record.base import FieldValues

COMPANY: FieldValues = {
    "id": "c5v1x9k3m7q2b8n",
    "company_id": "C-01KAR2V5J8Q3W7N4T9Y6ZB1CXE",
    "company_name": "深圳市百益智能科技有限公司",
    "company_type": "有限责任公司",
    "company_entity": "王建国",
    "company_usci": "91440300MA5GWX013E",
    "company_nationality": "中国",
    "company_province": "广东省",
    "company_city": "深圳市",
    "company_postalcode": "518057",
    "company_add": "南山区科技园科苑路 8 号",
    "company_status": "active",
    "company_level": "A",
}

# Key, record id, stored name, business id, colour of the picture.
ICONS: tuple[tuple[str, str, str, str, str], ...] = (
    ("switch", "a3f8k2m9q7x1c5v", "switch_8h2k5m1q9x", "A-01KAR4B7M2X9C6V3Q8N5KJ1WTF", "#2f6fed"),
    ("thermostat", "a4g9m3n8r6y2d7w", "therm_3n7v2c8k4z", "A-01KAR4C1TQ7W4E9R2Y6H3JK8MN", "#e4572e"),
    ("sensor", "a5h1n4p7s5z3f8x", "sensor_6b4x9m2d1q", "A-01KAR4D6VB3N8M5X1Z7C4QW9ER", "#17876d"),
    ("gateway", "a6j2p5q6t4b9g1y", "gateway_5t8r1w6y3p", "A-01KAR4E2GH7J4K9P5Q1S6TV3WX", "#6b4fbb"),
    ("lock", "a7k3q6r5v3c8h2z", "lock_9d3f7g5h2j", "A-01KAR4F8YZ2A5B9C4D7E1FG6HJ", "#8a5a2b"),
    ("lamp", "a8m4r7s4w2d7j3b", "lamp_1k6l8z4x7c", "A-01KAR4G5KM9N3P7Q1R8S4TV2WX", "#c98a06"),
    ("single", "a9cqt8jkszprfk3", "single_r06i3ps67g", "A-01KAR4H2AD2Z913WHY22YFARG9", "#3a8fb7"),
    ("scene", "a0rgiuf5kfebcso", "scene_csceld9oer", "A-01KAR4JHNWGF05M7ZYJBVEG66M", "#5a67c8"),
    ("card", "a1zsd4drrjyzte8", "keycard_5l7spo63ff", "A-01KAR4KKX2T6AMAQ9XWYWWKR81", "#3f7d8c"),
    ("floor", "a2j7e4jrrgox289", "floor_swkajdc2b1", "A-01KAR4MKMV1B6DE8298954XXAN", "#d9803a"),
    ("door", "a3r114o8rez4c3a", "door_ky8d514ioz", "A-01KAR4NDFSQK1735YWRC957706", "#4b8f5a"),
    ("hub", "a4q5afmp9qelmcl", "hub_354lbqgzbe", "A-01KAR4PHFRCY6FSCSS9PH74YFV", "#9a4fb0"),
)  # fmt: skip

# Key of what it is, record id, business id, name, model, yuan, state, plan, category, bus, series,
# tags.
PRODUCTS: tuple[tuple[Any, ...], ...] = (
    ("switch", "p9x2c5v8b1n4m7q", "P-01KAR3Z8H5D2F7G4J9K6MB1NQC", "智能开关面板 三键", "BLV-SW-03",
     199.5, "on_sale", "酒店客控", "开关面板", "RS485", "悦系列", "热销|新品"),
    ("switch", "p8w1b4u7a9m3k6p", "P-01KAR3ZC2Q6R1T8V4W9X3YZ7AB", "智能开关面板 单键", "BLV-SW-01",
     129, "on_sale", "酒店客控", "开关面板", "RS485", "悦系列", "热销"),
    ("switch", "p7v9a3t6z8k2j5n", "P-01KAR3ZG7B1C5D9E3F8G2HJ6KM", "场景面板 六键", "BLV-SC-06",
     368, "on_sale", "酒店客控", "开关面板", "RS485", "雅系列", "新品"),
    ("switch", "p6u8z2s5y7j1h4m", "P-01KAR3ZM4N8P2Q6R1S5T9VW3XY", "插卡取电开关", "BLV-KC-01",
     158.8, "on_sale", "酒店客控", "开关面板", "RS485", "悦系列", ""),
    ("thermostat", "p5t7y1r4x6h9g3k", "P-01KAR3ZS1Z5A9B3C7D2E6FG4HJ", "温控面板 风机盘管",
     "BLV-TC-02", 288, "on_sale", "酒店客控", "温控器", "Modbus", "悦系列", "节能"),
    ("thermostat", "p4s6x9q3w5g8f2j", "P-01KAR3ZX6K2M7N1P5Q9R3ST8VW", "地暖温控器", "BLV-TH-01",
     256.9, "on_sale", "智慧住宅", "温控器", "Zigbee", "雅系列", "节能|新品"),
    ("sensor", "p3r5w8p2v4f7d1h", "P-01KAR4012X7Y3Z8A4B9C5D1EF6", "人体存在传感器", "BLV-PS-01",
     179, "on_sale", "智慧住宅", "传感器", "Zigbee", "雅系列", "热销"),
    ("sensor", "p2q4v7n1u3d6c9g", "P-01KAR4058G2H6J1K5M9N4P8QR3", "门磁传感器", "BLV-DS-01",
     69.9, "on_sale", "智慧住宅", "传感器", "Zigbee", "雅系列", ""),
    ("gateway", "p1p3u6m9t2c5b8f", "P-01KAR409ES5T1V6W2X7Y3Z8A4B", "客房控制主机", "BLV-RCU-32",
     1680, "on_sale", "酒店客控", "主机网关", "RS485", "悦系列", "工程"),
    ("gateway", "p0n2t5k8s1b4a7d", "P-01KAR40DKC9D4E8F3G7H2J6KM1", "多协议网关", "BLV-GW-02",
     599, "on_sale", "智慧住宅", "主机网关", "Zigbee", "雅系列", "新品"),
    ("lock", "pz1m4s7j9r3a6yc", "P-01KAR40HRN5P9Q4R8S3T7VW2XY", "酒店智能门锁", "BLV-LK-05",
     899, "off_sale", "酒店客控", "门锁", "BLE", "悦系列", ""),
    ("lamp", "py9k3r6h8q2z5xb", "P-01KAR40MXZ1A6B2C7D3E8FG4HJ", "可调色温筒灯", "BLV-DL-12",
     96.5, "off_sale", "智慧住宅", "灯光", "DALI", "雅系列", "清仓"),
)  # fmt: skip

PARAMETERS: dict[str, list[FieldValues]] = {
    "switch": [
        {"name": "额定电压", "value": "220", "unit": "V", "category": "电气", "sort": 1},
        {"name": "每路负载", "value": "10", "unit": "A", "category": "电气", "sort": 2},
        {"name": "面板尺寸", "value": "86×86", "unit": "mm", "category": "结构", "sort": 3},
    ],
    "thermostat": [
        {"name": "额定电压", "value": "220", "unit": "V", "category": "电气", "sort": 1},
        {"name": "控温精度", "value": "±0.5", "unit": "℃", "category": "性能", "sort": 2},
    ],
    "sensor": [
        {"name": "电池寿命", "value": "24", "unit": "月", "category": "电气", "sort": 1},
        {"name": "探测距离", "value": "6", "unit": "m", "category": "性能", "sort": 2},
    ],
    "gateway": [
        {"name": "供电", "value": "24", "unit": "V DC", "category": "电气", "sort": 1},
        {"name": "最多设备", "value": "128", "unit": "个", "category": "性能", "sort": 2},
    ],
    "lock": [
        {"name": "开门方式", "value": "刷卡、密码", "unit": "", "category": "功能", "sort": 1}
    ],
    "lamp": [{"name": "功率", "value": "12", "unit": "W", "category": "电气", "sort": 1}],
}

FEATURES = {
    "switch": "零火线供电，支持场景联动，断电记忆。",
    "thermostat": "自动识别冷暖模式，空房节能运行。",
    "sensor": "低功耗无线安装，毫秒级上报。",
    "gateway": "本地联动，断网可用，支持远程升级。",
    "lock": "开门记录可查，支持酒店管理系统。",
    "lamp": "2700K 到 5700K 无级调节，低频闪。",
}

FUNCTIONS: dict[str, list[str]] = {
    "switch": ["场景联动", "断电记忆"],
    "thermostat": ["冷暖自动", "空房节能"],
    "gateway": ["本地联动", "远程升级"],
}

OWN_ICONS = {
    "p8w1b4u7a9m3k6p": "single",
    "p7v9a3t6z8k2j5n": "scene",
    "p6u8z2s5y7j1h4m": "card",
    "p4s6x9q3w5g8f2j": "floor",
    "p2q4v7n1u3d6c9g": "door",
    "p0n2t5k8s1b4a7d": "hub",
}
"""Products that do not look like the first of their sort."""

BARCODES = {"p9x2c5v8b1n4m7q": "6950000000019"}

DOCUMENTS: tuple[FieldValues, ...] = (
    {
        "id": "d4m7q1x8c5v2b9n",
        "document_id": "D-01KAR5C9N4B7V2X8M6Q3KJ1WTF",
        "document_title": "智能开关面板安装说明",
        "document_subtitle": "三键版",
        "document_summary": "接线、安装与调试的步骤。",
        "document_content": "<p>安装前请断开电源，按图接线后再通电。</p>",
        "document_type": "文档类型@说明书",
        "document_images": ["a3f8k2m9q7x1c5v"],
        "document_relation_model": "BLV-SW-03",
        "document_keywords": "开关|安装",
        "document_product_categories": "开关面板",
        "document_application_scenarios": "酒店客房",
        "document_status": "有效",
        "document_effect_date": "2026-11-01 00:00:00.000Z",
    },
    {
        "id": "d2g5h8j3k6m9n4p",
        "document_id": "D-01KAR5E3R8S2T6V1W5X9YZ4A7B",
        "document_title": "酒店客控系统方案",
        "document_subtitle": "一百间客房的配置清单",
        "document_summary": "从插卡取电到空房节能，一份可以照着报价的方案。",
        "document_content": "<h2>方案概述</h2><p>每间客房一台主机，面板与温控器挂接总线。</p>",
        "document_type": "文档类型@方案|文档类型@手册",
        "document_hotel_type": "商务酒店|度假酒店",
        "document_images": ["a6j2p5q6t4b9g1y", "a4g9m3n8r6y2d7w"],
        "document_keywords": "酒店|节能|方案",
        "document_product_categories": "主机网关|温控器",
        "document_application_scenarios": "酒店客房|公寓",
        "document_status": "有效",
    },
    {
        "id": "d3h6j9k4m7n1p5q",
        "document_id": "D-01KAR5G7C1D5E9F4G8H3J6KM2N",
        "document_title": "智慧住宅选型手册（草稿）",
        "document_type": "文档类型@手册",
        "document_status": "草稿",
    },
    {
        "id": "d4j7k1m5n8p2q6r",
        "document_id": "D-01KAR5J2P6Q1R5S9T4V8W3XY7Z",
        "document_title": "国庆促销公告",
        "document_summary": "活动已结束。",
        "document_type": "文档类型@公告",
        "document_status": "有效",
        "document_effect_date": "2026-09-25 00:00:00.000Z",
        "document_expiry_date": "2026-10-08 16:00:00.000Z",
    },
)

DICTIONARIES: tuple[FieldValues, ...] = (
    {
        "id": "g2w6r9k4t7x1m5q",
        "system_dict_id": "DICT-01KAR6A3F7H2J9K4M8N1P5Q6RS",
        "dict_name": "文档类型",
        "dict_word_enum": "说明书|手册|方案|公告",
        "dict_word_description": "说明书|手册|方案|公告",
        "dict_word_is_enabled": "1|1|1|1",
        "dict_word_sort_order": "1|2|3|4",
    },
    {
        "id": "g7n3v8c5z2b6d1h",
        "system_dict_id": "DICT-01KAR6B8T2V5W9X1Y4Z7A3C6DE",
        "dict_name": "users_level",
        "dict_word_enum": '["normal","vip","partner"]',
        "dict_word_description": '["普通用户","贵宾","合作伙伴"]',
        "dict_word_is_enabled": "[true,true,true]",
        "dict_word_sort_order": "[1,2,3]",
    },
)
"""One with bars and one in JSON, as operators have written both."""
