// Settings that no file gives: complaints answered by other files; model, GPU, and length assumed.

import { type LinkKey, type Choices, type LinkTexts, namesAreKnown } from "#scenario/keys/choices.ts";
import { type Finding, type SourceField, wordOf } from "./source-fields.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { formatCount } from "#format/numbers.ts";
import { chosenArchitecture } from "#scenario/choices/chosen-model.ts";

const BESIDE = "The file that it names is among those that are read.";
const SAID = "Another of the files says it.";

type Complaint = Extract<Finding, { kind: "not-modelled" | "unknown" }>;

const isComplaint = (found: Finding): found is Complaint => found.kind === "not-modelled" || found.kind === "unknown";

type Beside = Readonly<{
  /** The names of the files. */
  files: readonly string[];
  /** The keys that files or the command say. */
  said: ReadonlySet<LinkKey>;
  /** The keys that the command says: they replace what files say. */
  told: ReadonlySet<LinkKey>;
}>;

/** Why a complaint is none beside the other files; undefined where it is one. */
const answered = (found: Complaint, { files, said, told }: Beside): string | undefined => {
  if (found.kind === "not-modelled" && found.names !== undefined && files.includes(found.names)) return BESIDE;
  if (found.kind === "unknown" && told.has(found.key)) return SAID;
  return found.unless !== undefined && said.has(found.unless) ? SAID : undefined;
};

/**
 * Findings without complaints of what another of the files says: those that are named in one and given beside it, and a model that one of them is.
 *
 * @param told the keys that were told beside the files: a model among them replaces one that is not known
 */
export const dropAnsweredComplaints = (
  findings: readonly Finding[],
  files: readonly string[],
  told: ReadonlySet<LinkKey>,
): readonly Finding[] => {
  const ofFindings = findings.flatMap((found) => (found.kind === "read" ? [found.key] : []));
  const beside = {
    files,
    told,
    said: new Set<LinkKey>([...ofFindings, ...(told.has("model") ? (["arch"] as const) : [])]),
  };
  return findings.flatMap((found): readonly Finding[] => {
    const sentence = isComplaint(found) ? answered(found, beside) : undefined;
    if (!isComplaint(found) || sentence === undefined) return [found];
    return found.field === undefined ? [] : [{ kind: "ignored", field: found.field, sentence }];
  });
};

/** The keys of ways to divide one model. */
const DIVIDING = ["tp", "cp", "ulysses", "pp"] as const;

/** The least number of GPUs that share anything. */
const LEAST_SHARING = 2;

const LENGTH = "2048";

/** Adapters beside a run that trains everything make another run of it. */
const adaptersAlone = (texts: LinkTexts, isFull: boolean): readonly Finding[] =>
  isFull && texts["r"] !== undefined && texts["method"] === undefined
    ? [{ kind: "assumed", key: "method", text: "lora", sentence: "Adapters stand beside a model that is not trained." }]
    : [];

/** Nothing is estimated of a run that names no model: any in its place would answer another question. */
const withoutModel = (texts: LinkTexts): readonly Finding[] =>
  texts["model"] === undefined && texts["arch"] === undefined
    ? [
        {
          kind: "unknown",
          key: "model",
          text: "",
          sentence: "No file names a model. Name one, or add its config.json.",
        },
      ]
    : [];

/** Files say nothing of cards: that of the scenario stays, which is said. */
const withoutCard = (texts: LinkTexts, card: string): readonly Finding[] =>
  texts["gpu"] === undefined
    ? [{ kind: "filled", key: "gpu", sentence: `No file names a card: ${card} is counted.` }]
    : [];

/**
 * What no file says and a scenario needs: which model, on which card, over how many GPUs, and how long rows are.
 *
 * @param card the name of the card that stays
 */
export const fillMissingSettings = (
  texts: LinkTexts,
  {
    isRun,
    base,
    card,
  }: Readonly<{
    isRun: boolean;
    base: Pick<Choices, "method">;
    card: string;
  }>,
): readonly Finding[] => {
  const dividing = DIVIDING.reduce((ranks, key) => ranks * Math.max(1, Number(texts[key] ?? 1)), 1);
  const isShared = dividing > 1 || (texts["shard"] !== undefined && texts["shard"] !== "none");
  const gpus = dividing > 1 ? dividing : LEAST_SHARING;
  return [
    ...(isRun ? [...withoutModel(texts), ...withoutCard(texts, card)] : []),
    ...adaptersAlone(texts, !isRun && base.method === "full"),
    ...(isShared && texts["gpus"] === undefined
      ? [
          {
            kind: "assumed",
            key: "gpus",
            text: String(gpus),
            sentence: "The file shares a model and does not say among how many GPUs.",
          } as const,
        ]
      : []),
    ...(isRun && texts["seq"] === undefined
      ? [
          {
            kind: "assumed",
            key: "seq",
            text: LENGTH,
            sentence: "The file sets no length: rows are as long as the data makes them.",
          } as const,
        ]
      : []),
  ];
};

/** The most tokens that the chosen model takes; null where the model, or its limit, is not known. */
const limitOf = (choices: Choices, catalog: Catalog): number | null => {
  const { model } = choices;
  if (model.kind === "size" || !namesAreKnown(choices)) return null;
  if (model.kind === "catalog" && !Object.hasOwn(catalog.models, model.id)) return null;
  const { max_position_embeddings: limit } = chosenArchitecture(choices, catalog);
  return Number.isSafeInteger(limit) && limit > 0 ? limit : null;
};

const lengthOf = (field: SourceField, limit: number | null): Finding => {
  const not = `${field.path.split(".").at(-1)} is ${wordOf(field.value) === "null" ? "None" : wordOf(field.value)}: rows are not cut`;
  return limit === null
    ? {
        kind: "not-modelled",
        field,
        sentence: `${not}, and the model's own limit is not known. Set seq for your data.`,
      }
    : {
        kind: "assumed",
        field,
        key: "seq",
        text: String(limit),
        sentence: `${not}. Assumed: the model's own limit of ${formatCount(limit)} tokens; set seq for your data.`,
      };
};

/**
 * Findings with a length for rows that are not cut: the longest that the model takes.
 *
 * @param choicesOf the choices that findings come to, for the model in them
 */
export const withModelLengthLimit = (
  findings: readonly Finding[],
  choicesOf: (findings: readonly Finding[]) => Choices,
  catalog: Catalog,
): readonly Finding[] => {
  if (!findings.some(({ kind }) => kind === "uncut")) return findings;
  const limit = limitOf(choicesOf(findings), catalog);
  return findings.map((found) => (found.kind === "uncut" ? lengthOf(found.field, limit) : found));
};
