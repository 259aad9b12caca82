// Line under the verdict: a surprising fact, or the cheapest change that makes the method fit.

import type { ReactElement } from "react";
import { headline, LEAD_CHARACTERS } from "#advice/headline.ts";
import type { TopChange as Words } from "#advice/top-change.ts";
import { runsOnCard } from "#calc/card/usable-memory.ts";
import { Spoken } from "#panels/answer/Verdict.tsx";
import { focusedMethod } from "#scenario/choices/answer.ts";
import { useSettledAnswer } from "#panels/answer/use-settled-answer.ts";
import { changeChoices } from "#scenario/page/actions.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import { Button } from "#ui/Button.tsx";
import { fitTitle } from "./AdvicePanels.tsx";
import styles from "./TopChange.module.css";
import { useFirstAdvice } from "./use-advice.ts";
import { useIsLocked } from "#panels/scenario/locked-changes.ts";

const NOTHING: Words = { lead: "", action: "", rest: "", price: "", patch: null };

/**
 * That QLoRA takes more than LoRA, where that is the surprise: it is the method in focus, or nothing has to be made to fit. Where it does not fit and its
 * experts are not quantised, the advice says so, and quantises them.
 */
const surprise = ({ qloraOverLora, choices, expertsLeft }: PageAnswer, fits: boolean): Words | null => {
  if (qloraOverLora === null || (choices.method !== "qlora" && !fits)) return null;
  if (!fits && expertsLeft) return null;
  const { lead, action } = qloraOverLora;
  return action === null
    ? { ...NOTHING, lead }
    : { ...NOTHING, lead: `${lead} `, action: action.label, rest: ".", patch: action.patch };
};

/** Whether an answer has a panel of changes. */
const hasChanges = ({ choices: { embed, only, hide } }: PageAnswer): boolean =>
  !embed || (only.includes("changes") && !hide.includes("changes"));

/** The way to all changes. An embed has their panel only where its link names it: then it leads nowhere. */
const WayToAll = ({ answer }: Readonly<{ answer: PageAnswer }>): ReactElement | null => {
  const focus = focusedMethod(answer);
  return focus !== null && hasChanges(answer) ? <a href="#changes">{fitTitle(focus)}</a> : null;
};

/** What a change brings, without what it costs where what had no room in the verdict takes the room of that. */
const besideVerdict = (verdict: string, { lead, action, rest, price }: Words): string =>
  verdict !== "" && [verdict, lead, action, rest].join("").length > LEAD_CHARACTERS
    ? rest.slice(0, rest.length - price.length)
    : rest;

/** What had no room in the verdict; what surprises, or the cheapest way to make the method in focus fit: in a sentence or two under the verdict, a button that takes it, and the way to all others. */
export const TopChange = (): ReactElement => {
  const answer = useSettledAnswer();
  const { first, fresh } = useFirstAdvice(answer);
  const isLocked = useIsLocked();
  const focus = focusedMethod(answer);
  const { rest: verdict } = headline(answer.sentences);
  const words = surprise(answer, focus !== null && runsOnCard(focus.card)) ?? first ?? NOTHING;
  const { lead, action, patch } = words;
  const rest = besideVerdict(verdict, words);
  return (
    <section className={styles.top} aria-label="What to change first" aria-busy={!fresh}>
      {verdict + lead + action !== "" && (
        <p>
          {verdict} {lead}
          <strong>{action}</strong>
          {rest}
        </p>
      )}
      <span className={styles.buttons}>
        {patch !== null && !isLocked(patch) && (
          <Button size="small" onClick={() => changeChoices(patch)}>
            Apply
          </Button>
        )}
        {/* With the first advice: alone it would stand beside nothing. */}
        {first !== null && <WayToAll answer={answer} />}
      </span>
      {first !== null && <Spoken text={`${lead}${action}${rest}`} />}
    </section>
  );
};
