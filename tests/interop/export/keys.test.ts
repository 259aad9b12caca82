import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OPTIMIZERS } from "#calc/model/scenario.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { bareFiles } from "#interop/export/export-files.ts";
import { EXPORT_TOOLS } from "#interop/export/export-tools.ts";
import { VERSIONS } from "#interop/export/exporter.ts";
import { arbitraryTraining } from "../../advice/arbitrary-training.ts";
import { tried } from "../../tried.ts";
import { exported } from "./changed-choices.ts";
import { fieldsOf, KEYS, unknownFields } from "./exported-fields.ts";

const PACKAGES: Readonly<Record<string, string>> = { "ms-swift": "swift" };

test.each(Object.entries(VERSIONS))(
  "the fields of %s are listed for the version that files name, %s",
  (name, version) => {
    const listed = Object.values(KEYS).filter((list) => list.package === (PACKAGES[name] ?? name));
    expect(listed.map((list) => list.version)).toEqual(listed.map(() => version));
    expect(listed).not.toEqual([]);
  },
);

test.each(["transformers", "trl"] as const)("a model that %s divides has no field that the tool has not", (tool) => {
  const { files } = exported(tool, {
    model: { kind: "catalog", id: "qwen3-30b-a3b" },
    method: "full",
    weights: "fp32",
    gpus: 8,
    tp: 2,
    ep: 8,
  });
  const fields = files.flatMap((file) => fieldsOf(tool, file));
  expect(fields.filter(({ lists }) => lists.includes("DistributedConfig")).map(({ key }) => key)).toEqual([
    "tp_size",
    "fsdp_size",
    "ep_size",
    "fsdp_mixed_precision",
  ]);
  expect(unknownFields(fields)).toEqual([]);
});

test("an optimizer of torchtune has no argument that its own class has not", () => {
  const sections = OPTIMIZERS.flatMap((optim) => exported("torchtune", { method: "full", optim }).files).flatMap(
    (file) => fieldsOf("torchtune", file),
  );
  expect(unknownFields(sections)).toEqual([]);
  expect(sections).toContainEqual({ key: "momentum", lists: ["torch.optim.SGD"] });
  expect(unknownFields([{ key: "momentum", lists: ["torch.optim.AdamW"] }])).toEqual(["momentum of torch.optim.AdamW"]);
});

describe.each(EXPORT_TOOLS)("files of %s", (tool) => {
  tried("have no field that the tool has not", { quick: 12, thorough: 120 }, (runs) => {
    fc.assert(
      fc.property(arbitraryTraining, (choices) => {
        const { files } = bareFiles(tool, choices, FULL_CATALOG);
        expect(files.flatMap((file) => unknownFields(fieldsOf(tool, file)))).toEqual([]);
      }),
      runs,
    );
  });
});
