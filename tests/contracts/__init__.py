"""What the dialects' owners say their answers and requests look like.

* `openai`     OpenAI's own OpenAPI document, version 2.3.0: `openai.json.gz`
* `anthropic`  publishes none: the types its Python client is generated with
* `gemini`     publishes none of the fields as they are written: the types of Google's client

All are closed: a field that the dialect does not know is an error, so that one misspelt is
found. What the gateway adds on purpose is listed beside each as `OURS`.
"""
