"""What the scripts are given to say, and what the far side makes of it."""

import re

HELLO = "Hello there you old friend"
SAID = f"The far side heard: {HELLO} Ça va, 日本 🚀?"
# In words, as the far side counts; a quarter of the prompt comes from its cache.
PROMPT, COMPLETION, CACHED = 5, 13, 1

BOTH = "Use both of them"
TOOLS = ["weather", "climate"]
GIVEN = {"city": "Zürich"}
# What the script's tools answer, as a far side that is told of it gets it.
RESULT = re.compile(rb'\\?"degrees\\?":\s*21')

PERSON = {"name": "Zürich", "age": 7, "pets": ["Zürich"]}

# What a stream can die of; none of these may pass for a whole answer.
DEATHS = ["cut-after-3", "error-after-3", "stop-after-3"]
