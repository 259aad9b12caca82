import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { useShownMoment } from "#panels/answer/selection.ts";
import { useRunPartChoice } from "#panels/run/run-parts.ts";
import { RunStrip } from "#panels/run/RunStrip.tsx";
import { changeChoices } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";
import { AlwaysNear } from "../answer/always-near.ts";

const WAITS = { timeout: 20_000 };

beforeEach(() => {
  vi.stubGlobal("IntersectionObserver", AlwaysNear);
  useScenario.setState(useScenario.getInitialState(), true);
  useRunPartChoice.setState(useRunPartChoice.getInitialState(), true);
});

const Shown = () => <output>{useShownMoment()?.name}</output>;

const showRun = async (): Promise<void> => {
  render(
    <>
      <RunStrip />
      <Shown />
    </>,
  );
  await screen.findByRole("radio", { name: /^Step/ }, WAITS);
};

const cell = (name: RegExp): HTMLElement => screen.getByRole("radio", { name });
const shown = (): string | null => screen.getByRole("status").textContent;

describe("The run", () => {
  test("has every moment with what it leaves; the step is looked at, and what nobody counts is said", async () => {
    await showRun();
    expect(
      screen.getAllByRole("radio").map((radio) => radio.closest("label")?.textContent.replaceAll(/\s+/g, " ")),
    ).toEqual([
      expect.stringMatching(/^Load weights, once Fits, \+7\.\d GiB$/),
      expect.stringMatching(/^Step batch 1 × 2,048 Fits, \+3\.8 GiB$/),
      expect.stringMatching(/^Evaluate if you do Does not fit, −12\.8 GiB$/),
      expect.stringMatching(/^Save adapter only Fits, \+7\.\d GiB$/),
      expect.stringMatching(/^Merge if you do Fits, \+7\.\d GiB$/),
      expect.stringMatching(/^Resume if you do Fits, \+7\.\d GiB$/),
    ]);
    expect(cell(/^Step/)).toBeChecked();
    // The strip says it once it is drawn.
    await waitFor(() => expect(shown()).toBe("the step"));
    expect(screen.getByText("Evaluation is not counted.").parentElement).toHaveTextContent(
      "Evaluation is not counted. With the defaults of Transformers + PEFT, batch 8 and loss only, it needs 12.8 GiB more than this card has.",
    );
  });

  test("has a moment for GRPO's completions, which are counted, and says what they have", async () => {
    act(() =>
      changeChoices({ objective: "grpo", gpu: { kind: "catalog", id: "h100-sxm" }, batch: 8, accum: 2, seq: 1024 }),
    );
    await showRun();
    await waitFor(() => expect(screen.getAllByRole("radio")).toHaveLength(7), WAITS);
    expect(cell(/^Generate/).closest("label")).toHaveTextContent(/^Generate 16 × 512 new Fits, \+\d/);
    await userEvent.click(cell(/^Generate/));
    await waitFor(() => expect(shown()).toBe("generation"));
    expect(screen.getByText("Generation").parentElement).toHaveTextContent(/KV cache \d/);
  });

  test("draws the moment that is chosen, and says why it takes what it takes, to the byte", async () => {
    await showRun();
    await userEvent.click(cell(/^Evaluate/));
    await waitFor(() => expect(shown()).toBe("evaluation"));
    expect(screen.getByText("Evaluation").parentElement).toHaveTextContent(
      "Evaluation holds 10 B a logit: 8 × 2,048 × 128,256 × 10 B = 19.6 GiB, on top of the 15.6 that stay.",
    );
    await userEvent.click(screen.getByRole("button", { name: "Show what is alive" }));
    const rows = within(screen.getByRole("table", { name: /^LoRA, evaluation/ })).getAllByRole("row");
    const figures = rows.map((row) => Number(row.children[1]?.textContent?.replaceAll(/[^0-9]/g, "")));
    const [sum = 0] = figures.slice(-1);
    expect(figures.slice(1, -1).reduce((total, bytes) => total + bytes, 0)).toBe(sum);
    expect(sum).toBeGreaterThan(37e9);
  });

  test("counts a moment in one press, and the worst that is counted is looked at", async () => {
    await showRun();
    await userEvent.click(screen.getByRole("button", { name: "Count it" }));
    expect(useScenario.getState().choices.eval).toBe(8);
    expect(await screen.findByRole("radio", { name: /^Evaluate batch 8 × 2,048/, checked: true }, WAITS)).toBeVisible();
    await waitFor(() => expect(shown()).toBe("evaluation"));
  });

  test("does without an evaluation: its cell says so, and nothing more is said of it", async () => {
    await showRun();
    await userEvent.click(screen.getByRole("button", { name: "No evaluation" }));
    expect(cell(/^Evaluate/)).toBeDisabled();
    expect(cell(/^Evaluate/).closest("label")).toHaveTextContent("none");
    expect(screen.queryByText("Evaluation is not counted.")).toBeNull();
    expect(useScenario.getState().choices.eval).toBe(0);
  });

  test("tells the slope of an evaluation that keeps logits", async () => {
    changeChoices({ eval: 1, evalkeep: "logits", evalbatches: 3, evalseq: 512 });
    await showRun();
    await userEvent.click(cell(/^Evaluate/));
    expect(screen.getByText("Evaluation").parentElement).toHaveTextContent(
      /Each further batch adds 0\.5 GiB: the \d+th does not fit\./,
    );
    act(() => changeChoices({ evalbatches: 1 }));
    await waitFor(() =>
      expect(screen.getByText("Evaluation").parentElement).toHaveTextContent(/ GiB: about the \d+th does not fit\./),
    );
  });

  test("has no merge of full fine-tuning, and says why", async () => {
    changeChoices({ method: "full" });
    await showRun();
    expect(cell(/^Merge/)).toBeDisabled();
    expect(cell(/^Merge/).closest("label")).toHaveAttribute(
      "title",
      "Merging is of adapters, and full fine-tuning has none",
    );
  });

  test("is not there for a rule of thumb", async () => {
    changeChoices({ stack: "article" });
    render(<RunStrip />);
    await expect.poll(() => screen.queryByRole("heading"), WAITS).toBeNull();
  });
});
