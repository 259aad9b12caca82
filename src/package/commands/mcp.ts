// Command `mcp`: the MCP server over standard input and output.

import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { stdin, stdout } from "node:process";
import { createServer } from "#package/mcp/server.ts";
import { runCommand, noArguments, UNREADABLE } from "./command.ts";
import type { Command, Terminal } from "./terminal.ts";

/** The largest message that is read, in bytes: several training files of the largest size that is read. */
const MOST_BYTES = 64 * 2 ** 20;

/** Codes of JSON-RPC 2.0, section 5.1. */
const PARSE_ERROR = -32_700;
const INVALID_REQUEST = -32_600;

/** An error without the number of its request, which could not be read. @see https://www.jsonrpc.org/specification#error_object */
const errorLine = (code: number, message: string): string =>
  `${JSON.stringify({ jsonrpc: "2.0", id: null, error: { code, message } })}\n`;

/** True if a message was read as far as to be no message of the protocol: the SDK's schema refuses it. */
const isRefusedBySchema = (error: Error): boolean => error.name === "ZodError" || "issues" in error;

type StdioStreams = ConstructorParameters<typeof StdioServerTransport>;
type Input = NonNullable<StdioStreams[0]>;
type Output = NonNullable<StdioStreams[1]>;

/** Where the protocol is spoken, and why it ended where nobody closed it. */
type Spoken = Readonly<{ transport: StdioServerTransport; broken: Promise<string> }>;

/**
 * The protocol over two streams. A line that is no JSON, or no message, is answered with an error, and the next one is read. `broken`: the sentence with which
 * all ends, where a message is larger than what is read.
 */
export const stdioTransport = (input: Input, output: Output): Spoken => {
  const transport = new StdioServerTransport(input, output, { maxBufferSize: MOST_BYTES });
  const broken = new Promise<string>((resolve) => {
    transport.onerror = (error) => {
      if (error instanceof SyntaxError) output.write(errorLine(PARSE_ERROR, "The line is not JSON."));
      else if (isRefusedBySchema(error)) output.write(errorLine(INVALID_REQUEST, "The line is no JSON-RPC message."));
      else {
        const sentence = `A message has more than ${MOST_BYTES / 2 ** 20} MiB, or cannot be read: the server ends.`;
        output.write(errorLine(INVALID_REQUEST, sentence));
        resolve(sentence);
      }
    };
  });
  return { transport, broken };
};

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
export const main: Command = runCommand({
  name: "mcp",
  usage,
  options: {},
  askedOf: (given) => noArguments("mcp", given) ?? {},
  run,
});
