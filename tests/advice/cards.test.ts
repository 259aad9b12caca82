import { describe, expect, test } from "vitest";
import { hostNote } from "#advice/answer-notes.ts";
import { machineOf } from "#advice/host-machine.ts";
import { matrixCards } from "#advice/matrix-gpus.ts";
import { smallestCard, CARD_CANDIDATES } from "#advice/smallest-gpu.ts";
import { evaluateTrial } from "#advice/trial.ts";
import { withSize } from "#advice/largest-setting.ts";
import { GIB } from "#calc/base/bytes.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { answerOf } from "../answered.ts";

const card = (id: string): Choices["gpu"] => ({ kind: "catalog", id });

describe("the usual dozen", () => {
  const shown = matrixCards(card("rtx-4090"), FULL_CATALOG, false);

  test("begin with 8 GB and grow, by less than the double at each card", () => {
    const sizes = shown.map(({ memoryGb }) => memoryGb);
    expect(sizes).toHaveLength(12);
    expect(sizes[0]).toBe(8);
    expect(sizes).toEqual(sizes.toSorted((one, other) => one - other));
    const steps = sizes.slice(1).map((size, index) => size / (sizes[index] ?? Number.NaN));
    expect(Math.max(...steps)).toBeLessThan(2);
  });

  test("have the chosen one among them, once", () => {
    expect(shown.filter(({ chosen }) => chosen).map(({ gpu }) => gpu)).toEqual([card("rtx-4090")]);
    expect(matrixCards(card("gb10"), FULL_CATALOG, false).filter(({ unified }) => unified)).toHaveLength(1);
  });
});

test("a machine is as many of the same card as are chosen", () => {
  expect(machineOf({ gpu: card("h100-sxm"), gpus: 8 })?.name).toBe("p5.48xlarge or DGX H100");
  expect(machineOf({ gpu: card("h100-sxm"), gpus: 4 })).toBeNull();
  expect(machineOf({ gpu: card("rtx-4090"), gpus: 8 })).toBeNull();
  expect(machineOf({ gpu: { kind: "custom", memoryBytes: 80e9, unit: "GB" }, gpus: 8 })).toBeNull();
});

test("a card that advice names is a whole one of NVIDIA with bf16", () => {
  for (const { id } of CARD_CANDIDATES) {
    const row = FULL_CATALOG.gpus[id];
    expect(row).toMatchObject({ vendor: "NVIDIA", bf16Supported: true });
    expect(row?.sliceOf).toBeUndefined();
  }
  const ids = CARD_CANDIDATES.map(({ id }) => id);
  expect(ids).toContain("rtx-4090");
  for (const other of ["t4", "mi300x"]) expect(ids).not.toContain(other);
  const sizes = CARD_CANDIDATES.map(({ usableBytes }) => usableBytes);
  expect(sizes).toEqual(sizes.toSorted((one, other) => one - other));
});

describe("the smallest card for a method", () => {
  const found = (patch: Partial<Choices>) =>
    smallestCard({ ...DEFAULT_CHOICES, ...patch }, patch.method ?? "lora", FULL_CATALOG).found;
  const size = (params: number): Choices["model"] => ({ kind: "size", params });

  test("is one card where one is enough, and more where none is", () => {
    expect(found({ method: "qlora" })?.gpus).toBe(1);
    const several = found({ method: "full", model: size(7e10) });
    expect(several?.gpus).toBeGreaterThan(1);
    expect(several?.fit).not.toBe("over");
  });

  test("is no fewer cards than were chosen", () => {
    expect(found({ method: "qlora", gpus: 3, shard: "ddp" })?.gpus).toBe(3);
  });

  // By the rule, which follows every byte: a replay finds what is needed in steps, and 64 ranks of 7 B need as much as 48.
  test.each<Readonly<{ gpus: number; method: Choices["method"]; id: string }>>([
    ...[2, 4, 8, 16, 24, 32, 48, 64, 96, 128, 256].map((gpus) => ({ gpus, method: "lora" as const, id: "llama-2-7b" })),
    ...[512, 1024, 2048, 4096].map((gpus) => ({ gpus, method: "full" as const, id: "llama-2-7b" })),
  ])("is $gpus of the largest where as many have just enough left", ({ gpus, method, id }) => {
    const choices: Choices = { ...DEFAULT_CHOICES, method, shard: "zero3", model: { kind: "catalog", id } };
    const { comfortableBytes } = evaluateTrial({ ...choices, gpus }, FULL_CATALOG).taken.onCard();
    const usableBytes = CARD_CANDIDATES.at(-1)?.usableBytes ?? Number.NaN;
    const used = (usableBytes - comfortableBytes) / GIB;
    expect(found({ ...choices, used })).toMatchObject({ gpus, usableBytes, fit: "fits" });
  });

  test("is one on which it may not fit only where no number of any is enough, and the first of those", () => {
    const choices: Choices = { ...DEFAULT_CHOICES, gpus: 4096, shard: "zero3" };
    const { onCardBytes } = evaluateTrial(choices, FULL_CATALOG);
    const usableBytes = CARD_CANDIDATES.at(-1)?.usableBytes ?? Number.NaN;
    const used = (usableBytes - onCardBytes) / GIB;
    expect(found({ ...choices, used })).toMatchObject({ gpus: 4096, usableBytes, fit: "tight" });
  });

  test("is a larger one where memory is in use", () => {
    expect(found({ used: 20 })?.usableBytes).toBeGreaterThan((found({})?.usableBytes ?? 0) + 1);
  });

  test("is none where a row alone is too long for any", () => {
    expect(found({ method: "lora", seq: 10_485_760, batch: 4096 })).toBeNull();
  });
});

describe("what is offloaded", () => {
  const note = (patch: Partial<Choices>): string | undefined =>
    hostNote(answerOf({ show: ["lora"], ...patch }))?.says.replaceAll("\u00a0", " ");

  test("is said with the memory of each host, the verdict being of the card alone", () => {
    expect(note({ offload: "optimizer" })).toMatch(
      /^What is offloaded is held in host memory: [\d.]+ GiB for LoRA\. The verdict is about the card alone\.$/,
    );
    expect(note({ offload: "optimizer", gpus: 8, shard: "zero2" })).toContain("is held in host memory");
    expect(note({ offload: "optimizer", gpus: 16, shard: "zero2" })).toContain(
      "is held in the memory of each host of 8 GPUs: ",
    );
  });

  test("is said of each method, and of nothing where nothing is", () => {
    expect(note({ offload: "optimizer", show: ["full", "lora"] })).toMatch(
      /GiB for full fine-tuning, [\d.]+ GiB for LoRA\./,
    );
    expect(note({})).toBeUndefined();
    expect(note({ gpu: card("gb10"), offload: "all" })).toBeUndefined();
  });
});

describe("the same choices with another size", () => {
  const sized = (patch: Partial<Choices>): Choices => withSize({ ...DEFAULT_CHOICES, ...patch }, 7e9, FULL_CATALOG);

  test("keep what such a model has", () => {
    expect(sized({})).toEqual({ ...DEFAULT_CHOICES, model: { kind: "size", params: 7e9 } });
    expect(sized({ targets: ["q_proj", "c_attn"] }).targets).toEqual(["q_proj"]);
    expect(sized({ targets: ["c_attn"] }).targets).toBe("all-linear");
    expect(sized({ save: ["lm_head", "wte"] })).toMatchObject({ save: ["lm_head"], targets: "all-linear" });
    expect(sized({ targets: "q-v", save: ["lm_head"] }).targets).toBe("q-v");
  });
});
