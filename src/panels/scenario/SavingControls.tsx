import type { ReactElement, ReactNode } from "react";
import type { Choices } from "#scenario/keys/choices.ts";
import { RUN_WORDS } from "#scenario/words/run.ts";
import { change } from "#scenario/page/actions.ts";
import { useChoices } from "#scenario/page/use-choices.ts";
import type { Option } from "#ui/option.ts";
import { Segmented } from "#ui/Segmented.tsx";
import { Switch } from "#ui/Switch.tsx";
import { optionsOf } from "./options.ts";
import { useLocked } from "./use-locked.ts";
import { useWhyNot } from "./use-why-not.ts";
import { useWhyNotInRun } from "./use-why-not-in-run.ts";

const SAVING_OPTIONS = optionsOf(RUN_WORDS.saving.values);
const MERGE_OPTIONS = optionsOf(RUN_WORDS.merge.values);
const LOADING_OPTIONS = optionsOf(RUN_WORDS.loading.values);

const SAVING_HINTS: Readonly<Record<Choices["saving"], ReactNode>> = {
  none: null,
  adapter: "With modules to save, one after the other.",
  full: "Gathered first; fused experts are copied apart.",
  sharded: "Each GPU writes its part.",
};

const MERGE_HINTS: Readonly<Record<Choices["merge"], ReactNode>> = {
  0: null,
  1: (
    <>
      <code>merge_and_unload()</code> after the last step.
    </>
  ),
  safe: (
    <>
      <code>safe_merge=True</code>: into a copy, then checked.
    </>
  ),
};

const LOADING_HINTS: Readonly<Record<Choices["loading"], ReactNode>> = {
  none: null,
  device: (
    <>
      <code>device_map</code>: quantised and stacked there.
    </>
  ),
  host: (
    <>
      No <code>device_map</code>; a quantised base is not.
    </>
  ),
};

/** The options, each with why it cannot be chosen now; the chosen one stands as it is. */
const offered = <Value extends string>(
  options: readonly Option<Value>[],
  chosen: Value,
  refuses: (value: Value) => string | undefined,
): readonly Option<Value>[] =>
  options.map((option) => (option.value === chosen ? option : { ...option, disabledWhy: refuses(option.value) }));

/** What comes before training, and what comes with it and after it. */
export const SavingControls = (): ReactElement => {
  const { saving, merge, resume, loading } = useChoices("saving", "merge", "resume", "loading");
  const locked = useLocked("saving");
  const whyNot = useWhyNot();
  const refuses = useWhyNotInRun();
  return (
    <>
      <Segmented
        label="Saving"
        locked={locked}
        options={offered(SAVING_OPTIONS, saving, (value) => refuses("saving", value))}
        value={saving}
        hint={whyNot("saving") ?? SAVING_HINTS[saving]}
        onChange={(next) => change({ saving: next })}
      />
      <Segmented
        label="Merge of adapters"
        locked={locked}
        options={offered(MERGE_OPTIONS, merge, (value) => refuses("merge", value))}
        value={merge}
        hint={whyNot("merge") ?? refuses("merge", "1") ?? MERGE_HINTS[merge]}
        onChange={(next) => change({ merge: next })}
      />
      <Switch
        label="Resumed run"
        locked={locked}
        checked={resume}
        disabledWhy={resume ? undefined : refuses("resume", true)}
        hint={whyNot("resume") ?? "Optimizer states from the first step on."}
        onChange={(on) => change({ resume: on })}
      />
      <Segmented
        label="Loading"
        locked={locked}
        options={offered(LOADING_OPTIONS, loading, (value) => refuses("loading", value))}
        value={loading}
        hint={whyNot("loading") ?? refuses("loading", "device") ?? LOADING_HINTS[loading]}
        onChange={(next) => change({ loading: next })}
      />
    </>
  );
};
