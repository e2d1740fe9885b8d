"""Google Sheets on this machine: what the API answers, what people do meanwhile, what goes wrong. Start it by hand with
`python -m tests.sheets_emulator`."""

from tests.sheets_emulator.emulator import Emulator
from tests.sheets_emulator.person import Person
from tests.sheets_emulator.server import Server

__all__ = ["Emulator", "Person", "Server"]
