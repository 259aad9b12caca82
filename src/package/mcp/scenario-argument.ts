import { LINK_KEYS } from "#scenario/choices/url.ts";
import type { Given, KeyValue } from "#package/given.ts";
import type { ObjectSchema } from "./tool.ts";

/** How a scenario is given to a tool: `link`, or `keys`. */
export const SCENARIO_PROPERTIES: ObjectSchema["properties"] = {
  link: {
    type: "string",
    description: "A link of the calculator, such as ?v=1&model=llama-3.1-8b&method=qlora&gpu=rtx-4090&seq=4096",
  },
  keys: {
    type: "object",
    description: `The link's keys with their values, in the place of a link: ${LINK_KEYS.join(", ")}. A missing key takes its default.`,
    additionalProperties: { type: ["string", "number", "boolean"] },
  },
};

const isKeyValue = (value: unknown): value is KeyValue =>
  value === null || ["string", "number", "boolean"].includes(typeof value);

/** Nothing given is the default scenario. @throws TypeError where neither is what the schema says */
export const scenarioOf = ({ link, keys = {} }: Readonly<Record<string, unknown>>): Given => {
  if (link !== undefined) {
    if (typeof link !== "string") throw new TypeError("link is not a text.");
    return link;
  }
  if (typeof keys !== "object" || keys === null || !Object.values(keys).every(isKeyValue))
    throw new TypeError("keys is not an object of texts, numbers and switches.");
  return keys as Readonly<Record<string, KeyValue>>;
};
