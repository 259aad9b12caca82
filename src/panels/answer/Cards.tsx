import type { ReactElement } from "react";
import { METHOD_NAMES } from "#advice/method-names.ts";
import { formatGib } from "#format/bytes.ts";
import { change } from "#scenario/page/actions.ts";
import type { MethodAnswer } from "#scenario/choices/answer.ts";
import { useAnswer, useScenario } from "#scenario/page/store.ts";
import fits from "#charts/fit.module.css";
import styles from "./Cards.module.css";
import { focusedMethod } from "./focused-method.ts";
import { headroomText } from "./headroom-text.ts";
import { FIT_WORDS, StatusIcon } from "./StatusIcon.tsx";

const Card = ({ answer, focused }: Readonly<{ answer: MethodAnswer; focused: boolean }>): ReactElement => {
  const { method, estimate, card } = answer;
  const locked = useScenario(({ choices }) => choices.lock.includes("method"));
  return (
    <button
      type="button"
      className={styles.card}
      aria-pressed={focused}
      disabled={locked}
      onClick={() => change({ method })}
    >
      <span className={styles.name}>{METHOD_NAMES[method].label}</span>{" "}
      <span className={`${styles.badge} ${styles[`${card.fit}Badge`]}`}>
        <StatusIcon fit={card.fit} />
        {FIT_WORDS[card.fit]}
      </span>{" "}
      <span className={styles.total}>
        {formatGib(estimate.onCardBytes)}
        <span className={styles.unit}> GiB</span>
      </span>{" "}
      <span className={`${styles.headroom} ${fits[card.fit]}`}>{headroomText(card)}</span>{" "}
      <span className={styles.range}>
        <span>Range </span>
        {estimate.onCardRangeBytes.map(formatGib).join(" to ")}
      </span>{" "}
      <span className={styles.peak}>PyTorch peak {formatGib(estimate.peakBytes)}&nbsp;GiB</span>
    </button>
  );
};

/** One card a method: what it takes on the card, whether that fits, and the PyTorch peak beside. A click puts the method in focus. */
export const Cards = (): ReactElement => {
  const answer = useAnswer();
  const focus = focusedMethod(answer)?.method;
  return (
    <section className={styles.room} aria-label="Memory by method" data-embed={answer.choices.embed || undefined}>
      <div className={styles.cards}>
        {answer.methods.map((one) => (
          <Card key={one.method} answer={one} focused={one.method === focus} />
        ))}
      </div>
    </section>
  );
};
