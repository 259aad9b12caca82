import { type ReactElement, useId } from "react";
import { ActButton } from "#ui/ActButton.tsx";
import { copyText } from "#ui/copy-text.ts";
import styles from "./MeasuredLine.module.css";

/** The text of an issue, to be read and copied: the page sends nothing. */
export const Contribution = ({ id, text }: Readonly<{ id: string; text: string }>): ReactElement => {
  const fieldId = useId();
  return (
    <div id={id} className={styles.contribution}>
      <label htmlFor={fieldId}>Text of an issue: the first line is its title</label>
      <textarea id={fieldId} readOnly value={text} rows={10} spellCheck={false} />
      <p>
        Copy it into a new issue of the repository that this page is built from, or send the row there as a file of{" "}
        <code>tests/golden/contributed/</code>. It names your card, driver and versions. Nothing is sent from here.
      </p>
      <ActButton size="small" act={() => copyText(text)} done="Copied">
        Copy
      </ActButton>
    </div>
  );
};
