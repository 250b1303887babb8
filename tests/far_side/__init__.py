"""Four providers on one loopback port, who speak their dialects as the real ones do.

    with standing() as far:
        far.openai      # base URLs: /openai/v1, /anthropic, /gemini, /bedrock
        far.requests    # what it was sent, in order

It answers with the last thing that was said to it, calls the first of the tools it is given
(two when it hears "both"), thinks when it is told to, and fills in a schema. What it counts
are words, a quarter of the prompt being cached. It is as strict as the real ones about
credentials, unknown fields, the order of tool calls and results, and signatures.

The model's name may hold orders, joined by `--`, like `gpt--no-usage--slow-50`:

    status-429       answer with that status, in the dialect's shape
    cut-after-3      reset the connection after 3 events of a stream
    error-after-3    tell of an error after 3 events of a stream, and end it
    stop-after-3     close the stream after 3 events as if it were whole
    no-usage         say nothing about usage
    slow-50          take 50 ms before each event, or before a plain answer
"""

from .server import FarSide as FarSide
from .server import Received as Received
from .server import standing as standing
