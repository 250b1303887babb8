import { facts } from "../facts.mjs";
import { client } from "./client.mjs";

export default async function (task) {
  const { responses } = client(task);
  const body = { model: task.model, input: task.say };
  if (!task.stream) return shown(await responses.create(body));
  const events = [];
  try {
    const stream = responses.stream(body);
    for await (const event of stream) events.push(event.type);
    return { ...shown(await stream.finalResponse()), events };
  } catch (error) {
    return { events, error: facts(error) };
  }
}

const shown = ({ status, output_text, usage }) => ({ status, text: output_text, usage });
