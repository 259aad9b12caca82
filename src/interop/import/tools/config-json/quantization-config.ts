import { askedUnknown } from "#interop/import/asked-unknown.ts";
import type { Finding } from "#interop/import/finding.ts";
import { fieldOf, isOn } from "#interop/import/read-fields.ts";
import type { Source, SourceField } from "#interop/import/source.ts";
import { numberOf, quoted, wordOf } from "#interop/import/take.ts";
import { BITS_AND_BYTES, readPackedBase } from "#interop/import/tools/hugging-face/bitsandbytes.ts";
import { within } from "#interop/import/within.ts";

const SECTION = "quantization_config";
const WITHOUT_METHOD =
  "The section names no quant_method, which transformers asks for: weights are counted in 16 bits.";

const OF_FOUR_BITS = ["gptq", "awq"];

const packed = (field: SourceField): readonly Finding[] => [
  { kind: "read", field, key: "method", text: "qlora" },
  { kind: "read", field, key: "quant", text: "gptq" },
];

const bitsOf = (section: Source): number | undefined =>
  numberOf(fieldOf(section, ["bits", "w_bit"])?.value ?? undefined);

/** Formats of checkpoints that are no fields of bitsandbytes. */
const readOther = (section: Source, field: SourceField): readonly Finding[] => {
  const word = wordOf(field.value).toLowerCase();
  if (OF_FOUR_BITS.includes(word) && (bitsOf(section) ?? 4) === 4) {
    const sentence = "A checkpoint of AWQ, counted as one of GPTQ, which has 4 bits, too.";
    return [...packed(field), ...(word === "awq" ? [{ kind: "not-modelled", field, sentence } as const] : [])];
  }
  if (word === "mxfp4")
    return [{ kind: "ignored", field, sentence: "The library's row says what becomes of experts in MXFP4." }];
  return [askedUnknown(field, "quant", `Weights in ${quoted(field.value)} are not known here.`)];
};

/** What stands where a section should, and an older name of the section: nothing of them is taken. */
const readOdd = ({ fields }: Source): readonly Finding[] =>
  [...fields.values()]
    .filter(({ path, value }) => (path === SECTION && value !== null) || path === "compression_config.quant_method")
    .map((field) => askedUnknown(field, "quant", "This quantization is not known here."));

/** How a checkpoint's weights are packed, as its config.json says it. */
export const readQuantizationConfig = (source: Source): readonly Finding[] => {
  const section = within(source, SECTION);
  if (section.fields.size === 0) return readOdd(source);
  const field = fieldOf(section, "quant_method");
  const isBits =
    field?.value === "bitsandbytes" ||
    ["load_in_4bit", "load_in_8bit"].some((name) => isOn(fieldOf(section, name)?.value));
  const list: readonly Finding[] = isBits ? readPackedBase(section, BITS_AND_BYTES) : [];
  if (list.length > 0) return list;
  const [first] = section.fields.values();
  if (field !== undefined) return readOther(section, field);
  return first === undefined ? [] : [{ kind: "not-modelled", field: first, sentence: WITHOUT_METHOD }];
};
