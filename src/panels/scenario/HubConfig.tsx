import { useId, useState, type ReactElement } from "react";
import { Button } from "#ui/Button.tsx";
import type { AskedSource } from "./asked-source.ts";
import { ConfigIssues, type ConfigReport } from "./ConfigIssues.tsx";
import { fetchHubConfig } from "./fetch-hub-config.ts";
import styles from "./ModelSource.module.css";
import { takeConfig } from "./take-config.ts";
import { useFocusWhenAsked } from "./use-focus-when-asked.ts";

/**
 * A model by its Hugging Face id. The one request that the page makes, and only when its button is pressed. Not a form: a sandboxed frame
 * may have scripts and still no forms.
 */
export const HubConfig = ({ asked }: Readonly<{ asked: AskedSource | null }>): ReactElement => {
  const [typed, setTyped] = useState(asked?.typed ?? "");
  const [fetching, setFetching] = useState(false);
  const [report, setReport] = useState<ConfigReport | null>(null);
  const id = useId();
  const field = useFocusWhenAsked<HTMLInputElement>(asked);

  const ready = !fetching && typed.trim() !== "";
  const fetchConfig = async (): Promise<void> => {
    setReport(null);
    setFetching(true);
    const answer = await fetchHubConfig(typed);
    setFetching(false);
    setReport(
      answer.text === null ? { taken: false, issues: [], problem: answer.problem } : await takeConfig(answer.text),
    );
  };
  return (
    <div className={styles.source}>
      <label className={styles.label} htmlFor={id}>
        Hugging Face id
      </label>
      <input
        ref={field}
        id={id}
        className={styles.id}
        value={typed}
        spellCheck={false}
        autoCapitalize="none"
        autoComplete="off"
        placeholder="organisation/model"
        aria-invalid={report !== null && !report.taken}
        aria-describedby={`${id}-report`}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && ready) void fetchConfig();
        }}
      />
      <div className={styles.actions}>
        <Button size="small" disabled={!ready} onClick={() => void fetchConfig()}>
          {fetching ? "Fetching" : "Fetch config.json"}
        </Button>
        <span className={styles.note}>Asks huggingface.co.</span>
      </div>
      <ConfigIssues id={`${id}-report`} report={report} />
    </div>
  );
};
