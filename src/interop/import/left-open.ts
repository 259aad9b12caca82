import type { Choices, LinkTexts } from "#scenario/keys/choices.ts";
import type { Finding } from "./finding.ts";

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
export const leftOpen = (
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
