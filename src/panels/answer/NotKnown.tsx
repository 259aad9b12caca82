// Message in place of the figures for a model, GPU or library that is not known.

import type { ReactElement } from "react";
import { NOT_KNOWN_MARK, NOT_KNOWN_OUTLINE, NOT_KNOWN_WORDS } from "#format/svg.ts";
import { headline } from "#advice/headline.ts";
import { METHODS } from "#calc/model/scenario.ts";
import type { NotKnown as Unknown } from "#scenario/choices/answer.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import { changeChoices } from "#scenario/page/actions.ts";
import { useAnswer } from "#scenario/page/store.ts";
import { Button } from "#ui/Button.tsx";
import { MarkIcon } from "./FitStatus.tsx";
import cards from "./Cards.module.css";
import styles from "./NotKnown.module.css";

/** The icon of what is not known, in the text's color, and its word. */
export const NotKnownIcon = (): ReactElement => (
  <>
    <MarkIcon outline={NOT_KNOWN_OUTLINE} mark={NOT_KNOWN_MARK} />
    {NOT_KNOWN_WORDS}
  </>
);

/** Known names near to one that is not: a press takes it. The rest of the scenario stays. */
const Ways = ({ unknown: { asked, nearest } }: Readonly<{ unknown: Unknown }>): ReactElement | null =>
  nearest.length === 0 ? null : (
    <ul className={styles.ways} aria-label={`Nearest to ${asked}`}>
      {nearest.map(({ name, label, patch }) => (
        <li key={name}>
          <Button size="small" onClick={() => changeChoices(patch)}>
            {label}
          </Button>
        </li>
      ))}
    </ul>
  );

/** A method without a figure. */
const Card = ({ label }: Readonly<{ label: string }>): ReactElement => (
  <li className={`${cards.card} ${styles.card}`}>
    <span className={cards.name}>{label}</span>{" "}
    <span className={`${cards.badge} ${styles.badge}`}>
      <NotKnownIcon />
    </span>
  </li>
);

/**
 * What stands in the place of cards, bars and all that follows from figures where something that was asked for is not known: the nearest known names, and a
 * card without a figure for each method. What has no room in the verdict is said here; in an embed, which has none, all of it.
 */
export const NotKnown = (): ReactElement => {
  const { notKnown, choices, sentences } = useAnswer();
  const { embed, show } = choices;
  const said = embed ? "" : headline(sentences).head;
  return (
    <section className={styles.room} aria-label="Not known" data-embed={embed || undefined}>
      {notKnown.map((unknown) => (
        <div key={unknown.key} className={styles.unknown}>
          <p>
            {!said.includes(unknown.sentence) && <strong>{unknown.sentence} </strong>}
            {unknown.instead}
          </p>
          <Ways unknown={unknown} />
        </div>
      ))}
      <div className={cards.room} data-embed={embed || undefined}>
        <ul className={cards.cards}>
          {METHODS.filter((method) => show.includes(method)).map((method) => (
            <Card key={method} label={METHOD_NAMES[method].label} />
          ))}
        </ul>
      </div>
    </section>
  );
};
