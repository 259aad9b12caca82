import { type ReactElement, useEffect, useRef, useState } from "react";
import { INVERSE_IDS, type InverseId } from "#advice/inverse-id.ts";
import type { Largest } from "#advice/largest-within.ts";
import { formatCount, formatParams } from "#format/count.ts";
import { ask } from "#scenario/page/engine.ts";
import { useScenario } from "#scenario/page/store.ts";
import type { LargestFound } from "#service/answers/largest-found.ts";
import type { PageAdvice } from "#service/answers/page-advice.ts";
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
const knownOf = ({ largest }: PageAdvice, id: InverseId): LargestFound | null =>
  id === "maxBatch" || id === "maxSequence" ? largest[id] : null;

const foundWords = (id: InverseId, { value }: Largest): string =>
  value === null ? "none fits" : valueWords(id, value);

type InverseButtonsProps = Readonly<{ advice: PageAdvice; apply: Apply }>;

/** "Longest sequence on this card" and its like, one click each: the largest that fits or is tight, everything else as it is. */
export const InverseButtons = ({ advice, apply }: InverseButtonsProps): ReactElement => {
  const [said, setSaid] = useState("");
  const [isAsking, setIsAsking] = useState(false);
  const endWaiting = useRef<() => void>(undefined);
  const { choices } = advice;
  const now = useScenario((state) => state.choices);
  const ids = INVERSE_IDS.filter(
    (id) => (id !== "maxRank" || choices.method !== "full") && !now.lock.includes(KEYS[id]),
  );

  // What was found for other choices is not taken over.
  useEffect(() => () => endWaiting.current?.(), [now]);

  const take = (id: InverseId, { value, capped, patch }: LargestFound): void => {
    if (value === null || patch === null) {
      setSaid(`${NAMES[id]}: not even the smallest fits with everything else as it is.`);
      return;
    }
    setSaid(capped ? `${valueWords(id, value)} is as far as the control goes, not the card.` : "");
    apply(`${NAMES[id]}, ${valueWords(id, value)}`, patch);
  };

  const press = (id: InverseId): void => {
    endWaiting.current?.();
    const known = knownOf(advice, id);
    if (known !== null) {
      take(id, known);
      return;
    }
    setIsAsking(true);
    const stop = ask("largest", { choices, id }, (outcome) => {
      setIsAsking(false);
      if ("given" in outcome) take(id, outcome.given);
      else setSaid(`${NAMES[id]}: ${outcome.failed}`);
    });
    endWaiting.current = () => {
      stop();
      setIsAsking(false);
    };
  };

  return (
    <div className={styles.inverse} aria-busy={isAsking}>
      <span>The most that this card takes:</span>
      {ids.map((id) => {
        const known = knownOf(advice, id);
        return (
          <Button key={id} size="small" onClick={() => press(id)}>
            {NAMES[id]}
            {known !== null && `: ${foundWords(id, known)}`}
          </Button>
        );
      })}
      <output>{said}</output>
    </div>
  );
};
