/** A part of the tape as the file sees it that owns it: for everybody else it is readonly. */
export type Writable<Part> = { -readonly [Field in keyof Part]: Part[Field] };
