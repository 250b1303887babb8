// What every question has, and what every answer is looked at for. `more` goes to the SDK as it is.

import { stepCountIs, tool } from "ai";

import { city, weather } from "../weather.mjs";
import { languageModel } from "./model.mjs";

export function asking(task) {
  return {
    model: languageModel(task),
    ...(task.messages ? { messages: task.messages } : { prompt: task.say }),
    ...(task.tools && { tools: tools(task.tools), stopWhen: stepCountIs(4) }),
    maxRetries: 0,
    ...task.more,
  };
}

const tools = (names) =>
  Object.fromEntries(
    names.map((name) => [
      name,
      tool({
        description: "Tells the weather",
        inputSchema: city,
        execute: weather,
      }),
    ]),
  );

export const shown = ({ text, reasoningText, finishReason, steps, totalUsage }) => ({
  text,
  reasoning: reasoningText,
  finishReason,
  steps: steps.map((step) => step.content.map((part) => part.type)),
  calls: steps.flatMap((step) =>
    step.toolCalls.map(({ toolName, input }) => ({ toolName, input })),
  ),
  usage: totalUsage,
});
