import type { Finding } from "#interop/import/finding.ts";
import { fieldOf, isOn } from "#interop/import/read-fields.ts";
import type { Source, SourceField } from "#interop/import/source.ts";
import { namesOf } from "#interop/import/take.ts";
import { onField } from "#interop/import/tools/hugging-face/bitsandbytes.ts";

const pluginField = (source: Source, name: RegExp): SourceField | undefined => {
  const field = fieldOf(source, "plugins");
  return field !== undefined && field.value !== null && namesOf(field.value).some((each) => name.test(each))
    ? field
    : undefined;
};

/** Kernels that take the place of modules of a decoder. */
const KERNELS = [["liger_rope"], ["liger_rms_norm"], ["liger_glu_activation", "liger_swiglu"]] as const;

const IN_PART = "Some of Liger's kernels run, and some do not: they are counted all together.";

/** Liger's kernels, by its plugin and a field each. @see axolotl@067b021c:src/axolotl/integrations/liger/args.py */
const liger = (source: Source): readonly Finding[] => {
  const on = KERNELS.map((names) => fieldOf(source, names)).filter(
    (field) => field !== undefined && isOn(field.value),
  ) as SourceField[];
  const [first] = on;
  if (first === undefined) return [];
  return [
    ...on.map((field): Finding => ({ kind: "read", field, key: "liger", text: "1" })),
    ...(on.length < KERNELS.length ? [{ kind: "not-modelled", field: first, sentence: IN_PART } as const] : []),
  ];
};

const LOSSES = [
  ["liger_fused_linear_cross_entropy", "fused"],
  ["liger_cross_entropy", "inplace"],
] as const;

/** Liger's loss; its kernels alone leave the loss whole. */
const ligerLoss = (source: Source): readonly Finding[] => {
  const said = LOSSES.flatMap(([name, text]): readonly Finding[] => {
    const field = onField(source, name);
    return field === undefined ? [] : [{ kind: "read", field, key: "loss", text }];
  });
  if (said[0] !== undefined) return [said[0]];
  const isOnHere = liger(source).length > 0;
  const sentence = "Liger's kernels without one of its losses leave the logits whole.";
  return isOnHere ? [{ kind: "assumed", key: "loss", text: "full", sentence }] : [];
};

const OWN_FIELDS = /^liger_/;

const WITHOUT_PLUGIN = "Without its plugin it has no effect.";

/** Cut cross entropy is on as soon as its plugin is listed. @see axolotl@067b021c:src/axolotl/integrations/cut_cross_entropy/args.py:33 */
const cut = (source: Source): readonly Finding[] => {
  const plugin = pluginField(source, /CutCrossEntropyPlugin$/);
  const field = fieldOf(source, "cut_cross_entropy");
  if (plugin === undefined) return [];
  return field !== undefined && field.value !== null && !isOn(field.value)
    ? [{ kind: "ignored", field, sentence: "It is off." }]
    : [{ kind: "read", field: field ?? plugin, key: "loss", text: "fused" }];
};

const chunked = (source: Source): readonly Finding[] => {
  const field = onField(source, "chunked_cross_entropy");
  return field === undefined ? [] : [{ kind: "read", field, key: "loss", text: "chunked" }];
};

/** Which kernels take the place of modules and of the loss. */
export const readAxolotlKernels = (source: Source): readonly Finding[] => {
  const hasLiger = pluginField(source, /LigerPlugin$/) !== undefined;
  const idle = [...source.fields.values()].filter(({ path, value }) => OWN_FIELDS.test(path) && isOn(value));
  return [
    ...(hasLiger
      ? [...liger(source), ...ligerLoss(source)]
      : idle.map((field): Finding => ({ kind: "ignored", field, sentence: WITHOUT_PLUGIN }))),
    ...chunked(source),
    ...cut(source),
  ];
};
