"""Workbooks of Excel made of their XML, as no library of ours would write them."""

import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

STYLES = ("General", "0%", "0.0%", "000000", "yyyy-mm-dd hh:mm", "[h]:mm")
"""The number formats of the cells, by the number of their style."""


def workbook(rows: str, *, after: str = "", before: str = "", texts: Sequence[str] = ()) -> bytes:
    """A workbook whose sheet has these rows. `before` stands at the beginning of the sheet's XML."""
    return packed(parts(rows, after=after, before=before, texts=texts))


def parts(
    rows: str, *, after: str = "", before: str = "", texts: Sequence[str] = ()
) -> dict[str, str]:
    """The parts of a workbook by their names."""
    return {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{TYPE}.styles+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{TYPE}.sharedStrings+xml"/>'
        "</Types>",
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
        '<sheets><sheet name="商品" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>",
        "xl/styles.xml": _styles(),
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">'
        f"{''.join(f'<si>{text}</si>' for text in texts)}</sst>",
        "xl/worksheets/sheet1.xml": f'{before}<worksheet xmlns="{MAIN}">'
        f"<sheetData>{rows}</sheetData>{after}</worksheet>",
    }


def packed(said: Mapping[str, str | bytes]) -> bytes:
    """The parts as a zip."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in said.items():
            archive.writestr(name, content)
    return made.getvalue()


def row(number: int, *cells: str) -> str:
    """A row of the XML of cells; an empty text leaves a cell out."""
    placed = (
        each.replace("<c", f'<c r="{chr(65 + place)}{number}"', 1)
        for place, each in enumerate(cells)
        if each
    )
    return f'<row r="{number}">{"".join(placed)}</row>'


def text(said: str) -> str:
    """A cell with a text of its own."""
    return f'<c t="inlineStr"><is><t xml:space="preserve">{said}</t></is></c>'


def number(said: object, style: int = 0) -> str:
    """A cell with a number, shown in one of `STYLES`."""
    return f'<c s="{style}"><v>{said}</v></c>'


def _styles() -> str:
    formats = "".join(
        f'<numFmt numFmtId="{200 + place}" formatCode="{code}"/>'
        for place, code in enumerate(STYLES)
    )
    shown = "".join(f'<xf numFmtId="{200 + place}"/>' for place in range(len(STYLES)))
    return (
        f'<styleSheet xmlns="{MAIN}"><numFmts>{formats}</numFmts>'
        f"<cellStyleXfs><xf/></cellStyleXfs><cellXfs>{shown}</cellXfs></styleSheet>"
    )
