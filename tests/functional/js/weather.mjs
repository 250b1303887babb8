// The one tool of all scripts, and the one schema.

import { z } from "zod";

export const city = z.object({ city: z.string().describe("A city's name") });

export const person = z.object({
  name: z.string(),
  age: z.number().int(),
  pets: z.array(z.string()),
});

export const weather = ({ city }) => ({ city, degrees: 21, sky: "clear" });
