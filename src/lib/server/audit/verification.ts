import type { AuditVerifyFrame } from '#contracts/screens/audit';
import type { AuditVerification, VerifyOptions } from '#domain/audit';
import type { Clock } from '#platform/clock';

export type Verify = (tenantId: string, options: VerifyOptions) => Promise<AuditVerification>;

/** Runs one verification and tells how far it is; ends with the verdict. Aborting stops the reading. */
export async function* verifyFrames(
  verify: Verify,
  clock: Clock,
  tenantId: string,
  signal: AbortSignal,
): AsyncGenerator<AuditVerifyFrame> {
  const startedMs = clock.nowMs();
  let next = Promise.withResolvers<AuditVerifyFrame>();
  const verification = verify(tenantId, {
    signal,
    // A slow reader misses steps in between; only the newest counts.
    onProgress: (done, total) => next.resolve({ type: 'progress', done, total }),
  });
  const verdict = verification.then((result) => toVerdict(result, clock.nowMs() - startedMs));
  // A reader who goes away aborts the run; nobody is left to hear of it.
  verdict.catch(() => undefined);
  for (;;) {
    const frame = await Promise.race([next.promise, verdict]);
    next = Promise.withResolvers();
    yield frame;
    if (frame.type === 'verdict') return;
  }
}

function toVerdict(verification: AuditVerification, tookMs: number): AuditVerifyFrame {
  const { ok, entries, head, findings, findingCount } = verification;
  return {
    type: 'verdict',
    ok,
    entries,
    head: head === null ? null : { ...head },
    findings: findings.slice(0, 20).map((finding) => ({ ...finding })),
    findingCount,
    tookMs,
  };
}
