/** A part of the tape as the file that owns it sees it: for every other file it is readonly. */
export type Writable<Part> = { -readonly [Field in keyof Part]: Part[Field] };
