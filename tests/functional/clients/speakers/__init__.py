from .chat import OpenAIChat
from .gemini import GoogleGenAI
from .langchain import LangChain
from .litellm import LiteLLMAnthropic, LiteLLMGemini, LiteLLMOpenAI
from .messages import AnthropicMessages
from .responses import OpenAIResponses
from .socket import OpenAISocket

SPEAKERS = (
    OpenAIChat,
    OpenAIResponses,
    OpenAISocket,
    AnthropicMessages,
    GoogleGenAI,
    LangChain,
    LiteLLMOpenAI,
    LiteLLMAnthropic,
    LiteLLMGemini,
)
