"""The orders of a shop that does not exist."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing

PRICES = {"tea": 4.5, "cup": 12.0, "kettle": 39.0, "tray": 21.5}


def fill(database: str, orders: int, seed: int = 7) -> dict[str, int]:
    """Write so many *orders* into a new SQLite *database*; how many there are of each item."""
    chance = random.Random(seed)
    items = chance.choices(list(PRICES), weights=[8, 4, 1, 2], k=orders)
    with closing(sqlite3.connect(database)) as db, db:
        db.execute("drop table if exists orders")
        db.execute("create table orders (item text, price real)")
        db.executemany("insert into orders values (?, ?)", [(each, PRICES[each]) for each in items])
    return {item: items.count(item) for item in PRICES}
