/** An engine failure in the form in which a ClickHouse server reports it over HTTP. */
export class EngineError extends Error {
  readonly code: number;
  readonly type: string;

  constructor(code: number, type: string, message: string) {
    super(message);
    this.name = 'EngineError';
    this.code = code;
    this.type = type;
  }
}

const engineText = /^Code: (\d+)\.\s*(?:DB::Exception: )?([\s\S]*)$/;
const trailingType = /\(([A-Z][A-Z0-9_]+)\)\s*(?:\(version [^)]*\)\s*)?$/;

/** Reads code and type out of the engine's message. A message without them is an UNKNOWN_EXCEPTION (1002). */
export function readEngineError(cause: unknown): EngineError {
  if (cause instanceof EngineError) return cause;
  const text = cause instanceof Error ? cause.message : String(cause);
  const found = engineText.exec(text);
  if (found === null) return new EngineError(1002, 'UNKNOWN_EXCEPTION', text);
  const body = found[2] ?? '';
  const type = trailingType.exec(body)?.[1];
  const code = Number(found[1]);
  // The binding cuts syntax errors short and loses their type.
  const name = type ?? (code === 62 ? 'SYNTAX_ERROR' : 'UNKNOWN_EXCEPTION');
  return new EngineError(code, name, body.replace(trailingType, '').trim());
}

const statusOfCode: Readonly<Record<number, number>> = {
  // names that do not exist
  46: 404,
  47: 404,
  50: 404,
  56: 404,
  60: 404,
  63: 404,
  73: 404,
  81: 404,
  115: 404,
  // not allowed
  164: 403,
  497: 403,
  511: 403,
  // not implemented
  48: 501,
  159: 408,
  // a request that cannot be understood
  6: 400,
  26: 400,
  27: 400,
  36: 400,
  38: 400,
  41: 400,
  42: 400,
  43: 400,
  44: 400,
  53: 400,
  62: 400,
  69: 400,
  72: 400,
  117: 400,
  121: 400,
  373: 400,
  456: 400,
  457: 400,
};

/** HTTP status of an engine code, as a server's HTTP handler answers. */
export function httpStatus(error: EngineError): number {
  return statusOfCode[error.code] ?? 500;
}

/** Body of an error answer; the stock client parses it back into a ClickHouseError. */
export function errorBody(error: EngineError, version: string): string {
  return `Code: ${error.code}. DB::Exception: ${error.message} (${error.type}) (version ${version})\n`;
}
