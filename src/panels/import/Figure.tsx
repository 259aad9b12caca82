import type { ReactElement } from "react";
import { formatGib } from "#format/bytes.ts";
import { focusedMethod } from "#panels/answer/selection.ts";
import { headroomText } from "#panels/answer/headroom-text.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import { useAnswer, useScenario } from "#scenario/page/store.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import styles from "./ImportBox.module.css";

/** "LoRA: 21.4 GiB on each of 2 × RTX 4090, 2.2 GiB free"; or what is not known. */
const figureOf = (answer: PageAnswer): string => {
  const focus = focusedMethod(answer);
  if (focus === null) return answer.notKnown.map(({ sentence }) => sentence).join(" ");
  const { gpus } = answer.choices;
  const cards = gpus > 1 ? `each of ${gpus} × ${answer.gpu.shortName}` : answer.gpu.shortName;
  return `${METHOD_NAMES[focus.method].label}: ${formatGib(focus.estimate.onCardBytes)} GiB on ${cards}, ${headroomText(focus.card)}`;
};

/** What the answer behind the box has come to. */
export const Figure = (): ReactElement => {
  const answer = useAnswer();
  const isFresh = useScenario(({ choices }) => choices === answer.choices);
  return (
    <output className={styles.figure} aria-busy={!isFresh}>
      {isFresh ? figureOf(answer) : "Counting"}
    </output>
  );
};
