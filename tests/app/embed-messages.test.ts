import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { exchangeMessages } from "#app/embed-messages.ts";
import { replaceEngine } from "#scenario/page/engine.ts";
import { useScenario } from "#scenario/page/store.ts";
import type { EngineService } from "#service/start-service.ts";
import { hereService } from "../here-service.ts";
import { askedOfAll, INHERITED, WATCHED } from "../inherited.ts";

/** An observer of sizes that sees nothing: jsdom lays nothing out. */
class NoObserver {
  observe = (): void => undefined;
  unobserve = (): void => undefined;
  disconnect = (): void => undefined;
}

let end: () => void = () => undefined;

beforeEach(() => {
  vi.stubGlobal("ResizeObserver", NoObserver);
  end = exchangeMessages();
});

afterEach(() => {
  end();
  vi.unstubAllGlobals();
});

/** A message as the page around the embed sends it. */
const hear = (data: unknown): boolean =>
  dispatchEvent(new MessageEvent("message", { data, source: globalThis.parent as Window }));

const messages = (word: string): readonly unknown[] => [
  word,
  { type: word },
  { [word]: word },
  { type: "headroom:set", [word]: `?v=1&r=8` },
  { type: "headroom:set", link: word },
  { type: "headroom:set", link: `?${word}=1` },
  JSON.parse(`{"${word}": {"type": "headroom:set", "link": "?v=1&r=8"}}`),
  Object.create({ type: "headroom:set", link: "?v=1&r=8" }),
];

test("no message finds what every object has, and none of these is followed", async () => {
  const before = useScenario.getState().choices;
  expect(
    await askedOfAll(() => {
      for (const message of messages(WATCHED)) hear(message);
    }),
  ).toEqual([]);
  for (const word of INHERITED) for (const message of messages(word)) hear(message);
  await new Promise((done) => setTimeout(done, 50));
  expect(useScenario.getState().choices).toBe(before);
  expect(Object.keys(Object.prototype)).toEqual([]);
});

test("a message with fields of its own is heard", () => {
  const said = vi.spyOn(globalThis.parent, "postMessage");
  hear({ type: "iframe-child-init" });
  expect(said).toHaveBeenCalledWith(expect.objectContaining({ type: "iframe-resized" }), "*");
});

test("of many messages at once the newest is opened, and what the others said of looks stays", async () => {
  const ask = vi.fn<EngineService["ask"]>(hereService.ask);
  replaceEngine({ ask: ask as EngineService["ask"] });
  const said = vi.spyOn(globalThis.parent, "postMessage");
  for (let seq = 1; seq <= 1000; seq += 1) {
    const link = seq === 500 ? "?v=1&theme=dark&hide=guide" : `?v=1&seq=${seq + 1000}`;
    hear({ type: "headroom:set", link, id: seq });
  }
  await vi.waitFor(() => expect(useScenario.getState().choices.seq).toBe(2000));
  expect(useScenario.getState().choices).toMatchObject({ theme: "dark", hide: ["guide"], embed: true });
  expect(ask.mock.calls.filter(([{ id }]) => id === "open")).toHaveLength(1);
  expect(said).toHaveBeenCalledWith(expect.objectContaining({ type: "headroom:state", answers: 1000 }), "*");
  replaceEngine(hereService);
});
