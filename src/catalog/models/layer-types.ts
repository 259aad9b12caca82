/**
 * `layer_types` of a config.json in short: `layers` names, `special` at the layers `at` (counted from 0), `usual` at all others.
 */
export const layerTypes = ({
  layers,
  usual,
  special,
  at,
}: Readonly<{ layers: number; usual: string; special: string; at: readonly number[] }>): readonly string[] =>
  Array.from({ length: layers }, (_, layer) => (at.includes(layer) ? special : usual));
