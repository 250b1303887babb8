import { facts } from "../facts.mjs";
import { asking, client } from "./client.mjs";

export default async function (task) {
  const stream = client(task).chat.completions.stream({
    ...asking(task),
    stream_options: { include_usage: true },
  });
  const found = { heard: "", chunks: 0 };
  try {
    for await (const chunk of stream) {
      found.chunks += 1;
      found.heard += chunk.choices[0]?.delta.content ?? "";
    }
    const answer = await stream.finalChatCompletion();
    const [{ message, finish_reason }] = answer.choices;
    Object.assign(found, message, { finish_reason, usage: answer.usage });
  } catch (error) {
    found.error = facts(error);
  }
  return found;
}
