import { zodTextFormat } from "openai/helpers/zod";

import { person } from "../weather.mjs";
import { client } from "./client.mjs";

export default async function (task) {
  const answer = await client(task).responses.parse({
    model: task.model,
    input: task.say,
    text: { format: zodTextFormat(person, "person") },
  });
  return { parsed: answer.output_parsed };
}
