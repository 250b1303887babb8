import OpenAI from "openai";

export function client({ url, key }) {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });
}

export const asking = ({ model, say }) => ({
  model,
  messages: [{ role: "user", content: say }],
});
