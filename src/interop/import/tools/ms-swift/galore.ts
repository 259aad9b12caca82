import type { Finding } from "#interop/import/finding.ts";
import { fieldOf, isOn } from "#interop/import/read-fields.ts";
import type { Source } from "#interop/import/source.ts";
import { wordOf } from "#interop/import/take.ts";

const OTHER = "GaLore beside this optimizer is not known here: what is projected is not counted.";

/** GaLore around AdamW, whose projections have a rank of 128 by itself. @see ms-swift@3602360a:swift/optimizers/galore/utils.py, get_optimizer; trainers/arguments.py:193 */
export const readGalore = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, "use_galore");
  if (field === undefined) return [];
  if (!isOn(field.value)) return [{ kind: "ignored", field, sentence: "It is off." }];
  const optim = wordOf(fieldOf(source, "optim")?.value ?? "adamw_torch");
  return /^adamw_torch(_fused)?$/.test(optim)
    ? [{ kind: "read", field, key: "optim", text: "galore_adamw" }]
    : [{ kind: "not-modelled", field, sentence: OTHER }];
};
