import { afterEach, expect, test, vi } from "vitest";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { askOnce } from "#scenario/page/questions.ts";
import { drawnAnswer } from "#scenario/page/store.ts";
import { replaceEngine } from "#scenario/page/engine.ts";
import type { Outcome } from "#service/messages.ts";

afterEach(() => vi.unstubAllGlobals());

/** Who answers every question in the same way. */
const always = (outcome: Outcome<never>): void =>
  replaceEngine({
    ask: (_, take) => {
      take(outcome);
      return () => undefined;
    },
  });

test("a question that is asked once ends in what was given, or in why there is nothing", async () => {
  always({ given: "advice" as never });
  await expect(askOnce("advice", { choices: DEFAULT_CHOICES })).resolves.toBe("advice");
  always({ failed: "no engine" });
  await expect(askOnce("advice", { choices: DEFAULT_CHOICES })).rejects.toThrow("no engine");
});

test("the answer that the build has drawn is that to the default choices", () => {
  const found = { "drawn-answer": { textContent: '{"model":"as drawn"}' } } as Readonly<Record<string, object>>;
  vi.stubGlobal("document", { getElementById: (id: string) => found[id] ?? null });
  expect(drawnAnswer()).toEqual({ model: "as drawn", choices: DEFAULT_CHOICES });
});

test("where nothing was drawn, there is none", () => {
  expect(drawnAnswer()).toBeNull();
  vi.stubGlobal("document", { getElementById: () => ({ textContent: "" }) });
  expect(drawnAnswer()).toBeNull();
});
