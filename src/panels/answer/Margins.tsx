// Free or missing GiB of each method, shown on the edge of the phone's scenario sheet.

import type { ReactElement } from "react";
import { wholeCard } from "#scenario/choices/answer.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import { formatSignedGib } from "#format/bytes.ts";
import { useAnswer } from "#scenario/page/store.ts";
import { headroomText, FIT_WORDS, StatusIcon } from "./FitStatus.tsx";
import fits from "#charts/fit.module.css";
import spoken from "#ui/spoken.module.css";
import styles from "./Margins.module.css";

/** The margins of the methods, signed, GiB: what rides on the sheet's edge on a phone. */
export const Margins = (): ReactElement => {
  const { methods } = useAnswer();
  return (
    <ul className={styles.margins} aria-label="Spare or missing GiB">
      {methods.map((one) => {
        const card = wholeCard(one);
        const { method } = one;
        return (
          <li key={method}>
            <span className={styles.name}>{METHOD_NAMES[method].label}</span>
            <span className={`${styles.margin} ${fits[card.fit]}`} aria-hidden="true">
              <StatusIcon fit={card.fit} />
              {formatSignedGib(card.headroomBytes)}
            </span>
            <span className={spoken.spoken}>
              {FIT_WORDS[card.fit]}, {headroomText(card)}
            </span>
          </li>
        );
      })}
    </ul>
  );
};
