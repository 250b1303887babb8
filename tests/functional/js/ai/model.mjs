// The five ways the AI SDK speaks to a gateway. `openai` is what its provider does unasked: Responses.

import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";

const openai = ({ url, key }) => createOpenAI({ baseURL: `${url}/v1`, apiKey: key });

const compatible = ({ url, key }) =>
  createOpenAICompatible({
    name: "gatehouse",
    baseURL: `${url}/v1`,
    apiKey: key,
    includeUsage: true,
    supportsStructuredOutputs: true,
  });

const google = ({ url, key }) =>
  createGoogleGenerativeAI({ baseURL: `${url}/v1beta`, apiKey: key });

const WAYS = {
  openai: (task) => openai(task)(task.model),
  chat: (task) => openai(task).chat(task.model),
  anthropic: ({ url, key, model }) =>
    createAnthropic({ baseURL: `${url}/v1`, apiKey: key })(model),
  google: (task) => google(task)(task.model),
  compatible: (task) => compatible(task)(task.model),
};

const EMBEDDING_WAYS = {
  openai: (task) => openai(task).embedding(task.model),
  google: (task) => google(task).embedding(task.model),
  compatible: (task) => compatible(task).embeddingModel(task.model),
};

export const languageModel = (task) => WAYS[task.way](task);

export const embeddingModel = (task) => EMBEDDING_WAYS[task.way](task);
