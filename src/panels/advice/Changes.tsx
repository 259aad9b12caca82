import { type ReactElement, useState } from "react";
import { change, undo } from "#scenario/page/actions.ts";
import type { Choices } from "#scenario/choices/choices.ts";
import { Button } from "#ui/Button.tsx";
import { ChangeList } from "./ChangeList.tsx";
import styles from "./Changes.module.css";
import { InverseButtons } from "./InverseButtons.tsx";
import type { AdviceProps } from "./LatePanel.tsx";
import { useAdvice } from "./use-advice.ts";
import { useFullCatalog } from "./use-full-catalog.ts";

/** The row of a change that was made goes, and the focus with it: its way back takes the focus. */
const takeFocus = (button: HTMLButtonElement | null): void => button?.focus({ preventScroll: true });

const Applied = ({ title, back }: Readonly<{ title: string; back: () => void }>): ReactElement => (
  <p className={styles.applied}>
    {title}: applied.{" "}
    <Button kind="link" ref={takeFocus} onClick={back}>
      Undo
    </Button>
  </p>
);

/** What to change, the cheapest first, each with its price and a button; those that make it fit together; and the largest values that still fit. */
export const Changes = ({ answer }: AdviceProps): ReactElement | null => {
  useFullCatalog();
  const { advice, fresh } = useAdvice(answer);
  const [applied, setApplied] = useState<string | null>(null);
  if (advice === null) return null;
  const apply = (title: string, patch: Partial<Choices>): void => {
    change(patch);
    setApplied(title);
  };
  const back = (): void => {
    undo();
    setApplied(null);
  };
  return (
    <div aria-busy={!fresh}>
      {applied !== null && <Applied key={applied} title={applied} back={back} />}
      <ChangeList advice={advice} fresh={fresh} apply={apply} />
      <InverseButtons advice={advice} apply={apply} />
    </div>
  );
};
