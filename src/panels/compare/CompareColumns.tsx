import type { ReactElement } from "react";
import { TERM_IDS } from "#calc/model/term.ts";
import { TERM_STYLE } from "#charts/term-style.ts";
import { TermSwatch } from "#charts/TermSwatch.tsx";
import { formatGib } from "#format/bytes.ts";
import panel from "#panels/panel.module.css";
import { headroomText } from "#panels/answer/headroom-text.ts";
import table from "#panels/answer/PeakTable.module.css";
import { FIT_WORDS, StatusIcon } from "#panels/answer/StatusIcon.tsx";
import { swapPinned, unpin } from "#scenario/page/pins.ts";
import { Button } from "#ui/Button.tsx";
import fits from "#charts/fit.module.css";
import spoken from "#ui/spoken.module.css";
import styles from "./CompareColumns.module.css";
import type { Compared } from "./compared.ts";
import { ComparedBars } from "./ComparedBars.tsx";
import { useCompared } from "./use-compared.ts";

/** @param heldIndexOf finds it among the scenarios held now; null for the page's own */
const Column = ({
  one,
  heldIndexOf,
}: Readonly<{ one: Compared; heldIndexOf: (() => number) | null }>): ReactElement => (
  <li className={styles.column}>
    <h3>
      <span className={styles.letter}>{one.letter}</span> {one.title}
    </h3>
    <p className={fits[one.card.fit]}>
      <strong>{formatGib(one.estimate.onCardBytes)} GiB</strong> <StatusIcon fit={one.card.fit} />{" "}
      {FIT_WORDS[one.card.fit]}, {headroomText(one.card)}
    </p>
    {heldIndexOf === null ? (
      <p className={styles.hint}>What the controls show now.</p>
    ) : (
      <>
        <ul className={styles.words}>
          {one.words.map((words) => (
            <li key={words}>{words}.</li>
          ))}
        </ul>
        <p className={styles.acts}>
          <Button kind="link" onClick={() => swapPinned(heldIndexOf())}>
            Bring to the controls<span className={spoken.spoken}>: {one.letter}</span>
          </Button>
          <Button kind="link" onClick={() => unpin(heldIndexOf())}>
            Remove<span className={spoken.spoken}> {one.letter}</span>
          </Button>
        </p>
      </>
    )}
  </li>
);

const Figures = ({
  compared,
  of,
}: Readonly<{ compared: readonly Compared[]; of: (one: Compared) => number }>): ReactElement => (
  <>
    {compared.map((one) => (
      <td key={one.letter} className={table.figure}>
        {formatGib(of(one))}
      </td>
    ))}
  </>
);

const Terms = ({ compared }: Readonly<{ compared: readonly Compared[] }>): ReactElement => (
  <table className={`${table.table} ${styles.terms}`}>
    <thead>
      <tr>
        <th scope="col">At the peak, GiB</th>
        {compared.map(({ letter }) => (
          <th key={letter} scope="col" className={table.figure}>
            {letter}
          </th>
        ))}
      </tr>
    </thead>
    <tbody>
      {TERM_IDS.map((id) => (
        <tr key={id}>
          <th scope="row">
            <TermSwatch id={id} /> {TERM_STYLE[id].label}
          </th>
          <Figures
            compared={compared}
            of={({ estimate }) => estimate.terms.find((term) => term.id === id)?.bytes ?? 0}
          />
        </tr>
      ))}
      <tr>
        <th scope="row">On the card</th>
        <Figures compared={compared} of={({ estimate }) => estimate.onCardBytes} />
      </tr>
    </tbody>
  </table>
);

/** Up to four scenarios side by side: what they take on their cards, how they differ from the first in words, and term by term. */
export const CompareColumns = (): ReactElement | null => {
  const { compared, heldIndexOf, fresh } = useCompared();
  if (compared.length === 0) return null;
  return (
    <div className={panel.panel} aria-busy={!fresh}>
      <h2 className={panel.title}>
        Compared
        <span className={panel.hint}>each method in focus on its own card; the line is what that card offers</span>
      </h2>
      <ComparedBars compared={compared} />
      <ul className={styles.columns}>
        {compared.map((one, index) => (
          <Column key={one.letter} one={one} heldIndexOf={index === 0 ? null : () => heldIndexOf(index - 1)} />
        ))}
      </ul>
      <Terms compared={compared} />
    </div>
  );
};
