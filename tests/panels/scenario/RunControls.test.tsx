import { act, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, test } from "vitest";
import { SectionRows } from "#panels/scenario/SectionRows.tsx";
import { RunControls } from "#panels/scenario/RunControls.tsx";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { encodeLink } from "#scenario/choices/encode-link.ts";
import { changeChoices, ensureFullCatalog, undo } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";

const choices = (): Choices => useScenario.getState().choices;
const number = (name: string): HTMLElement => screen.getByRole("spinbutton", { name });
const box = (name: string): HTMLElement => screen.getByRole("checkbox", { name });
const option = (group: string, name: string): HTMLElement =>
  within(screen.getByRole("group", { name: group })).getByRole("radio", { name });
const choose = async (group: string, name: string): Promise<void> => userEvent.click(option(group, name));
const type = async (name: string, text: string): Promise<void> => {
  await userEvent.clear(number(name));
  await userEvent.type(number(name), `${text}{Enter}`);
};

/** What the link says of the run. */
const said = (): string =>
  encodeLink({ ...choices(), show: DEFAULT_CHOICES.show })
    .split("&")
    .filter((part) => /^(eval|saving|merge|resume|loading)/.test(part))
    .join("&");

const show = (patch: Partial<Choices> = {}): void => {
  changeChoices(patch);
  render(<RunControls />);
};

beforeEach(async () => {
  await ensureFullCatalog();
  useScenario.setState({ choices: DEFAULT_CHOICES, past: [], issues: [] });
});

describe("the evaluation", () => {
  it("is not counted until it is asked for, and then has the library's own batch", async () => {
    show();
    expect(screen.getByText("Not counted. At batch 8 unless it is set.")).toBeVisible();
    expect(screen.queryByRole("spinbutton")).not.toBeInTheDocument();
    await userEvent.click(box("Evaluation"));
    expect(said()).toBe("eval=8");
  });

  it("has the training batch with a library that evaluates with it", async () => {
    show({ stack: "axolotl", batch: 3 });
    await userEvent.click(box("Evaluation"));
    expect(choices().eval).toBe(3);
  });

  it("each control moves its key of the link", async () => {
    show({ eval: 8 });
    await type("Evaluation batch", "2");
    await type("Evaluation length", "1k");
    await type("Evaluation batches", "40");
    await choose("Kept of an evaluation", "Logits");
    expect(screen.getByText("compute_metrics", { selector: "code" })).toBeVisible();
    await choose("Moved to the host", "Every n batches");
    await type("Evaluation steps on the GPU", "4");
    await userEvent.click(box("Evaluation kept in a list"));
    expect(said()).toBe("eval=2&evalseq=1024&evalkeep=logits&evalbatches=40&evalmove=4&evallist=1");
    await choose("Moved to the host", "At the end");
    await choose("Kept of an evaluation", "Argmax");
    expect(said()).toBe("eval=2&evalseq=1024&evalkeep=argmax&evalbatches=40&evallist=1");
  });

  it("leaves nothing in the link when it is switched off, and comes back with one undo", async () => {
    show({ eval: 2, evalseq: 64, evalkeep: "logits", evalbatches: 4, evalmove: 1, evallist: true, resume: true });
    const before = said();
    await userEvent.click(box("Evaluation"));
    expect(said()).toBe("resume=1");
    act(undo);
    expect(said()).toBe(before);
  });

  it("is as long as training until another length is typed, and again when that is given back", async () => {
    show({ eval: 8, seq: 4096 });
    expect(number("Evaluation length")).toHaveValue("4,096");
    expect(screen.getByText("As in training.")).toBeVisible();
    await type("Evaluation length", "512");
    expect(screen.getByText("Changed. In training it is 4,096.")).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Reset Evaluation length" }));
    expect(choices().evalseq).toBeNull();
    await type("Evaluation length", "4096");
    expect(choices().evalseq).toBeNull();
  });

  it("keeps generated tokens in place of logits, and says so", async () => {
    show({ eval: 8, evalkeep: "logits" });
    await type("Tokens generated", "128");
    expect(said()).toBe("eval=8&evalgen=128");
    expect(option("Kept of an evaluation", "Logits")).toBeDisabled();
    expect(screen.getByText("Generated tokens are kept in place of logits.")).toBeVisible();
    expect(option("Moved to the host", "Every n batches")).toBeEnabled();
  });

  it("moves and lists nothing where losses alone are kept", () => {
    show({ eval: 8 });
    expect(option("Moved to the host", "Every n batches")).toBeDisabled();
    expect(box("Evaluation kept in a list")).toBeDisabled();
    expect(screen.getAllByText("Only losses are kept, one number a row.")).toHaveLength(2);
  });

  it("is disabled where it is not counted, and says why where a link asks for it all the same", async () => {
    show({ gpus: 2, cp: 2 });
    expect(box("Evaluation")).toBeDisabled();
    expect(screen.getByText("eval=8 is not counted where GPUs divide each sequence.")).toBeVisible();
    act(() => changeChoices({ eval: 4 }));
    expect(
      await screen.findByText("eval=4 is not counted where GPUs divide each sequence; eval=0 is used."),
    ).toBeVisible();
    expect(box("Evaluation")).toBeEnabled();
  });

  it("goes by the keyboard", async () => {
    show();
    await userEvent.tab();
    await userEvent.keyboard(" ");
    await userEvent.tab();
    await userEvent.keyboard("{ArrowDown}{ArrowDown}");
    expect(said()).toBe("eval=6");
  });
});

describe("what comes before training and after it", () => {
  test.each([
    ["Saving", "Adapters", "saving=adapter"],
    ["Saving", "Whole model", "saving=full"],
    ["Merge of adapters", "On", "merge=1"],
    ["Merge of adapters", "Safe", "merge=safe"],
    ["Loading", "On the GPU", "loading=device"],
    ["Loading", "On the host", "loading=host"],
  ])("%s, %s is %s", async (group, name, key) => {
    show();
    await choose(group, name);
    expect(said()).toBe(key);
  });

  test("a run is resumed by a switch", async () => {
    show();
    await userEvent.click(box("Resumed run"));
    expect(said()).toBe("resume=1");
  });

  it("offers shards where GPUs share parameters alone", () => {
    show();
    expect(option("Saving", "Sharded")).toBeDisabled();
    act(() => changeChoices({ gpus: 4 }));
    expect(option("Saving", "Sharded")).toBeEnabled();
    expect(option("Merge of adapters", "On")).toBeDisabled();
    expect(
      screen.getByText("merge=1 is counted where a GPU has whole matrices, and here GPUs share them."),
    ).toBeVisible();
  });

  it("offers nothing of adapters to full fine-tuning", () => {
    show({ method: "full", show: ["full"] });
    expect(option("Saving", "Adapters")).toBeDisabled();
    expect(option("Merge of adapters", "Safe")).toBeDisabled();
    expect(option("Merge of adapters", "Off")).toBeEnabled();
  });

  it("merges where one of the methods shown can, and says which cannot", async () => {
    show({ method: "qlora", quant: "gptq" });
    await choose("Merge of adapters", "On");
    expect(
      screen.getByText(/^merge=1 is what PEFT refuses .*, so QLoRA goes without it; merge=0 is used\.$/),
    ).toBeVisible();
  });

  it("has no moments with a rule of thumb", () => {
    show({ stack: "article" });
    for (const name of ["Evaluation", "Resumed run"]) expect(box(name)).toBeDisabled();
    for (const name of ["On the GPU", "On the host"]) expect(option("Loading", name)).toBeDisabled();
    expect(screen.getByText("eval=8 is a moment of a run, and a rule of thumb has none.")).toBeVisible();
  });
});

it("stands as words where the page is not to be changed", () => {
  const lock = ["eval", "evalseq", "evalkeep", "evalbatches", "evalmove", "evallist", "evalgen"];
  show({ eval: 5, evalkeep: "logits", saving: "adapter", lock: [...lock, "saving", "merge", "resume", "loading"] });
  for (const role of ["radio", "spinbutton", "checkbox"]) expect(screen.queryByRole(role)).not.toBeInTheDocument();
  for (const word of ["5", "Logits", "Adapters"]) expect(screen.getByText(word)).toBeVisible();
});

it("lies under a closed row, which says with a dot that something is counted", async () => {
  render(<SectionRows />);
  const row = screen.getByRole("button", { name: "Evaluation and saving Not counted" });
  expect(row).not.toHaveAttribute("data-changed");
  await userEvent.click(row);
  await userEvent.click(await screen.findByRole("checkbox", { name: "Evaluation" }));
  expect(row).toHaveAccessibleName("Evaluation and saving Batch 8");
  expect(row).toHaveAttribute("data-changed", "true");
  expect(screen.getByRole("button", { name: /^Training (?!for)/ })).not.toHaveAttribute("data-changed");
});
