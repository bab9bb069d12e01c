import { PlumblineError } from '#platform/errors';

type Code =
  | 'services.unreachable'
  | 'services.wrong_content'
  | 'services.no_build_for_platform'
  | 'services.did_not_start'
  | 'services.port_taken'
  | 'services.not_running'
  | 'services.setup_failed';

/** Something about this machine keeps a service from running; the detail says what to do. */
export function failure(code: Code, detail: string): PlumblineError {
  return new PlumblineError({ kind: 'unavailable', code, detail });
}
