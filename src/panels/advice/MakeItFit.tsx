// Options that make a method fit or use its free memory, with the file lines to copy.

import { type ReactElement, useState, useMemo, type KeyboardEvent, useId, useRef } from "react";
import type { ConfigLines } from "#interop/config-lines/config-lines.ts";
import { Button } from "#ui/Button.tsx";
import { copyText } from "#ui/FeedbackButton.tsx";
import type { Bar, BarsData } from "#charts/memory-bars.ts";
import { PlainBars } from "#charts/BarsPicture.tsx";
import { spokenBar } from "#charts/bar-accessibility.ts";
import { atWorstMoment, barsData } from "#panels/answer/bars-data.ts";
import { useBarShape, useWidth } from "#panels/answer/use-width.ts";
import type { Catalog } from "#catalog/catalog.ts";
import { type Answer, wholeCard } from "#scenario/choices/answer.ts";
import { useScenario } from "#scenario/page/store.ts";
import styles from "./MakeItFit.module.css";
import fits from "#charts/fit.module.css";
import { headroomText, SpokenFit } from "#panels/answer/FitStatus.tsx";
import type { FitOption } from "#service/answers/fit-options.ts";
import cell from "#ui/radio-cell.module.css";
import spoken from "#ui/spoken.module.css";
import { optionName, optionChangesText, type FitChoice } from "./use-fit-choice.ts";
import { Select } from "#ui/Select.tsx";
import { LineDiff } from "./LineDiff.tsx";
import { gibWords } from "#advice/gpu-words.ts";
import { runsOnCard } from "#calc/card/usable-memory.ts";
import type { Apply } from "./ChangeList.tsx";
import { stackOf } from "#scenario/choices/resolve-stack.ts";
import { useEngineAnswer } from "#scenario/page/questions.ts";
import { FitDiff, KeptSettings } from "./FitDiff.tsx";

/** Copies what is added; says whether that was possible, until the lines are others. @internal */
export const CopyLines = ({ lines: { added } }: Readonly<{ lines: ConfigLines }>): ReactElement => {
  const [told, setTold] = useState<Readonly<{ text: string; says: string }> | null>(null);
  const text = added.join("\n");
  const copy = async (): Promise<void> => {
    const isCopied = await copyText(text);
    setTold({
      text,
      says: isCopied ? "Copied." : "The browser does not allow copying here: select the lines instead.",
    });
  };
  return (
    <>
      <Button onClick={() => void copy()}>Copy lines</Button>
      <output>{told?.text === text && told.says}</output>
    </>
  );
};

const named = ({ bars }: BarsData, name: string): readonly Bar[] => bars.map((bar) => ({ ...bar, name }));

/** Both bars on one axis with the chosen line; on other cards the second one is held against their line, which is dashed. */
const pairOf = (now: Answer, then: Answer, gpus: Catalog["gpus"]): BarsData => {
  const [before, after] = [barsData(atWorstMoment(now), gpus), barsData(atWorstMoment(then), gpus)];
  const bars = named(after, "Then");
  const { chosen } = after;
  if (now.gpu.id === then.gpu.id) return { ...before, bars: [...named(before, "Now"), ...bars] };
  return {
    ...before,
    bars: [...named(before, "Now"), ...bars.map((bar) => ({ ...bar, capacityBytes: chosen.bytes }))],
    others: [{ ...chosen, memoryGb: then.gpu.memoryGb, always: true }],
  };
};

/** "Now: 44.4 GiB on the card, 20.9 GiB over, against RTX 4090, 24 GB. Then: ..." */
const spokenPair = ({ bars, chosen, others }: BarsData): string =>
  bars
    .map((bar) => `${spokenBar(bar)}, against ${(bar.capacityBytes === undefined ? chosen : others[0])?.label}.`)
    .join(" ");

/** What the method in focus takes now, and then. The bars at the top stay the scenario's. */
const FitBars = ({ now, then }: Readonly<{ now: Answer; then: Answer }>): ReactElement => {
  const gpus = useScenario((state) => state.catalog.gpus);
  const shapeId = useBarShape(now.choices.embed);
  const { ref, width } = useWidth<HTMLDivElement>();
  const data = useMemo(() => pairOf(now, then, gpus), [now, then, gpus]);
  return (
    <div ref={ref} className={styles.bars}>
      {width !== null && <PlainBars data={data} width={width} shapeId={shapeId} label={spokenPair(data)} />}
    </div>
  );
};

const Outcome = ({ option: { answer } }: Readonly<{ option: FitOption }>): ReactElement | null => {
  const [one] = answer.methods;
  if (one === undefined) return null;
  const card = wholeCard(one);
  return (
    <span className={`${styles.outcome} ${fits[card.fit]}`}>
      <SpokenFit fit={card.fit} />
      {headroomText(card)}
    </span>
  );
};

type FitCellsProps = Readonly<{
  choice: FitChoice;
  /** Makes the changes of the chosen cell. */
  onApply: () => void;
}>;

const QUESTIONS = { "make it fit": "What may it cost?", "use the room": "What would you spend it on?" } as const;

/** Each way with its outcome before it is chosen: a radio group, whose arrows preview, Enter applies, and Escape goes back to the first choice. */
const FitCells = ({ choice, onApply }: FitCellsProps): ReactElement => {
  const { options, option: chosen, first, pick } = choice;
  const name = useId();
  const cells = useRef<HTMLFieldSetElement>(null);
  const back = (): void => {
    pick(null);
    cells.current?.querySelector<HTMLInputElement>(`[value="${first?.id}"]`)?.focus();
  };
  const press = (event: KeyboardEvent): void => {
    if (event.key === "Enter") onApply();
    else if (event.key === "Escape") back();
    else return;
    event.preventDefault();
  };
  return (
    <fieldset ref={cells} className={styles.cells}>
      <legend className={spoken.spoken}>{QUESTIONS[options.does]}</legend>
      {options.options.map((option) => (
        <label key={option.id} className={`${cell.cell} ${styles.cell}`}>
          <input
            className={cell.radio}
            type="radio"
            name={name}
            value={option.id}
            checked={option.id === chosen?.id}
            disabled={option.whyNot !== null}
            onChange={() => pick(option.id)}
            onKeyDown={press}
          />
          <span className={styles.name}>{optionName(option)}</span>{" "}
          <span className={styles.set}>{optionChangesText(option, options.now)}</span>{" "}
          {option.whyNot === null && <Outcome option={option} />}
        </label>
      ))}
    </fieldset>
  );
};

type FileTitleProps = Readonly<{ files: readonly string[]; file: string; onPick: (file: string) => void }>;

/** Whose file it is; where other libraries have lines, too, a choice of them. */
const FileTitle = ({ files, file, onPick }: FileTitleProps): ReactElement =>
  files.length > 1 ? (
    <div className={styles.picker}>
      <Select
        label="As lines of"
        options={files.map((each) => ({ value: each, label: each }))}
        value={file}
        onChange={onPick}
      />
    </div>
  ) : (
    <h3 className={styles.title}>
      As lines of <span className={styles.file}>{file}</span>
    </h3>
  );

type FitLinesProps = Readonly<{
  shown: ShownLines;
  /** All files that have lines. */
  files: readonly string[];
  /** The stack that is counted. */
  counted: string;
}>;

/** The changes as lines of a library's file: what goes, what comes, for which versions, and what it has no field for. */
const FitLines = ({ shown: { lines, isOwn, pick }, files, counted }: FitLinesProps): ReactElement => {
  const { file, removed, added, versions, missing } = lines;
  const apart = isOwn ? [] : [`The figures are those of ${counted}.`];
  return (
    <div>
      <FileTitle files={files} file={file} onPick={pick} />
      {removed.length + added.length > 0 && <LineDiff label={`As lines of ${file}`} lines={{ removed, added }} />}
      {[...versions, ...missing, ...apart].map((sentence) => (
        <p key={sentence} className={styles.note}>
          {sentence}
        </p>
      ))}
    </div>
  );
};

/** Whose lines are shown, and how to show another library's. */
type ShownLines = Readonly<{ lines: ConfigLines; isOwn: boolean; pick: (file: string) => void }>;

/** @param all the chosen library's first: where another one is chosen, its own file stands first again @returns null where there are none */
const useLines = (all: readonly ConfigLines[]): ShownLines | null => {
  const [picked, setPicked] = useState<Readonly<{ of: string; file: string }> | null>(null);
  const [own] = all;
  if (own === undefined) return null;
  const lines = all.find(({ file }) => picked?.of === own.file && file === picked.file) ?? own;
  return { lines, isOwn: lines === own, pick: (file) => setPicked({ of: own.file, file }) };
};

/** What is left then: what can still grow, or that nothing more is to be had. */
const Left = ({ option }: Readonly<{ option: FitOption }>): ReactElement | null => {
  const { answer, changes } = option;
  const [one] = answer.methods;
  const card = one && wholeCard(one);
  const fit = card?.fit;
  const asked = useMemo(
    () => (fit === "fits" ? { choices: answer.choices, except: changes.flatMap(({ fields }) => fields) } : null),
    [fit, answer, changes],
  );
  const { value, fresh } = useEngineAnswer("roomLeft", asked);
  if (card === undefined) return null;
  if (fit === "tight") return <p>May not fit: nothing else may use this GPU.</p>;
  if (fit !== "fits") return <p>Not enough on its own.</p>;
  const grows = fresh && value !== null && value.length > 0 ? `: room for ${value.join(", or ")}` : "";
  return (
    <p>
      Then {gibWords(card.headroomBytes)} are free{grows}.
    </p>
  );
};

/** "Apply 2 changes"; where they are not enough what is still missing. */
const applyWords = ({ changes, answer: { methods } }: FitOption): string => {
  const count = `Apply ${changes.length} ${changes.length === 1 ? "change" : "changes"}`;
  const [one] = methods;
  if (one === undefined) return count;
  const card = wholeCard(one);
  return runsOnCard(card) ? count : `${count}, still ${gibWords(card.headroomBytes)} over`;
};

type ChosenProps = Readonly<{
  choice: FitChoice;
  option: FitOption;
  onApply: () => void;
}>;

/** The way that is picked: now and then as bars, every setting that changes, and the button. */
const Chosen = ({ choice, option, onApply }: ChosenProps): ReactElement => {
  const { options, fresh } = choice;
  const id = useId();
  const shown = useLines(option.lines);
  return (
    <>
      <FitBars now={options.now} then={option.answer} />
      <div className={styles.both}>
        <div>
          <h3 id={id} className={styles.title}>
            What changes
          </h3>
          <FitDiff choice={choice} option={option} labelledBy={id} />
        </div>
        {shown !== null && (
          <FitLines
            shown={shown}
            files={option.lines.map(({ file }) => file)}
            counted={stackOf(options.now.choices).name}
          />
        )}
      </div>
      <div className={styles.buttons}>
        <Button kind="primary" disabled={!fresh} onClick={onApply}>
          {applyWords(option)}
        </Button>
        {shown !== null && shown.lines.added.length > 0 && <CopyLines key={shown.lines.file} lines={shown.lines} />}
        <Left option={option} />
      </div>
    </>
  );
};

/**
 * One choice of what it may cost to fit, or of what the room is spent on: each with its outcome before it is made, now and then as two bars on one axis, and
 * every setting that changes.
 */
export const MakeItFit = ({ choice, apply }: Readonly<{ choice: FitChoice; apply: Apply }>): ReactElement | null => {
  const { options, option, kept, fresh, free } = choice;
  if (options.options.length === 0) return null;
  const applyChosen = (): void => {
    if (option !== null && fresh) apply(optionName(option), option.patch);
  };
  return (
    <div className={styles.fit} aria-busy={!fresh}>
      <FitCells choice={choice} onApply={applyChosen} />
      {option !== null && <Chosen choice={choice} option={option} onApply={applyChosen} />}
      {kept.length > 0 && <KeptSettings kept={kept} free={free} />}
    </div>
  );
};
