import { render, screen } from "@testing-library/react";
import { beforeEach, describe, expect, test } from "vitest";
import { POPULAR_CATALOG } from "#catalog/popular-catalog.ts";
import { formatGib } from "#format/bytes.ts";
import { Computed } from "#panels/answer/Computed.tsx";
import { change } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";

beforeEach(() => useScenario.setState(useScenario.getInitialState(), true));

const lora = () => {
  const found = toAnswer(useScenario.getState().choices, POPULAR_CATALOG).methods.find(
    ({ method }) => method === "lora",
  );
  if (found === undefined) throw new Error("LoRA is shown");
  return found;
};

/** A card with so much more or less than what LoRA must have on it, as a share of the peak. */
const cardAt = (share: number): void => {
  const { onCardBytes, peakBytes } = lora().estimate;
  change({ gpu: { kind: "custom", memoryBytes: onCardBytes + share * peakBytes, unit: "GiB" } });
};

const textOf = (name: string): string => {
  const term = screen.getAllByRole("term").find(({ textContent }) => textContent === name);
  return (term?.nextElementSibling?.textContent ?? "").replaceAll("\u00a0", " ");
};

test.each([
  ["tight", 0.02, /of the card lie there: tight\./],
  ["fits, but for the high end", 0.1, /Only the high end passes the [\d.]+\sGiB of the card\./],
  ["over, but for the low end", -0.005, /Only the low end is below the [\d.]+\sGiB of the card\./],
])("a run that is %s is told where the card lies in the range", (_, share, sentence) => {
  cardAt(share);
  render(<Computed />);
  expect(screen.getByText(sentence)).toBeVisible();
});

test("nothing is said where the whole range is on one side, and the way to the published runs is there", () => {
  cardAt(1);
  render(<Computed />);
  expect(screen.queryByText(/of the card lie there|Only the (?:high|low) end/)).toBeNull();
  expect(screen.getByRole("link", { name: "Predicted against measured" })).toHaveAttribute("href", "#accuracy");
});

describe("what the figures are", () => {
  const gib = (bytes: number): string => `${formatGib(bytes)} GiB`;

  test("is said with where they come from, and what fits comfortably", () => {
    render(<Computed />);
    const { reservedBytes, onCardRangeBytes } = lora().estimate;
    expect(textOf("Needed on the card")).toBe(
      "What must fit: 1.02 × peak + 0.4 GiB of CUDA context. 1.02 is the least of ten measured pairs, the same for every card.",
    );
    expect(textOf("Seen on this card")).toBe(
      `Up to ${gib(onCardRangeBytes[1])}. The allocator usually reserves ${gib(reservedBytes)} while there is room, 1.08 × peak, ` +
        "the middle of those pairs, and gives back before it fails.",
    );
    expect(textOf("Range")).toContain("“Fits” leaves room for 1.08 × peak and 0.5 GiB;");
  });

  test("has NCCL among them where there are several GPUs", () => {
    change({ gpus: 2 });
    render(<Computed />);
    expect(textOf("Needed on the card")).toContain("0.4 GiB of CUDA context + 1.5 GiB of NCCL buffers");
    expect(textOf("Range")).toContain("1.08 × peak and 2.0 GiB;");
  });

  test("with room to spare is said where the card has too little", () => {
    change({ gpu: { kind: "catalog", id: "rtx-4060" } });
    render(<Computed />);
    expect(textOf("Seen on this card")).toMatch(
      /^Nothing, as it does not run there; with room to spare up to [\d.]+ GiB\./,
    );
  });
});
