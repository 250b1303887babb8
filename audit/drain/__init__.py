"""From the spool into the database: exactly once, whenever it is interrupted.

The rows of a batch and the mark that says how far its file has been read are committed
together, so a drainer that dies anywhere goes on where the last commit stands.
"""

from audit.drain.files import Batch, MarkMoved, drain_folder
from audit.drain.loop import FolderTaken, drain_all, drain_until, sole_drainer
from audit.drain.refusals import settle

__all__ = [
    "Batch",
    "FolderTaken",
    "MarkMoved",
    "drain_all",
    "drain_folder",
    "drain_until",
    "settle",
    "sole_drainer",
]
