"""Draws before-after.png for the README: the demo's Clients tab before and after a run, as LibreOffice shows it.

    python tests/pictures/make.py

Needs soffice, pdftoppm and Pillow, and Calibri or Carlito for letters as wide as Excel's. Columns and rows that the
picture has no room for are hidden; nothing else is changed.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from openpyxl import load_workbook
from PIL import Image, ImageChops, ImageDraw, ImageFont

from sheets_sync import sync
from sheets_sync.cli.starter import sample_tabs
from sheets_sync.config import Config
from sheets_sync.workbooks.excel import ExcelWorkbook
from sheets_sync.workbooks.excel.new import new_workbook

NOW = datetime(2026, 11, 23, 8)
BEFORE = ("Client", "Owner", "Status", "Engagement", "Tier", "Start date", "Renewal date", "Monthly fee")
AFTER = ("Client", "Owner", "Renewal date", "Health", "Why", "Do next", "Due")
CLIENTS = ("Aldgate Legal", "Brightwater Dental", "Corvid Coffee", "Dunmore Travel", "Everly Homes", "Harbour Yoga",
           "Larkspur Hotels", "Northgate Vets")  # fmt: skip
WIDTH, MARGIN, CAPTION = 1600, 20, 58
DPI, MOST_BYTES = 220, 300_000


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        tracker = Path(folder) / "tracker.xlsx"
        tracker.write_bytes(new_workbook(sample_tabs(NOW.date())))
        before = shown(tracker, BEFORE, Path(folder) / "before")
        workbook = ExcelWorkbook(tracker)
        config = Config()
        sync.run(workbook, sync.plan(workbook, config, sync.load(config), NOW))
        after = shown(tracker, AFTER, Path(folder) / "after")
    picture = stacked(
        [("Before: the tracker that the team keeps", before), ("After: sheets-sync run tracker.xlsx", after)]
    )
    path = Path(__file__).with_name("before-after.png")
    picture.quantize(96).save(path, optimize=True)
    assert path.stat().st_size <= MOST_BYTES, f"{path} has {path.stat().st_size:,} bytes"


def shown(tracker: Path, columns: Collection[str], folder: Path) -> Image.Image:
    """The Clients tab with only these columns and CLIENTS, drawn by LibreOffice with its row and column headings."""
    book = load_workbook(tracker)
    for title in book.sheetnames:
        if title != "Clients":
            book[title].sheet_state = "hidden"
            book[title].print_area = None
    sheet = book["Clients"]
    for cell in sheet[1]:
        sheet.column_dimensions[cell.column_letter].hidden = cell.value not in columns
    for row in range(2, sheet.max_row + 1):
        sheet.row_dimensions[row].hidden = sheet.cell(row, 1).value not in CLIENTS
    sheet.print_options.gridLines = sheet.print_options.headings = True
    sheet.oddFooter.left.text = sheet.oddFooter.right.text = None
    folder.mkdir()
    book.save(folder / "shown.xlsx")
    profile = f"-env:UserInstallation=file://{folder}/profile"
    run("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, folder / "shown.xlsx")
    run("pdftoppm", "-r", str(DPI), "-singlefile", "-png", folder / "shown.pdf", folder / "page")
    return trimmed(Image.open(folder / "page.png").convert("RGB"))


def run(*command: str | Path) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=300)


def trimmed(page: Image.Image) -> Image.Image:
    """A page without its white margins, as wide as the picture has room for."""
    box = ImageChops.difference(page, Image.new("RGB", page.size, "white")).getbbox()
    content = page.crop(box)
    width = WIDTH - 2 * MARGIN
    return content.resize((width, round(content.height * width / content.width)), Image.Resampling.LANCZOS)


def stacked(parts: list[tuple[str, Image.Image]]) -> Image.Image:
    """The parts below each other, each under its caption."""
    height = sum(CAPTION + part.height + MARGIN for _, part in parts)
    picture = Image.new("RGB", (WIDTH, height), "white")
    draw, font, top = ImageDraw.Draw(picture), ImageFont.load_default(30), 0
    for caption, part in parts:
        draw.text((MARGIN, top + 14), caption, fill="#1F3864", font=font)
        picture.paste(part, (MARGIN, top + CAPTION))
        top += CAPTION + part.height + MARGIN
    return picture


if __name__ == "__main__":
    main()
