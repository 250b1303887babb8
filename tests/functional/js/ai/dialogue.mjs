// Two questions, the second one with all that was said before, as the SDK remembers it.

import { generateText } from "ai";

import { asking, shown } from "./asking.mjs";

export default async function (task) {
  const first = { role: "user", content: task.say };
  const answer = await generateText(asking({ ...task, messages: [first] }));
  const second = { role: "user", content: task.then };
  const messages = [first, ...answer.response.messages, second];
  return { first: shown(answer), ...shown(await generateText(asking({ ...task, messages }))) };
}
