import { SettingsMap, type ClickHouseSettings } from '@clickhouse/client';

/**
 * Sent with every request in both modes, so that an answer does not depend on the engine's defaults, which differ
 * between versions: 64-bit integers as strings (JSON numbers lose digits), instants as ISO 8601 UTC both ways.
 */
export const clientSettings: ClickHouseSettings = {
  output_format_json_quote_64bit_integers: 1,
  date_time_output_format: 'iso',
  date_time_input_format: 'best_effort',
};

/** A setting that maps texts to texts. The client puts them between quotes as they are. */
export function textMap(entries: Readonly<Record<string, string>>): SettingsMap {
  const escaped = Object.entries(entries).map((pair) =>
    pair.map((text) => text.replaceAll(/['\\]/g, '\\$&')),
  );
  return SettingsMap.from(Object.fromEntries(escaped) as Record<string, string>);
}
