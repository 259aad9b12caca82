import { expect, test, vi } from "vitest";
import { DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import type { Answered } from "#service/messages.ts";
import { serve } from "#service/serve.ts";

const choices = { ...DEFAULT_CHOICES, batch: 2, seq: 4096 };
const advice = (number: number) => ({ number, id: "advice", asked: { choices }, complete: false });
const answer = (number: number) => ({ number, id: "answer", asked: { choices }, complete: false });

test("long work lets what a hand waits for between, and is given up when nobody wants it any more", async () => {
  const posted: Answered[] = [];
  const numbers = () => posted.map(({ number }) => number);
  const tell = serve((message) => void ("number" in message && posted.push(message)));
  tell(advice(1));
  tell(advice(2));
  await new Promise((resolve) => setTimeout(resolve));
  tell(answer(3));
  await vi.waitFor(() => expect(numbers()).toEqual([3]));
  tell({ number: 1, dropped: true });
  await vi.waitFor(() => expect(numbers()).toEqual([3, 2]), { timeout: 60_000 });
  tell(answer(4));
  await vi.waitFor(() => expect(numbers()).toEqual([3, 2, 4]));
});
