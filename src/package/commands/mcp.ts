import { stdin } from "node:process";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { createServer } from "#package/mcp/create-server.ts";
import { calledAs } from "./called-as.ts";
import type { Command, Terminal } from "./terminal.ts";

const usageOf = (terminal: Terminal): string => `Usage: ${calledAs("mcp", terminal)}

Serves the Model Context Protocol over standard input and output, for assistants: the tools estimate, advise, smallest_gpu and import_config. They
write nothing and ask nobody. It ends when its input does.`;

const UNREADABLE = 2;

/** `mcp`: the engine as tools of an assistant. */
export const main: Command = async (terminal) => {
  const { args, print, complain, version = "0.0.0" } = terminal;
  if (args.includes("--help") || args.includes("-h")) {
    print(usageOf(terminal));
    return 0;
  }
  if (args.length > 0) {
    complain(`mcp takes no arguments. ${calledAs("mcp", terminal)} --help says what it does.`);
    return UNREADABLE;
  }
  const server = createServer(version);
  const ended = new Promise<void>((resolve) => {
    server.onclose = resolve;
    stdin.on("end", resolve);
  });
  await server.connect(new StdioServerTransport());
  await ended;
  return 0;
};
