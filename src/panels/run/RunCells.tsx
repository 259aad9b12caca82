import { type ReactElement, useEffect, useId, useMemo } from "react";
import { showMoment } from "#panels/answer/selection.ts";
import { capitalised } from "#format/capitalised.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import type { RunPart, RunParts } from "#service/answers/run-parts.ts";
import spoken from "#ui/spoken.module.css";
import { lookAt, useLookedAt } from "./looked-at.ts";
import { atPart, lookedAtPart, saidOf } from "./looked-at-part.ts";
import { isOfBatch, partName, partWhat, partWords } from "./part-words.ts";
import { RunCell } from "./RunCell.tsx";
import { PartLine, UncountedLine } from "./RunLine.tsx";
import styles from "./RunCells.module.css";

/** Has bars and table draw a part of the run: each method as it is there, or as it is in its step where it has no such part. */
const useShowing = (part: RunPart | null, answer: PageAnswer): void => {
  useEffect(() => {
    if (part === null || part.id === "step") return showMoment({ name: partWords("step"), methods: null });
    const methods = answer.methods.map((one) => {
      const there = part.methods.find(({ method }) => method === one.method);
      return there === undefined ? one : { ...one, estimate: there.estimate, card: there.card };
    });
    return showMoment({ name: partWords(part.id), methods });
  }, [part, answer]);
  useEffect(() => () => showMoment(null), []);
};

type StripProps = Readonly<{ run: RunParts; answer: PageAnswer }>;

const Line = ({ run, answer, part }: StripProps & Readonly<{ part: RunPart | null }>): ReactElement | null => {
  const said = saidOf(run, part, useLookedAt());
  if (said === null) return null;
  if (said.isWarning) return <UncountedLine run={run} part={said.part} at={said.at} />;
  return <PartLine key={said.part.id} run={run} part={said.part} at={said.at} answer={answer} />;
};

/** Each part of the run with what it leaves of the card, and what is said of the one that is looked at. */
export const RunCells = ({ run, answer }: StripProps): ReactElement => {
  const { chosen, without } = useLookedAt();
  const part = useMemo(() => lookedAtPart(run, chosen), [run, chosen]);
  useShowing(part, answer);
  const group = useId();
  return (
    <div className={styles.strip}>
      <fieldset className={styles.cells}>
        <legend className={spoken.spoken}>Moment of the run that bars and table draw</legend>
        {run.parts.map((each) => (
          <RunCell
            key={each.id}
            group={group}
            value={each.id}
            name={partName(each.id)}
            what={partWhat(each, run.offered, run.focus)}
            ofBatch={isOfBatch(each)}
            dashed={each.standing === "offered"}
            checked={each.id === part?.id}
            at={without.includes(each.id) ? null : atPart(each, run)}
            whyNone={each.whyNone === null ? null : `${capitalised(partWords(each.id))} ${each.whyNone}`}
            availableBytes={answer.gpu.usableBytes - answer.usedBytes}
            onChoose={() => lookAt(each.id)}
          />
        ))}
      </fieldset>
      <Line run={run} answer={answer} part={part} />
    </div>
  );
};
