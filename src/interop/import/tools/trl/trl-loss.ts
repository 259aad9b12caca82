import type { Finding } from "#interop/import/finding.ts";
import { fieldOf, isOn, readFields } from "#interop/import/read-fields.ts";
import type { Source } from "#interop/import/source.ts";
import { takeWord, wordOf } from "#interop/import/take.ts";

/** Losses of plain fine-tuning. @see trl@f2cd5771:trl/trainer/sft_config.py:283 */
const SFT_LOSSES = takeWord({ nll: "full", chunked_nll: "fused" });

const LIGERS = "With Liger's kernels the loss is theirs.";

/**
 * Preference losses have names of their own; Liger's loss takes the place of the plain one.
 *
 * @param preference what is said of them
 * @see trl@f2cd5771:trl/trainer/sft_config.py:283
 */
export const readTrlLoss = (source: Source, preference: string): readonly Finding[] => {
  const field = fieldOf(source, "loss_type");
  if (field === undefined || field.value === null) return [];
  const word = wordOf(field.value);
  if (word === "nll" || word === "chunked_nll")
    return isOn(fieldOf(source, ["use_liger_kernel", "use_liger"])?.value ?? undefined)
      ? [{ kind: "ignored", field, sentence: LIGERS }]
      : readFields(source, [{ field: "loss_type", key: "loss", take: SFT_LOSSES }]);
  const sentence = word === "dft" ? "What this loss keeps is not known here." : preference;
  return [{ kind: "not-modelled", field, sentence }];
};
