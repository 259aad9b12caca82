import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { useImportBox } from "#panels/import/import-state.ts";
import { TakeFiles } from "#panels/take/TakeBadge.tsx";
import { importText } from "#panels/import/import-actions.ts";
import { changeChoices } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";

const AXOLOTL =
  "base_model: Qwen/Qwen3-8B\nadapter: qlora\nload_in_4bit: true\nlora_r: 8\nlora_alpha: 16\nlora_target_linear: true\nsequence_len: 4096\nmicro_batch_size: 2\n";

const tool = (): HTMLElement => screen.getByRole("combobox", { name: "Tool" });
const show = () => userEvent.click(screen.getByRole("button", { name: "Show" }));
const textOf = async (name: string): Promise<string> =>
  (await screen.findByRole("region", { name })).textContent.replaceAll("\u00a0", " ");

beforeEach(() => {
  useScenario.setState(useScenario.getInitialState(), true);
  useImportBox.setState(useImportBox.getInitialState(), true);
});

describe("the scenario as a tool’s file", () => {
  it("is that of the stack, until another tool is picked", async () => {
    changeChoices({ stack: "llama-factory", method: "qlora", r: 24 });
    render(<TakeFiles />);
    expect(tool()).toHaveValue("llama-factory");
    await show();
    expect(await textOf("config.yaml")).toMatch(/^# QLoRA of Llama 3\.1 8B .*\n[^]*^lora_rank: 24$/m);
    await userEvent.selectOptions(tool(), "unsloth");
    expect(await textOf("train.py")).toContain("r=24,");
    await userEvent.click(screen.getByRole("button", { name: "Hide" }));
    expect(screen.queryByRole("region", { name: "train.py" })).toBeNull();
  });

  it("says what it cannot say", async () => {
    changeChoices({ stack: "torchtune", method: "lora", attn: "eager" });
    render(<TakeFiles />);
    await show();
    const left = await screen.findByRole("list", { name: "What the file does not say" });
    expect(within(left).getByText(/torchtune has no field for eager attention/)).toBeVisible();
  });

  it("has beside it what changes of the file that was imported", async () => {
    render(<TakeFiles />);
    importText(AXOLOTL);
    await waitFor(() => expect(tool()).toHaveValue("axolotl"));
    await show();
    expect(await screen.findByText("No line of Pasted text changes.")).toBeVisible();
    changeChoices({ r: 32 });
    changeChoices({ batch: 1 });
    expect(await screen.findByText("2 lines of Pasted text change:")).toBeVisible();
    const diff = within(screen.getByRole("region", { name: "What changes of Pasted text" }));
    expect(diff.getAllByRole("deletion").map(({ textContent }) => textContent)).toEqual([
      "micro_batch_size: 2",
      "lora_r: 8",
    ]);
    expect(diff.getAllByRole("insertion").map(({ textContent }) => textContent)).toEqual([
      "micro_batch_size: 1",
      "lora_r: 32",
    ]);
  });
});
