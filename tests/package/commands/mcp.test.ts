import { once } from "node:events";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { createServer } from "#package/mcp/server.ts";
import { stdioTransport } from "#package/commands/mcp.ts";

const MIB = 2 ** 20;
const PING = JSON.stringify({ jsonrpc: "2.0", id: 7, method: "ping" });

/** A server with its two streams. */
const served = async () => {
  const [input, output] = [new PassThrough(), new PassThrough({ highWaterMark: MIB })];
  const { transport, broken } = stdioTransport(input, output);
  await createServer("1.2.3").connect(transport);
  const nextLine = async (): Promise<unknown> => {
    const [line] = (await once(output, "data")) as [Buffer];
    return JSON.parse(String(line));
  };
  return { input, nextLine, broken };
};

test("a line that is no JSON is answered with -32700, one that is no message with -32600, and the next is read", async () => {
  const { input, nextLine } = await served();
  input.write('{"jsonrpc": "2.0", "id": 1, "met\n');
  expect(await nextLine()).toMatchObject({ jsonrpc: "2.0", id: null, error: { code: -32_700 } });
  input.write('{"hello": 1}\n');
  expect(await nextLine()).toMatchObject({ id: null, error: { code: -32_600 } });
  input.write(`${PING}\n`);
  expect(await nextLine()).toEqual({ jsonrpc: "2.0", id: 7, result: {} });
});

test("a message of 20 MB is read; one that never ends breaks the server with a sentence", async () => {
  const { input, nextLine, broken } = await served();
  input.write(
    `${JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping", params: { _meta: { text: "a".repeat(20e6) } } })}\n`,
  );
  expect(await nextLine()).toMatchObject({ id: 1, result: {} });
  for (let written = 0; written < 65; written++) input.write("a".repeat(MIB));
  expect(await nextLine()).toMatchObject({ error: { code: -32_600 } });
  expect(await broken).toBe("A message has more than 64 MiB, or cannot be read: the server ends.");
});
