"""Code that fails: modules of imagined sites which `real_failures` really runs.

Each key is a module's path below the deployment. They are written as programs
are, in many idioms, and without a look at the rules. Tests never import them.
"""

from __future__ import annotations

MODULES = {
    "observatory/telescope.py": """
import functools
import struct
from observatory.support import locked, require_keys

class MountError(Exception):
    pass

class Mount:
    limits = {"alt": (5, 89), "az": (0, 360)}

    def __init__(self, name):
        self.name = name
        self.encoder = None

    def slew(self, axis, degrees):
        low, high = self.limits[axis]
        if degrees < low:
            raise MountError(f"{self.name} would hit the floor at {degrees} degrees")
        if degrees > high:
            raise MountError(f"{self.name} would hit the zenith stop at {degrees} degrees")
        return self.encoder.write(degrees)

    def park(self):
        return self.encoder.home()

    @property
    def firmware(self):
        return self.boards[0].firmware

def read_packet(data):
    kind, size, angle = struct.unpack("<BHf", data)
    return angle

def decode_angles(rows):
    return [float(row.split(":")[1]) for row in rows]

@locked
def point(mount, target):
    return mount.slew(target["axis"], target["degrees"])

@locked
def expose(camera, settings):
    require_keys(settings, "gain", "seconds")
    return camera, settings["filter"]

def calibrate(frames):
    total = sum(frame.flux for frame in frames)
    return total / len(frames)

def average_seeing(samples):
    return sum(samples) / len(samples)
""",
    "observatory/support.py": """
import functools

def locked(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        try:
            return function(*args, **kwargs)
        finally:
            pass
    return wrapper

class MissingSetting(Exception):
    pass

def require_keys(mapping, *names):
    for name in names:
        if name not in mapping:
            raise MissingSetting("%s is required" % name)

def pick(mapping, name):
    return mapping[name]
""",
    "observatory/schedule.py": """
from datetime import datetime
from observatory.support import pick
from observatory.telescope import decode_angles, point, read_packet

class Night:
    def __init__(self, rows):
        self.rows = rows

    def first(self):
        return self.rows[0]["target"]

    def observer(self):
        return pick(self.rows[0], "observer")

    def instrument(self):
        return pick(self.rows[0], "instrument")

    def starts_at(self):
        return datetime.strptime(self.rows[0]["at"], "%Y-%m-%d %H:%M")

    def weight(self):
        return sum(row["priority"] for row in self.rows)

def plan(rows):
    night = Night(rows)
    return night.first()

def staff(rows):
    return Night(rows).observer()

def equip(rows):
    return Night(rows).instrument()

def when(rows):
    night = Night(rows)
    return night.starts_at()

def rank(rows):
    return Night(rows).weight()

def run_queue(mount, queue):
    for entry in queue:
        point(mount, entry)

def replay(packets):
    return [read_packet(packet) for packet in packets]

def import_angles(text):
    return decode_angles(text.split(";"))
""",
    "bakery/orders.py": """
import json
from decimal import Decimal
from bakery.stock import Shelf, take, weigh
from bakery.errors import BakeryError, OutOfFlour, Rejected

def parse_order(body):
    order = json.loads(body)
    return order

def read_lines(body):
    order = parse_order(body)
    lines = order["lines"]
    return [(line["sku"], int(line["pieces"])) for line in lines]

def price_of(order):
    unit = Decimal(order["unit"])
    pieces = int(order["pieces"])
    return unit * pieces

def check(order):
    if not order.get("name"):
        raise Rejected("an order needs a name")
    if order.get("pieces", 0) > 500:
        raise Rejected(f"{order['pieces']} pieces are too many for one morning")
    if order.get("zip") in ("00000",):
        raise Rejected("we do not deliver to " + order["city"])

def accept(order):
    check(order)
    return take(Shelf(order["stock"]), order["sku"])

def bake(order):
    try:
        return take(Shelf(order["stock"]), order["sku"])
    except KeyError as missing:
        raise OutOfFlour(f"cannot bake {order['sku']}") from missing

def bake_all(orders):
    done = []
    for order in orders:
        done.append(bake(order))
    return done

def pack(order):
    try:
        return weigh(order["bag"])
    except TypeError:
        raise BakeryError("scale reports nonsense for bag %r" % order["bag"])

def label(order):
    return "{name} / {street} / {nr:d}".format(**order)

def greeting(customer):
    return "Dear " + customer["title"] + " " + customer["surname"]

def change(paid, price):
    back = paid - price
    assert back >= 0, "paid %s of %s" % (paid, price)
    return back
""",
    "bakery/errors.py": """
class BakeryError(Exception):
    pass

class OutOfFlour(BakeryError):
    pass

class Rejected(BakeryError):
    pass

def fail(message, **details):
    raise BakeryError(message.format(**details))
""",
    "bakery/stock.py": """
from bakery.errors import fail

class Shelf:
    def __init__(self, goods):
        self.goods = goods

    def __getitem__(self, sku):
        return self.goods[sku]

def take(shelf, sku):
    return shelf[sku]

def weigh(bag):
    return bag["grams"] / 1000

def refill(shelf, amount, room):
    if amount > room:
        fail("no room for {amount} sacks", amount=amount)
    if shelf is None:
        fail("shelf {shelf} is gone", shelf=shelf)
    return amount

def spoilt(batch):
    ages = list(map(lambda loaf: loaf.age, batch))
    return max(ages)

def oldest(batch):
    return max(loaf for loaf in batch)
""",
    "clinic/admin.py": """
from clinic.models import Patient
from clinic.helpers import to_date, clean_number

def index(request):
    return request["session"]["user"]

def export(request):
    patient = Patient(request["id"], None)
    return patient.card.number

def merge(request):
    left, right = request["ids"]
    return left, right

def birthday(request):
    return to_date(request["born"])

def insurance(request):
    return clean_number(request["insurance"])
""",
    "pharmacy/admin.py": """
from clinic.helpers import to_date, clean_number

def index(request):
    return request["session"]["user"]

def expiry(request):
    return to_date(request["expires"])

def licence(request):
    return clean_number(request["licence"])
""",
    "clinic/helpers.py": """
from datetime import date

def to_date(text):
    year, month, day = _split(text)
    return date(int(year), int(month), int(day))

def _split(text):
    parts = text.split("-")
    if len(parts) != 3:
        raise ValueError("not a date: " + text)
    return parts

def clean_number(text):
    digits = text.replace(" ", "")
    return int(digits)
""",
    "clinic/models.py": """
import sqlite3

class Patient:
    def __init__(self, id, card):
        self.id = id
        self.card = card

class Store:
    def __init__(self):
        self.db = sqlite3.connect(":memory:")
        self.db.execute("create table visit (id integer primary key, ward text not null)")

    def run(self, sql, *args):
        return self.db.execute(sql, args)

    def close(self):
        self.db.close()

def admit(id, ward):
    store = Store()
    try:
        store.run("insert into visit values (?, ?)", id, ward)
        store.run("insert into visit values (?, ?)", id, ward)
    finally:
        store.close()

def discharge(id):
    store = Store()
    try:
        return store.run(f"select * from discharge_{id % 3 and 'x' or 'x'} where id = {id}").fetchone()
    finally:
        store.close()

def visit_of(id):
    store = Store()
    try:
        row = store.run("select ward from visit where id = ?", id).fetchone()
        return row[0]
    finally:
        store.close()
""",
    "fleet/tracking.py": """
import asyncio
import csv
import io
import re
from collections import namedtuple

Fix = namedtuple("Fix", "lat lon")

class Lost(LookupError):
    pass

async def locate(truck, fixes):
    await asyncio.sleep(0)
    return fixes[truck]

async def locate_all(trucks, fixes):
    return [await locate(truck, fixes) for truck in trucks]

def track(trucks, fixes):
    return asyncio.run(locate_all(trucks, fixes))

def parse_fix(text):
    match = re.match(r"(-?\\d+\\.\\d+),(-?\\d+\\.\\d+)", text)
    return Fix(float(match.group(1)), float(match.group(2)))

def read_log(text):
    for row in csv.DictReader(io.StringIO(text)):
        yield parse_fix(row["fix"])

def distances(text):
    fixes = list(read_log(text))
    return [a.lat - b.lat for a, b in zip(fixes, fixes[1:])]

def find_driver(roster, badge):
    for driver in roster:
        if driver == badge:
            return driver
    raise Lost("nobody on shift carries badge " + str(badge))

def find_truck(roster, plate):
    for truck in roster:
        if truck == plate:
            return truck
    raise Lost(f"truck {plate} is on no roster")

def depth(node):
    return 1 + max([depth(child) for child in node["children"]] or [0])

def visit(node, seen):
    seen.append(node["name"])
    for child in node["children"]:
        enter(child, seen)

def enter(node, seen):
    visit(node, seen)

def survey(node):
    return visit(node, [])

def endless(route):
    return endless(route) + 1

def ping(route):
    return pong(route)

def pong(route):
    return ping(route)

def fuel(consumption, distance):
    litres = consumption / distance
    return round(litres)

def open_log(path):
    with open(path) as log:
        return log.read()

def compile_filter(pattern):
    return re.compile(pattern)
""",
    "fleet/jobs.py": """
from fleet.tracking import depth, distances, endless, find_driver, find_truck, ping, survey, track
from fleet.gateway import GatewayDown, call, charge, status

def nightly(trucks, fixes):
    return track(trucks, fixes)

def morning(text):
    return distances(text)

def evening(node):
    return depth(node)

def weekly(node):
    return survey(node)

def loop(route):
    return endless(route)

def bounce(route):
    return ping(route)

def assign(roster, badge):
    return find_driver(roster, badge)

def park(roster, plate):
    return find_truck(roster, plate)

def bill(account):
    return charge(account)

def probe(host):
    return status(host)
""",
    "fleet/gateway.py": """
import socket
from urllib.parse import urlsplit

class GatewayDown(Exception):
    pass

def call(host, payload):
    if payload is None:
        raise GatewayDown("refused by %s: empty payload" % host)
    if payload == "late":
        raise GatewayDown("no answer from %s within %s seconds" % (host, 30))
    return payload

def charge(account):
    try:
        return call(account["host"], account["payload"])
    except GatewayDown:
        raise

def status(host):
    try:
        return call(host, "late")
    except GatewayDown as down:
        raise down

def port_of(url):
    return urlsplit(url).port

def utf8(blob):
    return blob.decode("utf-8")

def latin(text):
    return text.encode("ascii")
""",
    "library/loans.py": """
from contextlib import contextmanager

class LoanRefused(Exception):
    def __init__(self, reason, reader):
        super().__init__(reason, reader)

class Reader:
    def __init__(self, name):
        self.name = name
        self.fines = 0
        self.loans = []

@contextmanager
def desk(reader):
    yield reader.loans

def lend(reader, book):
    with desk(reader) as loans:
        if reader.fines > 10:
            raise LoanRefused("fines", reader.name)
        if book in loans:
            raise LoanRefused("twice", reader.name)
        loans.append(book)
        return loans[5]

def give_back(reader, book):
    reader.loans.remove(book)

def newest(reader):
    return reader.loans.pop()

def extend(reader, weeks):
    return reader.loans[weeks]

def remind(readers):
    return dict(map(lambda reader: (reader.name, reader.email), readers))

def shelve(books):
    return sorted(books)

def isbn(text):
    head, check = text.rsplit("-", 1)
    if sum(map(int, check)) % 7 == 9:
        return head
    raise ValueError("ISBN %s fails its check digit" % text)

def dispatch(kind, *args):
    handlers = {"lend": lend, "return": give_back, "newest": newest}
    return handlers[kind](*args)
""",
    "sitekit/middleware.py": """
class Session:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)
""",
    "sitekit/wsgi.py": """
from sitekit.middleware import Session

def application(handler):
    return Session(lambda request: handler())(None)
""",
}
"""Sources by path."""

LIBRARIES = {
    "gunicorn/workers/sync.py": """
def handle_request(call):
    return call()
""",
    "celery/app/trace.py": """
def trace_task(call):
    return __protected_call__(call)

def __protected_call__(call):
    return call()
""",
    "django/core/handlers/base.py": """
def get_response(call):
    return _get_response(call)

def _get_response(call):
    return call()
""",
    "zope/publisher/publish.py": """
def publish(call):
    result = mapply(call)
    return result

def mapply(call):
    return call()
""",
}
"""Ways in, as libraries have them: each of `sitekit.wsgi` and these may stand around."""
