/** A value as files of settings have it. */
export type Plain = string | number | boolean | null | readonly Plain[] | Readonly<{ [name: string]: Plain }>;

/** One field of a file. Sections are not fields: what is in them is. */
export type SourceField = Readonly<{
  file: string;
  /** Sections and name, with points between: "fsdp_config.fsdp_version"; of a call "FastLanguageModel.from_pretrained.load_in_4bit". */
  path: string;
  value: Plain;
  /** Counted from 1. */
  line: number;
}>;

/** What a text is written in. `command`: a shell's; `python`: calls with literals, read as text. */
export type SourceFormat = "yaml" | "json" | "toml" | "command" | "python";

/** A file, or what was pasted, as fields with their places: all that readers of tools see of it. */
export type Source = Readonly<{
  file: string;
  format: SourceFormat;
  fields: ReadonlyMap<string, SourceField>;
  /** Lines that are comments alone, as they are written, where a reader asks for them; they set nothing. */
  comments?: readonly Readonly<{ line: number; text: string }>[];
  /** Of JSON the text itself, for a reader that has places in it. */
  text?: string;
  /** What stands beside the fields and is not read, and why. */
  asides?: readonly Readonly<{ field: SourceField; sentence: string }>[];
  /** Of Python the calls that fields are arguments of, in their order; of a kind called again "SFTConfig(2)". */
  calls?: readonly Readonly<{ name: string; line: number }>[];
  /** Of a command the name of the file among those given that it starts. */
  starts?: string;
  /** Of a file the words of the command among those given that starts it. */
  startedBy?: SourceField;
}>;

/** What was to be imported: a name to call it by, and its text. */
export type GivenFile = Readonly<{ name: string; text: string }>;

/** Why a text is not read: a sentence, and the line that it is about. `reason`: set where the text is readable, and what it trains is not known. */
export type Refusal = Readonly<{ file: string; line: number | null; sentence: string; reason?: "not-known" }>;

export const isRefusal = (read: Source | Refusal): read is Refusal => "sentence" in read;
