import type { ReactElement } from "react";
import { patchOf } from "#advice/knob.ts";
import { PRICE_GROUPS, PRICES } from "#advice/prices.ts";
import { isFor } from "#advice/term-of-subject.ts";
import type { TermId } from "#calc/model/term.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import { change } from "#scenario/page/actions.ts";
import { ChangeRow } from "./ChangeRow.tsx";
import styles from "./Changes.module.css";
import { useAdvice } from "./use-advice.ts";
import { useIsLocked } from "./use-is-locked.ts";

/** Under a term's formula: the cheapest change that is made for it, of those of one group the one that saves most. */
export const TermChange = ({ answer, term }: Readonly<{ answer: Answer; term: TermId }>): ReactElement | null => {
  const { advice, fresh } = useAdvice(answer);
  const isLocked = useIsLocked();
  const groupAt = (price: keyof typeof PRICES): number => PRICE_GROUPS.indexOf(PRICES[price].group);
  const [cheapest] = (advice?.changes ?? [])
    .filter(({ knob, savedBytes }) => isFor(knob, term) && savedBytes > 0 && !isLocked(knob.patch))
    .toSorted((one, other) => groupAt(one.knob.price) - groupAt(other.knob.price) || other.savedBytes - one.savedBytes);
  if (advice === null || !fresh || cheapest === undefined) return null;
  const { knob, lines, savedBytes, card } = cheapest;
  return (
    <ul className={`${styles.list} ${styles.ofTerm}`} aria-label="What makes it smaller">
      <ChangeRow
        title={knob.title}
        detail={knob.detail}
        price={PRICES[knob.price]}
        lines={lines}
        savedBytes={savedBytes}
        card={card}
        apply={() => change(patchOf(advice.choices, [knob]))}
      />
    </ul>
  );
};
