import { stdin, stdout } from "node:process";
import { createServer } from "#package/mcp/create-server.ts";
import { stdioTransport } from "./mcp-stdio.ts";
import { framed, takesNone, UNREADABLE } from "./framed.ts";
import type { Command, Terminal } from "./terminal.ts";

const usage = (called: string): string => `Usage: ${called}

Serves the Model Context Protocol over standard input and output, for assistants: the tools estimate, advise, smallest_gpu and import_config. They
write nothing and ask nobody. It ends when its input does, with 0; with 2 where a message cannot be read because of its size.`;

const run = async (_: object, { version = "0.0.0", complain }: Terminal): Promise<number> => {
  const server = createServer(version);
  const { transport, broken } = stdioTransport(stdin, stdout);
  const ended = new Promise<null>((resolve) => stdin.on("end", () => resolve(null)));
  await server.connect(transport);
  const why = await Promise.race([ended, broken]);
  if (why === null) return 0;
  complain(why);
  return UNREADABLE;
};

/** `mcp`: the engine as tools of an assistant. */
export const main: Command = framed({
  name: "mcp",
  usage,
  options: {},
  askedOf: (given) => takesNone("mcp", given) ?? {},
  run,
});
