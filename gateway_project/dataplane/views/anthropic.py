from gateway_project.dataplane import parsers
from gateway_project.dataplane.renderers import AnthropicRenderer
from providers.dialects.anthropic import counting

from .counting import Count
from .inference import Inference


class Messages(Inference):
    """`POST /v1/messages`, plain and streamed."""

    parser_classes = [parsers.MessageParser]
    renderer_classes = [AnthropicRenderer]


class MessagesCount(Count):
    """`POST /v1/messages/count_tokens`."""

    parser_classes = [parsers.MessageCountParser]
    renderer_classes = [AnthropicRenderer]
    parse = staticmethod(counting.parse)
    render = staticmethod(counting.render)
