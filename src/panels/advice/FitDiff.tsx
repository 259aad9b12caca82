// Settings that an option changes, with the memory each saves, and the settings kept unchanged.

import { Fragment, type ReactElement, type ReactNode, useEffect, useRef } from "react";
import { PRICES } from "#advice/prices.ts";
import { type SettingApart, settingDifferences } from "#advice/setting-differences.ts";
import { capitalized } from "#format/phrases.ts";
import { formatSignedGib } from "#format/bytes.ts";
import type { FitOption, OptionChange } from "#service/answers/fit-options.ts";
import { Button } from "#ui/Button.tsx";
import spoken from "#ui/spoken.module.css";
import { takeFocus } from "./ChangeList.tsx";
import styles from "./MakeItFit.module.css";
import { combinedOptionText, type FitChoice } from "./use-fit-choice.ts";

/** "Loss full → fused", the old value struck through. */
const Setting = ({ setting: { name, before, after } }: Readonly<{ setting: SettingApart }>): ReactElement => (
  <>
    {name}{" "}
    <del>
      <span className={spoken.spoken}>from </span>
      {before}
    </del>{" "}
    <span aria-hidden="true">→</span>
    <span className={spoken.spoken}>to</span> <ins>{after}</ins>
  </>
);

type RowProps = Readonly<{
  change: OptionChange;
  settings: readonly SettingApart[];
  /** What else could be had beside it. */
  besides: string | null;
  /** What can be done with this change. */
  children: ReactNode;
}>;

const Row = ({ change, settings, besides, children }: RowProps): ReactElement => {
  const [first] = settings;
  return (
    <li className={styles.change}>
      <span>
        <span className={styles.settings}>
          {settings.map((setting, index) => (
            <Fragment key={setting.field}>
              {index > 0 && ", "}
              <Setting setting={index === 0 ? { ...setting, name: capitalized(setting.name) } : setting} />
            </Fragment>
          ))}
          {first === undefined && change.title}
        </span>
        <span className={styles.price}>
          {settings.every(({ field }) => field !== "accum") && change.detail}{" "}
          {change.price === null ? `${change.title}.` : PRICES[change.price].words} {besides}
        </span>
      </span>
      <span className={styles.saved}>{change.savedBytes !== 0 && formatSignedGib(-change.savedBytes)}</span>
      {children}
    </li>
  );
};

type FitDiffProps = Readonly<{
  choice: FitChoice;
  option: FitOption;
  /** The element that says what this is. */
  labelledBy: string;
}>;

/** Of sharding, too, where it follows the number of GPUs. */
const isOf = ({ fields }: OptionChange, { field }: SettingApart): boolean =>
  fields.includes(field) || (field === "shard" && fields.includes("gpus"));

/** "Batch kept at 4" */
const keptWords = ({ title }: OptionChange, [first]: readonly SettingApart[]): string =>
  first === undefined ? `Without: ${title}` : `${capitalized(first.name)} kept at ${first.before}`;

/** A number beside what costs nothing, or alone again. The button that was pressed goes, and the one that comes takes the focus. */
const useBoth = ({ isBoth, setBoth }: FitChoice) => {
  const list = useRef<HTMLUListElement>(null);
  const isPressed = useRef(false);
  useEffect(() => {
    if (!isPressed.current) return;
    isPressed.current = false;
    list.current?.querySelector("button")?.focus({ preventScroll: true });
  }, [isBoth]);
  const press = (next: boolean): void => {
    isPressed.current = true;
    setBoth(next);
  };
  return { list, press };
};

/** What changes, setting by setting, each with what it saves after those above it. */
export const FitDiff = ({ choice, option, labelledBy }: FitDiffProps): ReactElement => {
  const { options, isBoth, keep } = choice;
  const { list, press } = useBoth(choice);
  const apart = settingDifferences(options.now, option.answer);
  const both = isBoth ? null : combinedOptionText(option, options.now);
  return (
    <ul ref={list} className={styles.diff} aria-labelledby={labelledBy}>
      {option.changes.map((change) => {
        const settings = apart.filter((setting) => isOf(change, setting));
        const { subject } = change;
        const isNumber = subject === option.id;
        const onKeep =
          options.does === "use the room"
            ? () => press(false)
            : () => keep({ subject, says: keptWords(change, settings) });
        return (
          <Row key={subject} change={change} settings={settings} besides={isNumber ? both : null}>
            {isNumber && both !== null && (
              <Button size="small" onClick={() => press(true)}>
                Use both
              </Button>
            )}
            {!isNumber && (
              <Button kind="quiet" size="small" onClick={onKeep}>
                Keep {settings[0]?.before ?? "as it is"}
              </Button>
            )}
          </Row>
        );
      })}
    </ul>
  );
};

/** What was to stay as it is; the button that is pressed last has gone with its row, and the way back takes the focus. */
export const KeptSettings = ({ kept, free }: Pick<FitChoice, "kept" | "free">): ReactElement => (
  <ul className={styles.diff} aria-label="Kept as it is">
    {kept.map(({ subject, says }) => (
      <li key={subject} className={styles.change}>
        <span className={styles.keptName}>{says}</span>
        <Button kind="quiet" size="small" ref={takeFocus} onClick={() => free(subject)}>
          Free
        </Button>
      </li>
    ))}
  </ul>
);
