"""Tables that people keep: CSV, JSON Lines and Excel, read and written."""

import os

# openpyxl would read a workbook's small parts by lxml where something has installed it, and leave defusedxml
# aside. It looks at these once, as it is imported.
os.environ["OPENPYXL_LXML"] = "False"
os.environ["OPENPYXL_DEFUSEDXML"] = "True"
