import { PlumblineError } from '#platform/errors';
import type { ErasurePlan } from './plan.ts';

export function personNotFound(): PlumblineError {
  return new PlumblineError({
    kind: 'not_found',
    code: 'privacy.person_not_found',
    detail: 'There is no such person among the people you see.',
  });
}

export function erasureDenied(): PlumblineError {
  return new PlumblineError({
    kind: 'forbidden',
    code: 'privacy.erasure_denied',
    detail: 'Erasing a person needs the right Administration (approve), over the whole company.',
  });
}

export function revealDenied(): PlumblineError {
  return new PlumblineError({
    kind: 'forbidden',
    code: 'privacy.reveal_denied',
    detail:
      'Your role works without this: it needs Drug & alcohol, Background or Driver qualification in full.',
  });
}

export function alreadyErased(): PlumblineError {
  return new PlumblineError({
    kind: 'conflict',
    code: 'privacy.already_erased',
    detail: 'This person was erased before.',
  });
}

export function numberDiffers(): PlumblineError {
  return new PlumblineError({
    kind: 'invalid',
    code: 'privacy.number_differs',
    detail: 'The employee number does not fit: type the number of the person who is to be erased.',
  });
}

/** Says what must be kept, and until when. */
export function mustBeKept({ duties, holds }: ErasurePlan): PlumblineError {
  const words = [
    ...holds.map(({ matter }) => `legal hold "${matter}"`),
    ...duties.map(
      ({ what, citation, until }) =>
        `${what} (${citation}) ${until === null ? 'while the person works here' : `until ${until}`}`,
    ),
  ];
  return new PlumblineError({
    kind: 'conflict',
    code: 'privacy.must_be_kept',
    detail: `The person cannot be erased yet. To be kept: ${words.join('; ')}.`,
  });
}
