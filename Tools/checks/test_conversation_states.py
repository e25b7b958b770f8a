"""The oracle of states and histories, and the table that was made with it."""

import unittest
from pathlib import Path

from conversation_states import ACK, FIN, RST, SYN, Copies, Segment, Stream, table

DATA = Path(__file__).resolve().parents[2] / "Tests" / "Data"
CLIENT, SERVER = ("10.0.0.1", 40000), ("10.0.0.2", 443)


def story(*segments):
    """State and history of segments: (from the client, flags, seq, ack, length)."""
    stream = Stream()
    for is_client, flags, seq, ack, length in segments:
        sender, receiver = (CLIENT, SERVER) if is_client else (SERVER, CLIENT)
        stream.add(Segment(sender, receiver, flags, seq, ack, length, 1000))
    return stream.state, stream.history


class States(unittest.TestCase):
    """Stories that were worked out by hand."""

    def test_table_is_current(self):
        """The table of expected states is what the cases give."""
        made = "\n".join(table(DATA / "tcp-analysis-cases.jsonl")) + "\n"
        self.assertEqual(made, (DATA / "conversation-states.csv").read_text(encoding="utf-8"))

    def test_close(self):
        """A whole connection."""
        self.assertEqual(story((1, SYN, 0, 0, 0), (0, SYN | ACK, 10, 1, 0), (1, ACK, 1, 11, 0), (1, ACK, 1, 11, 5),
                               (0, ACK, 11, 6, 7), (1, FIN | ACK, 6, 18, 0), (0, FIN | ACK, 18, 7, 0)),
                         ("SF", "ShADdFf"))

    def test_server_speaks_first(self):
        """The service's port tells who the client is."""
        self.assertEqual(story((0, ACK, 11, 6, 7), (1, ACK, 6, 18, 0), (0, RST, 18, 0, 0)), ("RSTRH", "^dAr"))

    def test_gap(self):
        """The client acknowledges bytes that nobody saw; a later FIN alone is no gap."""
        self.assertEqual(story((1, SYN, 0, 0, 0), (0, SYN | ACK, 10, 1, 0), (1, ACK, 1, 11, 0), (1, ACK, 1, 500, 0),
                               (0, ACK, 500, 1, 10), (1, ACK, 1, 511, 0)), ("S1", "ShAgd"))

    def test_repeats(self):
        """Payload again, at 1 and at 10."""
        again = [(1, ACK, 1, 11, 5)] * 11
        self.assertEqual(story((1, SYN, 0, 0, 0), (0, SYN | ACK, 10, 1, 0), *again), ("S1", "ShDTT"))

    def test_flags(self):
        """Flags that do not go together."""
        self.assertEqual(story((1, SYN | FIN, 0, 0, 0), (0, FIN | RST, 0, 1, 0))[1], "QFi")

    def test_copies(self):
        """The same identification within 5 ms is a copy, another one is not."""
        copies = Copies()
        first = Segment(CLIENT, SERVER, SYN, 0, 0, 0, 1000, 0.0, 7)
        self.assertFalse(copies.is_copy(first))
        self.assertTrue(copies.is_copy(Segment(CLIENT, SERVER, SYN, 0, 0, 0, 1000, 0.004, 7)))
        self.assertFalse(copies.is_copy(Segment(CLIENT, SERVER, SYN, 0, 0, 0, 1000, 0.004, 8)))


if __name__ == "__main__":
    unittest.main()
