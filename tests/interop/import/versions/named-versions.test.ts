import { describe, expect, test } from "vitest";
import { namedVersions, withoutEnvironment } from "#interop/import/library-versions.ts";

const of = (text: string): Readonly<Record<string, unknown>> =>
  Object.fromEntries([...namedVersions([{ name: "given", text }])].map(([name, { value }]) => [name, value]));

describe("a version that a text names", () => {
  test.each([
    ["!pip install -q trl==0.17.0 peft", { trl: "0.17.0" }],
    ['pip install "trl[peft]==0.21.0" transformers~=4.55.2', { trl: "0.21.0", transformers: "4.55.2" }],
    ["- TRL version: 0.14.0\n- PyTorch version: 2.5.1", { trl: "0.14.0" }],
    ["- `transformers` version: 4.41.2", { transformers: "4.41.2" }],
    ["trl                 0.19.1\ntorch               2.6.0+cu124", { trl: "0.19.1", torch: "2.6.0" }],
    ["/usr/lib/python3.11/site-packages/unsloth-2025.6.12.dist-info/RECORD", { unsloth: "2025.6.12" }],
    ["unsloth==2025.6.1\nunsloth==2025.9.1", { unsloth: "2025.6.1" }],
  ])("is read: %s", (text, versions) => {
    expect(of(text)).toEqual(versions);
  });

  test.each([
    "trl>=0.12",
    "trl<0.13",
    "# transformers 4.46 or later",
    "transformers 4.46 to 4.48",
    "unsloth_zoo==2025.6.8",
    "model: trl-lib/0.5B",
    "trl sft --lr 1e-5",
  ])("is none where a bound, a range or another name stands: %s", (text) => {
    expect(of(text)).toEqual({});
  });
});

describe("a list of packages", () => {
  const run = { name: "train.py", text: "SFTConfig(bf16=True)" };
  const list = { name: "requirements.txt", text: "# ours\ntorch==2.6.0\ntrl[peft]>=0.12,<0.20\nnumpy\n\n" };

  test("is no run beside one", () => {
    expect(withoutEnvironment([run, list])).toEqual([run]);
  });

  test("stays where nothing else is given, to be refused by name", () => {
    expect(withoutEnvironment([list])).toEqual([list]);
  });
});
