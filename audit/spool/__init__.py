"""Call records on their way to the database: files of JSON lines, one line a record.

A serving process appends to a file of its own and holds its lock for life. So what it
wrote survives a `kill -9` and a database that is away, and a file whose lock is free is
one that nobody will ever add to. The folder belongs to one machine, since locks do not
reach across a network. Written without fsync: a power cut may cost the last moments, as
it does for the answers themselves.
"""

from audit.spool.lines import Record, Undecodable, decode, encode
from audit.spool.reader import Slice, is_finished, quarantine, read, spool_files
from audit.spool.writer import SpoolWriter

__all__ = [
    "Record",
    "Slice",
    "SpoolWriter",
    "Undecodable",
    "decode",
    "encode",
    "is_finished",
    "quarantine",
    "read",
    "spool_files",
]
