import { describe, expect, it } from "vitest";
import { main as advise } from "#package/commands/advise.ts";
import { main as badge } from "#package/commands/badge.ts";
import { main as estimate } from "#package/commands/estimate.ts";
import { estimateText } from "#package/mcp/server.ts";
import { estimate as estimateOf } from "#package/api.ts";
import { runCheck } from "../check/run-check.ts";
import { AXOLOTL } from "../training-files.ts";
import { runCommand } from "./run-command.ts";

/** LoRA of Llama 3.1 8B trains on an RTX 4090, and its evaluation at batch 8 does not fit there. */
const STEP = "?v=1&show=lora";
const RUN = `${STEP}&eval=8`;

const plain = (lines: readonly string[]) => lines.map((line) => line.replaceAll("\u00a0", " "));

describe("where a link asks for more than the step, the whole run decides", () => {
  it.each([
    [STEP, 0],
    [RUN, 1],
    [`${RUN}&gpu=h100-sxm`, 0],
    [`${STEP}&eval=1`, 0],
    ["?v=1&show=full&eval=8", 1],
  ])("how estimate and advise end: %s with %d", async (link, code) => {
    expect((await runCommand(estimate, [link])).code).toBe(code);
    expect((await runCommand(advise, [link])).code).toBe(code);
  });

  it("what advise finds: a change that the evaluation needs, and a card that holds it", async () => {
    const printed = plain((await runCommand(advise, [RUN])).printed);
    expect(printed).toContain("To make LoRA fit: Evaluation batch 8 to 2 (it may then fit)");
    expect(printed).toContain("LoRA: 1 x RTX A6000, 48 GB");
    const alone = await runCommand(advise, [STEP]);
    expect(alone.printed).toContain("Nothing has to change for LoRA.");
  });

  it("what a badge says", async () => {
    const { printed } = await runCommand(badge, [RUN]);
    expect(printed.join("")).toMatch(
      /LoRA of Llama 3\.1 8B: \d+\.\d GiB in evaluation at batch 8, does not fit RTX 4090</,
    );
    const smallest = await runCommand(badge, ["--smallest", RUN]);
    expect(smallest.printed.join("")).toMatch(/in evaluation at batch 8, smallest card RTX A6000 \(48 GB\)/);
  });

  it("how a check ends, and what it says", async () => {
    const file = { "train.yaml": AXOLOTL };
    const { code, text } = await runCheck(file, "train.yaml", "--gpu", "rtx-4090", "?eval=64");
    expect(code).toBe(1);
    expect(text).toMatch(/does not fit an RTX 4090: [\d.]+ GiB needed in evaluation at batch 64 of [\d.]+/);
    expect((await runCheck(file, "train.yaml", "--gpu", "rtx-4090")).code).toBe(0);
  });
});

describe("the table of a whole run", () => {
  it("has a row for each moment, what each further batch adds, and the worst for the card", async () => {
    const { printed } = await runCommand(estimate, [`${RUN}&evalkeep=logits&evalbatches=3`]);
    const from = printed.findIndex((line) => line.startsWith("The whole run, GiB allocated"));
    expect(printed.slice(from, from + 8).map((line) => line.replace(/\s+[\d.,−+]+$/, ""))).toEqual([
      expect.stringMatching(/^The whole run, GiB allocated +LoRA$/),
      "Training",
      "Evaluation at batch 8",
      "  each further batch",
      "  in host memory",
      expect.stringMatching(/^Worst for the card +evaluation$/),
      "  needed on the card",
      "To spare",
    ]);
  });

  it("is not there where only the step is asked for", async () => {
    const { printed } = await runCommand(estimate, [STEP]);
    expect(printed.join("\n")).not.toContain("whole run");
  });

  it("says what was read and not run", async () => {
    const { printed } = await runCommand(estimate, [`${RUN}&gpus=2`]);
    expect(printed).toContain("~ Evaluation at batch 8: counted from the source, and held against no run.");
    expect((await runCommand(estimate, [RUN])).printed.join("\n")).not.toContain("held against no run");
  });
});

it("an assistant is told of the run beside the step", () => {
  expect(estimateText(estimateOf(RUN))).toMatch(
    /^LoRA needs .*: fits\. The whole run does not fit, with [\d.]+ GiB too much in its worst moment, evaluate \(allocated: step [\d.]+ GiB, evaluate [\d.]+ GiB\)\.$/m,
  );
  expect(estimateText(estimateOf(STEP))).not.toContain("whole run");
});
