// Cheapest change that reduces one memory component, shown under its formula.

import type { ReactElement } from "react";
import { PRICE_GROUPS, PRICES, changesTerm } from "#advice/prices.ts";
import type { TermId } from "#calc/model/terms.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import type { PageAdvice } from "#service/answers/advice-answers.ts";
import { Applied, ChangeRow } from "./ChangeList.tsx";
import styles from "./Changes.module.css";
import { useAdvice, useApplied } from "./use-advice.ts";
import { useIsLocked } from "#panels/scenario/locked-changes.ts";

type CheapestProps = PageAdvice["changes"][number] & Readonly<{ apply: () => void }>;

const Cheapest = ({ knob, lines, savedBytes, card, apply }: CheapestProps): ReactElement => (
  <ul className={`${styles.list} ${styles.ofTerm}`} aria-label="What makes it smaller">
    <ChangeRow
      title={knob.title}
      detail={knob.detail}
      price={PRICES[knob.price]}
      lines={lines}
      savedBytes={savedBytes}
      card={card}
      apply={apply}
    />
  </ul>
);

/** Under a term's formula: the cheapest change that is made for it, of those of one group the one that saves most. */
export const TermChange = ({ answer, term }: Readonly<{ answer: Answer; term: TermId }>): ReactElement => {
  const { advice, fresh } = useAdvice(answer);
  const isLocked = useIsLocked();
  const groupAt = (price: keyof typeof PRICES): number => PRICE_GROUPS.indexOf(PRICES[price].group);
  const [cheapest] = (advice?.changes ?? [])
    .filter(({ knob, patch, savedBytes }) => changesTerm(knob, term) && savedBytes > 0 && !isLocked(patch))
    .toSorted((one, other) => groupAt(one.knob.price) - groupAt(other.knob.price) || other.savedBytes - one.savedBytes);
  const { apply, applied, back, frame } = useApplied();
  return (
    <div ref={frame} className={styles.frame} tabIndex={-1}>
      {applied !== null && <Applied title={applied} back={back} />}
      {advice !== null && fresh && cheapest !== undefined && (
        <Cheapest {...cheapest} apply={() => apply(cheapest.knob.title, cheapest.patch)} />
      )}
    </div>
  );
};
