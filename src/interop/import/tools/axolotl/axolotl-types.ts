import type { Finding } from "#interop/import/finding.ts";
import { fieldOf, isOn } from "#interop/import/read-fields.ts";
import type { Source } from "#interop/import/source.ts";
import { wordOf } from "#interop/import/take.ts";
import { onField } from "#interop/import/tools/hugging-face/bitsandbytes.ts";

const IN_FP32 =
  "Neither bf16 nor fp16 is on: weights are loaded in fp32, and nothing runs under autocast (0.18, utils/config/__init__.py:158).";

/** The types of a run. `auto`, which holds where bf16 is not said, is what the card can do. @see axolotl@067b021c:src/axolotl/utils/config/__init__.py (lines 158 to 196), utils/schemas/config.py:559 */
export const readAxolotlTypes = (source: Source): readonly Finding[] => {
  const bf16 = fieldOf(source, "bf16");
  if (bf16 !== undefined && (isOn(bf16.value) || bf16.value === "full"))
    return [{ kind: "read", field: bf16, key: "compute", text: "bf16" }];
  const fp16 = onField(source, "fp16");
  if (fp16 !== undefined) return [{ kind: "read", field: fp16, key: "compute", text: "fp16" }];
  if (bf16 === undefined || wordOf(bf16.value) === "auto") return [];
  const pure = onField(source, "bfloat16") ?? onField(source, "float16");
  if (pure !== undefined)
    return [
      { kind: "read", field: pure, key: "compute", text: pure.path === "bfloat16" ? "bf16" : "fp16" },
      { kind: "read", field: pure, key: "autocast", text: "0" },
    ];
  return (["weights", "compute"] as const)
    .map((key): Finding => ({ kind: "assumed", field: bf16, key, text: "fp32", sentence: IN_FP32 }))
    .concat([{ kind: "assumed", field: bf16, key: "autocast", text: "0", sentence: IN_FP32 }]);
};
