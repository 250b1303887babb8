// The client's own loop: ask, run what is called, answer, until there is nothing to call.

import { z } from "zod";

import { city, weather } from "../weather.mjs";
import { asking, client } from "./client.mjs";

export default async function (task) {
  const calls = [];
  const runner = client(task).chat.completions.runTools({
    ...asking(task),
    stream: task.stream,
    ...(task.stream && { stream_options: { include_usage: true } }),
    tools: task.tools.map((name) => ({
      type: "function",
      function: {
        name,
        description: "Tells the weather",
        parameters: z.toJSONSchema(city),
        parse: JSON.parse,
        function: (given) => {
          calls.push({ name, given });
          return weather(given);
        },
      },
    })),
  });
  const text = await runner.finalContent();
  const roles = runner.messages.map((message) => message.role);
  return { text, calls, roles };
}
