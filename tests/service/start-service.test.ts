import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type Question,
  type TakeOutcome,
  type EngineWorker,
  type Places,
  workerService,
} from "#service/start-service.ts";
import { PART_GONE } from "#service/fetch-part.ts";
import { type FromEngine, type ToEngine, TOO_LONG } from "#service/messages.ts";

const QUESTION: Question<"open"> = { id: "open", asked: { search: "?v=1" }, complete: false };

/** A worker that a test holds in its hand. */
type Held = EngineWorker & { readonly heard: ToEngine[]; isTerminated: boolean };

const heldWorker = (): Held => {
  const worker: Held = {
    heard: [],
    isTerminated: false,
    postMessage: (message: ToEngine) => void worker.heard.push(message),
    terminate: () => void (worker.isTerminated = true),
    onmessage: null,
    onerror: null,
    onmessageerror: null,
  };
  return worker;
};

const say = (worker: Held, message: FromEngine): void =>
  void worker.onmessage?.call(worker as never, { data: message } as MessageEvent<FromEngine>);
const breakDown = (worker: Held): void => (worker.onerror as (() => void) | null)?.();
const given = (number: number, value: unknown): FromEngine => ({ number, outcome: { given: value } });
const asTake = (take: (outcome: unknown) => void): TakeOutcome<"open"> => take as TakeOutcome<"open">;

/** The page that answers every question with its number. */
const inPage: Places["inPage"] = async () => (post) => (message) => {
  if (!("dropped" in message)) post(given(message.number, `in the page: ${message.number}`));
};

const setUp = (places: Partial<Places> = {}) => {
  const workers: Held[] = [];
  const startWorker = (): EngineWorker => {
    const worker = heldWorker();
    workers.push(worker);
    return worker;
  };
  const service = workerService({ startWorker, inPage, ...places });
  const taken: unknown[] = [];
  const ask = (): (() => void) =>
    service.ask(
      QUESTION,
      asTake((outcome) => taken.push(outcome)),
    );
  return { workers, taken, ask };
};

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("the engine in a worker", () => {
  it("is asked by number, and each asker hears what came of the own question", () => {
    const { workers, taken, ask } = setUp();
    ask();
    ask();
    const [worker] = workers as [Held];
    expect(worker.heard).toMatchObject([
      { number: 1, id: "open", asked: { search: "?v=1" }, complete: false },
      { number: 2 },
    ]);
    say(worker, given(2, "second"));
    say(worker, given(1, "first"));
    expect(taken).toEqual([{ given: "second" }, { given: "first" }]);
  });

  it("hears when nobody waits for an answer any more, and one that comes all the same is dropped", () => {
    const { workers, taken, ask } = setUp();
    ask()();
    const [worker] = workers as [Held];
    expect(worker.heard.at(-1)).toEqual({ number: 1, dropped: true });
    say(worker, given(1, "late"));
    expect(taken).toEqual([]);
  });

  it("is started once more when it breaks down, and asked again what was not answered", () => {
    const { workers, taken, ask } = setUp();
    ask();
    ask();
    const [first] = workers as [Held];
    say(first, given(1, "first"));
    breakDown(first);
    expect(first.isTerminated).toBe(true);
    const [, second] = workers as [Held, Held];
    expect(second.heard).toMatchObject([{ number: 2 }]);
    say(second, given(2, "second"));
    expect(taken).toEqual([{ given: "first" }, { given: "second" }]);
  });

  it("that breaks down twice is given up: the page computes itself", async () => {
    const { workers, taken, ask } = setUp();
    ask();
    breakDown(workers[0] as Held);
    breakDown(workers[1] as Held);
    await vi.advanceTimersByTimeAsync(0);
    expect(workers).toHaveLength(2);
    expect(taken).toEqual([{ given: "in the page: 1" }]);
    ask();
    expect(taken.at(-1)).toEqual({ given: "in the page: 2" });
  });

  it("that cannot be had at all leaves the computing to the page, from the first question on", async () => {
    const { taken, ask } = setUp({
      startWorker: () => {
        throw new DOMException("no workers in a frame without an origin", "SecurityError");
      },
    });
    ask();
    await vi.advanceTimersByTimeAsync(0);
    expect(taken).toEqual([{ given: "in the page: 1" }]);
  });

  it("that says nothing with a question before it counts as broken; one that was not asked may be silent", async () => {
    const { workers, taken, ask } = setUp();
    await vi.advanceTimersByTimeAsync(100_000);
    expect(workers).toHaveLength(1);
    ask();
    await vi.advanceTimersByTimeAsync(19_000);
    say(workers[0] as Held, given(1, "in time"));
    await vi.advanceTimersByTimeAsync(100_000);
    expect(workers).toHaveLength(1);
    ask();
    await vi.advanceTimersByTimeAsync(21_000);
    expect(workers).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(21_000);
    expect(taken).toEqual([{ given: "in time" }, { given: "in the page: 2" }]);
  });

  it("that works on one question for a minute in one piece is replaced: the question fails, the others are asked again", async () => {
    const { workers, taken, ask } = setUp();
    for (const _ of "123") {
      ask();
      ask();
      const worker = workers.at(-1) as Held;
      const number = (worker.heard.at(-2) as { number: number }).number;
      say(worker, { works: number });
      await vi.advanceTimersByTimeAsync(59_000);
      say(worker, { works: number });
      await vi.advanceTimersByTimeAsync(59_000);
      expect(worker.isTerminated).toBe(false);
      await vi.advanceTimersByTimeAsync(1000);
      expect(worker.isTerminated).toBe(true);
      expect(taken.at(-1)).toEqual({ failed: TOO_LONG });
      say(workers.at(-1) as Held, given(number + 1, "the other"));
      expect(taken.at(-1)).toEqual({ given: "the other" });
    }
    // However often: it is never the page that has to do it.
    expect(workers).toHaveLength(4);
  });

  it("is replaced where it works for two seconds on what nobody waits for any more", async () => {
    const { workers, taken, ask } = setUp();
    const drop = ask();
    say(workers[0] as Held, { works: 1 });
    await vi.advanceTimersByTimeAsync(500);
    drop();
    ask();
    await vi.advanceTimersByTimeAsync(1499);
    expect(workers).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(workers).toHaveLength(2);
    expect(workers[1]?.heard).toMatchObject([{ number: 2 }]);
    say(workers[1] as Held, given(2, "second"));
    expect(taken).toEqual([{ given: "second" }]);
  });

  it("stays where it gives up in time what nobody waits for any more", async () => {
    const { workers, ask } = setUp();
    const drop = ask();
    say(workers[0] as Held, { works: 1 });
    drop();
    say(workers[0] as Held, { works: null });
    await vi.advanceTimersByTimeAsync(100_000);
    expect(workers).toHaveLength(1);
  });

  it("that nobody can load is said in words, not waited for", async () => {
    const { taken, ask } = setUp({
      startWorker: () => {
        throw new Error("none");
      },
      inPage: () => Promise.reject(new Error("offline")),
    });
    ask();
    await vi.advanceTimersByTimeAsync(0);
    expect(taken).toEqual([{ failed: "The engine could not be loaded." }]);
  });

  it("that could not be loaded is tried again by the next question", async () => {
    const loads = vi.fn(inPage).mockRejectedValueOnce(new Error("offline")).mockRejectedValueOnce(new Error("offline"));
    const { taken, ask } = setUp({
      startWorker: () => {
        throw new Error("none");
      },
      inPage: loads,
    });
    ask();
    await vi.advanceTimersByTimeAsync(0);
    ask();
    await vi.advanceTimersByTimeAsync(0);
    const failed = { failed: "The engine could not be loaded." };
    expect(taken).toEqual([failed, failed]);
    ask();
    await vi.advanceTimersByTimeAsync(0);
    expect(taken.at(-1)).toEqual({ given: "in the page: 3" });
  });

  it("tells the page of a script that it could not have, and goes on", () => {
    const told: string[] = [];
    vi.stubGlobal("dispatchEvent", ({ type }: Event) => told.push(type));
    const { workers, taken, ask } = setUp();
    ask();
    const [worker] = workers as [Held];
    say(worker, { partGone: true });
    say(worker, given(1, "first"));
    expect(told).toEqual([PART_GONE]);
    expect(taken).toEqual([{ given: "first" }]);
    vi.unstubAllGlobals();
  });
});
