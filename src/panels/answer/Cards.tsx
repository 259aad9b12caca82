import type { ReactElement } from "react";
import { isWayOut } from "#calc/card/is-way-out.ts";
import { METHOD_NAMES } from "#advice/method-names.ts";
import { formatGib } from "#format/bytes.ts";
import { change } from "#scenario/page/actions.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import { useAnswer, useScenario } from "#scenario/page/store.ts";
import fits from "#charts/fit.module.css";
import styles from "./Cards.module.css";
import { focusedMethod } from "./focused-method.ts";
import { headroomText } from "./headroom-text.ts";
import { FIT_WORDS, StatusIcon } from "./StatusIcon.tsx";

type MethodAnswer = PageAnswer["methods"][number];

type CardProps = Readonly<{ answer: MethodAnswer; holder: string | undefined; focused: boolean }>;

/** "May take up to 22.2 while there is room": never more than there is, as the allocator gives back before it fails. Or "Fits on 1 × H100, 80 GB". */
const LastLine = ({ answer: { estimate, card }, holder }: Omit<CardProps, "focused">): ReactElement => {
  const most = Math.min(estimate.onCardRangeBytes[1], estimate.onCardBytes + card.headroomBytes);
  return (
    <span className={styles.last} data-fit={card.fit}>
      {card.fit === "over" && holder !== undefined && `Fits on ${holder}`}
      {isWayOut(card) && (
        <>
          <span>May take </span>up to {formatGib(most)}
          <span> while there is room</span>
        </>
      )}
    </span>
  );
};

const Card = ({ answer, holder, focused }: CardProps): ReactElement => {
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
        <span className={styles.unit}>
          {" "}
          GiB<span> needed</span>
        </span>
      </span>{" "}
      <span className={`${styles.headroom} ${fits[card.fit]}`}>{headroomText(card)}</span>{" "}
      <LastLine answer={answer} holder={holder} />
    </button>
  );
};

/** One card a method: what it needs on the card, whether that fits, and what it may take or what would hold it. A click puts the method in focus. */
export const Cards = (): ReactElement => {
  const answer = useAnswer();
  const focus = focusedMethod(answer)?.method;
  return (
    <section className={styles.room} aria-label="Memory by method" data-embed={answer.choices.embed || undefined}>
      <div className={styles.cards}>
        {answer.methods.map((one) => (
          <Card key={one.method} answer={one} holder={answer.holders[one.method]} focused={one.method === focus} />
        ))}
      </div>
    </section>
  );
};
