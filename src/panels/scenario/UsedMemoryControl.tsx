import type { ReactElement } from "react";
import { change } from "#scenario/page/actions.ts";
import { useScenario } from "#scenario/page/store.ts";
import { NumberField } from "#ui/NumberField.tsx";
import { Switch } from "#ui/Switch.tsx";
import { useLocked } from "./use-locked.ts";

/** More than any card has; the link takes no more either. */
const MOST_GIB = 100_000;
const STEP_GIB = 0.5;

/**
 * What a Windows desktop holds on the card that trains. With a browser open it may be more; on an RTX 4080 under Windows 11 about 1 GB has been noted.
 *
 * @see https://github.com/DaoyuanLi2816/can-i-finetune-this/blob/main/docs/rtx4080_baselines.md, "Notes"
 */
const DESKTOP_GIB = 1.3;

/** What a desktop or another process holds on the card before training starts. */
export const UsedMemoryControl = (): ReactElement => {
  const used = useScenario(({ choices }) => choices.used);
  const locked = useLocked("used");
  return (
    <>
      <NumberField
        label="On the card already"
        unit="GiB"
        locked={locked}
        value={used}
        min={0}
        max={MOST_GIB}
        step={STEP_GIB}
        whole={false}
        hint="As nvidia-smi shows it before training: a desktop, another process."
        onChange={(gib) => change({ used: gib })}
      />
      {!locked && (
        <Switch
          label="It drives a Windows display"
          checked={used === DESKTOP_GIB}
          hint={`${DESKTOP_GIB} GiB, more with a browser open.`}
          onChange={(draws) => change({ used: draws ? DESKTOP_GIB : 0 })}
        />
      )}
    </>
  );
};
