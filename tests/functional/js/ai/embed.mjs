import { embedMany } from "ai";

import { embeddingModel } from "./model.mjs";

export default async function (task) {
  const answer = await embedMany({
    model: embeddingModel(task),
    values: task.values,
    maxRetries: 0,
  });
  return { vectors: answer.embeddings, usage: answer.usage };
}
