import { generateText } from "ai";

import { asking, shown } from "./asking.mjs";

export default async (task) => shown(await generateText(asking(task)));
