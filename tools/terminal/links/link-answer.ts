/** A value of JSON. */
export type Json = string | number | boolean | null | readonly Json[] | Readonly<{ [key: string]: Json }>;

/** What a side says to a link: the object of `estimate --json`, or why there is none. */
export type LinkAnswer = Readonly<{ json: Json } | { none: string }>;
