// Two turns, the second one either saying all of the first or naming its response.

import { z } from "zod";

import { city, weather } from "../weather.mjs";
import { client } from "./client.mjs";

export default async function (task) {
  const { responses } = client(task);
  const tools = [
    {
      type: "function",
      name: "weather",
      description: "Tells the weather",
      parameters: { ...z.toJSONSchema(city), additionalProperties: false },
      strict: true,
    },
  ];
  const about = { model: task.model, tools };
  const question = { role: "user", content: task.say };
  const first = await responses.create({ ...about, input: [question] });
  const calls = first.output.filter((item) => item.type === "function_call");
  const results = calls.map((call) => ({
    type: "function_call_output",
    call_id: call.call_id,
    output: JSON.stringify(weather(JSON.parse(call.arguments))),
  }));
  const second = await responses.create({
    ...about,
    ...(task.continues
      ? { previous_response_id: first.id, input: results }
      : { input: [question, ...first.output, ...results] }),
  });
  return { calls, text: second.output_text };
}
