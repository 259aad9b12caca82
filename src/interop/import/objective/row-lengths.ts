import type { ObjectiveId } from "#calc/model/objective.ts";
import type { Default } from "#interop/import/defaults-of.ts";
import type { Finding } from "#interop/import/finding.ts";
import { fieldOf, isNone, readAs } from "#interop/import/read-fields.ts";
import type { Source } from "#interop/import/source.ts";
import { numberOf, takeNumber } from "#interop/import/take.ts";

/** What a tool does where nothing says how long rows are. */
export type UsualLengths = Readonly<{
  /** Of a row of a pair; absent: another reader says it. */
  row?: Default;
  /** Of a completion that is generated. */
  completion: Default;
}>;

const HALF = "No file says how long prompts are: half of a row is counted.";
const CUT = "Rows are cut at their whole length.";

/** Prompts of GRPO are not cut since TRL 1.0: older versions cut them so. @see trl 0.24: trainer/grpo_config.py, max_prompt_length */
const USUAL_PROMPT: Default = {
  text: "512",
  sentence: "Nothing cuts prompts: as many tokens are counted as TRL up to 0.24 left of them.",
};

/** A length by its field, or as it stands in for one. */
const lengthOf = (source: Source, name: string, [key, usual]: readonly ["prompt" | "completion", Default]): Finding => {
  const field = fieldOf(source, name);
  const tokens = numberOf(field?.value ?? undefined);
  return field === undefined || tokens === undefined
    ? { kind: "assumed", key, ...usual, ...(field && { field }) }
    : { kind: "read", field, key, text: String(tokens) };
};

/** Prompts and what is generated for them. @see trl 1.16: trainer/grpo_config.py, max_completion_length */
const readGenerated = (source: Source, { completion }: UsualLengths): readonly Finding[] => [
  lengthOf(source, "max_prompt_length", ["prompt", USUAL_PROMPT]),
  lengthOf(source, "max_completion_length", ["completion", completion]),
];

const readRow = (source: Source, { row }: UsualLengths): readonly Finding[] => {
  if (row === undefined) return [];
  const field = fieldOf(source, ["max_length", "max_seq_length"]);
  if (field === undefined) return [{ kind: "assumed", key: "seq", ...row }];
  return isNone(field.value) ? [{ kind: "uncut", field }] : readAs(field, "seq", takeNumber(field.value));
};

/** What of a row is prompt, as older versions cut it. @see trl 0.24: trainer/dpo_config.py, max_prompt_length, max_completion_length */
const readParts = (source: Source, row: number | undefined): readonly Finding[] => {
  const [prompt, completion] = ["max_prompt_length", "max_completion_length"].map((name) => fieldOf(source, name));
  const [before, after] = [prompt, completion].map((field) => numberOf(field?.value ?? undefined));
  if (prompt === undefined || before === undefined) {
    if (completion === undefined || after === undefined) return [{ kind: "filled", key: "prompt", sentence: HALF }];
    return [{ kind: "read", field: completion, key: "completion", text: String(after) }];
  }
  const isWhole = after !== undefined && (row === undefined || before + after <= row);
  return [
    { kind: "read", field: prompt, key: "prompt", text: String(before) },
    ...(completion === undefined || after === undefined
      ? []
      : [
          isWhole
            ? ({ kind: "read", field: completion, key: "completion", text: String(after) } as const)
            : ({ kind: "ignored", field: completion, sentence: CUT } as const),
        ]),
  ];
};

/** How long rows are, and what of them is prompt, by the names of TRL's configs. */
export const readRowLengths = (source: Source, objective: ObjectiveId, usual: UsualLengths): readonly Finding[] => {
  if (objective === "grpo") return readGenerated(source, usual);
  const row = readRow(source, usual);
  const rows = row.flatMap((found) => ("text" in found && found.key === "seq" ? [Number(found.text)] : []));
  const [whole = numberOf(fieldOf(source, "max_length")?.value ?? undefined)] = rows;
  return [...row, ...readParts(source, whole)];
};
