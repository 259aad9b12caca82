import { cleanup, render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { AnswerNotes } from "#panels/answer/AnswerNotes.tsx";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { useScenario } from "#scenario/page/store.ts";

const show = (patch: Partial<Choices> = {}): void => {
  useScenario.setState({ choices: { ...DEFAULT_CHOICES, ...patch }, past: [] });
  render(<AnswerNotes />);
};

test("A card that asks for nothing has no notes", () => {
  show();
  expect(screen.queryByRole("list")).toBeNull();
});

test("Which version of the library the figures are of stands under them, and not in an embed", () => {
  show({ stack: "trl" });
  expect(screen.getByText("As TRL 1.16 (2026-10) runs it.")).toBeVisible();
  cleanup();
  show({ stack: "trl", embed: true });
  expect(screen.queryByText(/runs it/)).toBeNull();
});

test("Where the method in focus may not fit, what published runs did that came as close is said", () => {
  show({ used: 3.5, method: "lora" });
  expect(screen.getByRole("list")).toHaveTextContent("Few published runs are this close.");
});

test("What a card cannot run stands under the card, and not here again", () => {
  show({ gpu: { kind: "catalog", id: "t4" }, attn: "flash" });
  expect(screen.queryByRole("list")).toBeNull();
});

test("Why QLoRA takes more than LoRA is said in its parts", () => {
  show({ model: { kind: "catalog", id: "qwen2.5-0.5b" }, kbit: "fp32" });
  expect(screen.getByRole("list")).toHaveTextContent(
    /QLoRA against LoRA: .*k-bit preparation \(fp32\) takes 0\.\d GiB/,
  );
});

test("What is offloaded is said in host memory, as the card's verdict does not know it", () => {
  show({ offload: "all", gpus: 2 });
  expect(screen.getByRole("list")).toHaveTextContent(
    "in host memory: 119.7 GiB for full fine-tuning, 15.6 GiB for LoRA, 6.0 GiB for QLoRA.",
  );
});

test("Of many GPUs it is what one machine's host holds for its eight", () => {
  show({ offload: "all", gpus: 64, show: ["full"] });
  expect(screen.getByRole("list")).toHaveTextContent("in the memory of each host of 8 GPUs: ");
});
