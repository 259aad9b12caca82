/** A field that stands in no section. */
export const topField = (field: string): Readonly<{ within: string; field: string }> => ({ within: "", field });
