import { cleanup, render, screen } from "@testing-library/react";
import { beforeEach, describe, expect, test } from "vitest";
import type { MemoryEstimate } from "#calc/model/memory-estimate.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { formatGib } from "#format/bytes.ts";
import { Computed } from "#panels/answer/Computed.tsx";
import { HowSure } from "#panels/answer/HowSure.tsx";
import type { Answer, MethodAnswer } from "#scenario/choices/answer.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { useScenario } from "#scenario/page/store.ts";
import { answerOf } from "../../answered.ts";
import { withBasis } from "./with-basis.ts";

type Basis = MemoryEstimate["basis"];

beforeEach(() => useScenario.setState({ ...useScenario.getInitialState(), catalog: FULL_CATALOG }, true));

/** LoRA, its figures by the rule or by a replay. */
const loraBy = (basis: Basis, patch: Partial<Choices> = {}): Readonly<{ answer: Answer; focus: MethodAnswer }> => {
  const answer = withBasis(answerOf({ show: ["lora"], ...patch }), () => basis);
  const [focus] = answer.methods;
  if (focus === undefined) throw new Error("LoRA is shown");
  return { answer, focus };
};

const said = (basis: Basis, patch: Partial<Choices> = {}): MethodAnswer => {
  const { answer, focus } = loraBy(basis, patch);
  render(<HowSure answer={answer} focus={focus} approximations={[]} ranAs={null} />);
  return focus;
};

/** A card with so much more or less than what LoRA must have on it, as a share of the peak. */
const cardAt = (basis: Basis, share: number): Partial<Choices> => {
  const { onCardBytes, peakBytes } = loraBy(basis).focus.estimate;
  return { gpu: { kind: "custom", memoryBytes: onCardBytes + share * peakBytes, unit: "GiB" } };
};

const textOf = (name: string): string => {
  const term = screen.getAllByRole("term").find(({ textContent }) => textContent === name);
  return (term?.nextElementSibling?.textContent ?? "").replaceAll("\u00a0", " ").trim();
};

const gib = (bytes: number): string => `${formatGib(bytes)} GiB`;

const PLACES = {
  tight: /of the card it may not fit\./,
  high: /Only the high end passes the [\d.]+\sGiB of the card\./,
  low: /Only the low end is below the [\d.]+\sGiB of the card\./,
};

test.each([
  { basis: "rule", place: "tight", share: 0.02 },
  // The whole range lies below the line, and by the rule it may not fit all the same.
  { basis: "rule", place: "tight", share: 0.2 },
  { basis: "rule", place: "low", share: -0.01 },
  { basis: "replay", place: "tight", share: 0.02 },
  { basis: "replay", place: "high", share: 0.1 },
  // A replay knows the allocator's part: only the context is a range below what must fit, 0.1 GiB.
  { basis: "replay", place: "low", share: -0.004 },
] as const)("by the $basis, where the card lies in the range is said: $place", ({ basis, place, share }) => {
  said(basis, cardAt(basis, share));
  expect(screen.getByText(PLACES[place])).toBeVisible();
});

test.each(["rule", "replay"] as const)("by the %s, nothing is said where the whole range is on one side", (basis) => {
  said(basis, cardAt(basis, 1));
  expect(screen.queryByText(/it may not fit|Only the (?:high|low) end/)).toBeNull();
});

test("stands under the formulas, with the way to the published runs", () => {
  render(<Computed />);
  expect(screen.getByRole("link", { name: "Predicted against measured" })).toHaveAttribute("href", "#accuracy");
});

describe("what the figures are", () => {
  test("by the rule is said with where they come from, and what fits comfortably", () => {
    const { reservedBytes, onCardRangeBytes } = said("rule").estimate;
    expect(textOf("Needed on the card")).toMatch(
      /^What must fit: 1\.02 × peak \+ 0\.4 GiB of CUDA context\. 1\.02 is the least of ten measured pairs, the same for every run\. /,
    );
    expect(textOf("Seen on this card")).toBe(
      `Up to ${gib(onCardRangeBytes[1])}, with the CUDA context. The allocator usually reserves ${gib(reservedBytes)} while there is room, ` +
        "1.08 × peak, the middle of those pairs, and gives back before it fails.",
    );
    expect(textOf("Range")).toContain(
      "“Fits” means at most 80 % of the card needed, because the allocator is not replayed;",
    );
  });

  test("by a replay is said as what this run needs and holds, without a factor or a pair of the rule", () => {
    const { neededBytes, reservedBytes, onCardRangeBytes } = said("replay").estimate;
    const [low, high] = onCardRangeBytes;
    expect(textOf("Needed on the card")).toBe(
      `What must fit: ${gib(neededBytes)}, the least that PyTorch’s allocator goes on with, + 0.4 GiB of CUDA context. ` +
        "The allocator was replayed with all that this run asks of it: freed blocks leave gaps too small to be used again. Other sizes leave other gaps, so a larger batch may need less.",
    );
    expect(textOf("Seen on this card")).toBe(
      `Up to ${gib(high)}, with the CUDA context. By the same replay the allocator holds ${gib(reservedBytes)} while there is room, and gives back before it fails.`,
    );
    expect(textOf("Range")).toBe(
      `${gib(low)} to ${gib(high)} on the card. “Fits” means at least 3 % of needed plus 0.1 GiB free; “may not fit” means less room.`,
    );
    expect(screen.queryByText(/1\.02|1\.08|pairs/)).toBeNull();
  });

  test("has NCCL among them where there are several GPUs", () => {
    for (const [basis, comfortable] of [
      ["rule", "at most 80 % of the card needed, because"],
      ["replay", "at most 90 % of each card needed;"],
    ] as const) {
      cleanup();
      said(basis, { gpus: 2 });
      expect(textOf("Needed on the card")).toContain("0.4 GiB of CUDA context + 1.5 GiB of NCCL buffers");
      expect(textOf("Seen on this card")).toContain(", with the CUDA context and NCCL’s buffers.");
      expect(textOf("Range")).toContain(comfortable);
    }
  });

  test.each(["rule", "replay"] as const)(
    "by the %s, with room to spare, is said where the card has too little",
    (basis) => {
      said(basis, { gpu: { kind: "catalog", id: "rtx-4060" } });
      expect(textOf("Seen on this card")).toMatch(
        /^Nothing, as it does not run there; with room to spare up to [\d.]+ GiB, with the CUDA context\./,
      );
    },
  );
});

describe("why the rule is used is said", () => {
  test.each<[string, string, Partial<Choices>]>([
    ["a rule of thumb", "A rule of thumb has no run that could be replayed.", { stack: "article" }],
    [
      "DeepSpeed’s third stage",
      "PyTorch’s allocator is not replayed with DeepSpeed’s third stage, whose allocations are not known in order.",
      { gpus: 2, shard: "zero3" },
    ],
    [
      "a model that is divided",
      "PyTorch’s allocator is not replayed where GPUs divide the model itself.",
      { gpus: 2, tp: 2 },
    ],
    [
      "parts in host memory",
      "PyTorch’s allocator is not replayed where parts are kept in host memory.",
      { offload: "optimizer" },
    ],
    [
      "a card of Apple’s",
      "PyTorch’s allocator is replayed for CUDA and ROCm, which this card has not.",
      { gpu: { kind: "catalog", id: "apple-m3-max-64gb" } },
    ],
    [
      "a card with ROCm, where formats are not known",
      "PyTorch’s allocator is not replayed with these formats of weights, gradients or states, or a step of so many tensors.",
      { gpu: { kind: "catalog", id: "mi300x" } },
    ],
    [
      "a card of the reader’s own, where formats are not known",
      "PyTorch’s allocator is not replayed with these formats of weights, gradients or states, or a step of so many tensors.",
      { gpu: { kind: "custom", memoryBytes: 48e9, unit: "GB" } },
    ],
  ])("of %s", (_, reason, patch) => {
    said("rule", patch);
    const needed = textOf("Needed on the card");
    expect(needed).toContain("measured pairs, the same for every run. ");
    expect(needed.slice(needed.lastIndexOf("run. ") + 5)).toBe(reason);
  });
});
