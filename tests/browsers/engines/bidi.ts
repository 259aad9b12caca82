import { WebSocket } from "ws";

type Message = Readonly<{ id?: number; type: string; result?: unknown; error?: string; message?: string }>;

/** A connection over which commands of WebDriver BiDi are sent. */
export type Bidi = Readonly<{
  /** @throws {Error} with the browser's own words, where it refuses */
  send: <Result = unknown>(method: string, parameters?: unknown) => Promise<Result>;
  close: () => void;
}>;

/**
 * Connects to a browser that speaks WebDriver BiDi.
 *
 * @param url as the browser says it, `ws://127.0.0.1:PORT`
 * @see https://www.w3.org/TR/webdriver-bidi/
 */
export const connectBidi = async (url: string): Promise<Bidi> => {
  const socket = new WebSocket(`${url}/session`);
  const waiting = new Map<number, (message: Message) => void>();
  let last = 0;
  socket.on("message", (text: Buffer) => {
    const message = JSON.parse(text.toString()) as Message;
    if (message.id === undefined) return;
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
  });
  await new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  const gone = (): void => {
    for (const answer of waiting.values()) answer({ type: "error", error: "gone", message: "The browser has ended." });
    waiting.clear();
  };
  socket.on("close", gone);
  return {
    send: <Result>(method: string, parameters: unknown = {}) =>
      new Promise<Result>((resolve, reject) => {
        const id = ++last;
        waiting.set(id, ({ type, result, error, message }) => {
          if (type === "success") resolve(result as Result);
          else reject(new Error(`BiDi ${method}: ${error}: ${message}`));
        });
        socket.send(JSON.stringify({ id, method, params: parameters }));
      }),
    close: () => socket.close(),
  };
};
