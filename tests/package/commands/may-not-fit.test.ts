import { describe, expect, it } from "vitest";
import { estimate as estimateOf } from "#package/api.ts";
import { main as estimate } from "#package/commands/estimate.ts";
import { runCheck } from "../check/run-check.ts";
import { runCommand } from "./run-command.ts";

const plain = (lines: readonly string[]): string => lines.join("\n").replaceAll("\u00a0", " ");

/** Full fine-tuning on several GPUs with ZeRO, each of which ran out of memory in public. */
const RAN_OUT = [
  ["model=llama-3-8b&gpu=rtx-3090&gpus=8&shard=zero3&seq=1024&compute=fp16", "0.7"],
  ["model=qwen2.5-3b&gpu=rtx-3090&gpus=4&shard=zero2&seq=512", "0.7"],
  ["model=deepseek-r1-distill-qwen-32b&gpu=a100-80gb-sxm&gpus=7&shard=zero3&seq=1024", "0.4"],
] as const;

describe("a run that may not fit", () => {
  it.each(RAN_OUT)("is said to, with what is free and what published runs did: %s", async (keys, free) => {
    const link = `?v=1&method=full&show=full&${keys}`;
    expect(estimateOf(link).methods.map(({ fit }) => fit)).toEqual(["tight"]);
    const { code, printed } = await runCommand(estimate, [link]);
    const text = plain(printed);
    expect(text).toContain(`may not fit: ${free} GiB free`);
    expect(text).toMatch(/^\* (?:Of \d+ published runs this close, \d+ ran|Few published runs are this close)\.$/m);
    expect(text).not.toMatch(/\bfits\b|tight/);
    expect(code).toBe(0);
  });

  it("ends a check of its file with 4, unless that is allowed", async () => {
    const command =
      "accelerate launch --num_processes 4 sft.py --model_name_or_path Qwen/Qwen2.5-3B --max_length 512 --bf16 True\n";
    const args = ["run.sh", "--gpu", "rtx-3090", "--gpus", "4", "?shard=zero2&batch=1"];
    const { code, text } = await runCheck({ "run.sh": command }, ...args);
    expect(text).toMatch(/may not fit 4 × RTX 3090: [\d.]+ GiB needed on each of 23\.6.*, [\d.]+ GiB free\./);
    expect(code).toBe(4);
    expect((await runCheck({ "run.sh": command }, ...args, "--allow-tight")).code).toBe(0);
  });

  it("goes behind everything worse where several files are checked", async () => {
    const command = (model: string): string =>
      `accelerate launch sft.py --model_name_or_path Qwen/${model} --max_length 512 --bf16 True\n`;
    const tight = { "a.sh": command("Qwen2.5-3B") };
    const args = ["--gpu", "rtx-3090", "--gpus", "4", "?shard=zero2&batch=1"];
    const codeOf = async (files: Readonly<Record<string, string>>, ...more: readonly string[]) =>
      (await runCheck(files, ...Object.keys(files), ...args, ...more)).code;
    expect(await codeOf({ ...tight, "b.sh": command("Qwen2.5-0.5B") })).toBe(4);
    expect(await codeOf({ ...tight, "b.sh": command("Qwen2.5-14B") })).toBe(1);
    expect(await codeOf({ ...tight, "b.sh": command("Qwen2.5-3B").replace("--bf16", "--optim shampoo --bf16") })).toBe(
      3,
    );
    expect(await codeOf({ ...tight, "b.sh": "echo nothing\n" }, "--allow-tight")).toBe(2);
  });
});
