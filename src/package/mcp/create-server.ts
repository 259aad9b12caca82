import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { CallToolRequestSchema, ListToolsRequestSchema, type CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { ALL_TOOLS } from "./all-tools.ts";
import type { ObjectSchema } from "./tool.ts";

/** What every answer has: its version, and the link that leads to it. */
const ANSWER: ObjectSchema = {
  type: "object",
  properties: { version: { const: 1 }, link: { type: ["string", "null"] } },
  required: ["version", "link"],
};

const refused = (sentence: string): CallToolResult => ({ isError: true, content: [{ type: "text", text: sentence }] });

const answerTo = (name: string, given: Readonly<Record<string, unknown>>): CallToolResult => {
  const tool = Object.hasOwn(ALL_TOOLS, name) ? ALL_TOOLS[name] : undefined;
  if (tool === undefined) return refused(`There is no tool ${JSON.stringify(name)}.`);
  try {
    const { text, data } = tool.answer(given);
    return { content: [{ type: "text", text }], structuredContent: { ...data } };
  } catch (error) {
    // What was given is at fault, and whoever gave it can say it otherwise.
    if (error instanceof TypeError) return refused(error.message);
    throw error;
  }
};

/**
 * A server of the Model Context Protocol with the engine's questions as tools: read-only, and closed to the world.
 *
 * Arguments are read by the tools, which say in `issues` what they could not take, as links do.
 *
 * @param version of the package
 */
export const createServer = (version: string): Server => {
  const server = new Server({ name: "headroom", version }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: Object.entries(ALL_TOOLS).map(([name, { description, inputSchema }]) => ({
      name,
      description,
      inputSchema,
      outputSchema: ANSWER,
      annotations: { readOnlyHint: true, openWorldHint: false },
    })),
  }));
  server.setRequestHandler(CallToolRequestSchema, ({ params: { name, arguments: given = {} } }) =>
    answerTo(name, given),
  );
  return server;
};
