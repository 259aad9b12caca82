import type { ReactElement, ReactNode } from "react";
import type { Choices } from "#scenario/choices/choices.ts";
import { LOADING_NAMES, MERGE_NAMES, SAVING_NAMES } from "#scenario/choices/value-names.ts";
import { change } from "#scenario/page/actions.ts";
import { useChoices } from "#scenario/page/use-choices.ts";
import { Segmented } from "#ui/Segmented.tsx";
import { Switch } from "#ui/Switch.tsx";
import { optionsOf } from "./options.ts";
import { useLocked } from "./use-locked.ts";
import { useWhyNot } from "./use-why-not.ts";
import { useWhyNotInRun } from "./use-why-not-in-run.ts";

const SAVING_OPTIONS = optionsOf(SAVING_NAMES);
const MERGE_OPTIONS = optionsOf(MERGE_NAMES);
const LOADING_OPTIONS = optionsOf(LOADING_NAMES);

const SAVING_HINTS: Readonly<Record<Choices["saving"], ReactNode>> = {
  none: null,
  adapter: "Adapters and modules to save, one after the other.",
  full: "Fused experts are copied apart first; what GPUs share is gathered.",
  sharded: "Each GPU writes its part.",
};

const MERGE_HINTS: Readonly<Record<Choices["merge"], ReactNode>> = {
  0: null,
  1: (
    <>
      <code>merge_and_unload()</code> after the last step, beside the optimizer’s states.
    </>
  ),
  safe: (
    <>
      <code>safe_merge=True</code>: merged into a copy, which is looked at first.
    </>
  ),
};

const LOADING_HINTS: Readonly<Record<Choices["loading"], ReactNode>> = {
  none: null,
  device: (
    <>
      <code>device_map</code>: tensor by tensor; experts are stacked there, matrices quantised there.
    </>
  ),
  host: (
    <>
      No <code>device_map</code>: weights are made on the host, and then moved. A quantised base never is.
    </>
  ),
};

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
        options={SAVING_OPTIONS.map((each) => ({ ...each, disabledWhy: refuses("saving", each.value) }))}
        value={saving}
        hint={whyNot("saving") ?? SAVING_HINTS[saving]}
        onChange={(next) => change({ saving: next })}
      />
      <Segmented
        label="Merge of adapters"
        locked={locked}
        options={MERGE_OPTIONS.map((each) => ({ ...each, disabledWhy: refuses("merge", each.value) }))}
        value={merge}
        hint={whyNot("merge") ?? refuses("merge", "1") ?? MERGE_HINTS[merge]}
        onChange={(next) => change({ merge: next })}
      />
      <Switch
        label="Resumed run"
        locked={locked}
        checked={resume}
        disabledWhy={resume ? undefined : refuses("resume", true)}
        hint={whyNot("resume") ?? "The optimizer’s states are there from the first step on."}
        onChange={(on) => change({ resume: on })}
      />
      <Segmented
        label="Loading"
        locked={locked}
        options={LOADING_OPTIONS.map((each) => ({ ...each, disabledWhy: refuses("loading", each.value) }))}
        value={loading}
        hint={whyNot("loading") ?? refuses("loading", "device") ?? LOADING_HINTS[loading]}
        onChange={(next) => change({ loading: next })}
      />
    </>
  );
};
