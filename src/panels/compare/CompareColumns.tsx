import type { ReactElement } from "react";
import { TERM_IDS } from "#calc/model/term.ts";
import { TERM_STYLE } from "#charts/term-style.ts";
import { TermSwatch } from "#charts/TermSwatch.tsx";
import type { MemoryEstimate } from "#calc/model/memory-estimate.ts";
import { formatGib, formatSignedGib } from "#format/bytes.ts";
import { EN_DASH, MINUS } from "#format/signs.ts";
import panel from "#panels/panel.module.css";
import { headroomText } from "#panels/answer/headroom-text.ts";
import table from "#panels/answer/PeakTable.module.css";
import { NotKnownIcon } from "#panels/answer/NotKnownIcon.tsx";
import { FIT_WORDS, StatusIcon } from "#panels/answer/StatusIcon.tsx";
import { swapPinned, unpin } from "#scenario/page/pins.ts";
import { Button } from "#ui/Button.tsx";
import { useIsPhone } from "#ui/use-is-phone.ts";
import fits from "#charts/fit.module.css";
import spoken from "#ui/spoken.module.css";
import styles from "./CompareColumns.module.css";
import { type Compared, type ComparedUnknown, heldPlace } from "./compared.ts";
import { ComparedBars } from "./ComparedBars.tsx";
import { useCompared } from "./use-compared.ts";

type ActsProps = Readonly<{ letter: string; heldIndexOf: () => number }>;

/** Actions on a scenario that is held. */
const Acts = ({ letter, heldIndexOf }: ActsProps): ReactElement => (
  <p className={styles.acts}>
    <Button kind="link" onClick={() => swapPinned(heldIndexOf())}>
      Open this one<span className={spoken.spoken}>: {letter}</span>
    </Button>
    <Button kind="link" onClick={() => unpin(heldIndexOf())}>
      Remove<span className={spoken.spoken}> {letter}</span>
    </Button>
  </p>
);

/** A scenario that names something unknown: what that is, and no figure. */
const UnknownColumn = ({
  one: { letter, title, sentence },
  heldIndexOf,
}: Readonly<{ one: ComparedUnknown; heldIndexOf: (() => number) | null }>): ReactElement => (
  <li className={styles.column}>
    <h3>
      <span className={styles.letter}>{letter}</span> {title}
    </h3>
    <p>
      <NotKnownIcon />. {sentence}
    </p>
    {heldIndexOf !== null && <Acts letter={letter} heldIndexOf={heldIndexOf} />}
  </li>
);

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
      <p className={styles.hint}>The open scenario.</p>
    ) : (
      <>
        <ul className={styles.words}>
          {one.words.map((words) => (
            <li key={words}>{words}.</li>
          ))}
        </ul>
        <Acts letter={one.letter} heldIndexOf={heldIndexOf} />
      </>
    )}
  </li>
);

type Pair = Readonly<{
  as: "td" | "th";
  figure: string;
  /** Against the open scenario; null in its own column. */
  apart: string | null;
}>;

/** A figure and how far it is from the open scenario's: in a column of its own, on a phone under the figure. */
const FigureAndApart = ({ as: Cell, figure, apart }: Pair): ReactElement => {
  const isPhone = useIsPhone();
  const scope = Cell === "th" ? "col" : undefined;
  const under = isPhone && apart !== null;
  return (
    <>
      <Cell scope={scope} className={table.figure}>
        {figure}
        {under && <span className={`${styles.apart} ${styles.under}`}>{apart}</span>}
      </Cell>
      {!isPhone && apart !== null && (
        <Cell scope={scope} className={`${table.figure} ${styles.apart}`}>
          {apart}
        </Cell>
      )}
    </>
  );
};

/** "+12.1"; nothing where they are the same. */
const apartText = (bytes: number): string => (bytes === 0 ? EN_DASH : formatSignedGib(bytes));

type FiguresProps = Readonly<{ compared: readonly Compared[]; of: (estimate: MemoryEstimate) => number }>;

const Figures = ({ compared, of }: FiguresProps): readonly ReactElement[] => {
  const [open = 0] = compared.map(({ estimate }) => of(estimate));
  return compared.map(({ letter, estimate }, index) => (
    <FigureAndApart
      key={letter}
      as="td"
      figure={formatGib(of(estimate))}
      apart={index === 0 ? null : apartText(of(estimate) - open)}
    />
  ));
};

const Terms = ({ compared }: Readonly<{ compared: readonly Compared[] }>): ReactElement => (
  <table className={`${table.table} ${styles.terms}`}>
    <thead>
      <tr>
        <th scope="col">At the peak, GiB</th>
        {compared.map(({ letter }, index) => (
          <FigureAndApart
            key={letter}
            as="th"
            figure={letter}
            apart={index === 0 ? null : `${letter} ${MINUS} ${compared[0]?.letter}`}
          />
        ))}
      </tr>
    </thead>
    <tbody>
      {TERM_IDS.map((id) => (
        <tr key={id}>
          <th scope="row">
            <TermSwatch id={id} /> {TERM_STYLE[id].label}
          </th>
          <Figures compared={compared} of={({ terms }) => terms.find((term) => term.id === id)?.bytes ?? 0} />
        </tr>
      ))}
      <tr className={table.sum}>
        <th scope="row">Needed on the card</th>
        <Figures compared={compared} of={({ onCardBytes }) => onCardBytes} />
      </tr>
    </tbody>
  </table>
);

/** Up to four scenarios side by side: what they take on their cards, how they differ from the first in words, and term by term. */
export const CompareColumns = (): ReactElement | null => {
  const { compared, unknown, heldIndexOf, fresh } = useCompared();
  const [first, ...others] = compared;
  const placeOf = (letter: string): (() => number) | null =>
    heldPlace(letter) < 0 ? null : () => heldIndexOf(heldPlace(letter));
  if (compared.length + unknown.length === 0) return null;
  return (
    <div className={panel.panel} aria-busy={!fresh}>
      <h2 className={panel.title}>
        Compared
        <span className={panel.hint}>
          each scenario’s method on its own GPU; differences are from the one that is open, A
        </span>
      </h2>
      {first !== undefined && <ComparedBars answers={[first, ...others]} />}
      <ul className={styles.columns}>
        {compared.map((one) => (
          <Column key={one.letter} one={one} heldIndexOf={placeOf(one.letter)} />
        ))}
        {unknown.map((one) => (
          <UnknownColumn key={one.letter} one={one} heldIndexOf={placeOf(one.letter)} />
        ))}
      </ul>
      {compared.length > 0 && <Terms compared={compared} />}
    </div>
  );
};
