import { asking, client } from "./client.mjs";

export default async function (task) {
  const answer = await client(task).chat.completions.create(asking(task));
  const [{ message, finish_reason }] = answer.choices;
  return { ...message, finish_reason, usage: answer.usage };
}
