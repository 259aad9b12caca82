import type { LinkKey } from "#scenario/keys/choices.ts";
import type { IdentityKey } from "#scenario/keys/identity.ts";
import type { SourceField } from "./source.ts";

/** One thing that a reader found in a file. */
export type Finding = Readonly<
  /** A field says what a key of the link is; `isPart`: a part of it, which another finding says whole. */
  | { kind: "read"; field: SourceField; key: LinkKey; text: string; isPart?: true }
  /** No field says it: the tool's own default, or what the page takes where there is none. `field`: what it follows from, if anything. */
  | { kind: "assumed"; key: LinkKey; text: string; sentence: string; field?: SourceField }
  /** A part of what a key says that no field says: listed as assumed; another finding sets the key. */
  | { kind: "filled"; key: LinkKey; sentence: string; field?: SourceField }
  /** A field that changes memory in a way that no key says. `names`: the only reason is that another file says it, which may be among those given; `unless`: none where another file says this key. */
  | { kind: "not-modelled"; field: SourceField; sentence: string; names?: string; unless?: LinkKey }
  /**
   * Something is asked for that is not known, as it is written; empty: nothing is named. It is kept under its key, and nothing is estimated. `field`: absent
   * where no field names it; `unless`: not so where another file says this key.
   */
  | { kind: "unknown"; field?: SourceField; key: IdentityKey; text: string; sentence: string; unless?: LinkKey }
  /** A field says that rows are not cut: they are as long as the model takes. */
  | { kind: "uncut"; field: SourceField }
  /** A field without effect on memory. */
  | { kind: "ignored"; field: SourceField; sentence: string }
  /** The file cannot become a scenario at all. */
  | { kind: "refused"; field: SourceField | null; sentence: string }
>;
