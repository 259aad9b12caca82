import { Fragment, type ReactElement } from "react";
import { PRICES } from "#advice/prices.ts";
import { type SettingApart, settingsApart } from "#advice/settings-apart.ts";
import { capitalised } from "#format/capitalised.ts";
import { formatSignedGib } from "#format/bytes.ts";
import type { FitOption, FitOptions, OptionChange } from "#service/answers/fit-options.ts";
import { Button } from "#ui/Button.tsx";
import spoken from "#ui/spoken.module.css";
import { takeFocus } from "#panels/advice/take-focus.ts";
import styles from "./MakeItFit.module.css";
import type { FitChoice } from "./use-fit-choice.ts";

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
  /** Composes the changes again without this one; null where there is nothing to compose. */
  keep: (() => void) | null;
}>;

const Row = ({ change, settings, keep }: RowProps): ReactElement => {
  const [first] = settings;
  return (
    <li className={styles.change}>
      <span>
        <span className={styles.settings}>
          {settings.map((setting, index) => (
            <Fragment key={setting.field}>
              {index > 0 && ", "}
              <Setting setting={index === 0 ? { ...setting, name: capitalised(setting.name) } : setting} />
            </Fragment>
          ))}
          {first === undefined && change.title}
        </span>
        <span className={styles.price}>
          {settings.every(({ field }) => field !== "accum") && change.detail}{" "}
          {change.price === null ? `${change.title}.` : PRICES[change.price].words}
        </span>
      </span>
      <span className={styles.saved}>{change.savedBytes !== 0 && formatSignedGib(-change.savedBytes)}</span>
      {keep !== null && (
        <Button kind="quiet" size="small" onClick={keep}>
          Keep {first?.before ?? "as it is"}
        </Button>
      )}
    </li>
  );
};

type FitDiffProps = Readonly<{
  options: FitOptions;
  option: FitOption;
  /** The element that says what this is. */
  labelledBy: string;
  keep: FitChoice["keep"];
}>;

/** Of sharding, too, where it follows the number of GPUs. */
const isOf = ({ fields }: OptionChange, { field }: SettingApart): boolean =>
  fields.includes(field) || (field === "shard" && fields.includes("gpus"));

/** "Batch kept at 4" */
const keptWords = ({ title }: OptionChange, [first]: readonly SettingApart[]): string =>
  first === undefined ? `Without: ${title}` : `${capitalised(first.name)} kept at ${first.before}`;

/** What changes, setting by setting, each with what it saves after those above it. */
export const FitDiff = ({ options: { now, does }, option, labelledBy, keep }: FitDiffProps): ReactElement => {
  const apart = settingsApart(now, option.answer);
  return (
    <ul className={styles.diff} aria-labelledby={labelledBy}>
      {option.changes.map((change) => {
        const settings = apart.filter((setting) => isOf(change, setting));
        const { subject } = change;
        return (
          <Row
            key={subject}
            change={change}
            settings={settings}
            keep={does === "make it fit" ? () => keep({ subject, says: keptWords(change, settings) }) : null}
          />
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
