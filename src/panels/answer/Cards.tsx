// Cards of the methods: memory needed, fit, and the choice of the method in focus.

import type { ReactElement } from "react";
import { mostSeenOnCard } from "#calc/card/usable-memory.ts";
import { wholeCard, focusedMethod, memoryMeterOf } from "#scenario/choices/answer.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import { formatGib } from "#format/bytes.ts";
import { changeChoices } from "#scenario/page/actions.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import { useAnswer, useScenario } from "#scenario/page/store.ts";
import fits from "#charts/fit.module.css";
import styles from "./Cards.module.css";
import { headroomText, FIT_WORDS, StatusIcon } from "./FitStatus.tsx";

type MethodAnswer = PageAnswer["methods"][number];

type BesideProps = Pick<MethodAnswer, "scenario" | "card"> & Readonly<{ reservedBytes: number }>;

type LastLineProps = Readonly<{
  answer: MethodAnswer;
  reservedBytes: number;
  tool: string | null;
  holder: string | undefined;
}>;

type CardProps = LastLineProps & Readonly<{ focused: boolean }>;

/** What an objective has beside what is counted, or has not, in an embed in a word; null where there is nothing to say. */
const besideOf = ({ scenario, card, reservedBytes }: BesideProps): ReactElement | null => {
  if (reservedBytes > 0)
    return (
      <>
        + {formatGib(reservedBytes)} <span>reserved by </span>vLLM
      </>
    );
  return scenario.reference === "adapters-off" && card.fit !== "over" ? (
    <span>Adapters off: no copy of the reference</span>
  ) : null;
};

/** "nvidia-smi may show up to 22.2", or "Fits on 1 × H100, 80 GB"; or what an objective has beside it. */
const LastLine = ({
  answer: { estimate, card, run, scenario },
  reservedBytes,
  tool,
  holder,
}: LastLineProps): ReactElement => {
  if (run?.worstOutside)
    return (
      <span className={styles.last} data-fit="over">
        Step {formatGib(estimate.onCardBytes)}, {headroomText(card)}
      </span>
    );
  const beside = besideOf({ scenario, card, reservedBytes });
  if (beside !== null) return <span className={styles.last}>{beside}</span>;
  const seenBytes = mostSeenOnCard(estimate, card);
  return (
    <span className={styles.last} data-fit={card.fit}>
      {card.fit === "over" && holder}
      {seenBytes !== null && (
        <>
          {tool !== null && <span>{tool} </span>}
          <span>{tool === null ? "May take" : "may show"} </span>up to {formatGib(seenBytes)}
        </>
      )}
    </span>
  );
};

const Card = ({ answer, reservedBytes, tool, holder, focused }: CardProps): ReactElement => {
  const { method, estimate, run } = answer;
  const outside = run?.worstOutside;
  const card = wholeCard(answer);
  const locked = useScenario(({ choices }) => choices.lock.includes("method"));
  return (
    <button
      type="button"
      className={styles.card}
      aria-pressed={focused}
      disabled={locked}
      onClick={() => changeChoices({ method })}
    >
      <span className={styles.name}>{METHOD_NAMES[method].label}</span>{" "}
      <span className={`${styles.badge} ${styles[`${card.fit}Badge`]}`}>
        <StatusIcon fit={card.fit} />
        {FIT_WORDS[card.fit]}
      </span>{" "}
      <span className={styles.total}>
        {formatGib((outside ? run.worst : estimate).onCardBytes)}
        <span className={styles.unit}>
          {" "}
          GiB<span> needed</span>
        </span>
      </span>{" "}
      <span className={`${styles.headroom} ${fits[card.fit]}`}>
        {headroomText(card)}
        {outside && `, in ${outside}`}
      </span>{" "}
      <LastLine answer={answer} reservedBytes={reservedBytes} tool={tool} holder={holder} />
    </button>
  );
};

/** One card a method: what it needs on the card, whether that fits, and what is seen of it or what would hold it. A click puts the method in focus. */
export const Cards = (): ReactElement => {
  const answer = useAnswer();
  const focus = focusedMethod(answer)?.method;
  return (
    <section className={styles.room} aria-label="Memory by method" data-embed={answer.choices.embed || undefined}>
      <div className={styles.cards}>
        {answer.methods.map((one) => (
          <Card
            key={one.method}
            answer={one}
            reservedBytes={answer.reservedBytes}
            tool={memoryMeterOf(answer)}
            holder={answer.holders[one.method]}
            focused={one.method === focus}
          />
        ))}
      </div>
    </section>
  );
};
