"""What opening a table costs before there is a workbook."""

import subprocess
import sys

PROBE = "import sys, bai_wx.transfer.sheets.opening; print('openpyxl' in sys.modules)"


def test_the_reader_of_workbooks_is_imported_for_the_first_one() -> None:
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
