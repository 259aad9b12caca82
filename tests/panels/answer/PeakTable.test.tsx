import { act, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test } from "vitest";
import type { MethodId } from "#calc/model/scenario.ts";
import { TERM_IDS } from "#calc/model/terms.ts";
import { POPULAR_CATALOG } from "#catalog/catalog.ts";
import { TERM_STYLE } from "#charts/term-style.tsx";
import { formatGib } from "#format/bytes.ts";
import { PeakTable } from "#panels/answer/PeakTable.tsx";
import { selectTerm } from "#panels/answer/selection.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { changeChoices } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";
import { withBasis } from "./with-basis.ts";

const answer = (): ReturnType<typeof toAnswer> => toAnswer(useScenario.getState().choices, POPULAR_CATALOG);

beforeEach(() => {
  useScenario.setState(useScenario.getInitialState(), true);
  selectTerm(null);
});

describe("the table of terms", () => {
  const cellsOf = (name: string | RegExp): readonly (string | null)[] =>
    within(screen.getByRole("row", { name }))
      .getAllByRole("cell")
      .map(({ textContent }) => textContent);

  test("has a row for each of the eight terms, whatever is zero, in stack order", () => {
    render(<PeakTable />);
    expect(screen.getAllByRole("button").map(({ textContent }) => textContent)).toEqual(
      TERM_IDS.map((id) => TERM_STYLE[id].label),
    );
    expect(cellsOf(/^Adapters/)[0]).toBe("–");
  });

  test("its foot is a sum: what is allocated, the allocator's gaps and the context are what is needed, as the cards say", () => {
    render(<PeakTable />);
    const { methods } = answer();
    const figures = (name: RegExp): readonly (string | null)[] => cellsOf(name).slice(0, 3);
    expect(figures(/^Allocated/)).toEqual(methods.map(({ estimate }) => formatGib(estimate.peakBytes)));
    expect(figures(/^\+ gaps of the allocator/)).toEqual(
      methods.map(({ estimate }) => formatGib(estimate.neededBytes - estimate.peakBytes)),
    );
    expect(figures(/^\+ CUDA context (?!,)/)).toEqual(
      methods.map(({ estimate }) => formatGib(estimate.onCardBytes - estimate.neededBytes)),
    );
    expect(figures(/^Needed on the card/)).toEqual(methods.map(({ estimate }) => formatGib(estimate.onCardBytes)));
  });

  test("what is seen stands under the sum where it fits, and nothing where it does not", () => {
    render(<PeakTable />);
    const { methods } = answer();
    expect(methods.map(({ card }) => card.fit)).toEqual(["over", "fits", "fits"]);
    expect(cellsOf(/^Seen on this card/)).toEqual([
      "–",
      ...methods.slice(1).map(({ estimate }) => formatGib(estimate.onCardRangeBytes[1])),
      "nvidia-smi, with room; given back when short",
    ]);
  });

  test("has NCCL beside the context where there are several GPUs", () => {
    render(<PeakTable />);
    expect(cellsOf(/^\+ CUDA context/)[3]).toBe("Before the first tensor");
    act(() => changeChoices({ gpus: 2 }));
    expect(cellsOf(/^\+ CUDA context, NCCL/)[3]).toBe("Before the first tensor; with several GPUs 1.5 for NCCL");
  });

  test.each<[string, readonly MethodId[], string]>([
    ["by the rule", ["full", "lora", "qlora"], "2 % of it, the least of ten measured pairs"],
    ["by a replay", [], "Freed blocks too small to be used again"],
    ["by the rule for one method", ["qlora"], "Freed blocks too small to be used again; QLoRA: 2 %"],
  ])("says what the gaps are %s, and sums them up all the same", (_, ruled, what) => {
    const shown = useScenario.getState().answer;
    if (shown === null) throw new Error("there is an answer");
    const given = withBasis(shown, ({ method }) => (ruled.includes(method) ? "rule" : "replay"));
    useScenario.setState({ answer: given });
    render(<PeakTable />);
    expect(cellsOf(/^\+ gaps of the allocator/)).toEqual([
      ...given.methods.map(({ estimate }) => formatGib(estimate.neededBytes - estimate.peakBytes)),
      what,
    ]);
    expect(cellsOf(/^Needed on the card/).slice(0, 3)).toEqual(
      given.methods.map(({ estimate }) => formatGib(estimate.onCardBytes)),
    );
  });

  test.each([
    ["distill", /^of it, teacher/, "its parameters and type"],
    ["dpo", /^of it, reference model/, "precompute_ref_log_probs takes it away"],
  ] as const)("of %s has a row of the model beside the trained one", (objective, name, moves) => {
    changeChoices({ objective, ref: objective === "dpo" ? "copy-4bit" : null });
    render(<PeakTable />);
    const besides = answer().methods.map(
      ({ estimate }) => estimate.terms.find(({ id }) => id === "weights")?.referenceBytes,
    );
    expect(cellsOf(name)).toEqual([...besides.map((bytes) => bytes && formatGib(bytes)), moves]);
  });

  test("says what else is on the card", () => {
    changeChoices({ used: 1.5 });
    render(<PeakTable />);
    expect(cellsOf(/^Needed on the card/)[3]).toMatch(/^Compared with 23\.\d usable, 1\.5 in use: decides Fits$/);
  });

  test("a row under the pointer is set in bold", async () => {
    const user = userEvent.setup();
    render(<PeakTable />);
    const row = screen.getByRole("row", { name: /^Logits and loss/ });
    const before = row.className;
    await user.hover(row);
    expect(row.className).not.toBe(before);
    await user.unhover(row);
    expect(row.className).toBe(before);
  });
});
