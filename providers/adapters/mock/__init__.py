"""A provider that lives in this process: no account, no network, honest answers.

It speaks OpenAI's dialect and repeats what it was told, so that a fresh installation answers
its first call and tests have something to hold on to. Its tokens are words.
"""

from .adapter import ADAPTER as ADAPTER
from .replies import MOST_ANSWER_BYTES as MOST_ANSWER_BYTES
from .transport import MockTransport as MockTransport
