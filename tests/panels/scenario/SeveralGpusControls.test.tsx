import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { DivisionControls } from "#panels/scenario/SeveralGpusControls.tsx";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { useScenario } from "#scenario/page/store.ts";

const LABEL = "Expert parallel";

const show = (patch: Partial<Choices>): void => {
  useScenario.setState({ choices: { ...DEFAULT_CHOICES, gpus: 8, ...patch }, past: [] });
  render(<DivisionControls />);
};

it("offers to share out experts where a model has some", async () => {
  show({ model: { kind: "catalog", id: "qwen3-30b-a3b" }, method: "full", show: ["full"] });
  const field = await screen.findByRole("spinbutton", { name: LABEL });
  await userEvent.clear(field);
  await userEvent.type(field, "4{Enter}");
  expect(useScenario.getState().choices.ep).toBe(4);
  expect(
    await screen.findByText("GPUs that share out the experts, and send each other tokens for them."),
  ).toBeVisible();
});

it("does not offer it for a dense model", () => {
  show({});
  expect(screen.getByRole("spinbutton", { name: "Tensor parallel" })).toBeVisible();
  expect(screen.queryByRole("spinbutton", { name: LABEL })).not.toBeInTheDocument();
});

it("names the method that goes without, where another one that is shown shares them out", async () => {
  show({ model: { kind: "catalog", id: "qwen3-30b-a3b" }, method: "lora", show: ["full", "lora"], ep: 8 });
  expect(await screen.findByText(/^ep=8 .*, so LoRA goes without it; ep=1 is used\.$/)).toBeVisible();
});

it("says why not where a link asks for it of a dense model", async () => {
  show({ ep: 2 });
  expect(await screen.findByText("ep=2 is for fused experts, and this model has none; ep=1 is used.")).toBeVisible();
});
