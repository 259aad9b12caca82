import { Fragment, type ReactElement } from "react";
import { PRICES } from "#advice/prices.ts";
import { type SettingApart, settingsApart } from "#advice/settings-apart.ts";
import { capitalised } from "#format/capitalised.ts";
import { formatSignedGib } from "#format/bytes.ts";
import type { FitOption, FitOptions, OptionChange } from "#service/answers/fit-options.ts";
import { Button } from "#ui/Button.tsx";
import spoken from "#ui/spoken.module.css";
import styles from "./MakeItFit.module.css";

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
          {settings.length === 1 && change.detail}{" "}
          {change.price === null ? `${change.title}.` : PRICES[change.price].words}
        </span>
      </span>
      <span className={styles.saved}>{formatSignedGib(-change.savedBytes)}</span>
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
  keep: (kept: readonly string[]) => void;
}>;

/** What changes, setting by setting, each with what it saves after those above it; and what was to stay as it is. */
export const FitDiff = ({ options, option, labelledBy, keep }: FitDiffProps): ReactElement => {
  const { now, does, kept } = options;
  const settings = settingsApart(now, option.answer);
  return (
    <ul className={styles.diff} aria-labelledby={labelledBy}>
      {option.changes.map((change) => (
        <Row
          key={change.subject}
          change={change}
          settings={settings.filter(({ field }) => change.fields.includes(field))}
          keep={does === "make it fit" ? () => keep([...kept, change.subject]) : null}
        />
      ))}
      {kept.map((subject) => (
        <li key={subject} className={styles.change}>
          <span className={styles.keptName}>{capitalised(subject)} kept as it is</span>
          <Button kind="quiet" size="small" onClick={() => keep(kept.filter((each) => each !== subject))}>
            Free
          </Button>
        </li>
      ))}
    </ul>
  );
};
