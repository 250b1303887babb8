import { zodResponseFormat } from "openai/helpers/zod";

import { person } from "../weather.mjs";
import { asking, client } from "./client.mjs";

export default async function (task) {
  const answer = await client(task).chat.completions.parse({
    ...asking(task),
    response_format: zodResponseFormat(person, "person"),
  });
  return { parsed: answer.choices[0].message.parsed };
}
