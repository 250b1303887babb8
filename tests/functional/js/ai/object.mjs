import { generateObject, streamObject } from "ai";

import { facts } from "../facts.mjs";
import { person } from "../weather.mjs";
import { asking } from "./asking.mjs";

export default async function (task) {
  const about = { ...asking(task), schema: person };
  return task.stream ? streamed(about) : shown(await generateObject(about));
}

async function streamed(about) {
  const failures = [];
  const answer = streamObject({ ...about, onError: ({ error }) => failures.push(error) });
  for await (const _ of answer.partialObjectStream);
  return failures.length ? { error: facts(failures[0]) } : shown(answer);
}

const shown = async ({ object, usage }) => ({ object: await object, usage: await usage });
