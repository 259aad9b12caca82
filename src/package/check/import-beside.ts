import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import type { Finding } from "#interop/import/finding.ts";
import { importFiles } from "#interop/import/import-files.ts";
import type { Imported } from "#interop/import/imported.ts";
import type { GivenFile } from "#interop/import/source.ts";
import type { LinkKey } from "#scenario/keys/choices.ts";
import { LINK_KEYS } from "#scenario/choices/url.ts";
import type { GoesBefore } from "./goes-before.ts";

/** Keys that say how GPUs share a run. */
const SHARING = ["shard", "tp", "cp", "ulysses", "pp", "ep"] as const satisfies readonly LinkKey[];

const toldOf = ({ texts, from }: GoesBefore): readonly Finding[] =>
  LINK_KEYS.flatMap((key): readonly Finding[] => {
    const text = texts[key];
    return text === undefined
      ? []
      : [{ kind: "read", field: { file: from, path: key, value: text, line: 1 }, key, text }];
  });

const COPIES: Finding = {
  kind: "assumed",
  key: "shard",
  text: "ddp",
  sentence: "Several GPUs, and nothing that divides a model among them: each has all of it.",
};

/** Whether several GPUs were told, and neither files nor command say how they share the run. */
const isUnshared = (imported: Imported, { texts }: GoesBefore): boolean => {
  if (imported.kind === "refused" || Number(texts["gpus"] ?? 1) < 2) return false;
  const { choices, lists } = imported;
  const isSaid = SHARING.some((key) => texts[key] !== undefined || lists.read.some((line) => line.key === key));
  return !isSaid && (choices.shard === null || choices.shard === "none");
};

/** The scenario of files with what goes before them. Several GPUs that were told without a word of sharing each have all of the model, as a launcher starts them. */
export const importBeside = (files: readonly GivenFile[], before: GoesBefore): Imported => {
  const look = { catalog: FULL_CATALOG, base: before.base };
  const told = toldOf(before);
  const imported = importFiles(files, { ...look, over: told });
  return isUnshared(imported, before) ? importFiles(files, { ...look, over: [...told, COPIES] }) : imported;
};
