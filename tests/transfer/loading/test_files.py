"""Real files go in and out: an export changes nothing, pictures become attachments.

Covers: bai_wx/transfer/loading/picture_rows.py
"""

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from bai_wx.console.masking import masked
from bai_wx.record import row_values
from bai_wx.record.base import Record
from bai_wx.transfer.demo_pictures import draw_picture
from bai_wx.transfer.sheets.table import Kind
from bai_wx.transfer.sheets.writing import write_table
from models.attachments import Attachment
from models.products import Product
from models.users import User
from tests.factories import make_attachment, make_company, make_document, make_product, make_user
from tests.transfer.loading.tables import Loader, all_layouts


def exported(rows: list[Record], kind: Kind, folder: Path) -> Path:
    """A file of everything that an export has of these rows."""
    model = type(rows[0])
    path, layout = folder / f"export.{kind}", all_layouts()[model.collection()]
    fields = [name for name in layout.columns if name != "is_delete"]
    with path.open("wb") as file:
        write_table(file, kind, layout, map(row_values.shown, rows), fields)
    return path


def pictures_of(folder: Path, content: Mapping[str, bytes]) -> Path:
    """A zip of pictures."""
    path = folder / "pictures.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


def table_of(folder: Path, *icons: str) -> Path:
    """A CSV file of products with these pictures."""
    path = folder / "products.csv"
    rows = "".join(f"开关 {n},9.9,{icon}\n" for n, icon in enumerate(icons))
    path.write_text(f"产品名称*,基础价格（元）,产品图标\n{rows}", "gbk")
    return path


@pytest.mark.parametrize("kind", Kind)
def test_an_export_that_is_loaded_changes_nothing(kind: Kind, load: Loader, tmp_path: Path) -> None:
    pictures = [make_attachment(), make_attachment()]
    product = make_product(
        prod_list_name="=1+1",
        prod_list_icon=pictures[0].id,
        prod_list_barcode="0069",
        prod_list_parameters='[{"name":"额定电压","value":"220"}]',
        prod_list_sort=-5,
        updated="2026-11-20 02:01:59.999Z",
    )
    document = make_document(
        document_images=f'["{pictures[0].id}","{pictures[1].id}"]',
        document_content="<p>一\r\n二</p>",
        document_effect_date="2026-11-01 00:30:15.000Z",
    )
    for row in (product, document, make_company(company_postalcode="000123")):
        model = type(row)
        report = load.load(exported([model.get_by_id(row.seq)], kind, tmp_path), model)
        assert report.faults == []
        assert (report.read, report.unchanged) == (1, 1)


def test_an_export_with_masked_numbers_can_be_loaded(load: Loader) -> None:
    """An operator marks customers in a table, and the table does not have their numbers whole."""
    user = make_user(users_phone="13800138000", users_id_number="110101199003070011")
    row = masked(row_values.shown(user)) | {"users_tag": "老客户"}
    report = load([row], User)
    assert (report.changed, report.faults) == (1, [])
    now = User.get_by_id(user.seq)
    assert (now.users_tag, now.users_phone) == ("老客户", "13800138000")


def test_a_picture_of_the_zip_becomes_an_attachment(load: Loader, tmp_path: Path) -> None:
    data = draw_picture("switch", "#2f6fed")
    pictures = pictures_of(tmp_path, {"开关/三键.png": data})
    table = table_of(tmp_path, "三键.PNG", "三键")
    report = load.load(table, pictures=pictures)
    assert (report.created, report.faults) == (2, [])
    icons = {product.prod_list_icon for product in Product.select()}
    [attachment] = Attachment.select().where(Attachment.id << list(icons))
    assert attachment.attachments_filename == "三键.png"
    assert load.load(table, pictures=pictures).unchanged == 2


@pytest.mark.parametrize(
    ("icon", "said"),
    [
        pytest.param("四键.png", "都没有“四键.png”", id="none"),
        pytest.param("两.png", "有多个名为“两.png”的图片", id="two of one name"),
        pytest.param("坏.png", "图片“坏.png”已损坏", id="damaged in the zip"),
        pytest.param("文.png", "只能上传", id="no picture"),
    ],
)
def test_a_picture_that_cannot_be_taken_is_a_fault_of_its_cell(
    icon: str, said: str, load: Loader, tmp_path: Path
) -> None:
    good, text = draw_picture("switch", "#2f6fed"), b"no picture at all"
    content = {"a/两.png": good, "b/两.png": good, "坏.png": b"0123456789", "文.png": text}
    pictures = pictures_of(tmp_path, content)
    pictures.write_bytes(pictures.read_bytes().replace(b"0123456789", b"9876543210"))
    report = load.load(table_of(tmp_path, icon), pictures=pictures)
    [fault] = report.faults
    assert said in fault.chinese
    assert fault.in_chinese.startswith("第 2 行 C 列（产品图标）：")
    assert Product.select().count() == 0
