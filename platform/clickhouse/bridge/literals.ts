/**
 * Text that goes into a SQL statement. The engine reads backslash escapes inside quotes, so doubling the quote is not
 * enough: `\'; DROP …` would close the literal.
 */
export function stringLiteral(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\0', '\\0');
  return `'${escaped}'`;
}

export function identifier(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('\0', '\\0')}\``;
}

const plainName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Names of settings and query parameters; everything else could not be one and is not sent to the engine. */
export function isPlainName(name: string): boolean {
  return plainName.test(name);
}
