// Comparison of up to four scenarios: bars on one axis, differences in words, and components.

import { settingDifferenceWords, settingDifferences } from "#advice/setting-differences.ts";
import type { CardFit, MemoryEstimate } from "#calc/model/memory-estimate.ts";
import { GIB } from "#calc/base/bytes.ts";
import { TERM_STYLE, TermSwatch } from "#charts/term-style.tsx";
import { capitalized } from "#format/phrases.ts";
import { formatGib, formatSignedGib } from "#format/bytes.ts";
import { focusedMethod, type Answer, type MethodAnswer, notKnownSentence } from "#scenario/choices/answer.ts";
import type { Catalog } from "#catalog/catalog.ts";
import type { Bar, BarsData } from "#charts/memory-bars.ts";
import { spokenBar } from "#charts/bar-accessibility.ts";
import { atWorstMoment, barsData } from "#panels/answer/bars-data.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import { formatCount, EN_DASH, MINUS } from "#format/numbers.ts";
import { type ReactElement, useDeferredValue, useMemo, useState } from "react";
import { PlainBars } from "#charts/BarsPicture.tsx";
import { useBarShape, useWidth } from "#panels/answer/use-width.ts";
import { useScenario, useAnswer } from "#scenario/page/store.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import { useEngineAnswer } from "#scenario/page/questions.ts";
import { TERM_IDS } from "#calc/model/terms.ts";
import panel from "#panels/panel.module.css";
import { headroomText, FIT_WORDS, StatusIcon } from "#panels/answer/FitStatus.tsx";
import table from "#panels/answer/PeakTable.module.css";
import { NotKnownIcon } from "#panels/answer/NotKnown.tsx";
import { swapPinned, unpin } from "#scenario/page/comparison.ts";
import { Button } from "#ui/Button.tsx";
import { useIsPhone } from "#ui/window.ts";
import fits from "#charts/fit.module.css";
import spoken from "#ui/spoken.module.css";
import styles from "./CompareColumns.module.css";

/** What was chosen differently, a phrase each: "Sequence 4,096 instead of 2,048". */
const choicesApart = (one: Answer, first: Answer): readonly string[] =>
  settingDifferences(first, one).map((apart) => capitalized(settingDifferenceWords(apart)));

const amount = (bytes: number): string => `${formatGib(Math.abs(bytes))} GiB ${bytes > 0 ? "more" : "less"}`;

/** A twentieth of a GiB: what the page writes as "< 0.1". */
const NOTICEABLE = 0.05 * GIB;

/** The term that differs most, in words; empty where none does by as much as the page can show. */
const mostly = (one: MethodAnswer, first: MethodAnswer): string => {
  const apart = one.estimate.terms
    .map(({ id, bytes }) => ({ id, bytes: bytes - (first.estimate.terms.find((term) => term.id === id)?.bytes ?? 0) }))
    .toSorted((a, b) => Math.abs(b.bytes) - Math.abs(a.bytes));
  const [most] = apart;
  if (most === undefined || Math.abs(most.bytes) < NOTICEABLE) return "";
  return `, most of it ${TERM_STYLE[most.id].label.toLowerCase()} (${amount(most.bytes)})`;
};

const OUTCOMES = { fits: "fits", tight: "may not fit", over: "does not fit" } as const;

/** What cannot run does not fit either. */
const outcomeOf = ({ card: { fit } }: Readonly<{ card: CardFit }>): keyof typeof OUTCOMES =>
  fit === "cannot-run" ? "over" : fit;

const BOTH = { fits: "Both fit", tight: "Both may not fit", over: "Neither fits" } as const;

const fitApart = (one: MethodAnswer, first: MethodAnswer): string => {
  const [here, there] = [outcomeOf(one), outcomeOf(first)];
  if (here === there) return BOTH[here];
  if (here === "fits" && there === "over") return "This one fits, A does not";
  if (here === "over" && there === "fits") return "This one does not fit, A does";
  return `This one ${OUTCOMES[here]}, A ${OUTCOMES[there]}`;
};

/**
 * How a scenario differs from the first, in words: what was chosen differently, what that does to the memory on the card and to which term, and whether
 * it still fits.
 */
export const differenceWords = (one: Answer, first: Answer): readonly string[] => {
  const [focus, firstFocus] = [focusedMethod(one), focusedMethod(first)];
  const chosen = choicesApart(one, first);
  if (focus === null || firstFocus === null) return chosen;
  const bytes = focus.estimate.onCardBytes - firstFocus.estimate.onCardBytes;
  const takes = Math.abs(bytes) < NOTICEABLE ? "Takes the same" : `Takes ${amount(bytes)}${mostly(focus, firstFocus)}`;
  return [...(chosen.length === 0 ? ["The same choices as A"] : chosen), takes, fitApart(focus, firstFocus)];
};

/** An answer, and how its bars are named. */
type NamedAnswer = Readonly<{ name: string; answer: Answer }>;

/**
 * The bars of several answers on one axis. The first one's card is the chosen line; a bar on another card is held against that card's line, which is
 * dashed as other cards' lines are.
 */
export const barsTogether = (
  answers: readonly [NamedAnswer, ...NamedAnswer[]],
  gpus: Catalog["gpus"],
): Readonly<{ data: BarsData; spoken: string }> => {
  const [{ answer: first }] = answers;
  const { chosen, others: usual } = barsData(atWorstMoment(first), gpus);
  const lanes = answers.map(({ name, answer }) => {
    const { bars, chosen: line } = barsData(atWorstMoment(answer), gpus);
    const isOther = line.label !== chosen.label;
    const capacity = isOther ? { capacityBytes: line.bytes } : {};
    return {
      isOther,
      line: { ...line, memoryGb: answer.gpu.memoryGb, always: true as const },
      bars: bars.map((bar): Bar => ({ ...bar, ...capacity, name })),
    };
  });
  const others = new Map(lanes.filter(({ isOther }) => isOther).map(({ line }) => [line.label, line]));
  return {
    data: { bars: lanes.flatMap(({ bars }) => bars), chosen, others: others.size === 0 ? usual : [...others.values()] },
    spoken: lanes.flatMap(({ bars, line }) => bars.map((bar) => `${spokenBar(bar)}, against ${line.label}.`)).join(" "),
  };
};

/** One scenario beside others: its method in focus on its own card. */
type Compared = Readonly<{
  letter: string;
  title: string;
  /** How its bar is named: "A, QLoRA". */
  name: string;
  /** With its method in focus alone. */
  answer: Answer;
  estimate: MemoryEstimate;
  card: CardFit;
  /** Against the first one; empty for the first itself. */
  words: readonly string[];
}>;

/** The letters that the keys of the link have; the page's own scenario is A. */
const LETTERS = "ABCD";

/** "RTX 4090"; "2 × RTX 4090" where there are several. */
const gpuWords = ({ choices: { gpus }, gpu: { shortName } }: Answer): string =>
  gpus === 1 ? shortName : `${formatCount(gpus)} × ${shortName}`;

/** One scenario that names something unknown: it has a column, and no figures. */
type ComparedUnknown = Readonly<{ letter: string; title: string; sentence: string }>;

/** The scenarios without figures. The others have theirs. */
const unknownOf = (answers: readonly Answer[]): readonly ComparedUnknown[] =>
  answers.flatMap((answer, index) =>
    answer.notKnown.length === 0
      ? []
      : [
          {
            letter: LETTERS.charAt(index),
            title: `${answer.model.name}, ${METHOD_NAMES[answer.choices.method].label}, ${gpuWords(answer)}`,
            sentence: notKnownSentence(answer.notKnown),
          },
        ],
  );

/** The place of a scenario among those that are held, by its letter; −1 for the page's own. */
const heldPlace = (letter: string): number => LETTERS.indexOf(letter) - 1;

/** The scenarios as columns, the page's own first. One that shows no method has no column here. */
const comparedOf = (answers: readonly Answer[]): readonly Compared[] =>
  answers.flatMap((answer, index) => {
    const focus = focusedMethod(answer);
    const [first] = answers;
    if (focus === null || first === undefined) return [];
    const letter = LETTERS.charAt(index);
    const method = METHOD_NAMES[focus.method].label;
    return [
      {
        letter,
        title: `${answer.model.name}, ${method}, ${gpuWords(answer)}`,
        name: `${letter}, ${method}`,
        answer: { ...answer, methods: [focus] },
        estimate: focus.estimate,
        card: focus.card,
        words: index === 0 || first.notKnown.length > 0 ? [] : differenceWords(answer, first),
      },
    ];
  });

/** One bar a scenario on one axis, each against what its own card offers. */
const ComparedBars = ({ answers }: Readonly<{ answers: readonly [NamedAnswer, ...NamedAnswer[]] }>): ReactElement => {
  const gpus = useScenario((state) => state.catalog.gpus);
  const shapeId = useBarShape(false);
  const { ref, width } = useWidth<HTMLDivElement>();
  const { data, spoken } = barsTogether(answers, gpus);
  return (
    <div ref={ref}>{width !== null && <PlainBars data={data} width={width} shapeId={shapeId} label={spoken} />}</div>
  );
};

/** What stands side by side: the page's own answer, and those to the scenarios that were held when they were asked for. */
type Shown = Readonly<{ first: Answer; held: readonly Answer[]; pinned: readonly Choices[] }>;

type Columns = Readonly<{
  /** Empty until the scenarios held are answered for the first time. */
  compared: readonly Compared[];
  /** Those that have no figures. */
  unknown: readonly ComparedUnknown[];
  /** The index at which a scenario of the columns, counted without the first, is held now: one before it may have been let go of since. −1: nowhere. */
  heldIndexOf: (index: number) => number;
  /** Whether the columns are the scenarios that are held now. */
  fresh: boolean;
}>;

/**
 * The columns of the comparison. The last ones stay until every scenario that is held is answered, so that one that trades places with the page's own is
 * never in both.
 */
const useCompared = (): Columns => {
  const answer = useAnswer();
  const first = useDeferredValue(answer);
  const pinned = useScenario((state) => state.pinned);
  const asked = useMemo(() => ({ pinned }), [pinned]);
  const { value: held, fresh } = useEngineAnswer("pinned", asked);
  const [shown, setShown] = useState<Shown | null>(null);
  const isOther = shown?.first !== first || shown.held !== held;
  if (fresh && held !== null && first === answer && isOther) setShown({ first, held, pinned });
  const answers = useMemo(() => (shown === null ? [] : [shown.first, ...shown.held]), [shown]);
  const compared = useMemo(() => comparedOf(answers), [answers]);
  const unknown = useMemo(() => unknownOf(answers), [answers]);
  const heldIndexOf = (index: number): number => {
    const choices = shown?.pinned[index];
    return choices === undefined ? -1 : pinned.indexOf(choices);
  };
  return { compared, unknown, heldIndexOf, fresh };
};

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
