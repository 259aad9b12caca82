/** A JSON Schema of an object, as MCP describes what goes into a tool and comes out of it. */
export type ObjectSchema = Readonly<{
  type: "object";
  properties: Readonly<Record<string, object>>;
  required?: string[];
  additionalProperties?: boolean;
}>;

/** What a tool answers: a few sentences for a reader, and all of it as data. */
export type ToolAnswer = Readonly<{ text: string; data: Readonly<Record<string, unknown>> }>;

/** A question that an assistant may ask. */
export type Tool = Readonly<{
  description: string;
  inputSchema: ObjectSchema;
  /** @throws TypeError with a sentence for whoever asked, where the arguments are not such */
  answer: (given: Readonly<Record<string, unknown>>) => ToolAnswer;
}>;
