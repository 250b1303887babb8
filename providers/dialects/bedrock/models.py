"""What a model's name tells of who made it.

The Converse API is one for all models, but what stands beside it, in
`additionalModelRequestFields`, each maker reads in its own words.
"""

import re
from enum import Enum, auto


class Family(Enum):
    CLAUDE = auto()
    NOVA = auto()
    NOVA_2 = auto()
    GPT = auto()
    GPT_OSS = auto()
    OTHER = auto()
    # An ARN of the operator's own, behind which any model may be.
    UNNAMED = auto()


# A name may have a region in front, and may be the end of an ARN.
_NAMED = re.compile(
    r"(?:^|[./])(?:(?P<CLAUDE>anthropic\.)|(?P<NOVA_2>amazon\.nova-2-)|(?P<NOVA>amazon\.nova-)"
    r"|(?P<GPT_OSS>openai\.gpt-oss-)|(?P<GPT>openai\.))"
)


def family_of(model: str) -> Family:
    found = _NAMED.search(model)
    if found and found.lastgroup:
        return Family[found.lastgroup]
    if model.startswith("arn:") and "." not in model.rpartition("/")[2]:
        return Family.UNNAMED
    return Family.OTHER


# What may be asked to keep the beginning of a prompt. A name that tells nothing is trusted
# to be one of them: Bedrock refuses it otherwise.
_CACHES = frozenset({Family.CLAUDE, Family.NOVA, Family.NOVA_2, Family.UNNAMED})


def caches(family: Family) -> bool:
    return family in _CACHES


def caches_tools(family: Family) -> bool:
    return family in (Family.CLAUDE, Family.UNNAMED)
