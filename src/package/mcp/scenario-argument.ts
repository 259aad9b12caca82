import { LINK_KEYS } from "#scenario/choices/url.ts";
import type { Given, KeyValue } from "#package/given.ts";
import { KEY_PROPERTIES, NAMED_ALONE } from "./key-properties.ts";
import type { ObjectSchema } from "./tool.ts";

/** How a scenario is given to a tool: `link`, or `keys`. */
export const SCENARIO_PROPERTIES: ObjectSchema["properties"] = {
  link: {
    type: "string",
    description: "A link of the calculator, such as ?v=1&model=llama-3.1-8b&method=qlora&gpu=rtx-4090&seq=4096",
  },
  keys: {
    type: "object",
    description: `The scenario in the place of a link: its keys with their values. A missing key takes its default. Further keys, of which each has its default: ${NAMED_ALONE.join(", ")}.`,
    properties: KEY_PROPERTIES,
    additionalProperties: { type: ["string", "number", "boolean"] },
  },
};

type Arguments = Readonly<Record<string, unknown>>;

const isKeyValue = (value: unknown): value is KeyValue =>
  value === null || ["string", "number", "boolean"].includes(typeof value);

const isKeys = (keys: unknown): keys is Readonly<Record<string, KeyValue>> =>
  typeof keys === "object" && keys !== null && !Array.isArray(keys) && Object.values(keys).every(isKeyValue);

/** Where an argument that there is not belongs. */
const unknown = (name: string): string =>
  (LINK_KEYS as readonly string[]).includes(name)
    ? `There is no argument ${name}: it is a key of the scenario, and stands in keys, {"keys": {"${name}": ...}}.`
    : `There is no argument ${JSON.stringify(name)}: a scenario is given as link or as keys.`;

/**
 * The scenario in the arguments of a tool; nothing given is the default scenario. What would be left unread is refused: an answer to another question than the one that was
 * asked looks like any other.
 *
 * @throws TypeError where the arguments are not what the schema says
 */
export const scenarioOf = ({ link, keys, ...others }: Arguments): Given => {
  const [other] = Object.keys(others);
  if (other !== undefined) throw new TypeError(unknown(other));
  if (link !== undefined && keys !== undefined)
    throw new TypeError("Both link and keys are given, and one of them is read: add the keys to the link.");
  if (link !== undefined && typeof link !== "string") throw new TypeError("link is not a text.");
  if (keys !== undefined && !isKeys(keys)) throw new TypeError("keys is not an object of texts, numbers and switches.");
  return link ?? keys ?? {};
};

/** True if neither `link` nor `keys` says anything, so that the answer is about the default scenario. */
export const saysNothing = ({ link, keys }: Arguments): boolean =>
  link === undefined && (!isKeys(keys) || Object.keys(keys).length === 0);
