// The client asks for base64 when nobody says otherwise, and shows numbers.

import { client } from "./client.mjs";

export default async function (task) {
  const answer = await client(task).embeddings.create({
    model: task.model,
    input: task.input,
    ...task.more,
  });
  const vectors = answer.data.map((each) => each.embedding);
  return { vectors, usage: answer.usage };
}
