import { act, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import { BatchControl, SequenceControl } from "#panels/scenario/BasicControls.tsx";
import { ObjectiveControls } from "#panels/scenario/ObjectiveControls.tsx";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { changeChoices } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";

const choices = (): Choices => useScenario.getState().choices;
const show = (patch: Partial<Choices> = {}): void => {
  changeChoices(patch);
  render(
    <>
      <ObjectiveControls />
      <BatchControl />
      <SequenceControl />
    </>,
  );
};
const type = async (name: string, text: string): Promise<void> => {
  const field = screen.getByRole("spinbutton", { name });
  await userEvent.clear(field);
  await userEvent.type(field, `${text}{Enter}`);
};
const objectives = (): readonly (string | null)[] =>
  within(screen.getByRole("group", { name: "Training for" }))
    .getAllByRole("radio")
    .map(({ parentElement }) => parentElement?.textContent ?? null);

beforeEach(() => useScenario.setState(useScenario.getInitialState(), true));

test("seven are offered with a line each, and an eighth stands where a link asks for it", () => {
  show();
  expect(objectives()).toEqual([
    "SFTImitate given answers",
    "DPOPrefer one of two; reference model",
    "KTOLiked or not; reference model",
    "ORPOPrefer one of two; full logits",
    "SimPOAs ORPO, no SFT term; full logits",
    "Reward modelScore answers; no vocabulary",
    "GRPOGenerate, score, learn from it",
  ]);
  expect(screen.queryByRole("spinbutton", { name: "Prompt, tokens" })).not.toBeInTheDocument();
});

test("one that only links name stands as an eighth", () => {
  show({ objective: "cpo" });
  expect(objectives()).toHaveLength(8);
  expect(screen.getByRole("radio", { name: /^CPO/ })).toBeChecked();
});

test("a choice brings its library, its own controls, and what the batch counts", async () => {
  show();
  await userEvent.click(screen.getByRole("radio", { name: /^DPO/ }));
  expect(choices()).toMatchObject({ objective: "dpo", stack: "trl" });
  expect(screen.getByRole("slider", { name: "Batch size, pairs" })).toBeVisible();
  expect(screen.getByRole("radio", { name: "Adapters off" })).toBeChecked();
  expect(screen.getByText(/^Full: a copy\. LoRA: the policy, its adapters off\./)).toBeVisible();
  await userEvent.click(screen.getByRole("radio", { name: "Precomputed" }));
  expect(choices().ref).toBe("precomputed");
  // What the trainer does anyway is no change.
  await userEvent.click(screen.getByRole("radio", { name: "Adapters off" }));
  expect(choices().ref).toBeNull();
});

test("prompt and completion add up to the sequence, whose slider keeps their shares", async () => {
  show({ objective: "dpo", seq: 1000 });
  await type("Prompt, tokens", "300");
  expect(choices()).toMatchObject({ prompt: 300, seq: 800 });
  await type("Completion, tokens", "900");
  expect(choices()).toMatchObject({ prompt: 300, seq: 1200 });
  await type("Sequence length", "2400");
  expect(choices()).toMatchObject({ prompt: 600, seq: 2400 });
});

test("GRPO has an engine, a beta, and a reference with it", async () => {
  show({ objective: "grpo" });
  expect(screen.getByRole("slider", { name: "Batch size, completions" })).toBeVisible();
  expect(screen.queryByRole("group", { name: "Reference model" })).not.toBeInTheDocument();
  await userEvent.click(screen.getByRole("radio", { name: "vLLM here" }));
  await type("vLLM’s share of the card", "0.5");
  await type("Beta", "0.04");
  expect(choices()).toMatchObject({ engine: "vllm-colocate", vllm: 0.5, beta: 0.04 });
  expect(screen.getByRole("radio", { name: "Precomputed" })).toBeDisabled();
});

test("KTO can go without mismatched completions", async () => {
  show({ objective: "kto" });
  await userEvent.click(screen.getByRole("checkbox", { name: "Mismatched completions" }));
  expect(choices().kl).toBe(false);
});

test("a packed copy is chosen beside the other references", async () => {
  show({ objective: "dpo" });
  await userEvent.click(screen.getByRole("radio", { name: "4-bit" }));
  expect(choices().ref).toBe("copy-4bit");
  expect(screen.getByText(/^Full: a copy in 4 bits\./)).toBeVisible();
});

test("distillation has a teacher and its type, and no other objective has", async () => {
  show({ objective: "distill" });
  expect(screen.getByRole("button", { name: /^Teacher The model itself/ })).toBeVisible();
  await userEvent.click(within(screen.getByRole("group", { name: "Teacher loaded as" })).getByLabelText("bf16"));
  expect(choices().teacherdtype).toBe("bf16");
  act(() => changeChoices({ objective: "dpo" }));
  expect(screen.queryByRole("button", { name: /^Teacher/ })).not.toBeInTheDocument();
  expect(choices().teacherdtype).toBe("fp32");
});

test("a teacher is found among models of the student's vocabulary", async () => {
  show({ objective: "distill", model: { kind: "catalog", id: "qwen2.5-0.5b" } });
  await userEvent.click(screen.getByRole("button", { name: /^Teacher / }));
  const list = await screen.findByRole("dialog", { name: "Teacher" });
  await userEvent.click(await within(list).findByRole("option", { name: /Qwen2\.5 1\.5B/ }));
  expect(choices().teacher).toBe("qwen2.5-1.5b");
  await userEvent.click(screen.getByRole("button", { name: /^Teacher / }));
  await userEvent.click(await screen.findByRole("option", { name: "The model itself" }));
  expect(choices().teacher).toBeNull();
});

test("where the stack is locked, it is text", () => {
  show({ objective: "dpo", lock: DEFAULT_CHOICES.lock.concat("stack", "objective", "ref", "prompt") });
  expect(screen.queryByRole("radio", { name: /^DPO/ })).not.toBeInTheDocument();
  expect(screen.getByText("DPO")).toBeVisible();
});

test("GRPO has completions at once, which go with an update until somebody says otherwise", async () => {
  show({ objective: "grpo", batch: 8, accum: 2 });
  expect(screen.getByText(/^16 completions at once, those of an update/)).toBeVisible();
  await type("Steps per generation", "1");
  expect(choices().gensteps).toBe(1);
  expect(screen.getByText("8 completions at once.")).toBeVisible();
  await type("Steps per generation", "2");
  expect(choices().gensteps).toBeNull();
  await type("Completions per prompt", "4");
  expect(choices()).toMatchObject({ generations: 4 });
});

test("completions of a prompt that TRL does not start with are told which are used", () => {
  show({ objective: "grpo", batch: 6, accum: 1 });
  expect(screen.getByText("6 are used: 8 do not divide the 6 of a generation.")).toBeVisible();
  act(() => changeChoices({ batch: 8 }));
  expect(screen.queryByText(/are used/)).not.toBeInTheDocument();
  act(() => changeChoices({ batch: 1 }));
  expect(screen.getByText("2 completions at once: TRL does not start with one.")).toBeVisible();
  expect(screen.getByText("2 are used: 8 do not divide the 2 of a generation.")).toBeVisible();
});

test("where vLLM generates, completions have fields for a link alone that says them", () => {
  show({ objective: "grpo", engine: "vllm-server" });
  expect(screen.queryByRole("spinbutton", { name: "Steps per generation" })).not.toBeInTheDocument();
  expect(screen.queryByRole("spinbutton", { name: "Completions per prompt" })).not.toBeInTheDocument();
  act(() => changeChoices({ gensteps: 4 }));
  expect(screen.getByRole("spinbutton", { name: "Steps per generation" })).toBeVisible();
  expect(screen.getAllByText(/^Nothing counted here changes with it: vLLM generates/)).toHaveLength(2);
});
