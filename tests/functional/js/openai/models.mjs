import { client } from "./client.mjs";

export default async function (task) {
  const names = [];
  for await (const model of client(task).models.list()) names.push(model.id);
  return { names };
}
