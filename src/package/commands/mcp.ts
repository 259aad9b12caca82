import { stdin } from "node:process";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { createServer } from "#package/mcp/create-server.ts";
import { framed, takesNone } from "./framed.ts";
import type { Command, Terminal } from "./terminal.ts";

const usage = (called: string): string => `Usage: ${called}

Serves the Model Context Protocol over standard input and output, for assistants: the tools estimate, advise, smallest_gpu and import_config. They
write nothing and ask nobody. It ends when its input does.`;

const run = async (_: object, { version = "0.0.0" }: Terminal): Promise<number> => {
  const server = createServer(version);
  const ended = new Promise<void>((resolve) => {
    server.onclose = resolve;
    stdin.on("end", resolve);
  });
  await server.connect(new StdioServerTransport());
  await ended;
  return 0;
};

/** `mcp`: the engine as tools of an assistant. */
export const main: Command = framed({
  name: "mcp",
  usage,
  options: {},
  askedOf: (given) => takesNone("mcp", given) ?? {},
  run,
});
