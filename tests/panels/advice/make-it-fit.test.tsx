import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test } from "vitest";
import { POPULAR_CATALOG } from "#catalog/catalog.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { changeChoices } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";
import { ChangesNow } from "./ChangesNow.tsx";

beforeEach(() => {
  useScenario.setState(useScenario.getInitialState(), true);
  changeChoices({ batch: 2, seq: 4096 });
});

describe("make it fit", () => {
  const radio = (name: RegExp) => screen.findByRole("radio", { name });

  test("each way shows its outcome before it is chosen; the leftmost that fits is on", async () => {
    changeChoices({ batch: 4, used: 4, seq: 2048 });
    render(<ChangesNow />);
    expect(await radio(/^Same result Fused loss.* Does not fit, ?[\d.]+.GiB over$/)).not.toBeChecked();
    expect(await radio(/^Slower Fused loss \+ Batch 4 to 2 ?(Fits|May not fit), ?[\d.]+.GiB free$/)).toBeChecked();
  });

  test("what changes is said setting by setting, accumulation too; the bars stay until it is applied", async () => {
    const user = userEvent.setup();
    changeChoices({ batch: 4, used: 4, seq: 2048 });
    render(<ChangesNow />);
    const list = await screen.findByRole("list", { name: "What changes" });
    expect(list).toHaveTextContent(/Loss from full →to fused.*−[\d.]+Keep full/);
    expect(list).toHaveTextContent(/Batch from 4 →to 2, gradient accumulation from 1 →to 2.*−[\d.]+Keep 4/);
    expect(useScenario.getState().choices.batch).toBe(4);
    await user.click(screen.getByRole("button", { name: "Apply 2 changes" }));
    expect(useScenario.getState().choices).toMatchObject({ batch: 2, accum: 2, loss: "fused" });
    expect(screen.getByRole("button", { name: "Undo" })).toHaveFocus();
  });

  test("what changes can be read as lines of another library's file, which says what it has no field for", async () => {
    const user = userEvent.setup();
    changeChoices({ batch: 4, used: 4, seq: 2048 });
    render(<ChangesNow />);
    const file = await screen.findByRole("combobox", { name: "As lines of" });
    expect(file).toHaveValue("TrainingArguments, Transformers");
    expect(screen.getByRole("region", { name: "As lines of TrainingArguments, Transformers" })).toHaveTextContent(
      /removed: per_device_train_batch_size=4, .*added: use_liger_kernel=True,/,
    );
    expect(screen.queryByText(/^The figures are those of/)).toBeNull();
    await user.selectOptions(file, "JSON, DeepSpeed");
    const lines = screen.getByRole("region", { name: "As lines of JSON, DeepSpeed" });
    expect(lines).toHaveTextContent(/added: "train_micro_batch_size_per_gpu": 2,/);
    expect(screen.getByText("DeepSpeed has no field for a fused loss.")).toBeVisible();
    expect(screen.getByText("The figures are those of Transformers + PEFT.")).toBeVisible();
    act(() => changeChoices({ stack: "trl" }));
    await waitFor(() => expect(file).toHaveValue("SFTConfig, TRL"));
  });

  test("a setting that is kept is composed without, and can be freed again", async () => {
    const user = userEvent.setup();
    changeChoices({ batch: 4, used: 4, seq: 2048 });
    render(<ChangesNow />);
    await user.click(await screen.findByRole("button", { name: "Keep 4" }));
    const slower = await radio(/^Slower (?!.*Batch)/);
    expect(slower).toHaveAccessibleName(expect.not.stringMatching("Batch"));
    const kept = screen.getByRole("list", { name: "Kept as it is" });
    expect(kept).toHaveTextContent("Batch kept at 4");
    expect(within(kept).getByRole("button", { name: "Free" })).toHaveFocus();
    await user.click(within(kept).getByRole("button", { name: "Free" }));
    expect(kept).not.toBeInTheDocument();
    expect(await radio(/^Slower .*Batch 4 to 2/)).toBeChecked();
  });

  test("arrows preview, Enter applies, Escape goes back to the first", async () => {
    const user = userEvent.setup();
    changeChoices({ batch: 4, used: 4, seq: 2048 });
    render(<ChangesNow />);
    const slower = await radio(/^Slower/);
    slower.focus();
    await user.keyboard("{ArrowRight}");
    expect(await radio(/^Other format/)).toBeChecked();
    await user.keyboard("{Escape}");
    expect(slower).toBeChecked();
    await user.keyboard("{ArrowRight}{Enter}");
    expect(useScenario.getState().choices).toMatchObject({ adapters: "bf16", liger: true, alloc: "expandable" });
  });

  test("of what the page around an embed has left open, the leftmost that fits is on, and Escape goes back to it", async () => {
    const user = userEvent.setup();
    changeChoices({ batch: 4, used: 4, seq: 2048, lock: ["batch"] });
    render(<ChangesNow />);
    expect(await radio(/^Slower Locked here$/)).toBeDisabled();
    const format = await radio(/^Other format/);
    expect(format).toBeChecked();
    await user.click(await radio(/^Learns less/));
    await user.keyboard("{Escape}");
    expect(format).toBeChecked();
    expect(format).toHaveFocus();
  });

  test("what comes nearest is on where nothing is enough", async () => {
    changeChoices({ batch: 4, gpu: { kind: "catalog", id: "rtx-4060" }, lock: ["gpu", "gpus", "method"] });
    render(<ChangesNow />);
    const checked = await screen.findByRole("radio", { checked: true });
    const over = (cell: HTMLElement): number =>
      Number(/([\d,]+\.?\d*)\u00a0GiB over/.exec(cell.closest("label")?.textContent ?? "")?.[1]?.replaceAll(",", ""));
    const all = screen.getAllByRole("radio").filter((cell) => !cell.hasAttribute("disabled"));
    expect(checked).not.toBe(all[0]);
    expect(over(checked)).toBe(Math.min(...all.map(over)));
  });

  test("a kind that is not needed, or has nothing, cannot be chosen and says so", async () => {
    render(<ChangesNow />);
    expect(await radio(/^Same result Fused loss/)).toBeChecked();
    expect(await radio(/^Slower Not needed$/)).toBeDisabled();
  });

  test("where nothing of a kind is enough, its button says what is still missing", async () => {
    const user = userEvent.setup();
    changeChoices({ batch: 4, used: 4, seq: 2048 });
    render(<ChangesNow />);
    await user.click(await radio(/^Same result/));
    expect(screen.getByRole("button", { name: /^Apply \d changes?, still [\d.]+.GiB over$/ })).toBeVisible();
  });
});

describe("use the room", () => {
  beforeEach(() => changeChoices({ batch: 1, seq: 2048 }));

  test("the longest sequence that fits is one press, and exact", async () => {
    const user = userEvent.setup();
    render(<ChangesNow />);
    const longer = await screen.findByRole("radio", { name: /^Longer sequence 2,048 → [\d,]+/ });
    expect(longer).toBeChecked();
    const list = screen.getByRole("list", { name: "What changes" });
    const tokens = Number(/to ([\d,]+)/.exec(list.textContent)?.[1]?.replaceAll(",", ""));
    await user.click(screen.getByRole("button", { name: "Apply 1 change" }));
    expect(useScenario.getState().choices.seq).toBe(tokens);
    const { methods } = toAnswer({ ...useScenario.getState().choices, seq: tokens + 1 }, POPULAR_CATALOG);
    expect(methods.find(({ method }) => method === "lora")?.card.fit).toBe("over");
    expect(await screen.findByRole("radio", { name: "Longer sequence Cannot grow on this card" })).toBeDisabled();
  });

  test("a number and what costs nothing are had together: further than alone, and back again", async () => {
    const user = userEvent.setup();
    render(<ChangesNow />);
    const list = await screen.findByRole("list", { name: "What changes" });
    expect(list).toHaveTextContent(
      /^Sequence from 2,048 →to [\d,]+ The longest that may fit\. With Liger’s kernels: [\d,]+.tokens\./,
    );
    const [, alone = "", both = ""] = /to ([\d,]+) .*kernels: ([\d,]+).tokens/.exec(list.textContent) ?? [];
    const tokens = (text: string): number => Number(text.replaceAll(",", ""));
    expect(tokens(both)).toBeGreaterThan(tokens(alone));
    await user.click(within(list).getByRole("button", { name: "Use both" }));
    expect(list).toHaveTextContent(/Liger’s kernels from off →to on.*−[\d.]+Keep off/);
    expect(list).toHaveTextContent(new RegExp(`Sequence from 2,048 →to ${both} The longest that may fit\\.`));
    expect(screen.getByRole("radio", { checked: true })).toHaveAccessibleName(
      expect.stringContaining(`Liger’s kernels + 2,048 → ${both} tokens`) as string,
    );
    const back = within(list).getByRole("button", { name: "Keep off" });
    expect(back).toHaveFocus();
    await user.click(back);
    expect(list).not.toHaveTextContent("kernels from");
    const use = within(list).getByRole("button", { name: "Use both" });
    expect(use).toHaveFocus();
    await user.click(use);
    await user.click(screen.getByRole("radio", { name: /^Higher rank/ }));
    await user.click(screen.getByRole("radio", { name: /^Longer sequence/ }));
    await user.click(within(list).getByRole("button", { name: "Use both" }));
    await user.click(screen.getByRole("button", { name: "Apply 2 changes" }));
    expect(useScenario.getState().choices).toMatchObject({ liger: true, seq: tokens(both) });
    const { methods } = toAnswer({ ...useScenario.getState().choices, seq: tokens(both) + 1 }, POPULAR_CATALOG);
    expect(methods.find(({ method }) => method === "lora")?.card.fit).toBe("over");
  });

  test("what the page around an embed has locked is not had beside a number", async () => {
    changeChoices({ lock: ["loss", "liger"] });
    render(<ChangesNow />);
    const list = await screen.findByRole("list", { name: "What changes" });
    expect(list).toHaveTextContent(/^Sequence from 2,048 →to/);
    expect(within(list).queryByRole("button")).toBeNull();
  });

  test("rank and model grow, too; full fine-tuning has no rank", async () => {
    render(<ChangesNow />);
    expect(await screen.findByRole("radio", { name: /^Higher rank 16 → [\d,]+/ })).toBeEnabled();
    expect(screen.getByRole("radio", { name: /^Larger model Llama 3.1 8B → [\d.]+.B/ })).toBeEnabled();
    act(() => changeChoices({ method: "full", gpu: { kind: "catalog", id: "b200" } }));
    await waitFor(() => expect(screen.queryByRole("radio", { name: /^Higher rank/ })).toBeNull());
  });
});
