import { expect, test } from "vitest";
import { fewestWords } from "#advice/smallest-gpu.ts";
import { bytes, GIB } from "#calc/base/bytes.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { answerOf } from "../answered.ts";

/** What is said of full fine-tuning on so many usable GiB a card. */
const said = (patch: Partial<Choices>, usableGib: number, usedGib = 0): string | undefined => {
  const answer = answerOf({ show: ["full"], ...patch });
  const [method] = answer.methods;
  if (method === undefined) throw new Error("full fine-tuning is shown");
  const gpu = { ...answer.gpu, shortName: "H100", usableBytes: bytes(Math.round(usableGib * GIB)) };
  return fewestWords({ choices: { ...answer.choices, used: usedGib }, gpu }, method)?.replaceAll("\u00a0", " ");
};

test("a method that is divided over cards needs so many at least, and says what each holds", () => {
  expect(said({ gpus: 8, shard: "zero3" }, 500)).toMatch(/^Full needs at least an H100: [\d.]+ GiB\.$/);
  expect(said({ gpus: 8, shard: "zero3" }, 40)).toMatch(
    /^Full needs at least \d × H100(?:, which may not be enough)?: [\d.]+ GiB each\.$/,
  );
  expect(said({ gpus: 8, shard: "zero3" }, 1)).toBe(
    "Full: no number of H100 holds it; what cannot be sharded is too much.",
  );
});

test("experts that cards share out take as many as share them, or a multiple", () => {
  const shared: Partial<Choices> = { model: { kind: "catalog", id: "qwen3-30b-a3b" }, method: "full", gpus: 8, ep: 8 };
  expect(said(shared, 1000)).toMatch(/^Full needs at least 8 × H100: [\d.]+ GiB each\.$/);
  expect(said({ ...shared, ep: 4 }, 1000)).toMatch(/^Full needs at least 4 × H100: /);
});

test("what is in use on a card is none of its memory", () => {
  const patch: Partial<Choices> = { gpus: 8, shard: "zero3" };
  expect(said(patch, 500, 460)).toBe(said(patch, 40));
});

test("so many may not be enough where a little more would be too much", () => {
  const [needed] = /[\d.]+(?= GiB)/.exec(said({ gpus: 8, shard: "zero3" }, 500) ?? "") ?? [];
  expect(said({ gpus: 8, shard: "zero3" }, Number(needed) + 0.06)).toContain("H100, which may not be enough: ");
});

test("nothing is said where each card has all of it, nor by a rule of thumb", () => {
  expect(said({}, 40)).toBeUndefined();
  expect(said({ gpus: 8, shard: "ddp" }, 40)).toBeUndefined();
  expect(said({ gpus: 8, shard: "zero3", stack: "article" }, 40)).toBeUndefined();
});
