import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { TRAITS_OF_ANY } from "#catalog/gpu-support.ts";
import { QUOTED_ARTICLE } from "#catalog/stacks/article.ts";
import { STACK_NOTES } from "#catalog/stack-notes.ts";
import type { StackNotes } from "#catalog/stack-row.ts";
import { lossPathOf } from "#scenario/choices/resolve-stack.ts";
import { isStackId, STACK_GROUPS, type StackId, STACKS } from "#catalog/stacks.ts";

const rows = Object.entries(STACKS);

describe("the stacks", () => {
  test("are those of the link's `stack` key", () => {
    expect(Object.keys(STACKS).sort()).toEqual([
      "article",
      "axolotl",
      "deepspeed",
      "fms-acceleration",
      "fms-acceleration-4.45",
      "fsdp-qlora",
      "lit-gpt-2023",
      "litgpt",
      "litgpt-0.4",
      "llama-factory",
      "plain",
      "plain-torch",
      "torchtitan",
      "torchtune",
      "torchtune-0.1",
      "torchtune-compiled",
      "transformers",
      "transformers-4.45",
      "transformers-4.46",
      "trl",
      "trl-0.11",
      "trl-0.13",
      "trl-0.21",
      "trl-0.24",
      "trl-1.14",
      "trl-1.9",
      "unsloth",
      "unsloth-2024",
      "unsloth-2025",
      "unsloth-2025.10",
    ]);
  });

  test("are listed in the document of links, every one", () => {
    const text = readFileSync(new URL("../../docs/links.md", import.meta.url), "utf8");
    expect(Object.keys(STACKS).filter((id) => !text.includes(`\`${id}\``))).toEqual([]);
  });

  test("are offered as current ones, older versions and an accounting, each once and in one order", () => {
    expect(STACK_GROUPS.map(({ label }) => label)).toEqual(["Current", "Older versions", "Accounting"]);
    expect(STACK_GROUPS.flatMap((group) => Object.keys(group.rows))).toEqual(Object.keys(STACKS));
    const [current, older, accounting] = STACK_GROUPS.map((group) => Object.keys(group.rows));
    expect(current?.slice(0, 3)).toEqual(["transformers", "trl", "unsloth"]);
    // What a year or a number follows is an older version of something.
    expect(current?.filter((id) => /\d/.test(id))).toEqual([]);
    expect(older).toHaveLength(15);
    expect(accounting).toEqual(["article"]);
  });

  test("are known by name, and nothing else is: not even what every object has", () => {
    expect(isStackId("trl")).toBe(true);
    expect(isStackId("toString")).toBe(false);
    expect(isStackId("__proto__")).toBe(false);
  });

  test.each(rows)(
    "%s says in which sources it was read, in one line what differs, and what each loss means",
    (id, row) => {
      const notes: StackNotes = STACK_NOTES[id as StackId];
      expect(notes.source.length).toBeGreaterThan(0);
      const known = (url: string): boolean => url.startsWith("https://github.com/") || url === QUOTED_ARTICLE.url;
      expect(notes.source.every(({ url }) => url === null || known(url))).toBe(true);
      expect(notes.summary.length).toBeLessThan(100);
      expect(lossPathOf(row, row.loss, TRAITS_OF_ANY)).toBeDefined();
    },
  );
});

test("the article counts 12 bytes for each trained parameter and half a byte for a 4-bit one", () => {
  const { weights, gradients, optimizerStates, quantizedBytesPerParameter } = STACKS.article;
  expect(Number(weights) + Number(gradients) + Number(optimizerStates)).toBe(12);
  expect(quantizedBytesPerParameter).toBe(0.5);
});

test("plain Transformers runs bf16 under autocast with fp32 adapters and fused AdamW", () => {
  expect(STACKS.transformers).toMatchObject({
    weights: "bf16",
    autocast: true,
    adapters: { lora: "fp32", qlora: "fp32" },
    kbitPreparation: "fp32",
    loss: "full",
    attn_implementation: "sdpa",
    optim: "adamw_torch_fused",
  });
});

test("every version of transformers has its own path of the full loss", () => {
  expect(STACKS.transformers.lossPaths.full).toMatchObject({ transformers: "5" });
  expect(STACKS["transformers-4.46"].lossPaths.full).toMatchObject({ transformers: "4.46" });
  expect(STACKS["transformers-4.45"].lossPaths.full).toMatchObject({ transformers: "4.45" });
});
