import { streamText } from "ai";

import { facts } from "../facts.mjs";
import { asking, shown } from "./asking.mjs";

export default async function (task) {
  const failures = [];
  const answer = streamText({ ...asking(task), onError: ({ error }) => failures.push(error) });
  const found = { heard: "", parts: 0 };
  for await (const part of answer.fullStream) {
    found.parts += 1;
    if (part.type === "text-delta") found.heard += part.text;
  }
  if (failures.length) return { ...found, error: facts(failures[0]) };
  const names = ["text", "reasoningText", "finishReason", "steps", "totalUsage"];
  const values = await Promise.all(names.map((name) => answer[name]));
  return { ...found, ...shown(Object.fromEntries(names.map((name, at) => [name, values[at]]))) };
}
