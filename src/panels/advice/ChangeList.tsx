import { type ReactElement, useState } from "react";
import { patchOf } from "#advice/knob.ts";
import { PRICES } from "#advice/prices.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import type { PageAdvice } from "#service/answers/page-advice.ts";
import { Button } from "#ui/Button.tsx";
import { ChangeRow } from "./ChangeRow.tsx";
import styles from "./Changes.module.css";
import { useIsLocked } from "./use-is-locked.ts";

/** Makes a change of this title. */
export type Apply = (title: string, patch: Partial<Choices>) => void;

/** Of several ways to turn the same thing, the one that saves the most; they come sorted. */
const bestOfEach = (changes: PageAdvice["changes"]): PageAdvice["changes"] =>
  changes.filter(({ knob }, index) => changes.findIndex((other) => other.knob.subject === knob.subject) === index);

/** Rows that are shown before somebody asks for the others. */
const SHOWN = 8;

const Together = ({
  method,
  set: { knobs, savedBytes, card },
  apply,
}: Pick<Choices, "method"> & Readonly<{ set: NonNullable<PageAdvice["together"]>; apply: Apply }>): ReactElement => {
  const title = knobs.map((knob) => knob.title).join(" + ");
  return (
    <ChangeRow
      title={title}
      detail="The fewest changes that make it fit."
      savedBytes={savedBytes}
      card={card}
      apply={() => apply(title, patchOf(method, knobs))}
    />
  );
};

const NONE = "Nothing here saves memory: whatever is known to is chosen already.";

/** The changes that save memory, the best of each kind first; the fewest that make it fit above them where one is not enough. */
export const ChangeList = ({
  advice: { choices, changes, together },
  fresh,
  apply,
}: Readonly<{ advice: PageAdvice; fresh: boolean; apply: Apply }>): ReactElement => {
  const [all, setAll] = useState(false);
  const isLocked = useIsLocked();
  const free = changes.filter(({ knob }) => !isLocked(knob.patch));
  const shown = all ? free : bestOfEach(free).slice(0, SHOWN);
  const { method } = choices;
  const isFolded = free.length > shown.length;
  const isTogether = together !== null && together.knobs.length > 1 && !isLocked(patchOf(method, together.knobs));
  return (
    <>
      <ul className={styles.list} data-stale={!fresh || undefined}>
        {isTogether && <Together method={method} set={together} apply={apply} />}
        {shown.map(({ knob, savedBytes, card }) => (
          <ChangeRow
            key={knob.id}
            title={knob.title}
            detail={knob.detail}
            price={PRICES[knob.price]}
            savedBytes={savedBytes}
            card={card}
            apply={() => apply(knob.title, patchOf(method, [knob]))}
          />
        ))}
      </ul>
      {free.length === 0 && <p>{NONE}</p>}
      {(isFolded || all) && (
        <Button kind="link" onClick={() => setAll(!all)} aria-expanded={all}>
          {all ? "Only the best of each kind" : `All ${free.length} changes that save memory`}
        </Button>
      )}
    </>
  );
};
