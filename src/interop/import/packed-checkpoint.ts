import { type IdentityKey, unknownText } from "#scenario/keys/issues.ts";
import { type Finding, type SourceField, wordOf } from "./read-fields.ts";
import { LONGEST_NAME, ownName } from "./own-name.ts";

/**
 * The finding that a field asks for something that is not known: nothing is estimated then.
 *
 * @param asked the key, with what is asked for where that is not the field's value
 */
export const unknownFinding = (
  field: SourceField,
  asked: IdentityKey | readonly [IdentityKey, string],
  sentence: string,
): Finding => {
  const [key, text] = typeof asked === "string" ? [asked, wordOf(field.value)] : asked;
  return { kind: "unknown", field, key, text: unknownText(text), sentence };
};

type Packed = Readonly<{ of: RegExp; quant: string; dq?: "0" | "1"; sentence?: string }>;

/** Checkpoints whose weights are packed, by the ends of their names; their own config.json would say it. */
const PACKED: readonly Packed[] = [
  { of: /unsloth-bnb-4bit$/i, quant: "unsloth-dynamic", dq: "1" },
  { of: /bnb-4bit$/i, quant: "nf4", dq: "1" },
  { of: /bnb-nf4(-bf16)?$/i, quant: "nf4", dq: "1" },
  { of: /bnb-8bit$/i, quant: "int8" },
  { of: /[-_]gptq([-_]int4)?([-_]\d+g)?$/i, quant: "gptq" },
  {
    of: /[-_]awq([-_]int4)?$/i,
    quant: "gptq",
    sentence: "A checkpoint of AWQ, counted as one of GPTQ, which has 4 bits, too.",
  },
];

/** Checkpoints whose weights are packed in a way that is not known here. */
const UNKNOWN: readonly Readonly<{ of: RegExp; asked: string }>[] = [
  { of: /[-_]nvfp4$/i, asked: "nvfp4" },
  { of: /[-_]gptq[-_]int8$/i, asked: "gptq, 8 bits" },
  { of: /[-_]fp8([-_]dynamic)?$/i, asked: "fp8" },
];

const readPacked = (field: SourceField, packed: Packed | undefined): readonly Finding[] => {
  if (packed === undefined) return [];
  const { quant, dq, sentence } = packed;
  return [
    { kind: "read", field, key: "method", text: "qlora" },
    { kind: "read", field, key: "quant", text: quant },
    ...(dq === undefined ? [] : [{ kind: "read", field, key: "dq", text: dq } as const]),
    ...(sentence === undefined ? [] : [{ kind: "not-modelled", field, sentence } as const]),
  ];
};

/** The format of a checkpoint's weights as its name says it, whatever the tool's own fields of packing say. Empty: as usual. */
export const readPackedCheckpoint = (field: SourceField | undefined): readonly Finding[] => {
  const name = field?.value;
  if (field === undefined || typeof name !== "string" || name.length > LONGEST_NAME) return [];
  const own = ownName(name);
  const asked = UNKNOWN.find(({ of }) => of.test(own))?.asked;
  if (asked !== undefined)
    return [unknownFinding(field, ["quant", asked], `A checkpoint in ${asked} is not known here.`)];
  return readPacked(
    field,
    PACKED.find(({ of }) => of.test(own)),
  );
};
