import type { ReactElement } from "react";
import styles from "./ImportBox.module.css";

/** What the box takes, in four kinds; of the last one there is nothing to take yet. */
export const ImportKinds = ({ close }: Readonly<{ close: () => void }>): ReactElement => (
  <dl className={styles.kinds}>
    <div>
      <dt>A training file</dt>
      <dd>
        Axolotl, LLaMA-Factory, torchtune, TRL, Unsloth, ms-swift, torchtitan: a config, a command or a notebook, with
        its DeepSpeed or Accelerate file
      </dd>
    </div>
    <div>
      <dt>A model</dt>
      <dd>config.json, adapter_config.json, or an id such as Qwen/Qwen2.5-7B</dd>
    </div>
    <div>
      <dt>An error, a measured row</dt>
      <dd>
        CUDA out of memory, with its traceback and config if you have them; what the measuring script of a scenario
        prints
      </dd>
    </div>
    <div>
      <dt>Nothing yet</dt>
      <dd>
        <a href="#choose" onClick={close}>
          Choose for me
        </a>
        : card, number of examples, kind of task
      </dd>
    </div>
  </dl>
);
