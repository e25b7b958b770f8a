"""How a log lies in files: as S3 objects, as CloudWatch streams, events or exports, or as one file in any order."""

import datetime
import gzip
import hashlib
import json
from dataclasses import dataclass

from records import ACCEPT, OK, REJECT, SKIPDATA, Format
from expectations import View

DAMAGED_FILES, DAMAGED_PER_FILE, SPOILT = 5, 8, 60
EVENTS_PER_PAGE = 10000


@dataclass(frozen=True)
class Variant:
    """One way of writing the same day: S3 objects hold so many minutes, and there are so many for each period."""

    name: str
    format: Format
    split: str = "one"
    layout: str = "s3"
    minutes: int = 60
    gzip: bool = True
    damage: bool = False
    twice: bool = False
    late: float = 0.05
    objects: int = 2
    directory: str = "logs"

    @property
    def view(self):
        """What a reader can see."""
        return View(self.format.has_flags, self.split != "rejects")

    @property
    def logs(self):
        """The log directories, each with the actions that it has; traffic of no kind is in each of them."""
        return {"one": {self.directory: ("all", (ACCEPT, REJECT))},
                "two": {"accepted": ("accept", (ACCEPT,)), "rejected": ("reject", (REJECT,))},
                "rejects": {"rejected": ("reject", (REJECT,))}}[self.split]

    @property
    def options(self):
        """What the program has to be told."""
        return ["--log-format", self.format.template] if self.layout == "shuffled" else []


class Writer:
    """Writes a day's records in one variant and counts what it wrote."""

    def __init__(self, variant, account, healthy, rng, target):
        self.variant = variant
        self.account = account
        self.healthy = healthy
        self.rng = rng
        self.target = target
        self.counts = {"flows": 0, "empty": 0, "damaged": 0, "files": 0}

    def write(self, records):
        """Every log of the variant; returns the counts of all of them."""
        for directory, (kind, actions) in self.variant.logs.items():
            chosen = [record for record in records if record.status != OK or record.action in actions]
            for _ in range(2 if self.variant.twice else 1):
                self._write_log(directory, kind, chosen)
        return self.counts

    def _write_log(self, directory, kind, records):
        for record in records:
            self.counts["flows" if record.status == OK else "empty"] += 1
        make = {"s3": self._objects, "streams": self._streams, "events": self._events, "export": self._export,
                "shuffled": self._shuffled}[self.variant.layout]
        parts = make(kind, records)
        damaged = set(self.rng.choices(sorted(parts), k=DAMAGED_FILES)) if self.variant.damage else ()
        for name, content in sorted(parts.items()):
            if isinstance(content, list):
                content = self._text(content, name in damaged)
            self._save(f"{directory}/{name}", content)

    def _save(self, name, content):
        path = self.target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith(".gz"):
            # An object may consist of several gzip members.
            half = len(content) // 2 if self.rng.random() < 0.3 else 0
            content = b"".join(gzip.compress(part, 6, mtime=0) for part in (content[:half], content[half:]) if part)
        path.write_bytes(content)
        self.counts["files"] += 1

    def _lines(self, records):
        return [self.variant.format.line(record, self.account) for record in records]

    def _spoil(self, records, lines):
        """Bad numbers in columns that no verdict needs: such a record is none the worse."""
        places = [place for place, record in enumerate(records) if id(record) in self.healthy]
        column = self.variant.format.fields.index("bytes")
        for place in self.rng.sample(places, min(SPOILT, len(places))):
            tokens = lines[place].split(" ")
            tokens[column] = self.rng.choice(("x", "12kB", "-5", "99999999999999999999999", "0x1f"))
            lines[place] = " ".join(tokens)

    def _damage(self, lines):
        """Lines that are no records any more, never the first: some cut, some binary, some without a time."""
        fields = self.variant.format.fields
        for whole in self.rng.choices(lines, k=DAMAGED_PER_FILE):
            tokens = whole.decode().split(" ")
            kind = self.rng.randrange(5)
            if kind == 0:
                bad = " ".join(tokens[:self.rng.randrange(1, len(fields) // 2)]).encode()
            elif kind == 1:
                bad = bytes(self.rng.choice((0, 1, 7, 27, 128, 200, 255)) for _ in range(self.rng.randrange(5, 200)))
            elif kind == 2:
                bad = b"this line is no record at all"
            else:
                tokens[fields.index("start" if kind == 3 else "end")] = self.rng.choice(("yesterday", "-", "1e9"))
                bad = " ".join(tokens).encode()
            lines.insert(self.rng.randrange(1, len(lines) + 1), bad)
            self.counts["damaged"] += 1

    def _text(self, records, damaged):
        """A text file: with a header line where S3 has one, without where CloudWatch has none."""
        lines = self._lines(records)
        if self.variant.damage:
            self._spoil(records, lines)
        lines = [line.encode() for line in lines]
        if damaged:
            self._damage(lines)
        if self.variant.layout == "s3":
            header = self.variant.format.header.encode()
            lines.insert(0, header)
            if damaged:
                # Two files put together keep both headers.
                lines.insert(self.rng.randrange(1, len(lines) + 1), header)
        return b"".join(line + b"\n" for line in lines)

    def _objects(self, kind, records):
        """S3 objects by the time in which records end, some of them up to a quarter of an hour late."""
        seconds, account, parts = 60 * self.variant.minutes, self.account, {}
        log = f"fl-0{self.rng.getrandbits(64):016x}"
        for record in records:
            delay = self.rng.randrange(900) if self.rng.random() < self.variant.late else 0
            slot = (record.end + delay) // seconds * seconds
            moment = datetime.datetime.fromtimestamp(slot, datetime.timezone.utc)
            folder = f"AWSLogs/{account.number}/vpcflowlogs/{account.region}/{moment:%Y/%m/%d}"
            stem = f"{account.number}_vpcflowlogs_{account.region}_{log}_{moment:%Y%m%dT%H%M}Z"
            ending = hashlib.sha256(f"{stem} {kind} {self.rng.randrange(self.variant.objects)}".encode()).hexdigest()[:8]
            suffix = ".log.gz" if self.variant.gzip else ".log"
            parts.setdefault(f"{folder}/{stem}_{ending}{suffix}", []).append(record)
        for part in parts.values():
            self.rng.shuffle(part)
        return parts

    def _by_stream(self, kind, records):
        streams = {}
        for record in sorted(records, key=lambda record: (record.start, record.end)):
            streams.setdefault(f"{record.interface.id}-{kind}", []).append(record)
        return streams

    def _streams(self, kind, records):
        """A file for each interface, as streams are downloaded one by one."""
        return {f"{name}.log": part for name, part in self._by_stream(kind, records).items()}

    def _export(self, kind, records):
        """What an export task writes: each line behind its time."""
        parts = {}
        for name, part in self._by_stream(kind, records).items():
            lines = [f"{datetime.datetime.fromtimestamp(record.start, datetime.timezone.utc):%Y-%m-%dT%H:%M:%S}.000Z "
                     f"{line}\n" for record, line in zip(part, self._lines(part))]
            parts[f"{name}/000000.gz"] = "".join(lines).encode()
        return parts

    def _events(self, kind, records):
        """The pages that `aws logs filter-log-events` prints."""
        records = sorted(records, key=lambda record: record.start)
        pages = {}
        for begin in range(0, len(records), EVENTS_PER_PAGE):
            part = records[begin:begin + EVENTS_PER_PAGE]
            events = [{"logStreamName": f"{record.interface.id}-{kind}", "timestamp": record.start * 1000,
                       "message": line, "ingestionTime": (record.end + 120) * 1000 + place,
                       "eventId": f"{record.start}{begin + place:030d}"}
                      for place, (record, line) in enumerate(zip(part, self._lines(part)))]
            page = json.dumps({"events": events, "searchedLogStreams": []}, indent=4)
            pages[f"events-{len(pages) + 1}.json"] = page.encode() + b"\n"
        return pages

    def _shuffled(self, kind, records):
        """One file without any order."""
        records = list(records)
        self.rng.shuffle(records)
        return {f"flows-{kind}.log": records}


def notes_of(variant, records):
    """What has to be said about the input, as patterns."""
    notes = []
    if any(record.status == SKIPDATA for record in records):
        notes.append(SKIPDATA)
    if variant.split == "rejects":
        notes.append(r"(?i)only .*\breject|\brejects? (records? )?(alone|only)|no ACCEPT|without ACCEPT")
    return notes
