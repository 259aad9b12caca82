import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { CardNotes } from "#panels/advice/CardNotes.tsx";
import type { Choices } from "#scenario/choices/choices.ts";
import { DEFAULT_CHOICES } from "#scenario/choices/defaults.ts";
import { useScenario } from "#scenario/page/store.ts";

const show = (patch: Partial<Choices> = {}): void => {
  useScenario.setState({ choices: { ...DEFAULT_CHOICES, ...patch }, past: [] });
  render(<CardNotes />);
};
const t4 = { gpu: { kind: "catalog", id: "t4" } } as const;

test("A card that asks for nothing has no notes", () => {
  show();
  expect(screen.queryByRole("list")).toBeNull();
});

test("A T4 says that it has no bf16, and a press counts what it runs", async () => {
  show(t4);
  expect(screen.getByRole("list", { name: "About T4" })).toHaveTextContent("T4 has no bf16");
  await userEvent.click(screen.getByRole("button", { name: "Count it in fp16" }));
  expect(useScenario.getState().choices).toMatchObject({ weights: "fp16", adapters: "fp32", autocast: true });
  expect(screen.queryByRole("button", { name: "Count it in fp16" })).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "Count the math kernel" }));
  expect(useScenario.getState().choices.attn).toBe("math");
});

test("What the page around an embed has locked cannot be pressed", () => {
  show({ ...t4, lock: ["weights", "attn"] });
  expect(screen.getByRole("list")).toBeVisible();
  expect(screen.queryByRole("button")).toBeNull();
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
