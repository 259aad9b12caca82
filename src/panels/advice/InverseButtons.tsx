import { type ReactElement, useState } from "react";
import type { QuickAdvice } from "#advice/advise.ts";
import { availableBytes } from "#advice/available.ts";
import { inverse, INVERSE_IDS, type InverseId, withLargest } from "#advice/inverse.ts";
import type { Largest } from "#advice/largest-within.ts";
import { formatCount, formatParams } from "#format/count.ts";
import { changedFields } from "#scenario/choices/changed-fields.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { useScenario } from "#scenario/page/store.ts";
import { Button } from "#ui/Button.tsx";
import type { Apply } from "./ChangeList.tsx";
import styles from "./Changes.module.css";

const NAMES: Readonly<Record<InverseId, string>> = {
  maxBatch: "Largest batch",
  maxSequence: "Longest sequence",
  maxRank: "Largest rank",
  maxModelParams: "Largest model",
};

/** The key of the link that a button turns. */
const KEYS: Readonly<Record<InverseId, string>> = {
  maxBatch: "batch",
  maxSequence: "seq",
  maxRank: "r",
  maxModelParams: "model",
};

const valueWords = (id: InverseId, value: number): string =>
  id === "maxModelParams" ? formatParams(value) : `${formatCount(value)}${id === "maxSequence" ? " tokens" : ""}`;

/** What is known before somebody asks; the others need steps on paper of their own. */
const knownOf = (advice: QuickAdvice, id: InverseId): Largest | null =>
  id === "maxBatch" || id === "maxSequence" ? advice.inverse[id] : null;

const patchBetween = (before: Choices, after: Choices): Partial<Choices> =>
  Object.fromEntries(changedFields(before, after).map((field) => [field, after[field]]));

type InverseButtonsProps = Readonly<{ advice: QuickAdvice; apply: Apply }>;

/** "Longest sequence on this card" and its like, one click each: the largest that fits or is tight, everything else as it is. */
export const InverseButtons = ({ advice, apply }: InverseButtonsProps): ReactElement => {
  const catalog = useScenario((state) => state.catalog);
  const [said, setSaid] = useState("");
  const { start } = advice;
  const { choices } = start;
  const lock = useScenario((state) => state.choices.lock);
  const ids = INVERSE_IDS.filter((id) => (id !== "maxRank" || choices.method !== "full") && !lock.includes(KEYS[id]));

  const take = (id: InverseId): void => {
    const found =
      knownOf(advice, id) ?? inverse(id, start, { availableBytes: availableBytes(choices, catalog), catalog });
    if (found.value === null) {
      setSaid(`${NAMES[id]}: not even the smallest fits with everything else as it is.`);
      return;
    }
    setSaid(found.capped ? `${valueWords(id, found.value)} is as far as the control goes, not the card.` : "");
    apply(
      `${NAMES[id]}, ${valueWords(id, found.value)}`,
      patchBetween(choices, withLargest({ id, value: found.value }, choices, catalog)),
    );
  };

  return (
    <div className={styles.inverse}>
      <span>The most that this card takes:</span>
      {ids.map((id) => {
        const known = knownOf(advice, id);
        return (
          <Button key={id} size="small" onClick={() => take(id)}>
            {NAMES[id]}
            {known !== null && `: ${known.value === null ? "none fits" : valueWords(id, known.value)}`}
          </Button>
        );
      })}
      <output>{said}</output>
    </div>
  );
};
