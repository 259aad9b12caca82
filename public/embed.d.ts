/**
 * Types of embed.js: the element `<headroom-calculator>`. Copy this file into your project, or reference it:
 * `/// <reference path="./embed.d.ts" />`.
 */

/** The keys of a link, which are the attributes of the element. docs/links.md says what each takes. */
type HeadroomKey =
  | "model"
  | "params"
  | "arch"
  | "method"
  | "show"
  | "stack"
  | "weights"
  | "grads"
  | "states"
  | "adapters"
  | "autocast"
  | "quant"
  | "dq"
  | "kbit"
  | "compute"
  | "alloc"
  | "tuner"
  | "lengths"
  | "eval"
  | "evalseq"
  | "evalkeep"
  | "evalbatches"
  | "evalmove"
  | "evallist"
  | "evalgen"
  | "saving"
  | "merge"
  | "resume"
  | "loading"
  | "objective"
  | "ref"
  | "prompt"
  | "completion"
  | "fill"
  | "beta"
  | "kl"
  | "engine"
  | "gensteps"
  | "generations"
  | "vllm"
  | "sleep"
  | "teacher"
  | "teacherdtype"
  | "r"
  | "alpha"
  | "dropout"
  | "targets"
  | "dora"
  | "save"
  | "batch"
  | "seq"
  | "accum"
  | "packing"
  | "ckpt"
  | "selective"
  | "actoffload"
  | "experts"
  | "expertread"
  | "liger"
  | "lorakernels"
  | "reentrant"
  | "ep"
  | "attn"
  | "loss"
  | "optim"
  | "gpu"
  | "vram"
  | "used"
  | "gpus"
  | "shard"
  | "offload"
  | "tp"
  | "sp"
  | "cp"
  | "pp"
  | "ulysses"
  | "theme"
  | "only"
  | "hide"
  | "lock";

/** One thing that could not be taken as it was given, and what is used instead. */
interface HeadroomIssue {
  readonly code: string;
  readonly key: string;
  readonly value: string;
  readonly used: string;
  /** A sentence for people. */
  readonly message: string;
}

/** What the calculator shows: as a link, and key by key as the link spells it, defaults included. */
interface HeadroomState {
  readonly link: string;
  readonly state: Readonly<Partial<Record<HeadroomKey | "v" | "embed", string>>>;
  readonly issues: readonly HeadroomIssue[];
}

/** `<headroom-calculator>`. Fires `change` when the calculator is ready, and whenever something is chosen in it. */
interface HeadroomCalculatorElement extends HTMLElement {
  /** The link of what the calculator shows. */
  readonly link: string;
  /** Key by key; undefined until the calculator has answered. */
  readonly state: HeadroomState["state"] | undefined;
  addEventListener(
    type: "change",
    listener: (this: HeadroomCalculatorElement, event: CustomEvent<HeadroomState>) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

interface HTMLElementTagNameMap {
  "headroom-calculator": HeadroomCalculatorElement;
}

/** The attributes, for a framework that types its templates: link keys, and `src`, `sandbox` and `label` of the element itself. */
type HeadroomCalculatorAttributes = Partial<Record<HeadroomKey | "src" | "sandbox" | "label", string>>;
