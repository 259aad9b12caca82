import { afterEach, describe, expect, it, vi } from "vitest";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { type Answered, type Working, TOO_LONG } from "#service/messages.ts";
import { serve } from "#service/serve.ts";
import { ANSWERS } from "#service/questions.ts";

/** Serves, and keeps what was posted: outcomes, and signs of life between them. */
const served = () => {
  const posted: Answered[] = [];
  const all: (Answered | Working)[] = [];
  const tell = serve((message) => {
    all.push(message);
    if ("number" in message) posted.push(message);
  });
  return { posted, all, tell };
};

const ask = (number: number, id: string, asked: unknown) => ({ number, id, asked, complete: false });

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe("serving questions", () => {
  it("gives the answer to choices as data that another thread can have", async () => {
    const { posted, tell } = served();
    tell(ask(1, "answer", { choices: DEFAULT_CHOICES }));
    await vi.waitFor(() => expect(posted).toHaveLength(1));
    const [message] = posted;
    expect(structuredClone(message)).toEqual(message);
    expect(message).toMatchObject({ number: 1, outcome: { given: { model: { name: "Llama 3.1 8B" } } } });
  });

  it("says in words why there is no answer", async () => {
    const { posted, tell } = served();
    tell(ask(1, "nonsense", {}));
    tell(ask(2, "toString", {}));
    await vi.waitFor(() => expect(posted).toHaveLength(2));
    expect(posted).toEqual([
      { number: 1, outcome: { failed: "Nobody answers nonsense." } },
      { number: 2, outcome: { failed: "Nobody answers toString." } },
    ]);
  });

  it("posts nothing for a question that nobody waits for any more", async () => {
    const { posted, tell } = served();
    tell(ask(1, "answer", { choices: DEFAULT_CHOICES }));
    tell({ number: 1, dropped: true });
    tell(ask(2, "answer", { choices: DEFAULT_CHOICES }));
    await vi.waitFor(() => expect(posted).toHaveLength(1));
    expect(posted.map(({ number }) => number)).toEqual([2]);
  });

  it("answers choices that name a model beyond the popular ones with the whole catalog", async () => {
    const { posted, tell } = served();
    tell(ask(1, "answer", { choices: { ...DEFAULT_CHOICES, model: { kind: "catalog", id: "gpt2" } } }));
    await vi.waitFor(() => expect(posted).toHaveLength(1));
    expect(posted[0]).toMatchObject({ outcome: { given: { model: { id: "gpt2", name: "GPT-2" } } } });
  });

  it("answers the newest of many questions that a hand waits for, and computes none that nobody waits for", async () => {
    const { posted, tell } = served();
    const LAST = 10_000;
    for (let number = 1; number < LAST; number++) {
      tell(ask(number, "nonsense", {}));
      tell({ number, dropped: true });
    }
    tell(ask(LAST, "answer", { choices: DEFAULT_CHOICES }));
    tell(ask(LAST + 1, "answer", { choices: DEFAULT_CHOICES }));
    await vi.waitFor(() => expect(posted).toHaveLength(2));
    expect(posted.map(({ number }) => number)).toEqual([LAST + 1, LAST]);
  });

  it("says the one sentence of advice before what is listed under it, whichever was asked first", async () => {
    const { posted, tell } = served();
    tell(ask(1, "advice", { choices: DEFAULT_CHOICES }));
    tell(ask(2, "firstAdvice", { choices: DEFAULT_CHOICES }));
    await vi.waitFor(() => expect(posted).not.toEqual([]), { timeout: 30_000 });
    expect(posted.map(({ number }) => number)).toEqual([2]);
    tell({ number: 1, dropped: true });
  });

  it("says which question it works on, and gives up what takes longer than a minute, in words", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    // Work without an end, half a second a step.
    vi.spyOn(ANSWERS, "advice").mockImplementation(function* endless() {
      for (;;) {
        vi.advanceTimersByTime(500);
        yield;
      }
    });
    const { all, tell } = served();
    tell(ask(1, "advice", { choices: DEFAULT_CHOICES }));
    await vi.waitFor(() => expect(all.at(-1)).toEqual({ number: 1, outcome: { failed: TOO_LONG } }));
    // A word at the beginning, and one each second.
    expect(all.slice(0, -1)).toEqual(Array.from({ length: 60 }, () => ({ works: 1 })));
  });

  it("says that it is at rest once it has given up what nobody waits for", async () => {
    const { all, tell } = served();
    tell(ask(1, "advice", { choices: DEFAULT_CHOICES }));
    await vi.waitFor(() => expect(all).toEqual([{ works: 1 }]));
    tell({ number: 1, dropped: true });
    await vi.waitFor(() => expect(all).toEqual([{ works: 1 }, { works: null }]));
  });
});
